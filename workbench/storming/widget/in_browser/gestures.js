/* What people do with the chosen things: by keys, by the toolbar or by a drag that has ended. */
class Gestures extends Writing {
  // ── changing what is chosen ──

  /* Set the kind of the next note; with `also` the kind of the chosen notes instead. */
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

  /* Return what a drag moves: the chosen things and the content of chosen frames. */
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

  /* Move by keys: shown at once, and one gesture after the last key. */
  nudge(dx, dy) {
    if (this.past) return;
    const ids = this.pending?.ids ?? this.movable();
    this.pending ??= { ids, dx: 0, dy: 0, done: (by) => this.moved(ids, by.dx, by.dy) };
    this.stage.root.setAttribute("aria-busy", "true");
    this.pending.dx += dx;
    this.pending.dy += dy;
    this.stage.shift(ids, this.pending.dx, this.pending.dy);
    if (this.focused) this.stage.reveal(this.focused);
    this.#finishMoveSoon();
  }

  /* Resize the frame that is chosen or has the keyboard focus. */
  pull(dx, dy) {
    const area = this.wall.areas.get([...this.chosen].find((id) => this.wall.areas.has(id)) ?? this.focused);
    if (!area || this.past) return;
    const shape = { width: Math.max(60, area.width + dx * STEP), height: Math.max(60, area.height + dy * STEP) };
    this.do([{ type: "ReshapeArea", area: area.id, x: area.x, y: area.y, ...shape }]);
  }

  #finishMoveSoon() {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.finishMove(), NUDGE_ENDS);
  }

  finishMove() {
    clearTimeout(this.resting);
    const { pending } = this;
    this.pending = null;
    this.stage.root.removeAttribute("aria-busy");
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
    this.do(commands, `${plural(commands.length, "thing")} removed; Ctrl+Z restores it`);
    this.focus(next);
  }

  /* Return what gets the keyboard focus after a removal. */
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

  /* Place copies with the arrows among them, and choose them. */
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
      `${plural(notes.length, "note")} placed`,
    );
    this.choose([...twin.values()]);
    this.focus([...twin.values()][0]);
  }

  pivot() {
    const events = this.chosenNotes().filter((note) => note.kind === "event");
    if (!events.length) return this.say("Only an event can be pivotal: choose one first.");
    const pivotal = !events.every((note) => note.pivotal);
    return this.do(
      events.map((note) => ({ type: "MarkPivot", note: note.id, pivotal })),
      pivotal ? "pivotal" : "no longer pivotal",
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
    this.say(`Arrow from ${spokenName(from)}: click the other note, or go there and press Enter. Esc cancels.`);
  }

  linkTo(id) {
    const source = this.linkFrom;
    this.noLink();
    if (this.wall.notes.has(id) && id !== source) this.do([{ type: "LinkNotes", source, target: id }], "arrow drawn");
  }

  noLink() {
    const any = this.linkFrom !== null;
    this.linkFrom = null;
    this.stage.root.classList.remove("linking");
    return any;
  }

  /* Draw a frame and open its name for typing. */
  draw(kind, box) {
    this.take("choose");
    const area = made(kind === "context" ? "c" : "l");
    const [x, y, width, height] = [box.x, box.y, Math.max(60, box.width), Math.max(60, box.height)].map(Math.round);
    this.do([{ type: "DrawArea", area, kind, name: "", x, y, width, height }]);
    if (!this.wall.areas.has(area)) return;
    this.choose([area]);
    this.edit(area);
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

  // ── clipboard: notes, and lines of text that become notes ──

  clip(event, type) {
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
    const start = this.free(this.kind, centreOf(this.stage.seen));
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

/* Return what was copied from a board, or null for any other content. */
function readClip(text) {
  try {
    const { notes, links } = JSON.parse(text);
    const ids = new Set(notes.map(({ id }) => id));
    return notes.length ? { notes, links: links.filter((ends) => ends.every((end) => ids.has(end))) } : null;
  } catch {
    return null;
  }
}
