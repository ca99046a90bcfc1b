/* What each key does; `help.js` lists the keys for people. Read `editor.js` next: it edits texts. */

class Keys {
  constructor(board, root, listen) {
    this.board = board;
    listen(root, "keydown", (event) => {
      this.clicked = null;
      const typing = event.target.closest("input, textarea, select");
      const done = event.ctrlKey || event.metaKey ? this.#withControl(event, typing) : !typing && this.#plain(event);
      if (done) event.preventDefault();
      event.stopPropagation(); // the notebook has its own keys
    });
    listen(root, "keyup", (event) => {
      if (event.key === " ") board.space = false;
    });
    listen(root, "focusout", () => {
      board.space = false;
    });
    listen(root, "pointerdown", ({ target }) => {
      this.clicked = target;
    });
    listen(root, "change", ({ target }) => {
      // after a choice by mouse the focus returns to the wall, or the next letter would change the choice
      if (target.matches("select") && target === this.clicked) board.focus(board.focused);
    });
  }

  #withControl(event, typing) {
    const { board } = this;
    const key = event.key.toLowerCase();
    if (key === "s") return true; // keeps the browser from saving the page
    if (typing) return false;
    const acts = {
      z: () => (event.shiftKey ? board.redo() : board.undo()),
      y: () => board.redo(),
      a: () => board.choose([...board.wall.notes.keys()]),
      d: () => board.duplicate(),
      f: () => board.search.focus(),
      "+": () => board.zoom(1.2),
      "=": () => board.zoom(1.2),
      "-": () => board.zoom(1 / 1.2),
      0: () => board.fit(),
    };
    acts[key]?.();
    return key in acts;
  }

  #plain(event) {
    const { board } = this;
    const acts = {
      "?": () => board.help.showModal(),
      "/": () => board.search.focus(),
      h: () => board.history.toggle(),
      Escape: () => board.escape(),
    };
    if (board.help.open) return false;
    if (event.target.closest(".viewport")) Object.assign(acts, this.#atTheWall(event));
    const act = acts[event.key] ?? acts[event.key.toLowerCase()];
    act?.();
    return Boolean(act);
  }

  #atTheWall(event) {
    const { board } = this;
    if (event.altKey && event.key in DIRECTIONS) return { [event.key]: () => board.pull(...DIRECTIONS[event.key]) };
    const far = event.shiftKey ? 5 : 1;
    const here = board.focused;
    const acts = {
      Enter: () => (board.linkFrom ? board.linkTo(here) : board.edit(here)),
      F2: () => board.edit(here),
      " ": () => this.#space(event, here),
      Delete: () => board.remove(),
      Backspace: () => board.remove(),
      n: () => board.placeInSight(),
      Insert: () => board.placeInSight(),
      l: () => board.link(),
      f: () => board.frame(),
      s: () => board.lane(),
      p: () => board.pivot(),
      i: () => board.panel.toggle(true),
      "+": () => board.zoom(1.2),
      "=": () => board.zoom(1.2),
      "-": () => board.zoom(1 / 1.2),
      0: () => board.fit(),
      Home: () => board.step(0),
      End: () => board.step(-1),
    };
    for (const [key, [dx, dy]] of Object.entries(DIRECTIONS)) {
      acts[key] = () =>
        board.chosen.has(here) && !board.linkFrom ? board.nudge(dx * STEP * far, dy * STEP * far) : board.go([dx, dy]);
    }
    board.kinds.forEach(({ kind }, at) => {
      acts[at + 1] = () => board.arm(kind, true);
    });
    return acts;
  }

  #space(event, here) {
    const { board } = this;
    board.space = true; // with the mouse, Space pans
    if (here && !event.repeat) board.choose([here], event.shiftKey || board.chosen.has(here), true);
  }
}
