"""What a choice of streams costs on a day of traffic: the longest stream, and the number of conflicts.

A choice is a function from an event to the name of its stream.
"""

from __future__ import annotations

import timeit
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import timedelta
from functools import cache
from typing import Any, NamedTuple

from workbench.city.traffic import Delivery, traffic
from workshop_lib import Append, EventStore, open_store
from workshop_lib.charging import session
from workshop_lib.charging.connector import StatusReported
from workshop_lib.charging.session import (
    ChargingResumed,
    ChargingStarted,
    ChargingStopped,
    ChargingSuspended,
    MeterRead,
)
from workshop_lib.modeling.repository import Repository

WRITTEN = (ChargingStarted, MeterRead, ChargingSuspended, ChargingResumed, ChargingStopped, StatusReported)
LOOK_TO_WRITE = timedelta(seconds=5)
"""The time that a writer needs from loading a stream to appending to it."""

StreamOf = Callable[[object], str]
Owner = tuple[str, object]
"""The session or connector that an event belongs to: ("session", 42) or ("connector", "zoo-1")."""


class Cost(NamedTuple):
    """The cost of a day: the length of the longest stream, and the number of conflicting appends."""

    longest: int
    conflicts: int


@cache
def day(stations: int = 3) -> tuple[Delivery, ...]:
    """Return a day of sessions and statuses at some stations."""
    return tuple(one for one in traffic(seed=3, days=1, stations=stations) if isinstance(one.event, WRITTEN))


def owner_of(event: Any) -> Owner:
    """Return the session or connector that an event belongs to."""
    if isinstance(event, StatusReported):
        return "connector", event.connector
    return "session", event.session


@cache
def samples() -> tuple[tuple[Owner, object], ...]:
    """Return the first and the last event of each type, for each owner."""
    first, last = dict[Any, Any](), dict[Any, Any]()
    for one in day():
        key = owner_of(one.event), type(one.event)
        first.setdefault(key, one.event)
        last[key] = one.event
    return tuple((key[0], event) for key in first for event in (first[key], last[key]))


@cache
def connectors(stations: int = 3) -> dict[int, str]:
    """Return the connector of each session of the day."""
    starts = [one.event for one in day(stations) if isinstance(one.event, ChargingStarted)]
    return {start.session: start.connector for start in starts}


def connector_of(event: object) -> str:
    """Return the connector whose controller writes an event."""
    known = getattr(event, "connector", None)
    return known or connectors()[event.session]  # type: ignore[attr-defined]


def station_stream(event: object) -> str:
    """Return the stream for the bad choice: one stream for everything at a station."""
    return f"station-{connector_of(event).rpartition('-')[0]}"


def cost(stream_of: StreamOf, deliveries: Sequence[Delivery] | None = None) -> Cost:
    """Return what a day costs with this choice of streams."""
    streams: defaultdict[str, list[Delivery]] = defaultdict(list)
    for one in deliveries or day():
        streams[stream_of(one.event)].append(one)
    return Cost(max(map(len, streams.values())), sum(map(_conflicts, streams.values())))


def _conflicts(stream: Sequence[Delivery]) -> int:
    """Count the appends before which another connector wrote while this one was still deciding."""
    lost = 0
    for place, one in enumerate(stream):
        for other in reversed(stream[:place]):
            if one.recorded_at - other.recorded_at > LOOK_TO_WRITE:
                break
            if connector_of(other.event) != connector_of(one.event):
                lost += 1
                break
    return lost


def lengths(stream_of: StreamOf) -> Counter[str]:
    """Return the length of each stream after the day."""
    return Counter(stream_of(one.event) for one in day())


def recorded(stream_of: StreamOf) -> EventStore:
    """Return a store with the day in the streams of this choice."""
    streams: defaultdict[str, list[object]] = defaultdict(list)
    for one in day():
        streams[stream_of(one.event)].append(one.event)
    store = open_store()
    store.append_batch([Append(name, events) for name, events in streams.items()])
    return store


def load_ms(stream_of: StreamOf) -> float:
    """Measure how long it takes to read and fold the longest stream, in milliseconds."""
    (longest, _), *_ = lengths(stream_of).most_common(1)
    category, _, number = longest.partition("-")
    with closing(recorded(stream_of)) as store:
        repository = Repository(store, session.decider, category)
        return min(timeit.repeat(lambda: repository.load(number), number=1, repeat=12)) * 1_000
