/* The board of one view: what is shown, what is chosen, and what everybody above may ask of it. */
class Board {
  constructor(model, el) {
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
    this.#trouble();
  }

  #build() {
    const waiting = make(
      "div",
      { class: "waiting" },
      "The kernel is busy: what you do is kept and will be heard when its cell is done.",
    );
    const past = make("div", { class: "was" }, "You are looking at the past: nothing can be changed here.");
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
      this.notices.refusal,
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
    this.stage.root.setAttribute("aria-label", "The wall: arrow keys go from note to note, ? shows all keys");
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
    for (const type of ["copy", "cut", "paste"]) listen(this.root, type, (event) => this.#clip(event, type));
    this.heard = {
      "change:shown": () => {
        this.now = readWall(this.model.get("shown"));
        this.update();
      },
      "change:level": () => this.update(),
      "change:clock": () => this.phases.tick(),
      "change:trouble": () => this.#trouble(),
    };
    for (const [what, act] of Object.entries(this.heard)) this.model.on(what, act);
  }

  close() {
    this.ending.abort();
    this.settle();
    this.resized.disconnect();
    for (const [what, act] of Object.entries(this.heard)) this.model.off(what, act);
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
    this.#forgetWhatIsGone();
    this.asked = new Map();
    for (const finding of this.wall.findings.filter(({ overruled }) => !overruled)) {
      for (const id of finding.notes) this.asked.set(id, [...(this.asked.get(id) ?? []), finding]);
    }
    this.root.classList.toggle("past", this.past !== null);
    this.#greet();
    this.#show();
    if (!this.touched && before !== this.wall) this.fit();
  }

  #show() {
    this.stage.show();
    for (const one of [this.palette, this.phases, this.history, this.panel, this.tools, this.search]) one.show();
  }

  #greet() {
    this.empty.hidden = this.wall.notes.size > 0 || this.wall.areas.size > 0 || this.editor.target !== null;
    this.empty.replaceChildren(
      make("b", {}, "What happens in this business?"),
      make("span", {}, "Double-click anywhere, or press N, and write an event in the past tense."),
    );
  }

  #forgetWhatIsGone() {
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

  #trouble() {
    if (this.model.get("trouble")) this.refuse(this.model.get("trouble"));
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

  refuse(sentence) {
    this.notices.refuse(sentence);
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
      // a page may be forbidden to fill the screen; the board fills the page
    }
  }

  #standAlone(alone) {
    this.alone = alone;
    this.root.classList.toggle("alone", alone);
    this.tools.alone.setAttribute("aria-pressed", alone);
    this.touched = false;
  }

  // ── what is chosen, and where the keyboard is ──

  chosenNotes() {
    const notes = [...this.chosen].map((id) => this.wall.notes.get(id)).filter(Boolean);
    return notes.sort((a, b) => a.x - b.x || a.y - b.y);
  }

  /* `more` keeps what is chosen already, `toggle` lets go of what was, `go` brings it into sight. */
  choose(ids, more = false, toggle = false, go = false) {
    this.settle();
    this.chosenBefore = [...this.chosen];
    const next = new Set(more ? this.chosen : []);
    for (const id of ids) {
      if (toggle && this.chosen.has(id) && more) next.delete(id);
      else next.add(id);
    }
    this.chosen = next;
    if (go && ids[0]) this.#visit(ids[0]);
    this.#show();
  }

  focus(id) {
    const one = id ? this.stage.elementOf(id) : null;
    this.focused = one ? id : null;
    (one ?? this.stage.root).focus({ preventScroll: true });
  }

  #visit(id) {
    this.touched = true;
    this.focus(id);
    this.stage.reveal(id);
  }

  /* To the next note in a direction; frames are reached by their titles. */
  go(direction) {
    const boxes = new Map(
      [...this.stage.boxes()].map(([id, box]) => [
        id,
        this.wall.areas.has(id) ? { ...box, width: 120, height: 28 } : box,
      ]),
    );
    const from = boxes.get(this.focused);
    if (!from) return this.step(0);
    boxes.delete(this.focused);
    const next = nearest(from, boxes, direction);
    if (next) this.#visit(next);
    return undefined;
  }

  /* To the first (0) or last (-1) note in time. */
  step(at) {
    const inTime = [...this.wall.notes.values()].sort((a, b) => a.x - b.x || a.y - b.y);
    const there = inTime.at(at) ?? [...this.wall.areas.values()][0];
    if (there) this.#visit(there.id);
  }

  // ── gestures: what Python is asked to do ──

  async do(commands, told = "") {
    this.settle();
    if (!commands.length) return {};
    if (this.past) {
      this.refuse("You wanted to change the past, which only tells what was. Go back to now and do it there.");
      return { refused: true };
    }
    const asked = this.talk.ask("Do", { commands });
    this.update();
    return this.#heed(await asked, told);
  }

  #heed(answer, told) {
    if (answer.refused) {
      this.refuse(answer.refused);
      this.update();
    } else if (told) this.say(told);
    return answer;
  }

  async #back(type, told) {
    this.settle();
    this.editor.close(true);
    if (!this.past) this.#heed(await this.talk.ask(type), told);
  }

  undo() {
    return this.#back("Undo", "Undone");
  }

  redo() {
    return this.#back("Redo", "Done again");
  }

  // ── writing ──

  edit(id) {
    if (this.past || !id) return;
    const note = this.wall.notes.get(id);
    const area = this.wall.areas.get(id);
    if (!note && !area) return;
    this.settle();
    this.touched = true;
    this.stage.reveal(id);
    this.editor.open({ id }, note ? note.text : area.name);
  }

  /* Write a note to be; it is placed when something stands on it. */
  write(target, text = "") {
    if (this.past) return;
    this.settle();
    this.touched = true;
    this.choose([]);
    this.empty.hidden = true;
    this.editor.open({ ...target, x: Math.round(target.x), y: Math.round(target.y) }, text);
  }

  /* Somebody has finished writing. What is refused stays in the editor. */
  async written(target, text) {
    const { id } = target;
    this.#greet();
    if (!id && !text.trim()) return;
    const fresh = id ?? made("n");
    const answer = await (id ? this.#reword(id, text) : this.#place(fresh, target, text));
    if (answer.refused && !this.editor.target) this.editor.open(target, text);
  }

  #place(note, target, text) {
    target.placed = note;
    const { kind, x, y } = target;
    const done = this.do([{ type: "PlaceNote", note, kind, text, x, y }], `${kind} placed`);
    this.chosen = new Set([note]);
    this.#show();
    return done;
  }

  #reword(id, text) {
    const area = this.wall.areas.get(id);
    if (area) return this.do(area.name === text.trim() ? [] : [{ type: "RenameArea", area: id, name: text }]);
    const same = this.wall.notes.get(id)?.text === text.trim();
    return this.do(same ? [] : [{ type: "RewordNote", note: id, text }]);
  }

  /* The next note of the same kind, to the right of the one just written. */
  writeNext(target) {
    const id = target.placed ?? target.id;
    const note = this.wall.notes.get(id);
    const { kind, x, y } = note ?? target;
    const { width } = this.stage.kinds.get(kind);
    const spot = this.#free(kind, { x: x + width + ROOM, y });
    const { seen } = this.stage;
    if (spot.x + width > seen.x + seen.width) this.stage.centre(spot);
    this.write({ kind, ...spot });
  }

  focusAfter(target) {
    this.focus(target.placed ?? target.id ?? this.focused);
  }

  placeInSight() {
    const here = this.wall.notes.get(this.focused);
    const { seen } = this.stage;
    const beside = here && meets(this.stage.box(here.id), seen);
    const { width } = this.stage.kinds.get(this.kind);
    const start = beside ? { x: here.x + width + ROOM, y: here.y } : centreOf(seen);
    const spot = this.#free(this.kind, start);
    if (!meets({ ...spot, width: 1, height: 1 }, seen)) this.stage.centre(spot);
    this.write({ kind: this.kind, ...spot });
  }

  /* The first place from there to the right that no note covers. */
  #free(kind, { x, y }) {
    const { width, height } = this.stage.kinds.get(kind);
    const boxes = [...this.wall.notes.keys()].map((id) => this.stage.box(id));
    let at = x;
    const covered = () => boxes.some((box) => meets(box, { x: at - width / 2, y: y - height / 2, width, height }));
    while (covered()) at += STEP;
    return { x: at, y };
  }

  // ── changing what is chosen ──

  /* The kind of the next note; with `also` that of the chosen notes as well. */
  arm(kind, also = false) {
    const notes = also ? this.chosenNotes().filter((note) => note.kind !== kind) : [];
    if (also && this.chosenNotes().length) {
      this.do(
        notes.map((note) => ({ type: "RetypeNote", note: note.id, kind })),
        `now ${kind}`,
      );
    } else {
      this.kind = kind;
      this.say(`Next note: ${kind}`);
    }
    this.palette.show();
  }

  take(tool) {
    this.tool = tool;
    this.linkFrom = null;
    this.stage.root.dataset.tool = tool;
    this.tools.show();
    if (tool === "context") this.say("Draw the frame of a context on the wall.");
    if (tool === "lane") this.say("Draw a swim lane on the wall.");
  }

  /* What a drag moves: what is chosen, and what hangs in chosen frames. */
  movable() {
    const moving = new Set([...this.chosen].filter((id) => this.wall.notes.has(id) || this.wall.areas.has(id)));
    const frames = [...moving].map((id) => this.wall.areas.get(id)).filter(Boolean);
    for (const frame of frames) {
      for (const note of this.wall.notes.values()) if (holds(frame, note)) moving.add(note.id);
      for (const inner of this.wall.areas.values()) if (within(frame, inner)) moving.add(inner.id);
    }
    return [...moving];
  }

  moved(ids, dx, dy) {
    this.stage.offsets.clear();
    const commands = ids.map((id) => {
      const area = this.wall.areas.get(id);
      if (area)
        return {
          type: "ReshapeArea",
          area: id,
          x: area.x + dx,
          y: area.y + dy,
          width: area.width,
          height: area.height,
        };
      const note = this.wall.notes.get(id);
      return note ? { type: "MoveNote", note: id, x: note.x + dx, y: note.y + dy } : null;
    });
    if (dx || dy) this.do(commands.filter(Boolean));
    else this.stage.show();
  }

  /* A move by keys: shown at once, one gesture when the keys rest. */
  nudge(dx, dy) {
    if (this.past) return;
    const ids = this.pending?.ids ?? this.movable();
    this.pending ??= { ids, dx: 0, dy: 0, done: (by) => this.moved(ids, by.dx, by.dy) };
    this.pending.dx += dx;
    this.pending.dy += dy;
    this.stage.shift(ids, this.pending.dx, this.pending.dy);
    if (this.focused) this.stage.reveal(this.focused);
    this.#settleSoon();
  }

  /* Another size of the frame that is chosen or has the keyboard. */
  pull(dx, dy) {
    const area = this.wall.areas.get([...this.chosen].find((id) => this.wall.areas.has(id)) ?? this.focused);
    if (!area || this.past) return;
    const shape = { width: Math.max(60, area.width + dx * STEP), height: Math.max(60, area.height + dy * STEP) };
    this.do([{ type: "ReshapeArea", area: area.id, x: area.x, y: area.y, ...shape }]);
  }

  #settleSoon() {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.settle(), NUDGE_ENDS);
  }

  settle() {
    clearTimeout(this.resting);
    const { pending } = this;
    this.pending = null;
    pending?.done(pending);
  }

  remove() {
    const arrows = this.wall.links.filter(
      (ends) => this.chosen.has(keyOf(ends)) && !ends.some((end) => this.chosen.has(end)),
    );
    const commands = [
      ...arrows.map(([source, target]) => ({ type: "UnlinkNotes", source, target })),
      ...this.chosenNotes().map((note) => ({ type: "RemoveNote", note: note.id })),
      ...[...this.chosen].filter((id) => this.wall.areas.has(id)).map((area) => ({ type: "RemoveArea", area })),
    ];
    if (!commands.length) return;
    const next = this.#neighbour();
    this.do(commands, `${plural(commands.length, "thing")} taken off; Ctrl+Z brings it back`);
    this.focus(next);
  }

  /* Where the keyboard goes when what it was on is gone. */
  #neighbour() {
    const boxes = new Map([...this.stage.boxes()].filter(([id]) => !this.chosen.has(id)));
    const from = this.stage.boxes().get(this.focused);
    if (!from || !boxes.size) return null;
    const far = (box) => Math.hypot(centreOf(box).x - centreOf(from).x, centreOf(box).y - centreOf(from).y);
    return [...boxes].reduce((best, one) => (far(one[1]) < far(best[1]) ? one : best))[0];
  }

  duplicate() {
    const notes = this.chosenNotes();
    const ids = new Set(notes.map((note) => note.id));
    this.#hang(
      notes,
      this.wall.links.filter((ends) => ends.every((end) => ids.has(end))),
      ROOM,
      ROOM,
    );
  }

  /* Hang copies with the arrows among them, and choose them. */
  #hang(notes, links, dx, dy) {
    const twin = new Map(notes.map((note) => [note.id, made("n")]));
    if (!notes.length || this.past) return;
    this.do(
      [
        ...notes.map(({ id, kind, text, x, y }) => ({
          type: "PlaceNote",
          note: twin.get(id),
          kind,
          text,
          x: x + dx,
          y: y + dy,
        })),
        ...links.map(([source, target]) => ({ type: "LinkNotes", source: twin.get(source), target: twin.get(target) })),
      ],
      `${plural(notes.length, "copy")} placed`.replace("copys", "copies"),
    );
    this.choose([...twin.values()]);
    this.focus([...twin.values()][0]);
  }

  pivot() {
    const events = this.chosenNotes().filter((note) => note.kind === "event");
    if (!events.length) return this.say("Only events are pivotal: choose one first.");
    const pivotal = !events.every((note) => note.pivotal);
    return this.do(
      events.map((note) => ({ type: "MarkPivot", note: note.id, pivotal })),
      pivotal ? "pivotal" : "not pivotal any more",
    );
  }

  // ── arrows and frames ──

  link() {
    const notes = this.chosenNotes();
    if (notes.length > 1) {
      const pairs = notes.slice(1).map((note, at) => ({ type: "LinkNotes", source: notes[at].id, target: note.id }));
      this.do(pairs, `${plural(pairs.length, "arrow")} drawn`);
      return;
    }
    const from = notes[0] ?? this.wall.notes.get(this.focused);
    if (!from || this.past) return;
    this.linkFrom = from.id;
    this.stage.root.classList.add("linking");
    this.say(`Arrow from ${spokenName(from)}: click the other note, or go there and press Enter. Esc: none.`);
  }

  linkTo(id) {
    const source = this.linkFrom;
    this.#noLink();
    if (this.wall.notes.has(id) && id !== source) this.do([{ type: "LinkNotes", source, target: id }], "arrow drawn");
  }

  #noLink() {
    const any = this.linkFrom !== null;
    this.linkFrom = null;
    this.stage.root.classList.remove("linking");
    return any;
  }

  async draw(kind, box) {
    this.take("choose");
    const id = made(kind === "context" ? "c" : "l");
    const [x, y, width, height] = [box.x, box.y, box.width, box.height].map(Math.round);
    const answer = await this.do([
      { type: "DrawArea", area: id, kind, name: "", x, y, width: Math.max(60, width), height: Math.max(60, height) },
    ]);
    if (answer.refused) return;
    this.choose([id]);
    this.edit(id);
  }

  frame() {
    const boxes = this.chosenNotes().map((note) => this.stage.box(note.id));
    const { x, y } = centreOf(this.stage.seen);
    this.draw("context", boxes.length ? around(boxes, ROOM) : { x: x - 210, y: y - 130, width: 420, height: 260 });
  }

  lane() {
    const boxes = this.chosenNotes().map((note) => this.stage.box(note.id));
    const { x, y } = centreOf(this.stage.seen);
    this.draw("lane", boxes.length ? around(boxes, STEP) : { x, y: y - 100, width: 400, height: 200 });
  }

  /* One step out of whatever one is in. */
  escape() {
    this.hands.cancel();
    if (this.#noLink() || this.notices.close() || this.search.clear()) return;
    if (this.tool !== "choose") this.take("choose");
    else if (!this.history.root.hidden) this.history.toggle(false);
    else if (this.chosen.size) this.choose([]);
    else if (!this.panel.root.hidden) this.panel.toggle(false);
    else if (this.alone) this.showAlone();
  }

  // ── clipboard: notes as notes, and lines of text as notes ──

  #clip(event, type) {
    if (event.target.closest("input, textarea")) return;
    event.stopPropagation();
    event.preventDefault();
    if (type === "paste") this.#paste(event.clipboardData);
    else {
      const notes = this.chosenNotes();
      const ids = new Set(notes.map((note) => note.id));
      const links = this.wall.links.filter((ends) => ends.every((end) => ids.has(end)));
      event.clipboardData.setData("text/plain", notes.map(nameOf).join("\n"));
      event.clipboardData.setData(CLIP, JSON.stringify({ notes, links }));
      if (type === "cut") this.remove();
      else this.say(`${plural(notes.length, "note")} copied`);
    }
  }

  #paste(data) {
    const kept = readClip(data.getData(CLIP));
    if (kept) {
      const x = around(kept.notes.map((note) => ({ ...note, width: 0, height: 0 }))).x;
      const away = Math.abs(centreOf(this.stage.seen).x - x) > this.stage.seen.width;
      const centre = centreOf(this.stage.seen);
      this.#hang(kept.notes, kept.links, away ? Math.round(centre.x - x) : ROOM, ROOM);
      return;
    }
    const lines = data
      .getData("text/plain")
      .split("\n")
      .map((line) => line.trim())
      .filter(Boolean)
      .slice(0, 200);
    const { width } = this.stage.kinds.get(this.kind);
    const start = this.#free(this.kind, centreOf(this.stage.seen));
    const notes = lines.map((text, at) => ({
      id: made("p"),
      kind: this.kind,
      text,
      x: Math.round(start.x + at * (width + ROOM)),
      y: Math.round(start.y),
    }));
    this.#hang(notes, [], 0, 0);
  }
}

const CLIP = "application/x-storming-notes";

/* What was copied from a board, or null: a clipboard may hold anything. */
function readClip(text) {
  try {
    const { notes, links } = JSON.parse(text);
    const ids = new Set(notes.map(({ id }) => id));
    return notes.length ? { notes, links: links.filter((ends) => ends.every((end) => ids.has(end))) } : null;
  } catch {
    return null;
  }
}

function render({ model, el }) {
  const board = new Board(model, el);
  return () => board.close();
}

export default { render };
