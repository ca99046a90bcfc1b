/* The help for keys and gestures. Read `writing.js` next. */

const HELP = [
  [
    "Place",
    [
      ["double-click / double-tap", "place a note there"],
      ["N", "place a note in the middle of the view"],
      ["1 … 9", "set the kind of the next note, or of the chosen ones"],
      ["Tab while typing", "go on with a note to the right"],
      ["Ctrl+V", "make a note of each pasted line"],
    ],
  ],
  [
    "Write",
    [
      ["double-click, Enter or F2", "edit a note: name first, details below"],
      ["Enter", "finish"],
      ["Shift+Enter", "start a new line"],
      ["Esc", "cancel"],
    ],
  ],
  [
    "Choose",
    [
      ["click, Space", "choose one"],
      ["Shift+click, Shift+Space, long press", "choose one more"],
      ["drag on the wall", "choose all in an area"],
      ["Ctrl+A", "choose all"],
      ["arrow keys", "go to the next note, if none is chosen"],
      ["Home, End", "go to the first or last in time"],
    ],
  ],
  [
    "Change",
    [
      ["drag, arrow keys", "move the chosen things (Shift: further)"],
      ["Alt+arrow keys", "resize a frame"],
      ["Delete", "remove"],
      ["Ctrl+D, Ctrl+C, Ctrl+V", "duplicate, copy, paste"],
      ["P", "mark as pivotal, or unmark"],
      ["Ctrl+Z, Ctrl+Shift+Z", "undo, redo"],
    ],
  ],
  [
    "Connect",
    [
      ["drag the round handle", "draw an arrow"],
      ["L", "start an arrow at the chosen note: go to the other, Enter"],
      ["L with several chosen", "draw arrows from each to the next"],
      ["F", "draw a context's frame around the chosen notes"],
      ["S", "draw a swim lane"],
    ],
  ],
  [
    "Look",
    [
      ["Ctrl+wheel, pinch, + and −", "zoom"],
      ["Space+drag, two fingers", "pan"],
      ["0", "show everything"],
      ["/", "search"],
      ["I", "show details and questions"],
      ["H", "show the history"],
      ["?", "show this help"],
    ],
  ],
];

function helpSheet() {
  const columns = HELP.map(([title, rows]) =>
    make(
      "section",
      {},
      make("h3", {}, title),
      make("dl", {}, ...rows.flatMap(([key, what]) => [make("dt", {}, key), make("dd", {}, what)])),
    ),
  );
  const sheet = make("dialog", { class: "help", "aria-label": "Keys and gestures" });
  sheet.append(
    button("×", "Close the help", () => sheet.close(), { class: "close" }),
    make("div", { class: "columns" }, ...columns),
  );
  sheet.addEventListener("click", (event) => {
    if (event.target === sheet) sheet.close();
  });
  return sheet;
}
