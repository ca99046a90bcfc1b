"""Shared by the clauses: events of two charging sockets, a log to read, threads that start together."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import wraps
from threading import Barrier, Thread
from typing import Any, TypeVar

import pytest

from workshop_lib.clock import SimulatedClock
from workshop_lib.events import RecordedEvent, event_type
from workshop_lib.store.errors import NotSupported
from workshop_lib.store.port import EventStore, Reading

EIGHT_O_CLOCK = "2026-03-02T08:00:00+00:00"
CINEMA, HARBOUR = "socket-7 at the cinema", "socket-1 at the harbour"
THREADS = 16

_Answer = TypeVar("_Answer")
_Clause = TypeVar("_Clause", bound=Callable[..., None])


@event_type("SocketPlugged")
class SocketPlugged:
    """A cable was plugged into a socket."""

    socket: str


@event_type("SocketRead")
class SocketRead:
    """The meter of a socket was read."""

    socket: str
    energy_wh: int


class Clauses:
    """The capabilities of an engine. Set those yours lacks to False: their clauses require `NotSupported`."""

    gapless_positions = True
    """Positions are 1, 2, 3 …; otherwise they only increase."""

    supports_batches_over_streams = True
    """`append_batch` accepts appends to several streams."""

    supports_conditions = True
    """`AppendCondition` is checked."""

    supports_forks = True
    """`fork` returns a what-if branch."""

    patience = 20.0
    """Seconds to wait for an expected effect before the clause fails."""


def needs(*capabilities: str) -> Callable[[_Clause], _Clause]:
    """Mark a clause as valid for engines with these capabilities; others must raise `NotSupported`."""

    def mark(clause: _Clause) -> _Clause:
        @wraps(clause)
        def checked(self: Clauses, **fixtures: Any) -> None:
            if all(getattr(self, capability) for capability in capabilities):
                clause(self, **fixtures)
                return
            with pytest.raises(NotSupported):
                clause(self, **fixtures)

        return checked  # type: ignore[return-value]

    return mark


def filled(store: EventStore, clock: SimulatedClock) -> EventStore:
    """Append the events that the reading clauses read, one minute apart, and return the store."""
    for stream, event, tags in (
        (CINEMA, SocketPlugged("7"), ["cinema", "west"]),
        (CINEMA, SocketRead("7", 10), ["cinema"]),
        (HARBOUR, SocketPlugged("1"), []),
        (CINEMA, SocketRead("7", 20), ["cinema", "late"]),
        (HARBOUR, SocketRead("1", 5), ["west"]),
        (CINEMA, SocketRead("7", 30), []),
    ):
        store.append(stream, [event], tags=tags)
        clock.now += timedelta(minutes=1)
    return store


def _parked(with_place: bool) -> type:
    """Define the event type of a cell in a notebook, or define it again with one more field."""
    if with_place:

        @event_type("SocketParked")
        class Parked:
            socket: str
            place: int

    else:

        @event_type("SocketParked")
        class Parked:  # type: ignore[no-redef]
            socket: str

    return Parked


def with_an_unreadable_event(store: EventStore) -> int:
    """Append five events whose fourth has other fields than its class by now; return its position."""
    store.append(CINEMA, [SocketRead("7", 1), SocketRead("7", 2)])
    store.append(HARBOUR, [SocketRead("1", 3)])
    position = store.append(CINEMA, [_parked(False)("7")]).positions[0]
    store.append(CINEMA, [SocketRead("7", 5)])
    _parked(True)
    return position


def shown(events: Iterable[RecordedEvent]) -> str:
    """Show events as the initial of the place and the version: `filled` gives c1 c2 h1 c3 h2 c4."""
    return " ".join(f"{event.stream.split()[-1][0]}{event.version}" for event in events)


def versions(events: Iterable[RecordedEvent]) -> list[int]:
    """Return the versions of events."""
    return [event.version for event in events]


def positions(events: Iterable[RecordedEvent]) -> list[int]:
    """Return the positions of events."""
    return [event.position for event in events]


def energies(events: Iterable[RecordedEvent]) -> list[int]:
    """Return the meter reading of each event."""
    return [event.event.energy_wh for event in events]


def places(log: Reading) -> list[int]:
    """Return the positions of the whole log."""
    return positions(log.read())


def together(acts: Iterable[Callable[[], _Answer]], patience: float) -> list[_Answer | Exception]:
    """Run each act in its own thread, all started together; return their results or errors in order."""
    listed = list(acts)
    answers: dict[int, _Answer | Exception] = {}
    start = Barrier(len(listed))

    def run(number: int, act: Callable[[], _Answer]) -> None:
        start.wait()
        try:
            answers[number] = act()
        except Exception as error:
            answers[number] = error

    threads = [Thread(target=run, args=numbered, daemon=True) for numbered in enumerate(listed)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(patience)
    assert len(answers) == len(listed), f"{len(listed) - len(answers)} threads did not end"
    return [answers[number] for number in range(len(listed))]


def granted(answers: Iterable[object], *errors: type[Exception]) -> list[Any]:
    """Return the results without errors of these types; raise any other error."""
    checked = [answer for answer in answers if not isinstance(answer, errors)]
    for answer in checked:
        if isinstance(answer, Exception):
            raise answer
    return checked
