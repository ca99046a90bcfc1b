/* The sheet of keys and gestures. Read `writing.js` next. */

const HELP = [
  [
    "Place",
    [
      ["double-click / double-tap", "a note there"],
      ["N", "a note in the middle of what you see"],
      ["1 … 9", "the kind of the next note, or of the chosen ones"],
      ["Tab while typing", "the next note, to the right"],
      ["Ctrl+V", "each pasted line becomes a note"],
    ],
  ],
  [
    "Write",
    [
      ["double-click, Enter or F2", "write on a note; name first, details below"],
      ["Enter", "done"],
      ["Shift+Enter", "a new line"],
      ["Esc", "as it was"],
    ],
  ],
  [
    "Choose",
    [
      ["click, Space", "one"],
      ["Shift+click, Shift+Space, long press", "one more"],
      ["drag on the wall", "all within"],
      ["Ctrl+A", "all"],
      ["arrow keys", "go to the next note, if none is chosen"],
      ["Home, End", "first and last in time"],
    ],
  ],
  [
    "Change",
    [
      ["drag, arrow keys", "move what is chosen (Shift: further)"],
      ["Alt+arrow keys", "pull a frame to another size"],
      ["Delete", "take it off"],
      ["Ctrl+D, Ctrl+C, Ctrl+V", "duplicate, copy, paste"],
      ["P", "pivotal, or not any more"],
      ["Ctrl+Z, Ctrl+Shift+Z", "undo, redo"],
    ],
  ],
  [
    "Connect",
    [
      ["drag the round handle", "an arrow"],
      ["L", "an arrow from the chosen note: go to the other, Enter"],
      ["L with several chosen", "arrows from each to the next"],
      ["F", "a context's frame (around what is chosen)"],
      ["S", "a swim lane"],
    ],
  ],
  [
    "Look",
    [
      ["Ctrl+wheel, pinch, + and −", "zoom"],
      ["Space+drag, two fingers", "pan"],
      ["0", "everything"],
      ["/", "search"],
      ["I", "details and questions"],
      ["H", "history"],
      ["?", "this sheet"],
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
