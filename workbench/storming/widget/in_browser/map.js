/* A map of the whole wall in a corner, shown if not all of it is visible. */
class MiniMap {
  constructor(board) {
    Object.assign(this, { board, planned: 0 });
    this.root = make("canvas", { class: "minimap", width: 200, height: 120, hidden: true, "aria-hidden": "true" });
    const go = (event) => {
      if (!event.buttons && event.type === "pointermove") return;
      const frame = this.root.getBoundingClientRect();
      const { scale, left, top } = this.#frame();
      board.touched = true;
      board.stage.centre({
        x: ((event.clientX - frame.left) * (200 / frame.width) - left) / scale,
        y: ((event.clientY - frame.top) * (120 / frame.height) - top) / scale,
      });
    };
    this.root.addEventListener("pointerdown", go);
    this.root.addEventListener("pointermove", go);
  }

  #frame() {
    const { stage } = this.board;
    const whole = around([stage.whole, stage.seen]);
    const scale = Math.min(192 / whole.width, 112 / whole.height);
    return { scale, left: 100 - centreOf(whole).x * scale, top: 60 - centreOf(whole).y * scale };
  }

  show() {
    this.planned ||= requestAnimationFrame(() => {
      this.planned = 0;
      this.#draw();
    });
  }

  close() {
    cancelAnimationFrame(this.planned);
  }

  #draw() {
    const { stage, wall } = this.board;
    if (!stage.whole || !stage.root.clientWidth) return; // the notebook may have detached the cell
    const { seen, whole } = stage;
    const hidden =
      whole.x < seen.x - 5 ||
      whole.y < seen.y - 5 ||
      whole.x + whole.width > seen.x + seen.width + 5 ||
      whole.y + whole.height > seen.y + seen.height + 5;
    this.root.hidden = !wall.notes.size || !hidden;
    if (this.root.hidden) return;
    const paint = this.root.getContext("2d");
    const { scale, left, top } = this.#frame();
    paint.setTransform(1, 0, 0, 1, 0, 0);
    paint.clearRect(0, 0, 200, 120);
    paint.setTransform(scale, 0, 0, scale, left, top);
    for (const note of wall.notes.values()) {
      const { x, y, width, height } = stage.box(note.id);
      paint.fillStyle = stage.kinds.get(note.kind).colour;
      paint.fillRect(x, y, Math.max(width, 2.5 / scale), Math.max(height, 2.5 / scale));
    }
    paint.lineWidth = 1.6 / scale;
    paint.strokeStyle = getComputedStyle(this.root).color;
    paint.strokeRect(seen.x, seen.y, seen.width, seen.height);
  }
}
