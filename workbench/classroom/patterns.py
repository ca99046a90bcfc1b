"""Check what is true of every fold and every decider; for use in tasks.

Each helper runs the participant's function on copies of the arguments. It ends the check if the rule is
broken; otherwise it returns the result, if there is one.
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
"""Errors that are bugs, not deliberate: a missing attribute, name or argument."""
_HARMLESS = {"fspath", "getpid", "write", "flush", "TextIOWrapper", "StringIO", "get_terminal_size"}


def same_twice(attempt: Attempt, function: Callable[..., Any], *args: Any) -> Any:
    """Check that the function returns the same result twice; return it."""
    first, second = attempt.call(function, *args), attempt.call(function, *args)
    attempt.expect(
        first == second,
        seen=f"`{as_call(function, args)}` returned `{shown(first, 80)}`, and then `{shown(second, 80)}`.",
        why="A replay must give the same result each time, or no projection can be rebuilt.",
        look="What outlives the first call: a global, a default argument that grows, a clock, a random draw?",
    )
    return first


def changes_nothing(attempt: Attempt, function: Callable[..., Any], *args: Any, **kinds: Any) -> Any:
    """Check that the function does not change its arguments; return its result."""
    own = copy.deepcopy(args)
    result = attempt.call(function, *own, copied=False, **kinds)
    changed = [shown(before, 80) for before, after in zip(args, own, strict=True) if before != after]
    attempt.expect(
        not changed,
        seen=f"`{name_of(function)}` changed what it was given: `{' and '.join(changed)}` is different now.",
        why="Only events change state. A change on the side is in no stream, so the next replay loses it.",
        look="Which line assigns to, appends to or removes from an argument? Build a new value instead.",
    )
    return result


def never_refuses(
    attempt: Attempt, evolve: Callable[..., Any], cases: Iterable[tuple[object, object]]
) -> None:
    """Check that `evolve` raises for no event in any state."""
    for state, event in cases:
        try:
            attempt.call(evolve, state, event)
        except Raised as raised:
            if isinstance(raised.__cause__, _BUGS):
                raise
            attempt.refuse(
                f"`{raised.call}` raised {type(raised.__cause__).__name__}.",
                "An event has happened; refusing it makes the stream unreadable. Rules belong in `decide`.",
                "What should `evolve` return for an event that changes nothing? The state as it is.",
            )


def reads_nothing_else(attempt: Attempt, function: Callable[..., Any], *args: Any) -> Any:
    """Check that the function uses no clock, random number, file, network or database; return its result."""
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
        seen=f"`{name_of(function)}` {seen[0] if seen else ''} during a replay.",
        why="A replay next year must give what it gives today, so a fold may use nothing but the events.",
        look="Take the time or the fact from the event; if it is not there, the event lacks a field.",
    )
    return result


def _outside(called: Any) -> str:
    """Return what a built-in function does with the outside world; empty if nothing."""
    owner, name = getattr(called, "__self__", None), str(getattr(called, "__name__", ""))
    if isinstance(owner, type) and issubclass(owner, date):
        return "read the clock" if name in ("now", "utcnow", "today") else ""
    if owner is getattr(random, "_inst", None) or name == "urandom":
        return "drew a random number"
    module = getattr(called, "__module__", "") or getattr(type(owner), "__module__", "")
    if module == "time":
        return "read the clock" if not name.startswith(("str", "mktime", "gmtime")) else ""
    outside = module in _OUTSIDE_MODULES and name not in _HARMLESS
    return f"used the outside world (`{name}`)" if outside else ""
