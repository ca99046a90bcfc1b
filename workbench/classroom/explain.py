"""Explain in three lines why a check could not come to a verdict on the answer."""

from __future__ import annotations

import ast
from dataclasses import FrozenInstanceError, replace

from workbench.classroom.attempt import Raised
from workbench.classroom.origin import Origin
from workbench.classroom.outcome import Feedback, Outcome
from workbench.classroom.plain import a, clipped, message_of, printable, shown, type_name
from workbench.classroom.stage import NoInput
from workshop_lib.events import WorkshopError
from workshop_lib.store.duckdb_engine.file import in_one_line

ADVICE = 400
"""How many characters of a library's error are shown; its advice is at the end."""
LINE = 900
"""How many characters a line of feedback may have; a value that a check quotes may be longer."""

_MEANING: dict[type[BaseException], str] = {
    SystemExit: "It ends the program, here the notebook; `return` or raise an error of the domain instead.",
    KeyboardInterrupt: "It means that the stop button was pressed; raise an error of the domain instead.",
    RecursionError: "A function calls itself without end: which call has nothing left to do?",
    NoInput: "Nobody can type during a check: a function gets everything it needs as arguments.",
    FrozenInstanceError: "A frozen value never changes; `replace(value, field=…)` makes the next one.",
    MemoryError: "Something grows until the memory is full: which collection is never emptied?",
}
_IN_A_CALL = "The check expects a return value here, not an exception."
_IN_USE = "It happened when the check compared, printed or read a value of yours; no value may raise then."


def explained(error: BaseException, origin: Origin) -> Feedback:
    """Return feedback on an error that ended a check: of the answer's code, of its value, or of our check."""
    if isinstance(error, Raised):
        return _their_error(error.__cause__ or error, _IN_A_CALL, _called(error), origin)
    if origin.is_in(error):
        return _their_error(error, _IN_USE, "", origin)
    if values := origin.values_at(error):
        return _unusable(values[0], error)
    return _our_error(error)


def _their_error(error: BaseException, why: str, called: str, origin: Origin) -> Feedback:
    line = origin.line(error)
    where = f" in {line}" if line else ""
    meaning = _MEANING.get(type(error), why)
    look = _bare_case(error, origin) or called
    return Feedback(Outcome.ERROR, f"Your code raised {_quoted(error)}{where}.", meaning, look)


def _unusable(value: object, error: BaseException) -> Feedback:
    return Feedback(
        Outcome.ERROR,
        f"The check could not use what it got from you, {a(type(value))}: `{shown(value, 80)}`.",
        f"Comparing, printing or reading it raised {_quoted(error)}.",
        "Which kind of value does the text above the gap ask for? If it is this one, show it to the trainer.",
    )


def _our_error(error: BaseException) -> Feedback:
    return Feedback(
        Outcome.ERROR,
        f"The check itself stumbled, not you: {_quoted(error)}.",
        "It says nothing about your answer.",
        "Please ask the trainer, and go on with the next task.",
    )


def _quoted(error: BaseException) -> str:
    """Return an error's type and text between backticks."""
    text = in_one_line(message_of(error, 2_000))
    text = clipped(text, ADVICE if isinstance(error, WorkshopError) else 200).rstrip(".")
    return f"`{type_name(type(error))}: {text}`" if text else f"`{type_name(type(error))}`"


def _bare_case(error: BaseException, origin: Origin) -> str:
    """Return advice on a `case SomeClass:`; without parentheses it binds a name and always matches."""
    trace = error.__traceback__
    while trace is not None:
        frame, code = trace.tb_frame, trace.tb_frame.f_code
        own = code.co_varnames[code.co_argcount :] if origin.owns(frame) else ()
        for name in own:
            if isinstance(frame.f_globals.get(name), type):
                return f"`case {name}:` matches every event; `case {name}():` matches only that type."
        trace = trace.tb_next
    return ""


def _called(raised: Raised) -> str:
    """Return the call that raised, to run in a cell; if it cannot be run, only to read."""
    if _can_be_run(raised.again):
        return f"Run it yourself in a new cell: `{raised.again}`."
    return "" if raised.call.endswith("()") else f"It was called as `{raised.call}`."


def _can_be_run(call: str) -> bool:
    """Return whether the text of a call is valid Python; `f(<object>)` and a cut text are not."""
    try:
        ast.parse(call, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def unexplained(error: BaseException) -> Feedback:
    """Return feedback on an error whose own methods raise."""
    return Feedback(
        Outcome.ERROR,
        f"Your code raised `{type_name(type(error))}`, which cannot be shown.",
        _IN_USE,
        "Which of your classes defines `__str__`, `__repr__`, `__eq__` or `__getattr__`?",
    )


def too_slow(seconds: float, call: str, ended: bool) -> Feedback:
    """Return feedback on a check that used up its time during this call."""
    where = f" It was at `{call}`." if call else ""
    return Feedback(
        Outcome.ERROR,
        f"Still running after {seconds:g} s: a loop that never ends?{where}",
        "A log only grows; what does not end on ten events will not end on ten million.",
        "Which condition ends the loop, and what in the loop moves towards it?"
        + ("" if ended else " It could not be stopped: restart the kernel."),
    )


def wrong_number(call: str, answers: tuple[object, ...]) -> Feedback:
    """Return feedback on a check that was called with too few or too many answers; `call` is a right one."""
    passed = ", ".join(shown(answer, 40) for answer in answers) or "nothing"
    return Feedback(
        Outcome.WRONG,
        f"You passed {f'`{passed}`' if answers else passed}, which is not what this check takes.",
        "A check looks only at what you pass, never at other names in the notebook.",
        f"Write `{call}`.",
    )


def inside_itself(task: str) -> Feedback:
    """Return feedback on an answer that calls `check` itself."""
    return Feedback(
        Outcome.ERROR,
        "While your answer was checked, it called `check(…)` or another command of the exercise.",
        "The check runs your function; if that starts the check again, there is no end.",
        f'Is the line `check("{task}", …)` indented, so that it belongs to the function above it? '
        "Move it to the left margin.",
    )


def printable_feedback(feedback: Feedback) -> Feedback:
    """Return feedback whose lines can be shown and saved: not too long, without lone surrogates."""
    seen, why, look = (printable(line, LINE) for line in (feedback.seen, feedback.why, feedback.look))
    return replace(feedback, seen=seen, why=why, look=look)
