/* Mouse, finger and pen: a gesture lasts from press to release. Read `keys.js` next. */

class Hands {
  constructor(board, stage, listen) {
    Object.assign(this, { board, stage, pointers: new Map(), gesture: null, tapped: null });
    const { root } = stage;
    listen(root, "pointerdown", (event) => this.#down(event));
    listen(root, "pointermove", (event) => this.#move(event));
    listen(root, "pointerup", (event) => this.#up(event));
    listen(root, "pointercancel", (event) => this.#up(event, true));
    listen(root, "mousedown", (event) => event.preventDefault()); // the board handles focus and selection
    listen(root, "wheel", (event) => this.#wheel(event), { passive: false });
  }

  cancel() {
    this.gesture?.end?.(null);
    this.gesture = null;
  }

  #down(event) {
    this.board.finishMove();
    this.board.editor.close(true);
    const { root } = this.stage;
    if (!root.contains(root.getRootNode().activeElement)) root.focus({ preventScroll: true });
    this.pointers.set(event.pointerId, event);
    this.stage.root.setPointerCapture(event.pointerId);
    if (this.pointers.size === 1) this.gesture = this.#begin(event);
    else {
      this.cancel();
      this.gesture = this.pointers.size === 2 ? this.#pinching() : null;
    }
  }

  #move(event) {
    if (!this.pointers.has(event.pointerId)) return;
    this.pointers.set(event.pointerId, event);
    this.gesture?.move(event);
  }

  #up(event, cancelled = false) {
    if (!this.pointers.delete(event.pointerId)) return;
    const { gesture } = this;
    this.gesture = null;
    gesture?.end?.(cancelled ? null : event);
  }

  #wheel(event) {
    if (event.ctrlKey || event.metaKey)
      this.stage.zoom(Math.exp(-clamp(event.deltaY, -60, 60) / 180), this.stage.point(event));
    else if (this.board.alone) this.stage.pan(-event.deltaX, -event.deltaY);
    else return; // the notebook scrolls
    this.board.touched = true;
    event.preventDefault();
  }

  #begin(event) {
    const { board } = this;
    const hit = (name) => event.target.closest(`[data-${name}]`)?.dataset[name];
    if (event.button === 1 || board.tool === "hand" || board.space) return this.#panning(event);
    if (event.button !== 0) return null;
    board.touched = true;
    if (!board.past && (board.tool === "context" || board.tool === "lane")) return this.#drawing(event, board.tool);
    if (!board.past && hit("handle")) return this.#linking(event, hit("handle"));
    if (!board.past && hit("corner")) return this.#resizing(event, hit("corner"));
    if (hit("badge")) return { move() {}, end: (up) => up && board.questions(hit("badge")) };
    const id = hit("id") ?? hit("arrow");
    if (id) return this.#pressing(event, id);
    return event.pointerType === "touch" ? this.#panning(event) : this.#choosing(event);
  }

  /* A press on something: a tap or the start of a drag. */
  #pressing(down, id) {
    const { board, stage } = this;
    const start = stage.point(down);
    const were = board.chosen.has(id);
    const more = down.shiftKey || down.ctrlKey || down.metaKey;
    if (!were && !board.linkFrom) board.choose([id], more);
    board.focus(id);
    let dragged = null;
    let held = null;
    if (down.pointerType === "touch")
      held = setTimeout(() => {
        held = "done";
        board.choose([...board.chosenBefore, id]);
      }, LONG_PRESS);
    const still = (event) =>
      Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) <
      SLACK * (down.pointerType === "touch" ? 2 : 1);
    const offset = (event) => {
      const now = stage.point(event);
      return [board.wall.areas.get(id)?.kind === "lane" ? 0 : Math.round(now.x - start.x), Math.round(now.y - start.y)];
    };
    return {
      move(event) {
        if (
          !dragged &&
          (still(event) || board.past || board.linkFrom || board.wall.links.some((ends) => keyOf(ends) === id))
        )
          return;
        clearTimeout(held);
        dragged ??= board.movable();
        stage.root.classList.add("dragging");
        stage.shift(dragged, ...offset(event));
      },
      end: (event) => {
        clearTimeout(held);
        stage.root.classList.remove("dragging");
        if (dragged) board.moved(dragged, ...(event ? offset(event) : [0, 0]));
        else if (event && board.linkFrom) board.linkTo(id);
        else if (event && held !== "done" && !this.#double(event, id, () => board.edit(id)) && were)
          board.choose([id], more, more);
      },
    };
  }

  #double(event, id, act) {
    const before = this.tapped;
    const again =
      before &&
      before.id === id &&
      event.timeStamp - before.at < TWICE &&
      Math.hypot(event.clientX - before.x, event.clientY - before.y) < 14;
    this.tapped = again ? null : { id, at: event.timeStamp, x: event.clientX, y: event.clientY };
    if (again) act();
    return again;
  }

  #tapOnWall(event) {
    const { board, stage } = this;
    stage.root.focus({ preventScroll: true });
    board.noLink();
    if (!this.#double(event, "", () => board.write({ kind: board.kind, ...stage.point(event) }))) board.choose([]);
  }

  #panning(down) {
    const { board, stage } = this;
    const start = stage.view;
    let moved = false;
    return {
      move(event) {
        moved ||= Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) >= SLACK;
        board.touched = true;
        stage.look({
          ...start,
          x: start.x - (event.clientX - down.clientX) / start.k,
          y: start.y - (event.clientY - down.clientY) / start.k,
        });
      },
      end: (event) => {
        if (event && !moved && down.button === 0) this.#tapOnWall(event);
      },
    };
  }

  #pinching() {
    const { stage, pointers } = this;
    const both = () => {
      const [a, b] = [...pointers.values()];
      return {
        far: Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY),
        clientX: (a.clientX + b.clientX) / 2,
        clientY: (a.clientY + b.clientY) / 2,
      };
    };
    let last = both();
    return {
      move() {
        if (pointers.size < 2) return;
        const now = both();
        stage.pan(now.clientX - last.clientX, now.clientY - last.clientY);
        stage.zoom(now.far / Math.max(1, last.far), stage.point(now));
        last = now;
      },
    };
  }

  /* A rubber band, to choose what it touches or to draw a frame. */
  #banding(down, done) {
    const { stage } = this;
    const start = stage.point(down);
    const box = (event) => between(start, stage.point(event));
    return {
      move(event) {
        const { x, y, width, height } = box(event);
        stage.rubber.hidden = false;
        stage.rubber.style.cssText = `transform:translate(${x}px, ${y}px);width:${width}px;height:${height}px`;
      },
      end: (event) => {
        const moved = !stage.rubber.hidden;
        stage.rubber.hidden = true;
        if (event)
          done(
            event,
            box(event),
            moved && Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) >= SLACK,
          );
      },
    };
  }

  #choosing(down) {
    return this.#banding(down, (event, box, moved) => {
      if (!moved) this.#tapOnWall(event);
      else
        this.board.choose(
          [...this.board.wall.notes.keys()].filter((id) => meets(box, this.stage.box(id))),
          down.shiftKey,
        );
    });
  }

  #drawing(down, kind) {
    return this.#banding(down, (event, box, moved) =>
      this.board.draw(kind, moved ? box : { ...box, width: 420, height: 260 }),
    );
  }

  #linking(down, from) {
    const { board, stage } = this;
    return {
      move(event) {
        if (!board.wall.notes.has(from)) return; // somebody has removed it meanwhile
        const to = stage.noteAt(stage.point(event), from);
        const end = to ? stage.box(to) : { ...stage.point(event), width: 0, height: 0 };
        stage.draft.setAttribute("d", arrowPath(stage.box(from), end));
        for (const [id, one] of stage.notes) one.classList.toggle("target", id === to);
      },
      end(event) {
        stage.draft.removeAttribute("d");
        for (const one of stage.notes.values()) one.classList.remove("target");
        const to = event && stage.noteAt(stage.point(event), from);
        if (to) board.do([{ type: "LinkNotes", source: from, target: to }], "linked");
        else if (event) board.say("An arrow leads from one note to another: release it over a note.");
      },
    };
  }

  #resizing(down, id) {
    const { board, stage } = this;
    const start = stage.point(down);
    const { x, y, width, height } = board.wall.areas.get(id);
    const size = (event) => {
      const now = stage.point(event);
      return {
        width: Math.max(60, Math.round(width + now.x - start.x)),
        height: Math.max(60, Math.round(height + now.y - start.y)),
      };
    };
    return {
      move(event) {
        const one = stage.areas.get(id);
        if (!one) return;
        one.style.height = `${size(event).height}px`;
        if (board.wall.areas.get(id).kind === "context") one.style.width = `${size(event).width}px`;
      },
      end: (event) => (event ? board.do([{ type: "ReshapeArea", area: id, x, y, ...size(event) }]) : stage.show()),
    };
  }
}
