"""What the clauses share: events of the cinema's sockets, a history to read, threads that start at once."""

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
    """A cable went into a socket."""

    socket: str


@event_type("SocketRead")
class SocketRead:
    """The meter of a socket was read."""

    socket: str
    energy_wh: int


class Clauses:
    """What an engine can do; override what yours cannot. A clause about that then asks for `NotSupported`."""

    gapless_positions = True
    """Positions are 1, 2, 3 …; otherwise they only increase."""

    supports_batches_over_streams = True
    """`append_batch` takes appends to several streams."""

    supports_conditions = True
    """`AppendCondition` is honoured."""

    supports_forks = True
    """`fork` makes a what-if branch."""

    patience = 20.0
    """Seconds after which something that should have happened counts as not happening."""


def needs(*capabilities: str) -> Callable[[_Clause], _Clause]:
    """A clause that holds for engines that can do this; the others must refuse with `NotSupported`."""

    def mark(clause: _Clause) -> _Clause:
        @wraps(clause)
        def kept(self: Clauses, **fixtures: Any) -> None:
            if all(getattr(self, capability) for capability in capabilities):
                clause(self, **fixtures)
                return
            with pytest.raises(NotSupported):
                clause(self, **fixtures)

        return kept  # type: ignore[return-value]

    return mark


def filled(store: EventStore, clock: SimulatedClock) -> EventStore:
    """The store with the history that the reading clauses read, a minute from one event to the next."""
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


def shown(events: Iterable[RecordedEvent]) -> str:
    """Events as initials of the place and versions: the history of `filled` is c1 c2 h1 c3 h2 c4."""
    return " ".join(f"{event.stream.split()[-1][0]}{event.version}" for event in events)


def versions(events: Iterable[RecordedEvent]) -> list[int]:
    """The versions of events."""
    return [event.version for event in events]


def positions(events: Iterable[RecordedEvent]) -> list[int]:
    """The positions of events."""
    return [event.position for event in events]


def energies(events: Iterable[RecordedEvent]) -> list[int]:
    """What the meter showed in each of the events."""
    return [event.event.energy_wh for event in events]


def places(log: Reading) -> list[int]:
    """The positions of the whole log."""
    return positions(log.read())


def together(acts: Iterable[Callable[[], _Answer]], patience: float) -> list[_Answer | Exception]:
    """What each act answers or raises, each in a thread of its own, all released at the same moment."""
    settled = list(acts)
    answers: dict[int, _Answer | Exception] = {}
    start = Barrier(len(settled))

    def run(number: int, act: Callable[[], _Answer]) -> None:
        start.wait()
        try:
            answers[number] = act()
        except Exception as error:
            answers[number] = error

    threads = [Thread(target=run, args=numbered, daemon=True) for numbered in enumerate(settled)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(patience)
    assert len(answers) == len(settled), f"{len(settled) - len(answers)} threads did not come to an end"
    return [answers[number] for number in range(len(settled))]


def granted(answers: Iterable[object], *refusals: type[Exception]) -> list[Any]:
    """The answers that are no refusals of these kinds; any other error is raised."""
    kept = [answer for answer in answers if not isinstance(answer, refusals)]
    for answer in kept:
        if isinstance(answer, Exception):
            raise answer
    return kept
