/* Details of the chosen things, and findings; its buttons do everything that a drag does. */
class Panel {
  constructor(board) {
    this.board = board;
    this.body = make("div", { class: "body" });
    this.root = make(
      "section",
      { class: "panel", hidden: true, "aria-label": "Details and questions" },
      button("×", "Close the details", () => this.toggle(false), { class: "close" }),
      this.body,
    );
  }

  toggle(open = this.root.hidden, enter = true) {
    this.root.hidden = !open;
    this.board.tools.panel.setAttribute("aria-pressed", open);
    this.show();
    if (!open) this.board.focus(this.board.focused);
    else if (enter)
      (this.body.querySelector("button, input") ?? this.root.firstChild).focus({ preventScroll: true });
  }

  show() {
    if (this.root.hidden) return;
    const here = this.root.getRootNode().activeElement;
    if (this.body.contains(here) && here.matches("input") && here.value !== here.defaultValue) return; // somebody is typing
    const key = this.body.contains(here) ? here.dataset.key : null;
    const { top } = { top: this.body.scrollTop };
    this.body.replaceChildren(...this.#about(), ...this.#findings());
    this.body.scrollTop = top;
    if (key) this.body.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
  }

  #act(text, label, act, key = label) {
    return button(text, label, act, { "data-key": key });
  }

  #about() {
    const { board } = this;
    const chosen = [...board.chosen];
    const note = chosen.length === 1 ? board.wall.notes.get(chosen[0]) : null;
    const area = chosen.length === 1 ? board.wall.areas.get(chosen[0]) : null;
    if (!chosen.length)
      return [
        make("h3", {}, "Nothing is chosen"),
        make("p", {}, `${plural(board.wall.notes.size, "note")} on the wall. Choose one to see its details.`),
      ];
    const title = make("h3", {}, note ? spokenName(note) : area ? spokenName(area) : plural(chosen.length, "thing"));
    if (board.past) return [title, ...(note ? note.text.split("\n").slice(1) : []).map((line) => make("p", {}, line))];
    const acts = make(
      "div",
      { class: "acts" },
      note || area ? this.#act("Edit", "Edit the text (Enter)", () => board.edit(chosen[0])) : null,
      area ? null : this.#act("Duplicate", "Duplicate (Ctrl+D)", () => board.duplicate()),
      this.#act("Delete", "Delete (Delete)", () => board.remove()),
      note?.kind === "event"
        ? this.#act(note.pivotal ? "Not pivotal" : "Pivotal", "Mark or unmark as pivotal (P)", () => board.pivot())
        : null,
      area ? null : this.#act("Frame", "Draw a context around it (F)", () => board.frame()),
      chosen.length > 1 ? this.#act("Connect", "Draw arrows from each to the next (L)", () => board.link()) : null,
    );
    return [
      title,
      ...(area ? [] : [this.#kind(note)]),
      acts,
      this.#pad(area),
      ...(note ? [...this.#hotSpot(note), ...this.#arrows(note)] : []),
    ];
  }

  #kind(note) {
    const { board } = this;
    const select = make(
      "select",
      { "aria-label": "Kind", "data-key": "kind", onchange: () => board.arm(select.value, true) },
      note ? null : make("option", {}, "several kinds"),
      ...board.kinds.map(({ kind }) => make("option", { value: kind, selected: note?.kind === kind }, kind)),
    );
    return make("label", {}, "Kind ", select);
  }

  #pad(area) {
    const { board } = this;
    const arrows = {
      ArrowLeft: ["←", "left"],
      ArrowUp: ["↑", "up"],
      ArrowDown: ["↓", "down"],
      ArrowRight: ["→", "right"],
    };
    const row = (word, label, act) =>
      make(
        "div",
        { class: "pad" },
        make("span", {}, word),
        ...Object.entries(arrows).map(([key, [sign, way]]) =>
          this.#act(sign, `${label} ${way}`, () => act(...DIRECTIONS[key])),
        ),
      );
    const rows = [
      row("Move", "Move", (dx, dy) => {
        board.nudge(dx * STEP * 2, dy * STEP * 2);
        board.finishMove();
      }),
    ];
    if (area)
      rows.push(
        row("Size", "Pull", (dx, dy) => {
          board.pull(dx, dy);
          board.finishMove();
        }),
      );
    return make("div", { class: "pads" }, ...rows);
  }

  #hotSpot(note) {
    if (note.kind !== "hot spot") return [];
    const form = (label, value, command) => {
      const field = make("input", {
        value,
        "data-key": label,
        maxlength: 2000,
      });
      const save = (event) => {
        event.preventDefault();
        const { value: said } = field;
        field.defaultValue = said;
        this.board.do([command(said)]);
      };
      return make(
        "form",
        { onsubmit: save },
        make("label", {}, label, field),
        make("button", { type: "submit" }, "Save"),
      );
    };
    return [
      form("The answer", note.answer, (answer) => ({ type: "ResolveHotSpot", note: note.id, answer })),
      form("Who will find out?", note.owner, (owner) => ({ type: "AssignHotSpot", note: note.id, owner })),
    ];
  }

  #arrows(note) {
    const { board } = this;
    const ends = board.wall.links.filter((link) => link.includes(note.id));
    const rows = ends.map(([source, target]) => {
      const other = board.wall.notes.get(source === note.id ? target : source);
      const name = spokenName(other);
      return make(
        "li",
        {},
        this.#act(
          `${source === note.id ? "→" : "←"} ${name}`,
          `Go to ${name}`,
          () => board.choose([other.id], false, false, true),
          `to ${other.id}`,
        ),
        this.#act(
          "×",
          `Remove the arrow ${source === note.id ? "to" : "from"} ${name}`,
          () => board.do([{ type: "UnlinkNotes", source, target }]),
          `rub ${source} ${target}`,
        ),
      );
    });
    const others = [...board.wall.notes.values()]
      .filter((other) => other.id !== note.id)
      .sort((a, b) => spokenName(a).localeCompare(spokenName(b)));
    const select = make(
      "select",
      {
        "aria-label": "Arrow to",
        "data-key": "arrow to",
        onchange: () => board.do([{ type: "LinkNotes", source: note.id, target: select.value }]),
      },
      make("option", { value: "" }, "arrow to …"),
      ...others.map((other) => make("option", { value: other.id }, `${spokenName(other)} (${other.kind})`)),
    );
    return [make("ul", { class: "ends" }, ...rows), select];
  }

  #findings() {
    const { board } = this;
    const chosen = board.chosen.size > 0;
    const findings = board.wall.findings.filter(({ notes }) => !chosen || notes.some((id) => board.chosen.has(id)));
    if (!board.level)
      return [make("p", { class: "hint" }, "Choose a level above to see the grammar's questions here.")];
    const heading = make(
      "h3",
      {},
      findings.length ? plural(findings.length, "question") : chosen ? "No questions about this" : "No open questions",
    );
    return [heading, ...findings.map((finding) => this.#question(finding))];
  }

  #question({ key, rule, severity, question, suggestion, notes, overruled }) {
    const { board } = this;
    const there = notes.filter((id) => board.wall.notes.has(id) && !board.chosen.has(id)).slice(0, 4);
    const field = make("input", {
      placeholder: "Does not apply, because …",
      "aria-label": `Reason to overrule: ${rule}`,
      "data-key": `why ${key}`,
    });
    const overrule = (reason) => board.do([{ type: "Overrule", finding: key, reason }]);
    const form = overruled
      ? make(
          "div",
          { class: "overruled" },
          `Overruled: ${overruled} `,
          this.#act("Ask again", "Ask this question again", () => overrule(""), `again ${key}`),
        )
      : make(
          "form",
          {
            onsubmit: (event) => {
              event.preventDefault();
              const reason = field.value.trim();
              if (!reason)
                return board.showError(
                  "You overruled a question without a reason. Say why it does not apply; the next reader will ask.",
                );
              field.defaultValue = field.value;
              return overrule(reason);
            },
          },
          field,
          make("button", { type: "submit" }, "Overrule"),
        );
    return make(
      "article",
      { class: `finding ${severity}${overruled ? " off" : ""}` },
      make(
        "div",
        { class: "rule" },
        make("span", { class: `badge ${severity}` }, SIGNS[severity]),
        `${severity} · ${rule}`,
      ),
      make("p", {}, question),
      make("p", { class: "suggestion" }, suggestion),
      make(
        "div",
        { class: "acts" },
        ...there.map((id) =>
          this.#act(
            spokenName(board.wall.notes.get(id)),
            `Go to ${spokenName(board.wall.notes.get(id))}`,
            () => board.choose([id], false, false, true),
            `go ${key} ${id}`,
          ),
        ),
      ),
      form,
    );
  }
}
