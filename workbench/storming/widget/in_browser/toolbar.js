/* The toolbar above the wall: tools, search, the grammar's level; and messages. Read `phases.js` next. */

const ICONS = {
  choose: "M5 3l6 16 2.5-6.5L20 10z",
  hand: "M12 3v18M3 12h18M12 3l-3 3M12 3l3 3M12 21l-3-3M12 21l3-3M3 12l3-3M3 12l3 3M21 12l-3-3M21 12l-3 3",
  context: "M4 6h16v13H4zM4 6V4h7v2",
  lane: "M3 7h18M3 17h18M6 12h10",
  link: "M4 17C4 9 10 7 18 7M13.5 2.5L18 7l-4.5 4.5",
  pivot: "M12 3v18M7 8h10",
  copy: "M8 8h12v12H8zM16 8V4H4v12h4",
  remove: "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13",
  undo: "M9 5L4 10l5 5M4 10h10a5.5 5.5 0 0 1 0 11h-3",
  redo: "M15 5l5 5-5 5M20 10H10a5.5 5.5 0 0 0 0 11h3",
  minus: "M5 12h14",
  plus: "M5 12h14M12 5v14",
  fit: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
  history: "M4 12a8 8 0 1 1 2.5 5.8M4 12l-2-3M4 12l3-2M12 8v4.5l3 2",
  panel: "M4 5h16v14H4zM14.5 5v14",
  alone: "M3 5h18v11H3zM12 16v4M8 20h8",
  help: "M9 9a3 3 0 1 1 4.5 2.6c-1 .6-1.5 1.2-1.5 2.4M12 17.5v.5",
  play: "M8 5l11 7-11 7z",
  pause: "M8 5v14M16 5v14",
  again: "M5 12a7 7 0 1 1 2 5M5 12l-2-2.5M5 12l3-1.5",
};

function icon(name) {
  const drawing = vector("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" });
  drawing.append(vector("path", { d: ICONS[name] }));
  return drawing;
}

/* The toolbar. Buttons that need a choice are disabled without one. */
class Toolbar {
  constructor(board, model) {
    Object.assign(this, { board, model });
    const act = (name, label, does, more = {}) => button(icon(name), label, does, more);
    const tool = (name, label) => act(name, label, () => board.take(name), { "data-tool": name });
    const change = (name, label, does) => act(name, label, does, { "data-needs": name });
    this.undo = act("undo", "Undo (Ctrl+Z)", () => board.undo());
    this.redo = act("redo", "Redo (Ctrl+Shift+Z)", () => board.redo());
    this.percent = make("span", { class: "percent" });
    this.history = act("history", "History (H)", () => board.history.toggle(), { "aria-pressed": "false" });
    this.panel = act("panel", "Details and questions (I)", () => board.panel.toggle(), { "aria-pressed": "false" });
    this.alone = act("alone", "Projector: full screen, larger text", () => board.showAlone(), {
      "aria-pressed": "false",
    });
    this.level = make(
      "select",
      { "aria-label": "Level of the grammar's questions", title: "Level of the questions", onchange: () => this.#ask() },
      make("option", { value: "" }, "no questions"),
      ...model.get("levels").map((level) => make("option", { value: level }, level)),
    );
    this.asked = button("", "The grammar's questions", () => board.showQuestions(), { class: "asked", hidden: true });
    this.root = make(
      "div",
      { class: "bar", role: "toolbar", "aria-label": "Tools" },
      this.#group(this.undo, this.redo),
      this.#group(
        tool("choose", "Choose and move (Esc)"),
        tool("hand", "Move the view (Space and drag)"),
        tool("context", "Draw a context's frame (F)"),
        tool("lane", "Draw a swim lane (S)"),
      ),
      this.#group(
        change("link", "Draw an arrow from the chosen note, or along the chosen ones (L)", () => board.link()),
        change("pivot", "Mark or unmark as pivotal (P)", () => board.pivot()),
        change("copy", "Duplicate (Ctrl+D)", () => board.duplicate()),
        change("remove", "Delete", () => board.remove()),
      ),
      this.#group(
        act("minus", "Zoom out (−)", () => board.zoom(1 / 1.2)),
        this.percent,
        act("plus", "Zoom in (+)", () => board.zoom(1.2)),
        act("fit", "Show everything (0)", () => board.fit()),
      ),
      board.search.root,
      this.#group(this.level, this.asked),
      this.#group(
        this.history,
        this.panel,
        this.alone,
        act("help", "Keys and gestures (?)", () => board.help.showModal()),
      ),
    );
  }

  show() {
    const { board } = this;
    this.reachable ??= roving(this.root);
    const past = board.past !== null;
    this.undo.disabled = past || !board.now.undo;
    this.redo.disabled = past || !board.now.redo;
    for (const one of this.root.querySelectorAll("[data-needs]"))
      one.disabled = past || !this.#useful(one.dataset.needs);
    for (const one of this.root.querySelectorAll("[data-tool]"))
      one.setAttribute("aria-pressed", one.dataset.tool === board.tool);
    this.level.value = board.level;
    const open = board.wall.findings.filter((finding) => !finding.overruled);
    this.asked.hidden = !board.level || past;
    this.asked.replaceChildren(
      ...Object.keys(SIGNS).map((severity) => {
        const count = open.filter((finding) => finding.severity === severity).length;
        return make(
          "span",
          { class: `badge ${severity}${count ? "" : " none"}`, title: plural(count, severity) },
          `${SIGNS[severity]} ${count}`,
        );
      }),
    );
    this.reachable();
  }

  showZoom(k) {
    this.percent.textContent = `${Math.round(k * 100)} %`;
  }

  #useful(what) {
    const { board } = this;
    const notes = board.chosenNotes();
    return {
      link: notes.length > 0,
      pivot: notes.some((note) => note.kind === "event"),
      copy: notes.length > 0,
      remove: board.chosen.size > 0,
    }[what];
  }

  #group(...children) {
    return make("div", { class: "group" }, ...children);
  }

  #ask() {
    this.model.set("level", this.level.value);
    this.model.save_changes();
    if (this.level.value) this.board.panel.toggle(true, false);
  }
}

/* Search notes by their text: the others fade, Enter goes from one hit to the next. */
class Search {
  constructor(board) {
    Object.assign(this, { board, at: -1 });
    this.field = make("input", {
      type: "search",
      placeholder: "Search",
      "aria-label": "Search the notes (/)",
      spellcheck: "false",
      oninput: () => {
        this.at = -1;
        this.show(true);
      },
      onkeydown: (event) => this.#key(event),
    });
    this.count = make("span", { class: "hits" });
    this.root = make("div", { class: "group search", role: "search" }, this.field, this.count);
  }

  focus() {
    this.field.focus();
    this.field.select();
  }

  get hits() {
    const wanted = this.field.value.trim().toLowerCase();
    if (!wanted) return null;
    const found = [...this.board.wall.notes.values()].filter((note) =>
      `${note.text}\n${note.kind}`.toLowerCase().includes(wanted),
    );
    return found.sort((a, b) => a.x - b.x || a.y - b.y).map((note) => note.id);
  }

  show(announce = false) {
    const { hits } = this;
    const found = new Set(hits ?? []);
    this.board.stage.root.classList.toggle("searching", hits !== null);
    for (const [id, one] of this.board.stage.notes) one.classList.toggle("hit", found.has(id));
    this.count.textContent = hits === null ? "" : this.at < 0 ? `${hits.length}` : `${this.at + 1}/${hits.length}`;
    if (announce && hits) this.board.say(hits.length ? `${plural(hits.length, "note")} found` : "No note found");
  }

  clear() {
    const any = this.field.value !== "";
    this.field.value = "";
    this.show();
    return any;
  }

  #key(event) {
    if (event.key === "Escape") {
      this.clear();
      this.board.focus(this.board.focused);
    } else if (event.key === "Enter") this.#step(event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #step(by) {
    const { hits, board } = this;
    if (!hits?.length) return;
    this.at = (this.at + by + hits.length) % hits.length;
    board.choose([hits[this.at]]);
    board.focused = hits[this.at];
    board.stage.reveal(hits[this.at]);
    board.say(`${this.at + 1} of ${hits.length}: ${board.stage.spoken(board.wall.notes.get(hits[this.at]))}`);
    this.show();
  }
}

/* Messages: a line that disappears by itself, and an error that stays until it is closed. */
class Notices {
  constructor() {
    this.line = make("div", { class: "line", role: "status", "aria-live": "polite" });
    this.sentence = make("p", {});
    this.error = make(
      "div",
      { class: "error-line", role: "alert", hidden: true },
      this.sentence,
      button("×", "Close", () => this.close()),
    );
  }

  say(text) {
    this.line.textContent = text;
    this.line.classList.remove("gone");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.line.classList.add("gone"), 3500);
  }

  showError(sentence) {
    this.error.hidden = false;
    this.sentence.textContent = sentence;
  }

  close() {
    const any = !this.error.hidden;
    this.error.hidden = true;
    return any;
  }

  end() {
    clearTimeout(this.timer);
  }
}
