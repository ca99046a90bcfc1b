/* A map of every key's state at one instant, chosen by a slider, and the counts over time.
 *
 * All instants are sent once, one byte for each key and instant, so moving the slider needs no kernel. The
 * model holds the chosen step; each view draws it. Text from people is only ever set as text, never as HTML.
 */

const UNKNOWN = 255;
const STEPS_PER_SECOND = 10;
const SAVE_EVERY = 60; // milliseconds between two messages to the kernel while dragging
const TILE_SIZES = [88, 76, 66, 56, 48, 42, 36, 32, 28, 24, 21, 18, 15, 12, 10];
const TICKS = [1, 5, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 7 * 1440, 14 * 1440, 28 * 1440, 91 * 1440];
const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
  "November", "December"];

const two = (number) => String(number).padStart(2, "0");
const clock = (time) => `${two(time.getUTCHours())}:${two(time.getUTCMinutes())}`;
const day = (time) => `${DAYS[time.getUTCDay()]} ${time.getUTCDate()} ${MONTHS[time.getUTCMonth()]}`;
const shortDay = (time) => `${time.getUTCDate()} ${MONTHS[time.getUTCMonth()].slice(0, 3)}`;
const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

function element(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

/* Return the model's data, with the counts of each state at each instant. */
function readData(model) {
  const bytes = model.get("codes");
  const codes = new Uint8Array(bytes.buffer ?? bytes, bytes.byteOffset ?? 0, bytes.byteLength);
  const times = model.get("times").map((time) => new Date(time));
  const names = model.get("names");
  const looks = model.get("looks");
  const counts = times.map(() => new Array(looks.length).fill(0));
  codes.forEach((code, at) => {
    if (code !== UNKNOWN) counts[Math.floor(at / names.length)][code] += 1;
  });
  return { codes, times, names, looks, counts, groups: model.get("groups"), noun: model.get("noun") };
}

function swatch(tile, look) {
  tile.style.background = look ? look.colour : "";
  tile.style.color = look ? look.ink : "";
  tile.textContent = look ? look.symbol : "";
}

/* Tiles in their groups; `show(step)` updates only those that changed. */
function statusMap({ codes, times, names, looks, groups }) {
  const root = element("div", "map");
  const boxes = new Map();
  const tiles = names.map((name, index) => {
    if (!boxes.has(groups[index])) {
      const box = element("div", "group");
      box.append(element("div", "name", groups[index]), element("div", "tiles"));
      boxes.set(groups[index], box);
      root.append(box);
    }
    const tile = element("span", "tile");
    tile.dataset.index = index;
    boxes.get(groups[index]).lastChild.append(tile);
    return tile;
  });
  const shown = new Array(names.length).fill(null);
  const codeAt = (step, index) => codes[step * names.length + index];
  return {
    root,
    show(step) {
      for (let index = 0; index < tiles.length; index += 1) {
        const code = codeAt(step, index);
        if (shown[index] !== code) swatch(tiles[index], looks[code]);
        shown[index] = code;
      }
    },
    describe(step, index) {
      const code = codeAt(step, index);
      if (code === UNKNOWN) return `${names[index]}: no event yet`;
      let since = step;
      while (since > 0 && codeAt(since - 1, index) === code) since -= 1;
      const today = day(times[since]) === day(times[step]);
      const start = today ? clock(times[since]) : `${shortDay(times[since])}, ${clock(times[since])}`;
      return `${names[index]}: ${looks[code].word} since ${start}${since ? "" : " or before"}`;
    },
    fit() {
      const most = clamp(root.clientWidth * 0.24, 120, 460);
      const named = TILE_SIZES.filter((size) => size >= 24).map((size) => [size, false]);
      for (const [size, dense] of [...named, ...TILE_SIZES.map((size) => [size, true])]) {
        root.style.setProperty("--tile", `${size}px`);
        root.classList.toggle("dense", dense);
        if (root.scrollHeight <= most) break;
      }
    },
  };
}

/* Stacked counts over time, drawn once; the first state, the usual one, is on top and cut above the others' peak. */
function countsChart({ times, names, looks, counts, noun }) {
  const peak = Math.max(...counts.map((row) => row.slice(1).reduce((sum, count) => sum + count, 0)));
  const height = peak ? Math.min(names.length, Math.ceil(peak * 1.25)) : names.length;
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", `0 ${names.length - height} ${times.length} ${height}`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  const floor = times.map(() => names.length);
  const upwards = looks.map((_, code) => code);
  for (const code of [...upwards.slice(1), 0]) {
    let above = "";
    let below = "";
    times.forEach((_, step) => {
      below = `L${step + 1} ${floor[step]}L${step} ${floor[step]}${below}`;
      floor[step] -= counts[step][code];
      above += `${step ? "L" : "M"}${step} ${floor[step]}L${step + 1} ${floor[step]}`;
    });
    const area = document.createElementNS(space, "path");
    area.setAttribute("d", `${above}${below}Z`);
    area.setAttribute("fill", looks[code].colour);
    area.setAttribute("fill-opacity", code ? 1 : 0.25);
    svg.append(area);
  }
  return [svg, element("span", "scale", `top edge: ${height} ${noun}`)];
}

/* Labels at round times, each at its time's place among the instants. */
function timeAxis({ times }) {
  const axis = element("div", "axis");
  const [first, last] = [times[0].getTime(), times[times.length - 1].getTime()];
  const minutes = TICKS.find((tick) => (last - first) / 60000 / tick <= 12) ?? 364 * 1440;
  const distance = minutes * 60000;
  for (let at = Math.ceil(first / distance) * distance; at <= last; at += distance) {
    const time = new Date(at);
    const step = times.filter((instant) => instant <= time).length - 1;
    const midnight = clock(time) === "00:00";
    const label = element("span", midnight ? "day" : "", midnight ? shortDay(time) : clock(time));
    const share = (step + 0.5) / times.length;
    label.style.left = `${share * 100}%`;
    if (share > 0.96) label.classList.add("end");
    axis.append(label);
  }
  return axis;
}

function legendOf({ looks }) {
  const root = element("ul", "legend");
  const numbers = looks.map((look) => {
    const entry = element("li", "");
    const tile = element("span", "tile");
    const number = element("span", "count");
    swatch(tile, look);
    entry.append(tile, element("span", "word", look.word), number);
    root.append(entry);
    return number;
  });
  return {
    root,
    show: (counts) => numbers.forEach((number, code) => {
      number.textContent = counts[code];
      number.parentElement.classList.toggle("none", counts[code] === 0);
    }),
  };
}

function render({ model, el }) {
  const data = readData(model);
  const last = data.times.length - 1;
  const ending = new AbortController();
  const listen = (target, type, act) => target.addEventListener(type, act, { signal: ending.signal });

  const root = element("div", "time-slider");
  root.dataset.lmSuppressShortcuts = "true";
  const play = element("button", "play");
  play.type = "button";
  const hour = element("span", "hour");
  const date = element("span", "date");
  const head = element("div", "head");
  const when = element("div", "when");
  when.append(hour, date);
  head.append(play, when, element("div", "title", model.get("title")));
  const map = statusMap(data);
  const track = element("div", "track");
  track.tabIndex = 0;
  for (const [name, value] of [["role", "slider"], ["aria-label", "instant"], ["aria-orientation", "horizontal"],
    ["aria-valuemin", 0], ["aria-valuemax", last]]) track.setAttribute(name, value);
  const cursor = element("div", "cursor");
  track.append(...countsChart(data), cursor);
  const legend = legendOf(data);
  const readout = element("div", "readout");
  root.append(head, map.root, readout, track, timeAxis(data), legend.root);
  el.append(root);

  let pointed = null;
  const hint = `${data.names.length} ${data.noun}. Drag below, or use the arrow keys, Home, End and the space bar.`;
  const tell = (step) => { readout.textContent = pointed === null ? hint : map.describe(step, pointed); };

  function paint() {
    const step = clamp(model.get("step"), 0, last);
    const time = data.times[step];
    hour.textContent = clock(time);
    date.textContent = `${day(time)} ${time.getUTCFullYear()}, UTC`;
    map.show(step);
    legend.show(data.counts[step]);
    cursor.style.left = `${((step + 0.5) / data.times.length) * 100}%`;
    track.setAttribute("aria-valuenow", step);
    track.setAttribute("aria-valuetext", `${day(time)} ${clock(time)}: ${data.looks
      .map((look, code) => [data.counts[step][code], look.word])
      .filter(([count]) => count > 0).map((pair) => pair.join(" ")).join(", ")}`);
    tell(step);
  }

  let saving = null;
  function go(step) {
    const next = clamp(step, 0, last);
    if (next === model.get("step")) return;
    model.set("step", next);
    saving ??= setTimeout(() => { saving = null; model.save_changes(); }, SAVE_EVERY);
  }

  let playing = null;
  function setPlaying(on) {
    clearInterval(playing);
    playing = on ? setInterval(advance, 1000 / STEPS_PER_SECOND) : null;
    play.classList.toggle("on", on);
    play.setAttribute("aria-label", on ? "Pause" : "Play");
    play.title = on ? "Pause" : "Play";
  }
  function advance() {
    if (model.get("step") >= last) setPlaying(false);
    else go(model.get("step") + 1);
  }
  function toggle() {
    if (playing === null && model.get("step") >= last) go(0);
    setPlaying(playing === null);
  }

  const page = Math.max(1, Math.round(data.times.length / 10));
  const moves = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -page, PageUp: page,
    Home: -Infinity, End: Infinity };
  listen(root, "keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in moves) {
      setPlaying(false);
      go(model.get("step") + moves[event.key]);
    } else if (event.key === " " && event.target !== play) toggle();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  const follow = (event) => {
    const box = track.getBoundingClientRect();
    go(Math.floor(((event.clientX - box.left) / box.width) * data.times.length));
  };
  listen(track, "pointerdown", (event) => {
    if (event.button !== 0) return;
    setPlaying(false);
    track.setPointerCapture(event.pointerId);
    track.focus({ preventScroll: true });
    follow(event);
  });
  listen(track, "pointermove", (event) => { if (track.hasPointerCapture(event.pointerId)) follow(event); });
  listen(play, "click", toggle);
  listen(map.root, "pointerover", (event) => {
    pointed = event.target.dataset.index === undefined ? null : Number(event.target.dataset.index);
    tell(model.get("step"));
  });
  listen(map.root, "pointerleave", () => { pointed = null; tell(model.get("step")); });

  const resized = new ResizeObserver(() => map.fit());
  resized.observe(root);
  model.on("change:step", paint);
  setPlaying(false);
  paint();

  return () => {
    ending.abort();
    resized.disconnect();
    setPlaying(false);
    model.off("change:step", paint);
    if (saving !== null) {
      clearTimeout(saving);
      model.save_changes();
    }
  };
}

export default { render };
