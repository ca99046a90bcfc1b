"""End a check because a value is of a kind that cannot be right, or has no end. Read `attempt.py` next."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from itertools import islice
from types import FunctionType
from typing import Any, NoReturn

from workbench.classroom.outcome import Feedback, Found, Outcome
from workbench.classroom.own_lines import OURS
from workbench.classroom.plain import a, shown

PLAIN = (int, float, str, list, tuple, dict, set, frozenset)
"""Types that are compared by their contents."""
MOST = 100_000
"""How many items of an iterator are read."""


def bounded(items: Iterator[Any], name: str) -> Iterator[Any]:
    """Yield the items of an iterator; one without end would fill the memory before the time is up."""
    yield from islice(items, MOST)
    for _ in items:
        seen = f"`{name}` gives more than {MOST:,} items, perhaps without end."
        look = "Which condition ends its loop?"
        raise Found(Feedback(Outcome.WRONG, seen, "The caller waits until the last of them.", look))


def refuse_kind(prefix: str, value: object, kinds: tuple[type, ...]) -> NoReturn:
    """End the check for a value that has none of these types."""
    names = [a(kind) for kind in kinds if kind is not type(None)]
    wanted = " or ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
    why = f"The code that uses it relies on {wanted}"
    if inspect.isgenerator(value):
        seen, why = f"{prefix} a generator.", f"{why}, which can be read more than once."
        look = "Put `list(…)` around it, or collect in a list instead of `yield`."
    elif isinstance(value, Exception):
        seen, why = f"{prefix} {a(type(value))} as its answer.", "An error that is returned stops nothing."
        look = "`raise` it: then the caller gets it, and nothing after that line runs."
    else:
        seen, why = f"{prefix} {a(type(value))}: `{shown(value, 80)}`.", f"{why}."
        look = f"Make it {wanted}."
    raise Found(Feedback(Outcome.WRONG, seen, why, look))


def refuse_own_equality(prefix: str, value: object) -> None:
    """End the check for a number, text or list with its own `__eq__`, and for what equals everything."""
    if isinstance(value, PLAIN) and _is_own(type(value).__eq__):
        plain = next(kind for kind in PLAIN if isinstance(value, kind))
        seen = f"{prefix} {a(type(value))}, a kind of `{plain.__name__}` with an `__eq__` of its own."
        why = "A value that defines its own equality cannot be compared with the expected one."
        raise Found(Feedback(Outcome.WRONG, seen, why, f"Return the plain `{plain.__name__}`."))
    if any(_equals_everything(part) for part in _with_items(value)):
        seen = f"{prefix} {a(type(value))} that equals everything: `{shown(value, 80)}`."
        why = "Compared with such a value, every result looks right."
        raise Found(Feedback(Outcome.WRONG, seen, why, "Which class has an `__eq__` that returns `True`?"))


def _is_own(equal: Any) -> bool:
    """Return whether an `__eq__` was written by the participant."""
    ours = isinstance(equal, FunctionType) and equal.__module__.startswith(OURS)
    return isinstance(equal, FunctionType) and not ours and equal.__module__ not in sys.stdlib_module_names


def _with_items(value: Any) -> list[object]:
    """Return a value and, of a plain collection, the first items."""
    if type(value) in (list, tuple, set, frozenset, dict):
        pairs = value.values() if type(value) is dict else ()
        return [*islice(value, 100), *islice(pairs, 100)]
    return [value]


def _equals_everything(value: object) -> bool:
    """Return whether a value with its own `__eq__` equals an object that was made just now."""
    own = type(type(value).__eq__) is FunctionType and not hasattr(value, "to_numpy")
    return own and (value == object()) is True


def refuse_async(name: str) -> NoReturn:
    """End the check for an `async` function."""
    raise Found(
        Feedback(
            Outcome.WRONG,
            f"`{name}` is an `async def`: a call gives a coroutine, and nothing has run yet.",
            "Every caller, including the check, needs the result at once.",
            "Remove `async` before `def`, and `await` where you wrote it.",
        )
    )
