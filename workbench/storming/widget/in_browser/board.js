/* The board in one view: it connects the pieces and shows the wall that Python sent. */
class Board extends Choosing {
  constructor(model, el) {
    super();
    Object.assign(this, { model, el, kinds: model.get("kinds"), guides: model.get("guides") });
    Object.assign(this, {
      past: null,
      chosen: new Set(),
      chosenBefore: [],
      focused: null,
      linkFrom: null,
      pending: null,
    });
    Object.assign(this, { kind: this.kinds[0].kind, tool: "choose", space: false, touched: false, alone: false });
    this.ending = new AbortController();
    const listen = (target, type, act, how = {}) =>
      target.addEventListener(type, act, { signal: this.ending.signal, ...how });
    this.now = readWall(model.get("shown"));
    this.wall = this.now;
    this.talk = new Talk(model, {
      changed: () => this.update(),
      silent: (on) => this.root.classList.toggle("silent", on),
    });
    this.stage = new Stage(this, this.kinds);
    this.search = new Search(this);
    this.notices = new Notices();
    this.editor = new Editor(this);
    this.palette = paletteOf(this);
    this.phases = new PhaseBar(this, model);
    this.history = new History(this);
    this.map = new MiniMap(this);
    this.panel = new Panel(this);
    this.help = helpSheet();
    this.tools = new Toolbar(this, model);
    this.#build();
    this.hands = new Hands(this, this.stage, listen);
    this.keys = new Keys(this, this.root, listen);
    this.#listen(listen);
    this.update();
    this.#showTrouble();
  }

  #build() {
    const waiting = make(
      "div",
      { class: "waiting" },
      "The kernel does not answer. If it is busy, it will receive your changes when its cell is done; if it was restarted, run this cell again.",
    );
    const past = make("div", { class: "was" }, "You are looking at the past, which cannot be changed.");
    this.empty = make("div", { class: "empty", "aria-hidden": "true" });
    const hall = make(
      "div",
      { class: "hall" },
      this.stage.root,
      this.empty,
      this.editor.root,
      this.map.root,
      past,
      waiting,
      this.notices.line,
      this.notices.error,
    );
    const middle = make("div", { class: "middle" }, this.palette.root, hall, this.panel.root);
    this.root = make(
      "div",
      {
        class: "storming-board",
        "data-lm-suppress-shortcuts": "true",
        role: "region",
        "aria-label": `Board ${this.model.get("name")}`,
      },
      this.tools.root,
      this.phases.root,
      middle,
      this.history.root,
      this.help,
    );
    this.stage.root.setAttribute("aria-label", "The wall: the arrow keys go from note to note, ? shows all keys");
    this.el.append(this.root);
  }

  #listen(listen) {
    this.resized = new ResizeObserver(() => this.#resized());
    this.resized.observe(this.stage.root);
    listen(this.root, "fullscreenchange", () => {
      if (!document.fullscreenElement) this.#standAlone(false);
    });
    listen(this.stage.root, "focusin", (event) => {
      const id = event.target.dataset.id ?? event.target.dataset.area;
      if (id) this.focused = id;
    });
    for (const type of ["copy", "cut", "paste"]) listen(this.root, type, (event) => this.clip(event, type));
    this.listeners = {
      "change:shown": () => {
        this.now = readWall(this.model.get("shown"));
        this.update();
      },
      "change:level": () => this.update(),
      "change:clock": () => this.phases.tick(),
      "change:trouble": () => this.#showTrouble(),
    };
    for (const [what, act] of Object.entries(this.listeners)) this.model.on(what, act);
  }

  close() {
    this.ending.abort();
    this.finishMove();
    this.resized.disconnect();
    for (const [what, act] of Object.entries(this.listeners)) this.model.off(what, act);
    for (const one of [this.talk, this.phases, this.history, this.map]) one.close();
    this.notices.end();
    this.root.remove();
  }

  get level() {
    return this.model.get("level");
  }

  guide() {
    return this.guides.find(({ phase }) => phase === this.wall.phase);
  }

  // ── what is shown ──

  update() {
    const before = this.wall;
    this.wall = this.past ?? overlaid(this.now, this.talk.commands(this.now.version));
    this.#dropRemoved();
    this.asked = new Map();
    for (const finding of this.wall.findings.filter(({ overruled }) => !overruled)) {
      for (const id of finding.notes) this.asked.set(id, [...(this.asked.get(id) ?? []), finding]);
    }
    this.root.classList.toggle("past", this.past !== null);
    this.showEmptyHint();
    this.show();
    if (!this.touched && before !== this.wall) this.fit();
  }

  show() {
    this.stage.show();
    for (const one of [this.palette, this.phases, this.history, this.panel, this.tools, this.search]) one.show();
  }

  showEmptyHint() {
    this.empty.hidden = this.wall.notes.size > 0 || this.wall.areas.size > 0 || this.editor.target !== null;
    this.empty.replaceChildren(
      make("b", {}, "What happens in this business?"),
      make("span", {}, "Double-click anywhere, or press N, and write an event in the past tense."),
    );
  }

  #dropRemoved() {
    const arrows = new Set(this.wall.links.map(keyOf));
    const there = (id) => this.wall.notes.has(id) || this.wall.areas.has(id) || arrows.has(id);
    this.chosen = new Set([...this.chosen].filter(there));
    if (this.linkFrom && !this.wall.notes.has(this.linkFrom)) this.linkFrom = null;
    if (this.focused && !there(this.focused)) {
      const here = this.stage.elementOf(this.focused);
      this.focused = null;
      if (here?.contains(this.root.getRootNode().activeElement)) this.stage.root.focus({ preventScroll: true });
    }
  }

  #showTrouble() {
    if (this.model.get("trouble")) this.showError(this.model.get("trouble"));
  }

  #resized() {
    if (!this.stage.root.clientWidth) return;
    if (this.touched) this.stage.look(this.stage.view);
    else this.fit();
  }

  looked() {
    this.editor.follow();
    this.map.show();
    this.tools.showZoom(this.stage.view.k);
  }

  fit() {
    if (this.stage.root.clientWidth) this.stage.fit(this.alone ? 2 : 1.15);
  }

  zoom(factor) {
    this.touched = true;
    this.stage.zoom(factor);
  }

  say(text) {
    this.notices.say(text);
  }

  showError(sentence) {
    this.notices.showError(sentence);
  }

  questionsOn(id) {
    return this.asked.get(id) ?? [];
  }

  questions(id) {
    this.choose([id]);
    this.panel.toggle(true);
  }

  showQuestions() {
    this.choose([]);
    this.panel.toggle(true);
  }

  showPast(past) {
    this.editor.close(true);
    this.past = past ? readWall(past) : null;
    this.update();
  }

  // ── projector ──

  async showAlone() {
    const alone = !this.alone;
    this.#standAlone(alone);
    try {
      if (alone) await this.root.requestFullscreen();
      else if (document.fullscreenElement) await document.exitFullscreen();
    } catch {
      // the browser may forbid full screen; then the board fills the page
    }
  }

  #standAlone(alone) {
    this.alone = alone;
    this.root.classList.toggle("alone", alone);
    this.tools.alone.setAttribute("aria-pressed", alone);
    this.touched = false;
  }

  /* Leave the innermost mode: a drag, an arrow, a message, a search, a tool, the history, the choice. */
  escape() {
    this.hands.cancel();
    if (this.noLink() || this.notices.close() || this.search.clear()) return;
    if (this.tool !== "choose") this.take("choose");
    else if (!this.history.root.hidden) this.history.toggle(false);
    else if (this.chosen.size) this.choose([]);
    else if (!this.panel.root.hidden) this.panel.toggle(false);
    else if (this.alone) this.showAlone();
  }
}

function render({ model, el }) {
  const board = new Board(model, el);
  return () => board.close();
}

export default { render };
