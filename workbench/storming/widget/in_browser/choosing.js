/* Which notes are chosen, and which has the keyboard focus. Read `board.js` next. */
class Choosing extends Gestures {
  chosenNotes() {
    const notes = [...this.chosen].map((id) => this.wall.notes.get(id)).filter(Boolean);
    return notes.sort((a, b) => a.x - b.x || a.y - b.y);
  }

  /* `more` adds to the choice, with `toggle` a chosen one is dropped, `go` scrolls to the first. */
  choose(ids, more = false, toggle = false, go = false) {
    this.finishMove();
    this.chosenBefore = [...this.chosen];
    const next = new Set(more ? this.chosen : []);
    for (const id of ids) {
      if (toggle && this.chosen.has(id) && more) next.delete(id);
      else next.add(id);
    }
    this.chosen = next;
    if (go && ids[0]) this.#visit(ids[0]);
    this.show();
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

  /* Go to the next note in a direction; of a frame, its title counts. */
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

  /* Go to the first (0) or last (-1) note in time. */
  step(at) {
    const inTime = [...this.wall.notes.values()].sort((a, b) => a.x - b.x || a.y - b.y);
    const there = inTime.at(at) ?? [...this.wall.areas.values()][0];
    if (there) this.#visit(there.id);
  }
}
