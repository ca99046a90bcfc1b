/* Talking with Python: one message for each finished gesture, one answer for each message. Read `camera.js` next. */

const GONE =
  "You did something that reached no kernel: it was restarted, or has ended. " +
  "Run this cell again; the board is there with everything that was done before.";

class Talk {
  constructor(model, { changed, silent }) {
    Object.assign(this, { model, changed, silent });
    this.waiting = new Map();
    this.hear = (content) => this.#heard(content);
    model.on("msg:custom", this.hear);
  }

  close() {
    this.model.off("msg:custom", this.hear);
    clearTimeout(this.timer);
  }

  /* Resolves to the answer; `commands` are shown as done until it is there. */
  ask(type, more = {}) {
    const id = made("g");
    return new Promise((resolve) => {
      this.waiting.set(id, { commands: more.commands ?? [], resolve, heard: Infinity });
      this.#beginToWait();
      try {
        this.model.send({ type, id, ...more });
      } catch {
        this.#heard({ answer: id, error: GONE });
      }
    });
  }

  /* What was asked and is not yet in the wall of this version; a refusal is in none. */
  commands(version) {
    for (const [id, { heard }] of this.waiting) if (heard <= version) this.waiting.delete(id);
    return [...this.waiting.values()].flatMap(({ commands }) => commands);
  }

  #heard(content) {
    const asked = this.waiting.get(content.answer);
    if (!asked) return; // another view's
    asked.heard = content.version ?? 0; // the answer may be faster than the wall that it speaks of
    this.silent(false);
    this.changed();
    asked.resolve(content);
    this.#beginToWait();
  }

  #beginToWait() {
    clearTimeout(this.timer);
    if ([...this.waiting.values()].some(({ heard }) => heard === Infinity))
      this.timer = setTimeout(() => this.silent(true), PATIENCE);
  }
}
