"""What is true of every fold and every decider, whatever it is about; to be used inside a task.

Each helper runs the participant's function on copies of the arguments, ends the check when the pattern is
broken, and returns the result otherwise.
"""

from __future__ import annotations

import copy
import random
import sys
from collections.abc import Callable, Iterable
from datetime import date
from functools import wraps
from types import FrameType
from typing import Any

from workbench.classroom.attempt import Attempt, Raised, as_call, name_of
from workbench.classroom.plain import shown

_OUTSIDE_MODULES = {"time", "_io", "io", "posix", "nt", "_socket", "_duckdb", "_sqlite3", "sqlite3"}
_BUGS = (AttributeError, NameError, TypeError)
"""What nobody raises in order to refuse: an attribute, a name or an argument that is not there."""
_HARMLESS = {"fspath", "getpid", "write", "flush", "TextIOWrapper", "StringIO", "get_terminal_size"}


def same_twice(attempt: Attempt, function: Callable[..., Any], *args: Any) -> Any:
    """The same arguments give the same result: a replay of yesterday's events tells yesterday's story."""
    first, second = attempt.call(function, *args), attempt.call(function, *args)
    attempt.expect(
        first == second,
        seen=f"`{as_call(function, args)}` gave `{shown(first, 80)}`, and then `{shown(second, 80)}`.",
        why="A replay must tell the same story each time, or no projection can be rebuilt.",
        look="What outlives the first call: a global, a default argument that grows, a clock, a random draw?",
    )
    return first


def changes_nothing(attempt: Attempt, function: Callable[..., Any], *args: Any, **kinds: Any) -> Any:
    """The function leaves its arguments as they were: `decide` decides, and only events change anything."""
    own = copy.deepcopy(args)
    result = attempt.call(function, *own, copied=False, **kinds)
    changed = [shown(before, 80) for before, after in zip(args, own, strict=True) if before != after]
    attempt.expect(
        not changed,
        seen=f"`{name_of(function)}` changed what it was given: `{' and '.join(changed)}` is different now.",
        why="State changes only by events. A change on the side is in no stream: the next replay loses it.",
        look="Which line assigns to, appends to or removes from an argument? Build a new value instead.",
    )
    return result


def never_refuses(
    attempt: Attempt, evolve: Callable[..., Any], cases: Iterable[tuple[object, object]]
) -> None:
    """`evolve` takes every event in every state: what has happened cannot be refused any more."""
    for state, event in cases:
        try:
            attempt.call(evolve, state, event)
        except Raised as raised:
            if isinstance(raised.__cause__, _BUGS):
                raise
            attempt.refuse(
                f"`{raised.call}` raised {type(raised.__cause__).__name__}.",
                "An event has happened; refusing it makes the stream unreadable. Rules stand in `decide`.",
                "What should `evolve` answer for an event that changes nothing? The state as it is.",
            )


def reads_nothing_else(attempt: Attempt, function: Callable[..., Any], *args: Any) -> Any:
    """The function uses its arguments only: no clock, no random number, no file, no network, no database."""
    seen: list[str] = []

    def watch(frame: FrameType, event: str, called: Any) -> None:
        if event == "c_call" and not frame.f_code.co_filename.startswith("<frozen importlib"):
            seen.extend(filter(None, [_outside(called)]))

    @wraps(function)
    def watched(*own: Any) -> Any:
        before = sys.getprofile()
        sys.setprofile(watch)
        try:
            return function(*own)
        finally:
            sys.setprofile(before)

    result = attempt.call(watched, *args)
    attempt.expect(
        not seen,
        seen=f"`{name_of(function)}` asked {seen[0] if seen else ''} while it replayed.",
        why="A replay next year must give what it gives today, so a fold may use nothing but the events.",
        look="Take the time or the fact from the event; when it is not there, the event lacks it.",
    )
    return result


def _outside(called: Any) -> str:
    """Which part of the outside world a built-in function belongs to, or nothing."""
    owner, name = getattr(called, "__self__", None), str(getattr(called, "__name__", ""))
    if isinstance(owner, type) and issubclass(owner, date):
        return "the clock" if name in ("now", "utcnow", "today") else ""
    if owner is getattr(random, "_inst", None) or name == "urandom":
        return "for a random number"
    module = getattr(called, "__module__", "") or getattr(type(owner), "__module__", "")
    if module == "time":
        return "the clock" if not name.startswith(("str", "mktime", "gmtime")) else ""
    return f"the outside world (`{name}`)" if module in _OUTSIDE_MODULES and name not in _HARMLESS else ""
