/* Sends gestures to Python, and keeps typed text if Python rejects it. */
class Writing {
  // ── gestures ──

  async do(commands, message = "") {
    this.finishMove();
    if (!commands.length) return {};
    if (this.past) {
      this.showError("You tried to change the past, which is only shown. Go back to now and change the wall there.");
      return { error: true };
    }
    const asked = this.talk.ask("Do", { commands });
    this.update();
    return this.#showAnswer(await asked, message);
  }

  #showAnswer(answer, message) {
    if (answer.error) {
      this.showError(answer.error);
      this.update();
    } else if (message) this.say(message);
    return answer;
  }

  async #back(type, message) {
    this.finishMove();
    this.editor.close(true);
    if (!this.past) this.#showAnswer(await this.talk.ask(type), message);
  }

  undo() {
    return this.#back("Undo", "Undone");
  }

  redo() {
    return this.#back("Redo", "Redone");
  }

  // ── writing ──

  edit(id) {
    if (this.past || !id) return;
    const note = this.wall.notes.get(id);
    const area = this.wall.areas.get(id);
    if (!note && !area) return;
    this.finishMove();
    this.touched = true;
    this.stage.reveal(id);
    this.editor.open(note ? { id, kind: note.kind, x: note.x, y: note.y } : { id }, note ? note.text : area.name);
  }

  /* Open the editor for a new note, which is placed once it has text. */
  write(target, text = "") {
    if (this.past) return;
    this.finishMove();
    this.touched = true;
    this.choose([]);
    this.empty.hidden = true;
    this.editor.open({ ...target, x: Math.round(target.x), y: Math.round(target.y) }, text);
  }

  /* Save a finished text. If it is rejected, the editor opens again; for a new note if the note is gone. */
  async written(target, text) {
    const { id, kind, x, y } = target;
    this.showEmptyHint();
    if (!id && !text.trim()) return;
    const answer = await (id ? this.#reword(id, text) : this.#place(made("n"), target, text));
    if (!answer.error || this.editor.target) return;
    if (this.stage.elementOf(id)) this.editor.open(target, text);
    else if (kind) this.editor.open({ kind, x, y }, text);
  }

  #place(note, target, text) {
    target.placed = note;
    const { kind, x, y } = target;
    const done = this.do([{ type: "PlaceNote", note, kind, text, x, y }], `${kind} placed`);
    this.chosen = new Set([note]);
    this.show();
    return done;
  }

  #reword(id, text) {
    const area = this.wall.areas.get(id);
    if (area) return this.do(area.name === text.trim() ? [] : [{ type: "RenameArea", area: id, name: text }]);
    const same = this.wall.notes.get(id)?.text === text.trim();
    return this.do(same ? [] : [{ type: "RewordNote", note: id, text }]);
  }

  /* Open the editor for a note of the same kind, to the right of the one just written. */
  writeNext(target) {
    const id = target.placed ?? target.id;
    const note = this.wall.notes.get(id);
    const { kind, x, y } = note ?? target;
    const { width } = this.stage.kinds.get(kind);
    const spot = this.free(kind, { x: x + width + ROOM, y });
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
    const spot = this.free(this.kind, start);
    if (!meets({ ...spot, width: 1, height: 1 }, seen)) this.stage.centre(spot);
    this.write({ kind: this.kind, ...spot });
  }

  /* Return the first place from (x, y) to the right with some space to its neighbours. */
  free(kind, { x, y }) {
    const { width, height } = this.stage.kinds.get(kind);
    const boxes = [...this.wall.notes.keys()].map((id) => this.stage.box(id));
    let at = x;
    const room = { y: y - height / 2, width: width + 2 * STEP, height };
    const covered = () => boxes.some((box) => meets(box, { ...room, x: at - room.width / 2 }));
    while (covered()) at += STEP;
    return { x: at, y };
  }
}
