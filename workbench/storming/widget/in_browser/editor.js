/* The text field over a note, a new note or a frame's name. */
class Editor {
  constructor(board) {
    this.board = board;
    this.target = null;
    this.root = make("textarea", {
      class: "editor",
      hidden: true,
      "aria-label": "Text: the name in the first line, details below",
      spellcheck: "false",
      onkeydown: (event) => this.#key(event),
      onblur: () => this.close(true),
      oninput: () => this.#grow(),
    });
  }

  /* `target` is { id, kind, x, y } of a note, { id } of a frame, or { kind, x, y } of a new note. */
  open(target, text) {
    this.close(true);
    this.target = target;
    this.root.value = text;
    const { stage } = this.board;
    const kind = stage.kinds.get(target.kind);
    this.root.style.setProperty("--colour", kind?.colour ?? "var(--paper)");
    this.root.classList.toggle("name", !kind);
    this.root.classList.toggle("light", target.kind === "hot spot");
    this.root.hidden = false;
    this.follow();
    this.root.focus({ preventScroll: true });
    this.root.select();
  }

  /* Keep the field over its note, large enough to read. */
  follow() {
    if (!this.target) return;
    const { stage } = this.board;
    const { view } = stage;
    const { id, kind } = this.target;
    if (stage.elementOf(id)) this.box = stage.box(id);
    else if (kind) this.box = this.#boxOf(this.target);
    const { box } = this; // the last place of a frame that somebody has removed meanwhile
    const name = !kind;
    const width = name ? 220 : Math.max(170, box.width * view.k);
    const height = name ? 38 : Math.max(96, box.height * view.k);
    const centre = name ? { x: box.x + 110 / view.k, y: box.y + 19 / view.k } : centreOf(box);
    const left = clamp((centre.x - view.x) * view.k - width / 2, 4, Math.max(4, stage.root.clientWidth - width - 4));
    const top = clamp((centre.y - view.y) * view.k - height / 2, 4, Math.max(4, stage.root.clientHeight - height - 4));
    this.root.style.cssText += `;left:${left}px;top:${top}px;width:${width}px;min-height:${height}px;height:${height}px`;
    this.#grow();
  }

  close(keep) {
    const { target, board } = this;
    if (!target) return;
    this.target = null;
    this.root.hidden = true;
    if (keep) board.written(target, this.root.value);
  }

  #boxOf({ kind, x, y }) {
    const { width, height } = this.board.stage.kinds.get(kind);
    return { x: x - width / 2, y: y - height / 2, width, height };
  }

  #grow() {
    if (this.root.scrollHeight > this.root.clientHeight)
      this.root.style.height = `${Math.min(320, this.root.scrollHeight + 4)}px`;
  }

  #key(event) {
    const { target, board } = this;
    const name = !target?.kind;
    event.stopPropagation();
    if (event.isComposing) return;
    if (event.key === "Escape") this.close(false);
    else if (event.key === "Enter" && (name || !event.shiftKey)) this.close(true);
    else if (event.key === "Tab" && !event.shiftKey && !name) {
      this.close(true);
      board.writeNext(target);
      event.preventDefault();
      return;
    } else return;
    event.preventDefault();
    board.focusAfter(target);
  }
}

/* The kinds of notes, also the legend: a click or key sets the kind of the next note, a drag places one. */
function paletteOf(board) {
  const root = make("div", {
    class: "palette",
    role: "toolbar",
    "aria-label": "Kind of the next note",
    "aria-orientation": "vertical",
  });
  const buttons = board.kinds.map(({ kind, colour }, at) => {
    const one = button("", `${kind}, key ${at + 1}`, () => board.arm(kind), {
      "data-kind": kind,
      style: `--colour:${colour}`,
    });
    one.append(make("span", { class: "swatch" }, `${at + 1}`), make("span", { class: "word" }, kind));
    let pressed = null;
    one.addEventListener("pointerdown", (event) => {
      pressed = event;
      one.setPointerCapture(event.pointerId);
    });
    one.addEventListener("pointerup", (event) => {
      const frame = board.stage.root.getBoundingClientRect();
      const over =
        event.clientX > frame.left &&
        event.clientX < frame.right &&
        event.clientY > frame.top &&
        event.clientY < frame.bottom;
      if (pressed && over) board.write({ kind, ...board.stage.point(event) });
      pressed = null;
    });
    one.addEventListener("dblclick", () => {
      board.arm(kind);
      board.placeInSight();
    });
    return one;
  });
  root.append(...buttons);
  roving(root);
  return {
    root,
    show() {
      const useful = board.guide()?.kinds ?? [];
      for (const one of buttons) {
        one.setAttribute("aria-pressed", one.dataset.kind === board.kind);
        one.classList.toggle("useful", useful.includes(one.dataset.kind));
      }
    },
  };
}
