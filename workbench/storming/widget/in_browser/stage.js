/* The notes, frames and arrows as elements of the page. Read `hands.js` next. */

class Stage extends Camera {
  constructor(board, kinds) {
    super();
    this.board = board;
    this.kinds = new Map(kinds.map((kind) => [kind.kind, kind]));
    this.view = { x: -60, y: -60, k: 1 };
    this.offsets = new Map(); // of dragged things
    [this.notes, this.areas, this.arrows, this.pivots] = [new Map(), new Map(), new Map(), new Map()];
    this.incident = new Map();
    this.head = made("head");
    this.lines = vector("svg", { class: "lines", "aria-hidden": "true" });
    const marker = vector("marker", {
      id: this.head,
      viewBox: "0 0 10 10",
      refX: 9,
      refY: 5,
      markerWidth: 9,
      markerHeight: 9,
      orient: "auto-start-reverse",
      markerUnits: "userSpaceOnUse",
    });
    marker.append(vector("path", { d: "M0 0.8L10 5L0 9.2Z", class: "head" }));
    this.draft = vector("path", { class: "draft", "marker-end": `url(#${this.head})` });
    this.lines.append(marker, this.draft);
    [this.ground, this.posts, this.paper] = ["ground", "posts", "paper"].map((name) =>
      make("div", { class: name, role: "presentation" }),
    );
    this.rubber = make("div", { class: "rubber", hidden: true });
    this.layer = make(
      "div",
      { class: "layer", role: "presentation" },
      this.ground,
      this.posts,
      this.lines,
      this.paper,
      this.rubber,
    );
    this.root = make(
      "div",
      { class: "viewport", tabindex: 0, role: "listbox", "aria-multiselectable": "true" },
      this.layer,
    );
  }

  box(id) {
    const { dx, dy } = this.offsets.get(id) ?? { dx: 0, dy: 0 };
    const area = this.board.wall.areas.get(id);
    if (area) return { x: area.x + dx, y: area.y + dy, width: area.width, height: area.height };
    const note = this.board.wall.notes.get(id);
    const { width, height } = this.kinds.get(note.kind);
    return { x: note.x + dx - width / 2, y: note.y + dy - height / 2, width, height };
  }

  boxes() {
    const { notes, areas } = this.board.wall;
    return new Map([...areas.keys(), ...notes.keys()].map((id) => [id, this.box(id)]));
  }

  /* Return the box around everything; a lane has no ends, so only its height counts. */
  extent() {
    const { areas } = this.board.wall;
    const all = [...this.boxes()];
    const boxes = all.filter(([id]) => areas.get(id)?.kind !== "lane").map(([, box]) => box);
    const whole = boxes.length ? around(boxes) : { x: 0, y: 0, width: 600, height: 400 };
    const lanes = all
      .filter(([id]) => areas.get(id)?.kind === "lane")
      .map(([, box]) => ({ ...box, x: whole.x, width: whole.width }));
    return lanes.length ? around([whole, ...lanes]) : whole;
  }

  show() {
    const { wall } = this.board;
    this.whole = this.extent();
    this.root.classList.toggle("several", this.board.chosen.size > 1);
    this.#keep(
      this.areas,
      wall.areas,
      (area) => this.#newArea(area),
      (one, area) => this.#paintArea(one, area),
    );
    this.#keep(
      this.notes,
      wall.notes,
      (note) => this.#newNote(note),
      (one, note) => this.#paintNote(one, note),
    );
    const links = new Map(wall.links.map((ends) => [keyOf(ends), ends]));
    this.incident = new Map();
    for (const [key, ends] of links)
      for (const end of ends) this.incident.set(end, [...(this.incident.get(end) ?? []), key]);
    this.#keep(
      this.arrows,
      links,
      (ends) => this.#newArrow(ends),
      (one, ends) => this.#drawArrow(one, ends),
    );
    const pivotal = [...wall.notes].filter(([, note]) => note.pivotal);
    this.#keep(
      this.pivots,
      new Map(pivotal),
      () => this.posts.appendChild(make("div", { class: "pivot" })),
      (one, note) => this.#drawPivot(one, note.id),
    );
    this.look(this.view);
  }

  /* Elements are kept by id, so that focus and animations survive a change. */
  #keep(elements, things, create, paint) {
    for (const [id, one] of elements) {
      if (!things.has(id)) {
        one.remove();
        elements.delete(id);
      }
    }
    for (const [id, thing] of things) {
      if (!elements.has(id)) elements.set(id, create(thing));
      paint(elements.get(id), thing);
    }
  }

  #newNote({ id }) {
    const one = make("div", { class: "note", role: "option", tabindex: -1, "data-id": id });
    this.paper.append(one);
    return one;
  }

  #paintNote(one, note) {
    this.#place(one, this.box(note.id));
    const { board } = this;
    const asked = board.questionsOn(note.id);
    const severest = asked[0]?.severity;
    const chosen = board.chosen.has(note.id);
    one.classList.toggle("chosen", chosen);
    one.setAttribute("aria-selected", chosen);
    const state = JSON.stringify([
      note.kind,
      note.text,
      note.pivotal,
      note.answer,
      note.owner,
      severest,
      asked.length,
      contextOf(board.wall, note),
    ]);
    if (one.state === state) return;
    one.state = state;
    const { colour, width, height } = this.kinds.get(note.kind);
    one.dataset.kind = note.kind;
    const [name, ...below] = note.text.trim().split("\n");
    const details = below.filter((line) => line.trim());
    const inner = width - (note.pivotal ? 10 : 0);
    const beside = fitting(name, inner - 21, height - 26 - Math.min(details.length, 3) * 14, 17);
    const near = Math.max(beside, fitting(name, inner - 21, height - 26, 13)); // the name is not smaller than its details
    const far = fitting(name, inner - 15, height - 12, 32);
    one.style.cssText =
      `translate:${one.style.translate};width:${width}px;height:${height}px;` +
      `--colour:${colour};--near:${near}px;--far:${far}px`;
    one.classList.toggle("pivotal", note.pivotal);
    one.classList.toggle("resolved", note.answer !== "");
    const foot = note.answer ? `✓ ${note.answer}` : note.owner ? `→ ${note.owner}` : note.kind;
    one.replaceChildren(
      make(
        "div",
        { class: "said" },
        make("div", { class: "name" }, name),
        make("div", { class: "details" }, ...details.map((line) => make("div", { class: "detail" }, line))),
      ),
      make("div", { class: "foot" }, foot),
      make("span", {
        class: "handle",
        "data-handle": note.id,
        "aria-hidden": "true",
        title: "Drag to another note to draw an arrow",
      }),
    );
    if (severest)
      one.append(
        make(
          "span",
          { class: `badge ${severest}`, "data-badge": note.id, title: asked[0].question },
          asked.length > 1 ? `${SIGNS[severest]} ${asked.length}` : SIGNS[severest],
        ),
      );
    one.title = note.text.length > 70 || details.length > 3 ? note.text : "";
    one.setAttribute("aria-label", this.spoken(note));
  }

  spoken(note) {
    const context = contextOf(this.board.wall, note);
    const asked = this.board.questionsOn(note.id).length;
    return [
      note.kind,
      spokenName(note),
      note.pivotal ? "pivotal" : "",
      context && `in ${context}`,
      note.answer && `resolved: ${note.answer}`,
      note.owner && `owner ${note.owner}`,
      asked ? plural(asked, "question") : "",
    ]
      .filter(Boolean)
      .join(", ");
  }

  #newArea({ id, kind }) {
    const one = make(
      "div",
      { class: `area ${kind}`, "data-id": id },
      make("div", { class: "title", role: "option", tabindex: -1, "data-area": id }),
      make("span", { class: "edge top", "data-area": id }),
      make("span", { class: "edge left", "data-area": id }),
      make("span", { class: "edge right", "data-area": id }),
      make("span", { class: "edge bottom", "data-area": id }),
      make("span", { class: "corner", "data-corner": id, title: "Drag to resize" }),
    );
    this.ground.append(one);
    return one;
  }

  #paintArea(one, area) {
    const title = one.firstChild;
    const box = this.box(area.id);
    this.#place(one, area.kind === "lane" ? { ...box, x: -1e5, width: 2e5 } : box);
    one.style.width = `${area.kind === "lane" ? 2e5 : box.width}px`;
    one.style.height = `${box.height}px`;
    title.textContent = area.name || (area.kind === "lane" ? "lane" : "context");
    title.setAttribute("aria-label", `${area.kind === "lane" ? "swim lane" : "context"} ${spokenName(area)}`);
    title.setAttribute("aria-selected", this.board.chosen.has(area.id));
    one.classList.toggle("chosen", this.board.chosen.has(area.id));
  }

  #place(one, { x, y }) {
    one.style.translate = `${x}px ${y}px`;
  }

  #newArrow(ends) {
    const group = vector("g", { class: "arrow", "data-arrow": keyOf(ends) });
    group.append(
      vector("path", { class: "hit" }),
      vector("path", { class: "line", "marker-end": `url(#${this.head})` }),
    );
    this.lines.insertBefore(group, this.draft);
    return group;
  }

  #drawArrow(group, [a, b]) {
    const path = arrowPath(this.box(a), this.box(b));
    for (const line of group.children) line.setAttribute("d", path);
    group.classList.toggle("chosen", this.board.chosen.has(keyOf([a, b])));
  }

  #drawPivot(one, id) {
    const { x } = centreOf(this.box(id));
    one.style.cssText = `transform:translate(${x}px, ${this.whole.y - 90}px);height:${this.whole.height + 180}px`;
  }

  /* Show dragged things at an offset. */
  shift(ids, dx, dy) {
    for (const id of ids) this.offsets.set(id, { dx, dy });
    const { wall } = this.board;
    const arrows = new Set();
    for (const id of ids) {
      if (wall.areas.has(id)) this.#paintArea(this.areas.get(id), wall.areas.get(id));
      if (!wall.notes.has(id)) continue;
      this.#place(this.notes.get(id), this.box(id));
      if (this.pivots.has(id)) this.#drawPivot(this.pivots.get(id), id);
      for (const key of this.incident.get(id) ?? []) arrows.add(key);
    }
    for (const key of arrows) this.#drawArrow(this.arrows.get(key), JSON.parse(key));
  }

  elementOf(id) {
    return this.notes.get(id) ?? this.areas.get(id)?.firstChild ?? null;
  }

  noteAt({ x, y }, except = "") {
    const found = [...this.board.wall.notes.keys()].reverse().find((id) => {
      const box = this.box(id);
      return id !== except && x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;
    });
    return found ?? null;
  }
}
