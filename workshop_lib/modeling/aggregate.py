"""The object-oriented flavour: an object that remembers what it was told, and what it has not told yet.

Two ways to use it. Inherit, and put a method for each command beside it, which refuses or calls `record`:

    class ParkingBay(Aggregate[Bay]):
        def __init__(self) -> None:
            super().__init__(evolve, Bay())

        def park(self, car: str) -> None:
            if self.state.car is not None:
                raise Refused("a bay holds one car at a time")
            self.record(CarParked(car))

Or do not inherit, and keep one: `self.life = Aggregate(evolve, Bay())`; then the domain has no base class.
Either way the state changes by the same `evolve` as a decider's, and one specification judges both
(`by_object`). Read `repository.py` next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, TypeVar

S = TypeVar("S")
T = TypeVar("T")


class Aggregate(Generic[S]):
    """A state that changes by events only, and the events that are to be appended.

    Save it with `store.append(stream, it.pending, expected_version=it.stored_version)`, then say `saved()`.
    """

    def __init__(self, evolve: Callable[[S, Any], S], initial: S) -> None:
        self._evolve = evolve
        self.state, self.version = initial, 0
        self.pending: list[object] = []

    @property
    def stored_version(self) -> int:
        """The version up to which the log knows it."""
        return self.version - len(self.pending)

    def load(self, history: Iterable[object]) -> None:
        """Take in facts that stand in the log already."""
        for event in history:
            self._apply(event)

    def record(self, *events: object) -> None:
        """Let something happen: it counts at once, and is kept until it is appended."""
        for event in events:
            self._apply(event)
            self.pending.append(event)

    def saved(self) -> None:
        """What was pending stands in the log now."""
        self.pending = []

    def _apply(self, event: object) -> None:
        self.state, self.version = self._evolve(self.state, event), self.version + 1


def by_object(
    make: Callable[[], T],
    act: Callable[[T, Any], object],
    life: Callable[[T], Aggregate[Any]] = lambda made: made,  # type: ignore[assignment,return-value]
) -> Callable[[Sequence[Any], Any], list[object]]:
    """An object as the subject of a specification: `given(by_object(ParkingBay, act), …).when(…)`.

    `act` calls the method that answers a command; `life` says where the object keeps its `Aggregate`, if it
    is none itself.
    """

    def decide(history: Sequence[Any], command: Any) -> list[object]:
        made = make()
        life(made).load(history)
        act(made, command)
        return life(made).pending

    return decide
