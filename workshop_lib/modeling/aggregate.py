"""The object-oriented flavour: an object that holds its state and the events that are not stored yet.

There are two ways to use it. Inherit, and write a method for each command that refuses or calls `record`:

    class ParkingBay(Aggregate[Bay]):
        def __init__(self) -> None:
            super().__init__(evolve, Bay())

        def park(self, car: str) -> None:
            if self.state.car is not None:
                raise Refused("a bay holds one car at a time")
            self.record(CarParked(car))

Or hold one as an attribute, `self.life = Aggregate(evolve, Bay())`; then your class needs no base class.
Either way the state changes through the same `evolve` as in a decider, and one specification tests both
(`by_object`). Read `repository.py` next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, TypeVar

S = TypeVar("S")
T = TypeVar("T")


class Aggregate(Generic[S]):
    """A state that changes only through events, and the events that are still to be appended.

    Save it with `store.append(stream, it.pending, expected_version=it.stored_version)`, then call `saved()`.
    """

    def __init__(self, evolve: Callable[[S, Any], S], initial: S) -> None:
        self._evolve = evolve
        self.state, self.version = initial, 0
        self.pending: list[object] = []

    @property
    def stored_version(self) -> int:
        """The version of the last event that is in the log."""
        return self.version - len(self.pending)

    def load(self, history: Iterable[object]) -> None:
        """Apply events that are already in the log."""
        for event in history:
            self._apply(event)

    def record(self, *events: object) -> None:
        """Apply new events at once and keep them in `pending` until they are appended."""
        for event in events:
            self._apply(event)
            self.pending.append(event)

    def saved(self) -> None:
        """Clear `pending` after its events were appended."""
        self.pending = []

    def _apply(self, event: object) -> None:
        self.state, self.version = self._evolve(self.state, event), self.version + 1


def by_object(
    make: Callable[[], T],
    act: Callable[[T, Any], object],
    life: Callable[[T], Aggregate[Any]] = lambda made: made,  # type: ignore[assignment,return-value]
) -> Callable[[Sequence[Any], Any], list[object]]:
    """Make an object the subject of a specification: `given(by_object(ParkingBay, act), …).when(…)`.

    `act` calls the method that handles a command. If the object is not an `Aggregate` but holds one,
    `life` returns it.
    """

    def decide(history: Sequence[Any], command: Any) -> list[object]:
        made = make()
        life(made).load(history)
        act(made, command)
        return life(made).pending

    return decide
