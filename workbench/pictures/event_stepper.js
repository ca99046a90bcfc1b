/* A fold, one event further with each key press: the event, and the state that evolve returns for it.
 *
 * All pages are sent once, as text. Text from people is only ever set as text, never as HTML. The model holds
 * the step.
 */

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

function element(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

/* Names and values; a value that differs from `before` is marked and shows the old one. */
function fieldList(pairs, before = null) {
  const list = element("div", "fields");
  const old = new Map(before ?? pairs);
  for (const [name, value] of pairs) {
    const changed = old.get(name) !== value;
    const shown = element("span", changed ? "value changed" : "value", value);
    if (changed && old.has(name)) shown.append(element("span", "was", `was ${old.get(name)}`));
    list.append(element("span", "name", name), shown);
  }
  return list;
}

function note(kind, heading, colour) {
  const made = element("div", `note ${kind}`);
  made.style.background = colour;
  made.append(element("div", "heading", heading));
  return made;
}

function render({ model, el }) {
  const pages = model.get("pages");
  const colours = model.get("colours");
  const last = pages.length - 1;
  const ending = new AbortController();
  const listen = (target, type, act) => target.addEventListener(type, act, { signal: ending.signal });

  const root = element("div", "event-stepper");
  root.dataset.lmSuppressShortcuts = "true";
  const back = element("button", "", "◀");
  const next = element("button", "", "▶");
  for (const [button, label] of [[back, "One event back"], [next, "One event further"]]) {
    button.type = "button";
    button.title = label;
    button.setAttribute("aria-label", label);
  }
  const count = element("span", "count");
  const head = element("div", "head");
  head.append(back, next, count, element("span", "title", model.get("title")));
  const strip = element("div", "strip");
  strip.tabIndex = 0;
  for (const [name, value] of [["role", "slider"], ["aria-label", "events folded"], ["aria-valuemin", 0],
    ["aria-valuemax", last]]) strip.setAttribute(name, value);
  const chips = pages.map((page, step) => {
    const chip = element("span", "chip", step ? page.event : "initial");
    chip.style.background = step ? colours.event : colours.aggregate;
    chip.dataset.step = step;
    strip.append(chip);
    return chip;
  });
  const stage = element("div", "stage");
  stage.setAttribute("aria-live", "polite");
  root.append(head, strip, stage);
  el.append(root);

  function paint() {
    const step = clamp(model.get("step"), 0, last);
    const page = pages[step];
    const state = note("state", step ? page.state : `${page.state}, initial`, colours.aggregate);
    state.append(fieldList(page.values, step ? pages[step - 1].values : null));
    const event = step ? note("event", page.event, colours.event) : element("div", "note none", "nothing has happened yet");
    if (step) event.append(fieldList(page.facts), element("div", "place", page.place));
    stage.replaceChildren(event, element("div", "evolve", step ? "evolve" : ""), state);
    count.textContent = `${step} of ${last}`;
    back.disabled = step === 0;
    next.disabled = step === last;
    strip.setAttribute("aria-valuenow", step);
    strip.setAttribute("aria-valuetext", `${step} of ${last}: ${chips[step].textContent}`);
    chips.forEach((chip, at) => {
      chip.classList.toggle("here", at === step);
      chip.classList.toggle("ahead", at > step);
    });
    strip.scrollLeft = chips[step].offsetLeft - strip.offsetLeft - strip.clientWidth / 2;
  }

  function go(step) {
    const wanted = clamp(step, 0, last);
    if (wanted === model.get("step")) return;
    model.set("step", wanted);
    model.save_changes();
  }

  const moves = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1, Home: -Infinity, End: Infinity };
  listen(root, "keydown", (event) => {
    if (!(event.key in moves) || event.ctrlKey || event.metaKey || event.altKey) return;
    go(model.get("step") + moves[event.key]);
    event.preventDefault();
    event.stopPropagation();
  });
  listen(back, "click", () => go(model.get("step") - 1));
  listen(next, "click", () => go(model.get("step") + 1));
  listen(strip, "click", (event) => {
    if (event.target.dataset.step !== undefined) go(Number(event.target.dataset.step));
  });
  model.on("change:step", paint);
  paint();

  return () => {
    ending.abort();
    model.off("change:step", paint);
  };
}

export default { render };
