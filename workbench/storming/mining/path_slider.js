/* A graph of event types; the slider shows more or fewer of its paths.
 *
 * The pictures for all positions are sent once, as lists of shapes, so moving the slider needs no kernel. Text from
 * people is only ever set as text, never as HTML.
 */

const SVG = "http://www.w3.org/2000/svg";
const LARGEST = 1.2; // how much larger than its natural size a picture becomes
const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

function element(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function shape(tag, className, attributes) {
  const made = document.createElementNS(SVG, tag);
  made.setAttribute("class", className);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

function noteShape({ note: [x, y, width, height], fill }) {
  return [shape("rect", "note", { x, y, width, height, rx: 6, fill })];
}

function arrowShapes({ line, head, thick, rare }) {
  const kind = rare ? "rare" : "usual";
  return [
    shape("polyline", `line ${kind}`, { points: line, "stroke-width": thick }),
    shape("polygon", `head ${kind}`, { points: head }),
  ];
}

function textShape({ text, place: [x, y], size, bold, on_note: onNote, rare }) {
  const made = shape("text", onNote ? "on-note" : rare ? "rare" : "label", { x, y, "font-size": size });
  if (bold) made.setAttribute("font-weight", "bold");
  made.textContent = text;
  return [made];
}

const shapesOf = (mark) => (mark.note ? noteShape(mark) : mark.line ? arrowShapes(mark) : textShape(mark));

function drawn(picture, title) {
  const room = 4;
  const [width, height] = [picture.width + 2 * room, picture.height + 2 * room];
  const svg = shape("svg", "graph", { viewBox: `${-room} ${-room} ${width} ${height}`, role: "img",
    "aria-label": `${title}. ${picture.says}` });
  svg.style.maxWidth = `${width * LARGEST}px`;
  svg.append(...picture.marks.flatMap(shapesOf));
  return svg;
}

function render({ model, el }) {
  const pictures = model.get("pictures");
  const last = pictures.length - 1;
  const ending = new AbortController();
  const listen = (target, type, act) => target.addEventListener(type, act, { signal: ending.signal });

  const root = element("div", "path-slider");
  root.dataset.lmSuppressShortcuts = "true";
  const slider = element("input", "slider");
  for (const [name, value] of [["type", "range"], ["min", 0], ["max", last], ["step", 1],
    ["aria-label", "number of paths"]]) slider.setAttribute(name, value);
  slider.disabled = last === 0;
  const says = element("div", "says");
  const ends = [element("span", "end", "fewer paths"), element("span", "end", "more paths")];
  const row = element("div", "row");
  row.append(ends[0], slider, ends[1], says);
  const stage = element("div", "stage");
  root.append(element("div", "title", model.get("title")), row, stage);
  el.append(root);

  function paint() {
    const picture = pictures[clamp(model.get("position"), 0, last)];
    slider.value = model.get("position");
    slider.setAttribute("aria-valuetext", picture.says);
    says.textContent = picture.says;
    stage.replaceChildren(drawn(picture, model.get("title")));
  }

  listen(slider, "input", () => {
    model.set("position", Number(slider.value));
    model.save_changes();
  });
  listen(root, "keydown", (event) => {
    if (event.target === slider && !event.ctrlKey && !event.metaKey && !event.altKey) event.stopPropagation();
  });
  model.on("change:position", paint);
  paint();

  return () => {
    ending.abort();
    model.off("change:position", paint);
  };
}

export default { render };
