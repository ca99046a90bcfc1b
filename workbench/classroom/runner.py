"""Run a check in a thread of its own, for a limited time, and turn everything that goes wrong into feedback.

`run` raises only when the participant presses stop. Read `participant.py` next: what a participant calls.
"""

from __future__ import annotations

import ast
import contextvars
import ctypes
import linecache
import sys
import threading
import types
from collections.abc import Callable, Mapping
from dataclasses import FrozenInstanceError

from workbench.classroom.attempt import Attempt, Found, Raised, TimeIsUp
from workbench.classroom.gap import gap_in
from workbench.classroom.outcome import Feedback, Outcome
from workbench.classroom.own_lines import OURS
from workbench.classroom.plain import clipped, shown
from workbench.classroom.stage import NoInput, stage
from workbench.classroom.task import Task
from workshop_lib.events import WorkshopError
from workshop_lib.store.duckdb_engine.file import in_one_line

Waiting = Callable[[int], None]

ADVICE = 400
"""How many characters of a library's error are shown; its advice is at the end."""


class Interrupted(KeyboardInterrupt):
    """The participant pressed stop during a check; the notebook shows one sentence, not a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


def run(
    task: Task,
    answers: tuple[object, ...],
    *,
    shipped: Mapping[str, types.CodeType] | None = None,
    waiting: Waiting = lambda seconds: None,
) -> Feedback:
    """Check these answers and return the feedback.

    `shipped` are the functions of the unsolved exercise. From two seconds on, `waiting` is called every
    second with the seconds so far. Raises `Interrupted` when the participant presses stop.
    """
    if len(answers) != len(task.answers):
        return _wrong_number(task, answers)
    if gap := gap_in(zip(task.answers, answers, strict=True), shipped or {}, task.methods):
        return gap
    with stage():
        work = _Work(task, answers)
        try:
            finished = work.wait(task.seconds, waiting)
        except KeyboardInterrupt:
            work.stop()
            raise Interrupted(
                "You stopped the check. Nothing was recorded; run the cell to check again."
            ) from None
        return work.finding if finished and work.finding else _too_slow(task, work)


class _Work:
    """A check in a daemon thread, so that a check that cannot be stopped does not keep the kernel alive."""

    def __init__(self, task: Task, answers: tuple[object, ...]) -> None:
        self.attempt = Attempt()
        self.finding: Feedback | None = None
        self._task, self._answers = task, answers
        context = contextvars.copy_context()
        self._thread = threading.Thread(
            target=context.run, args=(self._run,), name=f"check {task.name}", daemon=True
        )
        self._thread.start()

    def wait(self, seconds: float, waiting: Waiting) -> bool:
        """Wait at most this many seconds; return whether the check has ended."""
        self._thread.join(min(2.0, seconds))
        spent = 2
        while self._thread.is_alive() and spent < seconds:
            waiting(spent)
            self._thread.join(min(1.0, seconds - spent))
            spent += 1
        return not self._thread.is_alive()

    def stop(self) -> bool:
        """Raise `TimeIsUp` in the thread, up to five times; return whether the thread has ended."""
        for _ in range(5):
            if self._thread.ident is None or not self._thread.is_alive():
                break
            number, error = ctypes.c_ulong(self._thread.ident), ctypes.py_object(TimeIsUp)
            ctypes.pythonapi.PyThreadState_SetAsyncExc(number, error)
            self._thread.join(0.2)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self.finding = self._find()
        except TimeIsUp:
            self.finding = None

    def _find(self) -> Feedback:
        try:
            self._task.check(self.attempt, *self._answers)
        except Found as found:
            return found.finding
        except Raised as raised:
            return _their_error(raised.__cause__ or raised, _called(raised), _homes(self._answers))
        except Exception as error:
            homes = _homes(self._answers)
            return _their_error(error, "", homes) if _their_line(error, homes) else _our_error(error)
        return Feedback(Outcome.PASSED, "Every case came out right.", self._task.proven)


def _homes(answers: tuple[object, ...]) -> set[int]:
    """Return the ids of the namespaces in which the participant's functions and methods were defined."""
    near = [part for answer in answers for part in (answer, *_parts(answer))]
    functions = [one for one in near if isinstance(one, types.FunctionType)]
    return {id(one.__globals__) for one in functions if _is_theirs(one)}


def _is_theirs(function: types.FunctionType) -> bool:
    """Return whether the participant wrote it: not the library, nor Python, as the `repr` of a dataclass."""
    home = function.__module__
    ours = home.startswith(OURS) or home in sys.stdlib_module_names
    return function.__globals__.get("__name__") == home and not ours


def _parts(answer: object) -> list[object]:
    """Return an answer's items, attributes and methods."""
    if isinstance(answer, (list, tuple)):
        return list(answer)
    items = answer if isinstance(answer, dict) else getattr(answer, "__dict__", {})
    return [*items.values(), *vars(type(answer)).values()]


def _their_line(error: BaseException, homes: set[int]) -> str:
    """Return the last line of the participant's own code in the traceback."""
    line, trace = "", error.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if id(trace.tb_frame.f_globals) in homes and file != "<string>":  # generated by dataclasses
            text = linecache.getline(file, trace.tb_lineno).strip()
            line = f"line {trace.tb_lineno}: `{clipped(text, 100)}`" if text else f"line {trace.tb_lineno}"
        trace = trace.tb_next
    return line


def _bare_case(error: BaseException, homes: set[int]) -> str:
    """Return advice on a `case SomeClass:`; without parentheses it binds a name and always matches."""
    trace = error.__traceback__
    while trace is not None:
        frame, code = trace.tb_frame, trace.tb_frame.f_code
        own = code.co_varnames[code.co_argcount :] if id(frame.f_globals) in homes else ()
        for name in own:
            if isinstance(frame.f_globals.get(name), type):
                return f"`case {name}:` matches every event; `case {name}():` matches only that type."
        trace = trace.tb_next
    return ""


_MEANING: dict[type[BaseException], str] = {
    SystemExit: "It ends the program, here the notebook; `return` or raise an error of the domain instead.",
    KeyboardInterrupt: "It means that the stop button was pressed; raise an error of the domain instead.",
    RecursionError: "A function calls itself without end: which call has nothing left to do?",
    NoInput: "Nobody can type during a check: a function gets everything it needs as arguments.",
    FrozenInstanceError: "A frozen value never changes; `replace(value, field=…)` makes the next one.",
    MemoryError: "Something grows until the memory is full: which collection is never emptied?",
}


def _their_error(error: BaseException, called: str, homes: set[int]) -> Feedback:
    text = clipped(in_one_line(str(error)), ADVICE if isinstance(error, WorkshopError) else 200).rstrip(".")
    what = f"`{type(error).__name__}: {text}`" if text else f"`{type(error).__name__}`"
    line = _their_line(error, homes)
    where = f" in {line}" if line else ""
    meaning = _MEANING.get(type(error), "The check expects a return value here, not an exception.")
    look = _bare_case(error, homes) or called
    return Feedback(Outcome.ERROR, f"Your code raised {what}{where}.", meaning, look)


def _called(raised: Raised) -> str:
    """Return the call that raised, to run in a cell; if it cannot be run, only to read."""
    if _can_be_run(raised.again):
        return f"Run it yourself in a new cell: `{raised.again}`."
    return "" if raised.call.endswith("()") else f"It was called as `{raised.call}`."


def _can_be_run(call: str) -> bool:
    """Return whether the text of a call is valid Python; `f(<object>)` and a cut text are not."""
    try:
        ast.parse(call, mode="eval")
    except SyntaxError:
        return False
    return True


def _our_error(error: Exception) -> Feedback:
    return Feedback(
        Outcome.ERROR,
        f"The check itself stumbled, not you: `{type(error).__name__}: {clipped(str(error), 200)}`.",
        "It says nothing about your answer.",
        "Please ask the trainer, and go on with the next task.",
    )


def _too_slow(task: Task, work: _Work) -> Feedback:
    call, ended = work.attempt.calling, work.stop()
    where = f" It was at `{call}`." if call else ""
    return Feedback(
        Outcome.ERROR,
        f"Still running after {task.seconds:g} s: a loop that never ends?{where}",
        "A log only grows; what does not end on ten events will not end on ten million.",
        "Which condition ends the loop, and what in the loop moves towards it?"
        + ("" if ended else " It could not be stopped: restart the kernel."),
    )


def _wrong_number(task: Task, answers: tuple[object, ...]) -> Feedback:
    names = ", ".join(task.answers)
    passed = ", ".join(shown(answer, 40) for answer in answers) or "nothing"
    return Feedback(
        Outcome.WRONG,
        f"You passed {f'`{passed}`' if answers else passed}; this check takes `{names}`.",
        "A check looks only at what you pass, never at other names in the notebook.",
        f'Write `check("{task.name}", {names})`.',
    )
