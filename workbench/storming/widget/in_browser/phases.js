/* The phase, its prompt and the facilitator's clock, which all views of the widget share. */
class PhaseBar {
  constructor(board, model) {
    Object.assign(this, { board, model, ticking: null, rung: false });
    this.select = make(
      "select",
      { "aria-label": "Phase", onchange: () => this.#enter() },
      make("option", { value: "" }, "no phase"),
      ...board.guides.map(({ phase }, at) => make("option", { value: phase }, `${at + 1} · ${phase}`)),
    );
    this.prompt = make("p", { class: "prompt" });
    this.time = make("output", { class: "time", role: "timer", "aria-label": "Time left" });
    this.go = button(icon("play"), "Start the clock", () => this.#startOrPause(), { class: "go" });
    this.root = make(
      "div",
      { class: "phase" },
      this.select,
      this.prompt,
      this.time,
      this.go,
      button(icon("minus"), "One minute less", () => this.#add(-60)),
      button(icon("plus"), "One minute more", () => this.#add(60)),
      button(icon("again"), "Reset the clock", () => this.#reset()),
    );
  }

  get left() {
    const { left, ends } = { left: (this.board.guide()?.minutes ?? 15) * 60, ends: 0, ...this.model.get("clock") };
    return ends ? (ends - Date.now()) / 1000 : left;
  }

  get running() {
    return Boolean(this.model.get("clock").ends);
  }

  show() {
    this.select.value = this.board.wall.phase ?? "";
    this.select.disabled = this.board.past !== null;
    this.prompt.textContent = this.board.guide()?.prompt ?? "Choose a phase to see its question here.";
    this.tick();
  }

  tick() {
    const seconds = Math.ceil(this.left);
    const over = seconds < 0 ? "−" : "";
    this.time.textContent = `${over}${Math.floor(Math.abs(seconds) / 60)}:${String(Math.abs(seconds) % 60).padStart(2, "0")}`;
    this.time.classList.toggle("over", seconds <= 0);
    this.time.classList.toggle("soon", seconds > 0 && seconds <= 60);
    this.go.replaceChildren(icon(this.running ? "pause" : "play"));
    this.go.title = this.running ? "Pause the clock" : "Start the clock";
    this.go.setAttribute("aria-label", this.go.title);
    clearTimeout(this.ticking);
    if (!this.running) return;
    if (seconds <= 0 && !this.rung) this.board.say("Time is up.");
    this.rung = seconds <= 0;
    this.ticking = setTimeout(() => this.tick(), 250);
  }

  close() {
    clearTimeout(this.ticking);
  }

  #set(left, running) {
    this.model.set("clock", { left, ends: running ? Date.now() + left * 1000 : 0 });
    this.model.save_changes();
    this.tick();
  }

  #startOrPause() {
    this.#set(this.left, !this.running);
  }

  #add(seconds) {
    this.#set(Math.max(0, this.left + seconds), this.running);
  }

  #reset() {
    this.#set((this.board.guide()?.minutes ?? 15) * 60, false);
  }

  async #enter() {
    const answer = await this.board.do([{ type: "EnterPhase", phase: this.select.value || null }]);
    if (!answer.error) this.#reset();
    this.show();
  }
}

/* Replays the session gesture by gesture; while it shows the past, the wall cannot be changed. */
class History {
  constructor(board) {
    Object.assign(this, { board, wanted: null, playing: null });
    this.slider = make("input", {
      type: "range",
      min: 0,
      "aria-label": "Gesture of the session",
      oninput: () => this.go(Number(this.slider.value)),
    });
    this.label = make("span", { class: "label" });
    this.play = button(icon("play"), "Replay", () => this.#toggleReplay());
    this.root = make(
      "div",
      { class: "history", hidden: true },
      this.play,
      this.slider,
      this.label,
      button("Back to now", "Back to now", () => this.toggle(false), { class: "wide" }),
    );
  }

  get steps() {
    return this.board.now.steps ?? 0;
  }

  toggle(open = this.root.hidden) {
    this.root.hidden = !open;
    this.board.tools.history.setAttribute("aria-pressed", open);
    clearTimeout(this.playing);
    this.playing = null;
    if (!open) this.board.showPast(null);
    this.show();
    if (open) this.slider.focus();
    this.board.stage.look(this.board.stage.view);
  }

  show() {
    if (this.root.hidden) return;
    const { past } = this.board;
    this.slider.max = this.steps;
    if (!past && this.wanted === null) this.slider.value = this.steps;
    const label = past
      ? `${past.step} of ${this.steps} · ${[past.at, past.by, past.what].filter(Boolean).join(" · ")}`
      : `${this.steps} of ${this.steps} · now`;
    this.label.textContent = label;
    this.slider.setAttribute("aria-valuetext", label);
    this.play.replaceChildren(icon(this.playing ? "pause" : "play"));
  }

  /* Request one step at a time; steps that the slider has passed meanwhile are skipped. */
  async go(step) {
    if (this.wanted !== null) {
      this.wanted = step;
      return;
    }
    this.wanted = step;
    while (this.wanted !== null) {
      const now = this.wanted;
      const answer = now >= this.steps ? { past: null } : await this.board.talk.ask("Past", { step: now });
      if (this.wanted === now) this.wanted = null;
      if (answer.error) this.board.showError(answer.error);
      else if (!this.root.hidden) this.board.showPast(answer.past);
    }
  }

  #toggleReplay() {
    const start = !this.playing;
    clearTimeout(this.playing);
    this.playing = null;
    if (start) {
      if (!this.board.past) this.slider.value = 0;
      this.playing = setTimeout(() => this.#advance(), 0);
    }
    this.show();
  }

  async #advance() {
    await this.go(Number(this.slider.value));
    if (!this.playing) return;
    if (Number(this.slider.value) >= this.steps) return this.#toggleReplay();
    this.playing = setTimeout(
      () => {
        this.slider.value = Number(this.slider.value) + 1;
        this.#advance();
      },
      clamp(12000 / this.steps, 60, 700),
    );
  }

  close() {
    clearTimeout(this.playing);
  }
}
