"""What follows what in a log: the directly-follows graph of its event types, as process miners draw it.

Names are those of pm4py, the field's best known library; its code is not used: it brings a dozen packages,
and what is needed here is one statement. `Board.from_log` makes a wall of it (`mining/board.py`); read
`conformance.py` next: a wall and a log compared.
"""

from __future__ import annotations

from base64 import b64encode
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from math import ceil
from numbers import Real
from statistics import median_low
from typing import Any, NamedTuple

from workbench.pictures.show import png
from workbench.storming.mining.arcs import Arc, spelled
from workbench.storming.mining.picture import flow
from workshop_lib.events import RecordedEvent, WorkshopError, shortened
from workshop_lib.store.port import Reading

FOLLOWS = """
WITH pairs AS (
    SELECT thread, type AS source, lead(type) OVER ahead AS target,
           lead(moment) OVER ahead - moment AS waited, row_number() OVER ahead = 1 AS starts
    FROM ({told})
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
FROM ({told})
WHERE thread IS NOT NULL
GROUP BY thread, type
ORDER BY first, thread
"""

TOLD = "SELECT {thread} AS thread, type, position, epoch_us(occurred_at) AS moment FROM events"

THREADS = {"stream": "stream", "correlation_id": "CAST(correlation_id AS VARCHAR)", "tag": "unnest(tags)"}
FIELD = "data ->> $path"

RARE = 0.02
"""An arc with a smaller share than this of what happens at either of its ends is a surprise."""


class Tally(NamedTuple):
    """How often an event type occurs in one case, and the position of the first time."""

    case: str
    type: str
    times: int
    first: int


class NoSuchCase(WorkshopError):
    """Events are to be followed by something that none of them has."""

    def __init__(self, case: object) -> None:
        self.case = case
        super().__init__(
            f"You asked to follow the events by {case!r}, but no event in this log has it. Choose stream, "
            "correlation_id, tag, or a field that several event types share, such as session."
        )


class NotALog(WorkshopError):
    """Something else was given where a log is read, such as its address."""

    def __init__(self, given: object) -> None:
        self.given = given
        super().__init__(
            f"You gave {shortened(given, 60)} as a log, but that is no event store. Pass what "
            "open_store(…) gave you."
        )


class NoShare(WorkshopError):
    """Something else was given where a part of all arcs is named."""

    def __init__(self, share: object) -> None:
        self.share = share
        super().__init__(
            f"You asked for the share {shortened(share, 60)} of the arcs, but a share is a number from 0 "
            "to 1. Write 0.8 for four arcs in five, the most frequent ones."
        )


Row = tuple[str, str | None, int, int, int | None, str, int]
"""Source, target (None: the case ends), how often, in how many cases, median wait in microseconds, the
first case by name, how often the source began the case.
"""


@dataclass(frozen=True, repr=False)
class DirectlyFollows:
    """The graph: how often each event type occurs, begins and ends a case, and which follows which.

    In a notebook it shows itself as a picture.
    """

    case: str
    activities: Mapping[str, int]
    start_activities: Mapping[str, int]
    end_activities: Mapping[str, int]
    arcs: tuple[Arc, ...]

    @property
    def events(self) -> int:
        """How many events it was made of."""
        return sum(self.activities.values())

    @property
    def cases(self) -> int:
        """How many stories the log tells."""
        return sum(self.start_activities.values())

    def most_frequent(self, share: float = 0.8) -> DirectlyFollows:
        """Only this share of the arcs, the most frequent ones; of equally frequent ones all or none.

        What is left out is called noise. Look at it first: see `surprises`. Raises `NoShare`.
        """
        if not (isinstance(share, Real) and 0 <= share <= 1):
            raise NoShare(share)
        kept = self.arcs[: ceil(share * len(self.arcs))]
        least = kept[-1].frequency if kept else float("inf")
        return replace(self, arcs=tuple(arc for arc in self.arcs if arc.frequency >= least))

    @property
    def surprises(self) -> tuple[Arc, ...]:
        """The arcs that are rare at both ends: seldom goes the one on so, seldom comes the other so."""
        return tuple(arc for arc in self.arcs if self._share(arc) < RARE)

    def _share(self, arc: Arc) -> float:
        return arc.frequency / min(self.activities[arc.source], self.activities[arc.target])

    def __repr__(self) -> str:
        head = f"{self.events:,} events, {self.cases:,} cases by {self.case}"
        lines = [
            f"{arc.frequency:9,} × {arc.source} → {arc.target}, {spelled(arc.waiting)}" for arc in self.arcs
        ]
        return "\n".join([head, *lines])

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        title = f"What follows what: {self.events:,} events in {self.cases:,} cases by {self.case}"
        picture = png(flow(self.activities, self.arcs, self.surprises, title))
        return {"text/plain": repr(self), "image/png": b64encode(picture).decode()}


def directly_follows(store: Reading, case: str = "stream") -> DirectlyFollows:
    """The directly-follows graph of a log's event types, in the order in which they were recorded.

    A case is what is followed: a stream, a `"correlation_id"`, a `"tag"`, or any field that events of several
    streams share, such as `"session"`. DuckDB answers in one statement, any other store is folded in Python;
    both say the same. Raises `NoSuchCase`, or `NotALog`.
    """
    _check_log(store, case)
    rows = _asked(store, FOLLOWS, case) if hasattr(store, "sql") else [*_folded(store.read(), case)]
    if not rows and store.position():
        raise NoSuchCase(case)
    return _graph(case, rows)


def tallies(store: Reading, case: str = "stream") -> list[Tally]:
    """What each case holds, the first to happen first; cases as in `directly_follows`."""
    _check_log(store, case)
    if hasattr(store, "sql"):
        return [Tally(*row) for row in _asked(store, TALLIES, case)]
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


def _asked(store: Any, question: str, case: str) -> list[Any]:
    if not case.isidentifier():
        raise NoSuchCase(case)
    told = TOLD.format(thread=THREADS.get(case, FIELD))
    bound = {} if case in THREADS else {"path": f'$."{case}"'}
    rows: list[Any] = store.sql(question.format(told=told), **bound).fetchall()
    return rows


def _folded(log: Iterable[RecordedEvent], case: str) -> Iterator[Row]:
    """The same rows without SQL."""
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
    for (source, target), told in waits.items():
        threads = {thread for thread, _ in told}
        median = median_low(waited for _, waited in told)
        yield source, target, len(told), len(threads), median, min(threads), 0


def _ends(last: Mapping[str, RecordedEvent], begun: Mapping[str, str]) -> Iterator[Row]:
    """The last event of each case, and how many cases its type begins."""
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
    """The most frequent first, what never happened not at all."""
    return dict(sorted((+counted).items(), key=lambda one: (-one[1], one[0])))
