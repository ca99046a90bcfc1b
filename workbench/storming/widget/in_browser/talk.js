/* Messages to Python: one for each finished gesture, and one answer for each message. Read `camera.js` next. */

const GONE =
  "Your change reached no kernel: it was restarted, or has ended. " +
  "Run this cell again; the board will show everything that was done before.";

class Talk {
  constructor(model, { changed, silent }) {
    Object.assign(this, { model, changed, silent });
    this.waiting = new Map();
    this.receive = (content) => this.#received(content);
    model.on("msg:custom", this.receive);
  }

  close() {
    this.model.off("msg:custom", this.receive);
    clearTimeout(this.timer);
  }

  /* Resolves to the answer; until then `commands` are shown as done. */
  ask(type, more = {}) {
    const id = made("g");
    return new Promise((resolve) => {
      this.waiting.set(id, { commands: more.commands ?? [], resolve, seenIn: Infinity });
      this.#beginToWait();
      try {
        this.model.send({ type, id, ...more });
      } catch {
        this.#received({ answer: id, error: GONE });
      }
    });
  }

  /* Return the commands that the wall of this version does not contain yet; rejected ones are dropped. */
  commands(version) {
    for (const [id, { seenIn }] of this.waiting) if (seenIn <= version) this.waiting.delete(id);
    return [...this.waiting.values()].flatMap(({ commands }) => commands);
  }

  #received(content) {
    const request = this.waiting.get(content.answer);
    if (!request) return; // the answer is for another view
    request.seenIn = content.version ?? 0; // the answer may arrive before its wall
    this.silent(false);
    this.changed();
    request.resolve(content);
    this.#beginToWait();
  }

  #beginToWait() {
    clearTimeout(this.timer);
    if ([...this.waiting.values()].some(({ seenIn }) => seenIn === Infinity))
      this.timer = setTimeout(() => this.silent(true), PATIENCE);
  }
}
