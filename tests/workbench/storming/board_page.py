"""A board in a page of its own: a real browser and Python, without JupyterLab in between.

The model is a few lines of JavaScript that pass messages to the widget, and its answers back.
"""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page

from workbench.storming.board import Board
from workbench.storming.widget.board import BoardWidget

TRAITS = ("name", "kinds", "guides", "levels", "shown", "level", "clock", "trouble")
MODEL = """
(state) => {
  const handlers = new Map();
  const tell = (what, content) => [...handlers.get(what) ?? []].forEach((act) => act(content));
  const take = (news) => Object.entries(news).forEach(([name, value]) => {
    if (JSON.stringify(state[name]) === JSON.stringify(value)) return;
    state[name] = value;
    tell(`change:${name}`);
  });
  window.sent = [];
  window.answered = 0;
  window.changed = {};
  window.model = {
    get: (name) => state[name],
    set(name, value) { changed[name] = value; take({ [name]: value }); },
    async save_changes() { const news = changed; changed = {}; take(await python("save", news)); },
    async send(content) {
      sent.push(content);
      const { answers, news } = await python("send", content);
      for (const answer of answers) tell("msg:custom", answer);
      take(news);
      answered += 1;
    },
    on: (what, act) => handlers.set(what, new Set([...handlers.get(what) ?? [], act])),
    off: (what, act) => handlers.get(what)?.delete(act),
    listeners: () => [...handlers.values()].reduce((sum, acts) => sum + acts.size, 0),
    take,
  };
}
"""
OPEN = """
async (module) => {
  const address = "data:text/javascript;charset=utf-8," + encodeURIComponent(module);
  const { default: widget } = await import(address);
  window.open_view = (id) => {
    const el = document.body.appendChild(document.createElement("div"));
    el.id = id;
    return widget.render({ model, el });
  };
  window.close_one = open_view("one");
}
"""

DRAG = """
async ([x, y, count]) => {
  const noted = [];
  const target = document.elementFromPoint(x, y);
  const tell = (type, dx, dy) => target.dispatchEvent(new PointerEvent(type, { pointerId: 1, isPrimary: true,
    bubbles: true, pointerType: "mouse", button: 0, buttons: 1, clientX: x + dx, clientY: y + dy }));
  Element.prototype.setPointerCapture = () => {}; // this pointer is none of the browser's
  tell("pointerdown", 0, 0);
  let last = await new Promise(requestAnimationFrame);
  for (let step = 1; step <= count; step += 1) {
    const turn = (step / count) * 2 * Math.PI;
    tell("pointermove", 90 * Math.sin(turn), 45 - 45 * Math.cos(turn) + 5);
    const now = await new Promise(requestAnimationFrame);
    noted.push(now - last);
    last = now;
  }
  tell("pointerup", 0, 5);
  return noted;
}
"""


class Answering(BoardWidget):
    """A widget with an open view that keeps its answers instead of sending them."""

    def __init__(self, board: Board, level: str = "") -> None:
        self.answers: list[Any] = []
        super().__init__(board, level)
        self._view_count = 1

    def send(self, content: Any, buffers: Any = None) -> None:
        self.answers.append(content)

    def news(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in TRAITS}


class BoardPage:
    """One view of a board, with methods for what a user does."""

    def __init__(self, page: Page, board: Board, level: str = "") -> None:
        self.page, self.board, self.widget = page, board, Answering(board, level)
        self.troubles: list[str] = []
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.set_content(
            f"<!doctype html><style>{BoardWidget._css}</style>"
            "<style>body { margin: 0 } .storming-board { height: 100vh }</style>"
        )
        page.expose_function("python", self._python)
        page.evaluate(MODEL, self.widget.news())
        page.evaluate(OPEN, BoardWidget._esm)

    def _python(self, what: str, content: Any) -> dict[str, Any]:
        if what == "save":
            for name, value in content.items():
                setattr(self.widget, name, value)
            return self.widget.news()
        self.widget._handle_custom_msg(content, [])
        answers, self.widget.answers = self.widget.answers, []
        return {"answers": answers, "news": self.widget.news()}

    def close(self) -> None:
        self.page.close()
        self.widget.close()
        self.board.close()

    def at(self, x: float, y: float, view: str = "#one") -> tuple[float, float]:
        """Return the point of the page that shows this point of the board."""
        left, top, scale = self.page.locator(f"{view} .layer").evaluate(
            "layer => { const { x, y } = layer.getBoundingClientRect();"
            " return [x, y, new DOMMatrix(getComputedStyle(layer).transform).a]; }"
        )
        return left + x * scale, top + y * scale

    def double_click(self, place: tuple[float, float]) -> None:
        self.page.mouse.dblclick(*place)

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Press at the first place, move to the others, and release."""
        mouse = self.page.mouse
        mouse.move(*start)
        mouse.down()
        mouse.move(*end, steps=5)
        mouse.up()

    def touch(self, path: list[tuple[float, float]]) -> None:
        """Touch at the first place, move to the others, and lift the finger."""
        self._fingers([[place] for place in path])

    def pinch(self, one: tuple[float, float], two: tuple[float, float], by: float) -> None:
        """Move two fingers apart, each by this many pixels."""
        steps = [by * step / 5 for step in range(6)]
        self._fingers([[(one[0] - step, one[1]), (two[0] + step, two[1])] for step in steps])

    def _fingers(self, moments: list[list[tuple[float, float]]]) -> None:
        devices = self.page.context.new_cdp_session(self.page)
        for number, moment in enumerate(moments):
            kind = "touchMove" if number else "touchStart"
            points = [{"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(moment)]
            devices.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        devices.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        devices.detach()

    def frames_of_a_drag(self, start: tuple[float, float], count: int) -> str:
        """Drag in a circle; return median and 95th percentile of the time between frames."""
        times: list[float] = sorted(self.page.evaluate(DRAG, [*start, count]))
        self.until_answered()
        return f"median {times[len(times) // 2]:.1f}, 95 % within {times[int(len(times) * 0.95)]:.1f}"

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def sent(self) -> list[str]:
        """Return the types of the messages so far."""
        types: list[str] = self.page.evaluate("sent.map(({ type }) => type)")
        return types

    def until_answered(self) -> None:
        """Wait until all gestures are sent and answered, including delayed ones of keys."""
        self.page.wait_for_function("sent.length === answered && !document.querySelector('[aria-busy=true]')")

    def refresh(self) -> None:
        """Refresh the widget, as it does by itself after a change made elsewhere."""
        self.widget.refresh()
        self.page.evaluate("news => model.take(news)", self.widget.news())

    def note(self, text: str) -> Locator:
        """Return the note with this name."""
        return self.page.locator("#one .note").filter(has=self.page.get_by_text(text, exact=True))
