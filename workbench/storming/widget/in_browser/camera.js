/* Which part of the wall is visible, and its zoom. Read `stage.js` next: it positions the notes. */

class Camera {
  // The view: (x, y) is the board's point in the upper left corner; a board unit has `k` pixels.

  look({ x, y, k }) {
    this.view = { x, y, k: clamp(k, ...ZOOM) };
    const { style } = this.layer;
    style.transform = `translate(${-x * this.view.k}px, ${-y * this.view.k}px) scale(${this.view.k})`;
    if (this.lastK !== this.view.k) style.setProperty("--k", this.view.k);
    this.lastK = this.view.k;
    const grid = 40 * this.view.k * (this.view.k < 0.35 ? 4 : 1);
    this.root.style.backgroundSize = `${grid}px ${grid}px`;
    this.root.style.backgroundPosition = `${(-x * this.view.k) % grid}px ${(-y * this.view.k) % grid}px`;
    this.root.classList.toggle("far", this.view.k < 0.42);
    for (const [id, one] of this.areas)
      if (this.board.wall.areas.get(id)?.kind === "lane") one.firstChild.style.left = `${x + 1e5 + 8 / this.view.k}px`;
    this.board.looked();
  }

  get seen() {
    const { x, y, k } = this.view;
    return { x, y, width: this.root.clientWidth / k, height: this.root.clientHeight / k };
  }

  /* Return the board's point under a pointer. */
  point(event) {
    const frame = this.root.getBoundingClientRect();
    return {
      x: (event.clientX - frame.left) / this.view.k + this.view.x,
      y: (event.clientY - frame.top) / this.view.k + this.view.y,
    };
  }

  pan(dx, dy) {
    this.look({ ...this.view, x: this.view.x - dx / this.view.k, y: this.view.y - dy / this.view.k });
  }

  zoom(factor, at = centreOf(this.seen)) {
    const k = clamp(this.view.k * factor, ...ZOOM);
    const share = this.view.k / k;
    this.look({ k, x: at.x - (at.x - this.view.x) * share, y: at.y - (at.y - this.view.y) * share });
  }

  fit(most = 1.15) {
    const whole = this.extent();
    const room = 36;
    const width = Math.max(1, this.root.clientWidth - 2 * room);
    const height = Math.max(1, this.root.clientHeight - 2 * room);
    const k = clamp(Math.min(width / whole.width, height / whole.height), ZOOM[0], most);
    const { x, y } = centreOf(whole);
    this.look({ k, x: x - this.root.clientWidth / k / 2, y: y - this.root.clientHeight / k / 2 });
  }

  centre({ x, y }) {
    this.look({ ...this.view, x: x - this.seen.width / 2, y: y - this.seen.height / 2 });
  }

  /* Scroll to something that is not visible. */
  reveal(id) {
    const box = this.box(id);
    const { seen } = this;
    const inside =
      box.x >= seen.x &&
      box.y >= seen.y &&
      box.x + Math.min(box.width, 60) <= seen.x + seen.width &&
      box.y + Math.min(box.height, 60) <= seen.y + seen.height;
    if (!inside) this.centre(centreOf(box));
  }
}
