/* The board in the browser, for a mouse, a finger or a keyboard: one module in pieces.
 *
 * Python decides: a finished gesture is one message of commands, and the answer is the new wall or an error message.
 * Until the answer arrives, the commands are applied to a copy of the last wall, so nobody waits. Text from people is
 * only ever set as text. This piece has what all others use. Read `wall.js` next; `board.js` connects the pieces.
 */

const SVG = "http://www.w3.org/2000/svg"; // an XML namespace, never fetched
const STEP = 20; // board units that an arrow key moves a note
const SLACK = 4; // pixels after which a press becomes a drag
const NUDGE_ENDS = 350; // milliseconds after the last arrow key until the move is a finished gesture
const TWICE = 380; // the most milliseconds between the taps of a double tap
const LONG_PRESS = 550;
const PATIENCE = 4000; // milliseconds until a message says that the kernel does not answer
const ROOM = 40; // board units around the notes in a frame
const ZOOM = [0.08, 3];
const SIGNS = { error: "!", warning: "?", hint: "i" };
const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
const made = (prefix) =>
  prefix + [...crypto.getRandomValues(new Uint8Array(6))].map((byte) => byte.toString(36)).join("");
const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;
const nameOf = (note) => note.text.trim().split("\n")[0].trim();
const keyOf = (ends) => JSON.stringify(ends); // an arrow's key, unique for any ids
const spokenName = (thing) => ("text" in thing ? nameOf(thing) : thing.name) || "without a name";

/* Make an element with attributes, listeners (`onclick`) and children; a string becomes text, never markup. */
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

/* Make a toolbar one stop for the Tab key; the arrow keys go from button to button. */
function roving(bar) {
  const able = () => [...bar.querySelectorAll("button:not(:disabled)")].filter((one) => one.offsetParent);
  const makeStop = (here) => bar.querySelectorAll("button").forEach((one) => (one.tabIndex = one === here ? 0 : -1));
  makeStop(bar.querySelector("button"));
  bar.addEventListener("focusin", (event) => {
    if (event.target.matches("button")) makeStop(event.target);
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
    if (!able().some((one) => one.tabIndex === 0)) makeStop(able()[0]);
  };
}
