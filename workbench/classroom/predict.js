/* A question to answer before the cell runs that settles it: radio buttons, and a button that commits the guess.
 *
 * Everything is set as text, never as HTML. The model holds the choice; Python records it when `committed` is set.
 */

const NONE = -1;
let groups = 0;

function element(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

/* Show a text in which a `word` between backticks is code. */
function worded(tag, className, text) {
  const made = element(tag, className);
  made.append(...text.split(/`([^`]+)`/).map((part, at) => (at % 2 ? element("code", "", part) : part)));
  return made;
}

function optionRow(text, place, group) {
  const row = element("label", "option");
  const radio = element("input", "");
  radio.type = "radio";
  radio.name = group;
  radio.value = place;
  row.append(radio, worded("span", "words", text), element("span", "mark"));
  return { row, radio };
}

function render({ model, el }) {
  const options = model.get("options");
  const ending = new AbortController();
  const listen = (target, type, act) => target.addEventListener(type, act, { signal: ending.signal });

  const root = element("div", "prediction");
  root.dataset.lmSuppressShortcuts = "true";
  const box = element("fieldset", "");
  const legend = element("legend", "");
  legend.append(element("span", "lead", "What do you expect? "), worded("span", "question", model.get("question")));
  groups += 1;
  const rows = options.map((text, place) => optionRow(text, place, `prediction-${groups}`));
  const button = element("button", "commit");
  button.type = "button";
  const status = element("div", "status");
  status.setAttribute("role", "status");
  box.append(legend, ...rows.map(({ row }) => row));
  root.append(box, button, status);
  el.append(root);

  function sentence() {
    if (!model.get("committed")) return "";
    const guess = options[model.get("choice")];
    const result = model.get("result");
    const trouble = model.get("trouble");
    const after = result ? ` Result: ${result}.` : " Run the next cells to see.";
    return `Your guess: ${guess}.${after}${trouble ? ` ${trouble}` : ""}`;
  }

  function paint() {
    const committed = model.get("committed");
    const choice = model.get("choice");
    const settled = committed && model.get("result") !== "";
    rows.forEach(({ row, radio }, place) => {
      radio.checked = place === choice;
      radio.disabled = committed;
      row.classList.toggle("chosen", committed && place === choice);
      row.classList.toggle("right", settled && place === model.get("right"));
      row.lastChild.textContent = [committed && place === choice ? "your guess" : "",
        settled && place === model.get("right") ? "✓ result" : ""].filter(Boolean).join(", ");
    });
    button.textContent = committed ? "Guess again" : "This is my guess";
    button.disabled = choice === NONE;
    status.replaceChildren(worded("span", "", sentence()));
  }

  function commit(committed) {
    if (model.get("choice") === NONE) return;
    model.set("committed", committed);
    model.save_changes();
  }

  listen(box, "change", (event) => {
    model.set("choice", Number(event.target.value));
    model.save_changes();
  });
  listen(button, "click", () => commit(!model.get("committed")));
  listen(root, "keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (event.key === "Enter" && event.target !== button) {
      commit(true);
      button.focus();
      event.preventDefault();
    }
    event.stopPropagation();
  });
  const names = ["choice", "committed", "result", "right", "trouble"].map((name) => `change:${name}`);
  names.forEach((name) => model.on(name, paint));
  paint();

  return () => {
    ending.abort();
    names.forEach((name) => model.off(name, paint));
  };
}

export default { render };
