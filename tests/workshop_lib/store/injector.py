"""Raise KeyboardInterrupt at any point of a call: at the n-th function entry or return from C of this thread.

CPython handles signals at these points. They include the functions of psycopg, asyncio and other libraries.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from types import FrameType
from typing import Any, NamedTuple


class Outcome(NamedTuple):
    """How a call ended. The interrupt keeps the call's frames alive, as the last error of a notebook does."""

    place: str
    interrupt: KeyboardInterrupt | None

    @property
    def note(self) -> str:
        return "".join(getattr(self.interrupt, "__notes__", []))


def interrupted(act: Callable[[], object], point: int) -> Outcome | None:
    """Call `act` and interrupt it at a point; return None if it ended before that point."""
    reached, place = 0, ""

    def profile(frame: FrameType, event: str, called: Any) -> None:
        nonlocal reached, place
        if event in ("call", "c_return") and not _within(frame, "filelock"):
            reached += 1
            if reached == point:
                name = getattr(called, "__name__", "")
                place = f"{event} {name} in {frame.f_code.co_qualname}, line {frame.f_lineno}"
                raise KeyboardInterrupt

    interrupt = None
    sys.setprofile(profile)
    try:
        act()
    except KeyboardInterrupt as error:
        interrupt = error
    finally:
        sys.setprofile(None)
    return Outcome(place, interrupt) if place else None


def at_every_point(prepare: Callable[[], Callable[[], object]], step: int = 1) -> Iterator[Outcome]:
    """Prepare a call and interrupt it, at each of its points in turn (or at each `step`th).

    It is called once without, because a first call has points (imports, caches) that later ones lack.
    """
    prepare()()
    for point in count(1, step):
        outcome = interrupted(prepare(), point)
        if outcome is None:
            return
        yield outcome


def _within(frame: FrameType | None, package: str) -> bool:
    """Return whether a package called this frame: an interrupt inside filelock 4 keeps its own locks."""
    while frame is not None:
        if frame.f_globals.get("__name__", "").partition(".")[0] == package:
            return True
        frame = frame.f_back
    return False


@contextmanager
def uncounted() -> Iterator[None]:
    """Run what a test does within an interrupted call without points of its own."""
    profile = sys.getprofile()
    sys.setprofile(None)
    try:
        yield
    finally:
        sys.setprofile(profile)
