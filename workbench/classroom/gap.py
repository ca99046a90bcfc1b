"""Find answers that were not worked on yet.

A gap is `...` itself, a collection that contains `...`, a function that does nothing, or a function that is
unchanged from the exercise.
"""

from __future__ import annotations

import dis
import types
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass

from workbench.classroom.outcome import Feedback, Outcome

_NO_WORK = {"RESUME", "NOP", "CACHE", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST"}


def gap_in(
    answers: Iterable[tuple[str, object]], shipped: Mapping[str, types.CodeType], methods: Sequence[str] = ()
) -> Feedback | None:
    """Return feedback on the first gap in the answers (name and object), or None.

    `shipped` holds the functions of the unsolved exercise, `methods` the names of the methods that are gaps.
    """
    for name, answer in answers:
        if open_part := _open_part(name, answer, shipped, methods):
            return Feedback(
                Outcome.NOT_ATTEMPTED,
                f"{open_part} still the gap.",
                look="Fill the gap, run its cell (fix it if it raises an error), then run this one again.",
            )
    return None


def _open_part(
    name: str, answer: object, shipped: Mapping[str, types.CodeType], methods: Sequence[str] = ()
) -> str:
    if answer is Ellipsis:
        return f"`{name}` is"
    if isinstance(answer, (dict, list, tuple)):
        return _open_items(name, list(answer.values()) if isinstance(answer, dict) else list(answer))
    if isinstance(answer, types.FunctionType):
        return f"`{answer.__name__}` is" if _is_gap(answer, shipped) else ""
    if is_dataclass(answer) and not isinstance(answer, type):
        parts = (_open_part(field.name, getattr(answer, field.name), shipped) for field in fields(answer))
        return next(filter(None, parts), "")
    if isinstance(answer, type):
        empty = [key for key, value in vars(answer).items() if key in methods and _is_empty(value)]
        return f"`{answer.__name__}.{empty[0]}` is" if empty else ""
    return ""


def _open_items(name: str, items: list[object]) -> str:
    still_open = sum(item is Ellipsis for item in items)
    verb = "is" if still_open == 1 else "are"
    return f"{still_open} of {len(items)} in `{name}` {verb}" if still_open else ""


def _is_gap(function: types.FunctionType, shipped: Mapping[str, types.CodeType]) -> bool:
    original = shipped.get(function.__name__)
    return _is_empty(function) or (original is not None and essence(original) == essence(function.__code__))


def _is_empty(function: object) -> bool:
    """Return whether a function's body is only `...` or `pass`, judging by its bytecode."""
    if not isinstance(function, types.FunctionType):
        return False
    steps = [step for step in dis.get_instructions(function.__code__) if step.opname not in ("NOP", "CACHE")]
    loaded = [step.argval for step in steps if step.opname in ("LOAD_CONST", "RETURN_CONST")]
    return loaded in ([None], [...]) and all(step.opname in _NO_WORK for step in steps)


def essence(code: types.CodeType) -> tuple[object, ...]:
    """Return the code of a function without its place, so that two cells can be compared."""
    constants = tuple(
        essence(one) if isinstance(one, types.CodeType) else (type(one), repr(one)) for one in code.co_consts
    )
    return (code.co_code, constants, code.co_names, code.co_varnames)
