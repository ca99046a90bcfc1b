"""Follow arrows: one function for the grammar, the layout and the mining."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


def reachable(start: Iterable[T], following: Callable[[T], Iterable[T]]) -> set[T]:
    """Return everything that arrows lead to; a start only if arrows lead back to it."""
    waiting = [next_ for one in start for next_ in following(one)]
    found: set[T] = set()
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += following(one)
    return found
