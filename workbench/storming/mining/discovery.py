"""Compute the directly-follows graph of a log: which event type follows which, as in process mining.

The names are those of pm4py, the best-known library of the field. It is not used here, because it depends on
a dozen packages and one SQL statement is enough. `Board.from_log` makes a wall of the graph
(`mining/board.py`). Read `conformance.py` next: it compares a wall with a log.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from math import ceil
from numbers import Real
from statistics import median_low
from typing import TYPE_CHECKING, Any, NamedTuple

from workbench.pictures.show import bundle
from workbench.storming.mining.arcs import Arc, spelled
from workshop_lib.events import RecordedEvent, WorkshopError, shortened
from workshop_lib.store.errors import NotSupported
from workshop_lib.store.port import Reading

if TYPE_CHECKING:
    from workbench.storming.mining.path_slider import PathSlider

FOLLOWS = """
WITH pairs AS (
    SELECT thread, type AS source, lead(type) OVER ahead AS target,
           lead(moment) OVER ahead - moment AS waited, row_number() OVER ahead = 1 AS starts
    FROM ({events})
    WHERE thread IS NOT NULL
    WINDOW ahead AS (PARTITION BY thread ORDER BY position)
)
SELECT source, target, count(*), count(DISTINCT thread), quantile_disc(waited, 0.5), min(thread),
       count(*) FILTER (starts)
FROM pairs
GROUP BY source, target
"""

TALLIES = """
SELECT thread, type, count(*), min(position) AS first
FROM ({events})
WHERE thread IS NOT NULL
GROUP BY thread, type
ORDER BY first, thread
"""

EVENTS = "SELECT {thread} AS thread, type, position, epoch_us(occurred_at) AS moment FROM events"

THREADS = {"stream": "stream", "correlation_id": "CAST(correlation_id AS VARCHAR)", "tag": "unnest(tags)"}
FIELD = "data ->> $path"

LISTED = 60
"""The number of arcs in the text of a graph."""

RARE = 0.02
"""An arc is a surprise if its share of the events at both of its ends is smaller than this."""


class Tally(NamedTuple):
    """How often an event type occurs in one case, and the position of its first occurrence."""

    case: str
    type: str
    times: int
    first: int


class NoSuchCase(WorkshopError):
    """Raised for a case that no event has."""

    def __init__(self, case: object) -> None:
        self.case = case
        super().__init__(
            f"You asked to follow the events by {case!r}, but no event in this log has it. Choose stream, "
            "correlation_id, tag, or a field that several event types share, such as session."
        )


class NotALog(WorkshopError):
    """Raised for something that is not a log, such as an address."""

    def __init__(self, given: object) -> None:
        self.given = given
        super().__init__(
            f"You gave {shortened(given, 60)} as a log, but that is not an event store. Pass what "
            "open_store(…) returned."
        )


class NoShare(WorkshopError):
    """Raised for a share that is not a number from 0 to 1."""

    def __init__(self, share: object) -> None:
        self.share = share
        super().__init__(
            f"You asked for the share {shortened(share, 60)} of the arcs, but a share is a number from 0 "
            "to 1. Write 0.8 for four arcs in five, the most frequent ones."
        )


Row = tuple[str, str | None, int, int, int | None, str, int]
"""Source, target (None: the case ends), frequency, number of cases, median waiting time in microseconds, the
first case by name, how often the source began the case.
"""


@dataclass(frozen=True, repr=False)
class DirectlyFollows:
    """The graph: how often each event type occurs, begins and ends a case, and which type follows which.

    A notebook shows it as a picture of its most frequent paths, with a slider.
    """

    case: str
    activities: Mapping[str, int]
    start_activities: Mapping[str, int]
    end_activities: Mapping[str, int]
    arcs: tuple[Arc, ...]

    @property
    def events(self) -> int:
        """The number of events in the log."""
        return sum(self.activities.values())

    @property
    def cases(self) -> int:
        """The number of cases in the log."""
        return sum(self.start_activities.values())

    def most_frequent(self, share: float = 0.8) -> DirectlyFollows:
        """Return the graph with only this share of the arcs, the most frequent ones; ties stay together.

        The other arcs are called noise; look at `surprises` before you drop them. Raises `NoShare`.
        """
        if not (isinstance(share, Real) and 0 <= share <= 1):
            raise NoShare(share)
        kept = self.arcs[: ceil(share * len(self.arcs))]
        least = kept[-1].frequency if kept else float("inf")
        return replace(self, arcs=tuple(arc for arc in self.arcs if arc.frequency >= least))

    @property
    def surprises(self) -> tuple[Arc, ...]:
        """The arcs that are rare among the events at both of their ends."""
        return tuple(arc for arc in self.arcs if self._share(arc) < RARE)

    def _share(self, arc: Arc) -> float:
        return arc.frequency / min(self.activities[arc.source], self.activities[arc.target])

    def __repr__(self) -> str:
        head = f"{self.events:,} events, {self.cases:,} cases by {self.case}"
        lines = [
            f"{arc.frequency:9,} × {arc.source} → {arc.target}, {spelled(arc.waiting)}"
            for arc in self.arcs[:LISTED]
        ]
        more = [f"{len(self.arcs) - LISTED:,} rarer pairs are not listed."] * (len(self.arcs) > LISTED)
        return "\n".join([head, *lines, *more])

    def slider(self) -> PathSlider:
        """Return the picture of the most frequent paths, with a slider for more or fewer."""
        from workbench.storming.mining.path_slider import PathSlider

        title = f"What follows what: {self.events:,} events in {self.cases:,} cases by {self.case}"
        return PathSlider(self.activities, self.arcs, self.surprises, title)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        slider = self.slider()
        return bundle(slider, repr(self), slider.still())


def directly_follows(store: Reading, case: str = "stream") -> DirectlyFollows:
    """Return the directly-follows graph of a log's event types, in the order of recording.

    A case groups events: by `"stream"`, `"correlation_id"`, `"tag"`, or any field that events of several
    streams share, such as `"session"`. DuckDB needs one statement, the events of other stores are folded in
    Python, with the same result. Raises `NoSuchCase` or `NotALog`.
    """
    _check_log(store, case)
    try:
        rows = _queried(store, FOLLOWS, case)
    except NotSupported:
        rows = [*_folded(store.read(), case)]
    if not rows and store.position():
        raise NoSuchCase(case)
    return _graph(case, rows)


def tallies(store: Reading, case: str = "stream") -> list[Tally]:
    """Return the event types of each case, by first occurrence; cases as in `directly_follows`."""
    _check_log(store, case)
    with suppress(NotSupported):
        return [Tally(*row) for row in _queried(store, TALLIES, case)]
    found: dict[tuple[str, str], Tally] = {}
    for seen in store.read():
        for thread in _threads(seen, case):
            before = found.get((thread, seen.type), Tally(thread, seen.type, 0, seen.position))
            found[thread, seen.type] = before._replace(times=before.times + 1)
    return sorted(found.values(), key=lambda one: (one.first, one.case))


def _check_log(store: object, case: object) -> None:
    if not (hasattr(store, "read") and hasattr(store, "position")):
        raise NotALog(store)
    if not isinstance(case, str):
        raise NoSuchCase(case)


def _queried(store: Any, query: str, case: str) -> list[Any]:
    if not case.isidentifier():
        raise NoSuchCase(case)
    events = EVENTS.format(thread=THREADS.get(case, FIELD))
    bound = {} if case in THREADS else {"path": f'$."{case}"'}
    rows: list[Any] = store.sql(query.format(events=events), **bound).fetchall()
    return rows


def _folded(log: Iterable[RecordedEvent], case: str) -> Iterator[Row]:
    """Yield the same rows without SQL."""
    last: dict[str, RecordedEvent] = {}
    begun: dict[str, str] = {}
    waits = defaultdict[tuple[str, str], list[tuple[str, int]]](list)
    for seen in log:
        for thread in _threads(seen, case):
            if thread in last:
                waited = (seen.occurred_at - last[thread].occurred_at) // timedelta(microseconds=1)
                waits[last[thread].type, seen.type].append((thread, waited))
            begun.setdefault(thread, seen.type)
            last[thread] = seen
    yield from _inner(waits)
    yield from _ends(last, begun)


def _threads(seen: RecordedEvent, case: str) -> Iterable[str]:
    if case == "tag":
        return seen.tags
    field = getattr(seen if case in THREADS else seen.event, case, None)
    return () if field is None else (str(field),)


def _inner(waits: Mapping[tuple[str, str], list[tuple[str, int]]]) -> Iterator[Row]:
    for (source, target), events in waits.items():
        threads = {thread for thread, _ in events}
        median = median_low(waited for _, waited in events)
        yield source, target, len(events), len(threads), median, min(threads), 0


def _ends(last: Mapping[str, RecordedEvent], begun: Mapping[str, str]) -> Iterator[Row]:
    """Yield a row for each type that ends or begins cases."""
    ended = Counter(seen.type for seen in last.values())
    began = Counter(begun.values())
    for source in {*ended, *began}:
        mine = sorted(thread for thread, seen in last.items() if seen.type == source)
        yield source, None, ended[source], ended[source], None, (mine or [""])[0], began[source]


def _graph(case: str, rows: list[Row]) -> DirectlyFollows:
    all_, starts, ends = Counter[str](), Counter[str](), Counter[str]()
    arcs = []
    for source, target, count, cases, waited, example, begins in rows:
        all_[source] += count
        starts[source] += begins
        if target is None:
            ends[source] += count
        else:
            arcs.append(Arc(source, target, count, cases, timedelta(microseconds=waited or 0), example))
    arcs.sort(key=lambda arc: (-arc.frequency, arc.source, arc.target))
    return DirectlyFollows(case, _ranked(all_), _ranked(starts), _ranked(ends), tuple(arcs))


def _ranked(counted: Counter[str]) -> dict[str, int]:
    """Return counts above 0, the largest first."""
    return dict(sorted((+counted).items(), key=lambda one: (-one[1], one[0])))
