"""Run a check in a thread of its own, for a limited time, and turn everything that goes wrong into feedback.

`run` raises only when the participant presses stop. Everything that may touch the answer runs in the thread:
its methods may raise anything, or never end. Read `participant.py` next: what a participant calls.
"""

from __future__ import annotations

import contextvars
import ctypes
import threading
import types
from collections.abc import Callable, Mapping

from workbench.classroom.attempt import Attempt
from workbench.classroom.explain import (
    explained,
    inside_itself,
    printable_feedback,
    too_slow,
    unexplained,
    wrong_number,
)
from workbench.classroom.gap import gap_in
from workbench.classroom.origin import Origin
from workbench.classroom.outcome import Feedback, Found, Outcome
from workbench.classroom.running import Running, TimeIsUp, enter
from workbench.classroom.stage import stage
from workbench.classroom.task import Task

Waiting = Callable[[int], None]
Alive = Callable[[float], None]
Before = Callable[[], Feedback | None]


class Interrupted(KeyboardInterrupt):
    """The participant pressed stop during a check; the notebook shows one sentence, not a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


def run(
    task: Task,
    answers: tuple[object, ...],
    *,
    shipped: Mapping[str, types.CodeType] | None = None,
    call: str = "",
    before: Before = lambda: None,
    waiting: Waiting = lambda seconds: None,
    alive: Alive = lambda seconds: None,
) -> Feedback:
    """Check these answers and return the feedback.

    `shipped` are the functions of the unsolved exercise, `call` is its call of the check. Feedback from
    `before` takes the place of the check. From two seconds on, `waiting` is called every second with the
    seconds so far. `alive` is called as often, with the seconds that are left. Raises `Interrupted` when the
    participant presses stop.
    """

    def first() -> Feedback | None:
        if len(answers) != len(task.answers):
            return wrong_number(call or f'check("{task.name}", {", ".join(task.answers)})', answers)
        named = zip(task.answers, answers, strict=True)
        return before() or gap_in(named, shipped or {}, task.methods)

    with stage() as running:
        work = _Work(task, answers, first, running)
        try:
            finding = work.wait(task.seconds, waiting, alive)
        except KeyboardInterrupt:
            work.stop()
            raise Interrupted(
                "You stopped the check. Nothing was recorded; run the cell to check again."
            ) from None
        if running.called_itself:
            work.stop()
            return inside_itself(task.name)
        return finding or too_slow(task.seconds, work.attempt.calling, work.stop())


class _Work:
    """A check in a daemon thread, so that a check that cannot be stopped does not keep the kernel alive."""

    def __init__(self, task: Task, answers: tuple[object, ...], first: Before, running: Running) -> None:
        self.attempt = Attempt()
        self._finding: Feedback | None = None
        self._task, self._answers, self._first, self._running = task, answers, first, running
        context = contextvars.copy_context()
        self._thread = threading.Thread(
            target=context.run, args=(self._run,), name=f"check {task.name}", daemon=True
        )
        self._thread.start()

    def wait(self, seconds: float, waiting: Waiting, alive: Alive) -> Feedback | None:
        """Wait at most this many seconds; return the feedback, None if the check has not ended."""
        self._thread.join(min(2.0, seconds))
        spent = 2
        while self._thread.is_alive() and spent < seconds:
            alive(seconds - spent)
            waiting(spent)
            self._thread.join(min(1.0, seconds - spent))
            spent += 1
        alive(0)
        return None if self._thread.is_alive() else self._finding

    def stop(self) -> bool:
        """Raise `TimeIsUp` in the thread, up to five times; return whether the thread has ended."""
        for _ in range(5):
            if self._thread.ident is None or not self._thread.is_alive():
                break
            number, error = ctypes.c_ulong(self._thread.ident), ctypes.py_object(TimeIsUp)
            ctypes.pythonapi.PyThreadState_SetAsyncExc(number, error)
            self._thread.join(0.2)
        if not self._thread.is_alive():
            return True
        self._running.end()
        self._running.has_put_to_sleep.wait(
            0.3
        )  # while the stage is up: a thread that prints is put to sleep
        return False

    def _run(self) -> None:
        enter(self._running)
        try:
            self._finding = printable_feedback(self._find())
        except BaseException as error:  # an error's own methods raise, or the time is up
            self._finding = unexplained(error)

    def _find(self) -> Feedback:
        try:
            if finding := self._first():
                return finding
            self._task.check(self.attempt, *self._answers)
        except Found as found:
            return found.finding
        except BaseException as error:  # SystemExit and the like too, wherever the answer raises it
            return explained(error, Origin(self._task.check, self._answers, self.attempt.received))
        return Feedback(Outcome.PASSED, "Every case came out right.", self._task.proven)
