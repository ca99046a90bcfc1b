/* The board under a mouse, a finger or a keyboard: the browser's half, one module told in pieces.
 *
 * Python decides: a finished gesture is one message of commands, and the answer is the wall as it is then, or the
 * sentence of a refusal. Until the answer is there, the commands are laid over the last wall, so nothing waits. Text
 * from people is set as text only. Here: what all pieces use. Read `wall.js` next; `board.js` holds everything together.
 */

const SVG = "http://www.w3.org/2000/svg"; // the name of a vocabulary, not an address
const STEP = 20; // board units that an arrow key moves a note
const SLACK = 4; // pixels that a hand may tremble before a press is a drag
const NUDGE_ENDS = 350; // milliseconds without an arrow key after which the move is a finished gesture
const TWICE = 380; // milliseconds between the two taps of a double tap
const LONG_PRESS = 550;
const PATIENCE = 4000; // milliseconds after which a silent kernel is worth a word
const ROOM = 40; // board units around the notes in a frame
const ZOOM = [0.08, 3];
const SIGNS = { error: "!", warning: "?", hint: "i" };
const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
const made = (prefix) =>
  prefix + [...crypto.getRandomValues(new Uint8Array(6))].map((byte) => byte.toString(36)).join("");
const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;
const nameOf = (note) => note.text.trim().split("\n")[0].trim();
const keyOf = (ends) => JSON.stringify(ends); // an arrow's key, whatever its notes' ids are
const spokenName = (thing) => ("text" in thing ? nameOf(thing) : thing.name) || "without a name";

/* An element with attributes, listeners (`onclick`) and children; a string becomes text, never markup. */
function make(tag, attributes = {}, ...children) {
  const one = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) one.addEventListener(name.slice(2), value);
    else if (value === true) one.setAttribute(name, "");
    else if (value !== false && value !== null) one.setAttribute(name, value);
  }
  one.append(...children.filter((child) => child !== null));
  return one;
}

function vector(tag, attributes = {}) {
  const one = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) one.setAttribute(name, value);
  return one;
}

function button(text, label, act, attributes = {}) {
  return make("button", { type: "button", title: label, "aria-label": label, onclick: act, ...attributes }, text);
}

/* A toolbar is one stop for the Tab key; the arrow keys go from button to button. */
function roving(bar) {
  const able = () => [...bar.querySelectorAll("button:not(:disabled)")].filter((one) => one.offsetParent);
  const settle = (here) => bar.querySelectorAll("button").forEach((one) => (one.tabIndex = one === here ? 0 : -1));
  settle(bar.querySelector("button"));
  bar.addEventListener("focusin", (event) => {
    if (event.target.matches("button")) settle(event.target);
  });
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step || !event.target.matches("button")) return;
    const all = able();
    all.at((all.indexOf(event.target) + step) % all.length).focus();
    event.preventDefault();
    event.stopPropagation();
  });
  return () => {
    if (!able().some((one) => one.tabIndex === 0)) settle(able()[0]);
  };
}
