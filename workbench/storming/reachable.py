"""Following arrows: one function, which the grammar, the layout and the mining use."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


def reachable(start: Iterable[T], following: Callable[[T], Iterable[T]]) -> set[T]:
    """Everything that arrows lead to from here; a start itself only if they lead back to it."""
    waiting = [next_ for one in start for next_ in following(one)]
    found: set[T] = set()
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += following(one)
    return found
