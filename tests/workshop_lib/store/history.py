"""A checker that proves from a history alone that expected versions and append conditions were honoured.

A history is what clients saw: when each operation began and ended (one counter for all of them, so only
their order matters), what was asked, and what was answered. `prove` knows no store. It demands that one
order of all appends, that of their positions, explains every answer, and that this order agrees with real
time: what had ended before another operation began comes before it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from random import Random
from typing import Any

from tests.workshop_lib.store.broken_stores import Meeting
from workshop_lib.store.contract import SocketPlugged, SocketRead
from workshop_lib.store.contract.support import granted, together
from workshop_lib.store.errors import AppendConditionFailed, WrongExpectedVersion
from workshop_lib.store.port import AppendCondition, AppendResult, EventStore, Query


@dataclass(frozen=True)
class Asked:
    """An append as a client asked for it, and what it was told: a result, or a refusal."""

    began: int
    ended: int
    stream: str
    types: tuple[str, ...]
    tags: tuple[str, ...] = ()
    expected: int | None = None
    condition: AppendCondition | None = None
    result: AppendResult | None = None


@dataclass(frozen=True)
class Seen:
    """A read as a client asked for it, and the positions it was shown: of one stream, or of what a query
    finds.
    """

    began: int
    ended: int
    positions: tuple[int, ...]
    stream: str | None = None
    query: Query | None = None


@dataclass(frozen=True)
class Row:
    """An event of a granted append."""

    position: int
    stream: str
    version: int
    type: str
    tags: tuple[str, ...]
    append: Asked = field(repr=False)


class Broken(AssertionError):
    """A history that no store could have which keeps the contract."""


def prove(history: Sequence[Asked | Seen]) -> None:
    """Raise `Broken` if the history breaks a promise; it names the promise and the operation."""
    appends = [one for one in history if isinstance(one, Asked)]
    log = _log(appends)
    _places_are_given_once(log)
    known = _known_before(history)
    for one in history:
        if isinstance(one, Seen):
            _read_rightly(one, log, known(one.began))
        elif one.result is None:
            _refused_rightly(one, log)
        elif one.result.positions:
            _granted_rightly(one, log, known(one.began))


def _log(appends: Sequence[Asked]) -> list[Row]:
    """The events of all granted appends in the order of their positions."""
    rows = []
    for append in appends:
        if append.result is None:
            continue
        version, positions = append.result
        _demand(len(positions) == len(append.types), "an append has a position for each event", append)
        first = version - len(positions)
        rows += [
            Row(position, append.stream, first + n, type_, append.tags, append)
            for n, (position, type_) in enumerate(zip(positions, append.types, strict=True), 1)
        ]
    return sorted(rows, key=lambda row: row.position)


def _places_are_given_once(log: list[Row]) -> None:
    versions: dict[str, int] = defaultdict(int)
    before = None
    for row in log:
        _demand(before is None or before.position < row.position, "a position is given once", row)
        versions[row.stream] += 1
        _demand(row.version == versions[row.stream], "versions follow the positions without gaps", row)
        before = row


def _granted_rightly(append: Asked, log: list[Row], known: int) -> None:
    """At its place in the order the append's expectation and condition held."""
    first = append.result.positions[0]
    _demand(known < first, "the order of positions agrees with real time", append)
    before = append.result.version - len(append.types)
    if append.expected is not None:
        _demand(append.expected == before, "no update is lost: the expected version was there", append)
    if append.condition is not None:
        between = [row for row in _found(log, append.condition) if row.position < first]
        _demand(not between, "no write skew: nothing came that the condition forbids", append)


def _refused_rightly(append: Asked, log: list[Row]) -> None:
    """At some moment between its beginning and its end a reason to refuse can have been there."""
    could = [row for row in log if row.append.began < append.ended]
    must = [row for row in log if row.append.ended < append.began]
    reasons = []
    if append.expected is not None:
        at_least = sum(row.stream == append.stream for row in must)
        at_most = sum(row.stream == append.stream for row in could)
        reasons.append(not at_least == append.expected == at_most)
    if append.condition is not None:
        reasons.append(bool(_found(could, append.condition)))
    _demand(any(reasons), "a refusal has a reason", append)


def _known_before(history: Sequence[Asked | Seen]) -> Callable[[int], int]:
    """For each moment the highest position that somebody had been told of by then."""
    told = [(one.ended, max(_positions(one), default=0)) for one in history]
    ends, highest = [0], [0]
    for ended, position in sorted(told):
        ends.append(ended)
        highest.append(max(highest[-1], position))
    return lambda moment: highest[bisect_right(ends, moment) - 1]


def _positions(one: Asked | Seen) -> tuple[int, ...]:
    if isinstance(one, Seen):
        return one.positions
    return one.result.positions if one.result else ()


def _read_rightly(read: Seen, log: list[Row], known: int) -> None:
    """A read shows a beginning of the order, at least all that had ended before and nothing from later."""
    wanted = [row for row in log if (row.stream == read.stream if read.stream else _asked(read.query, row))]
    shown = [row for row in wanted if row.position in set(read.positions)]
    _demand(tuple(row.position for row in shown) == read.positions, "a read shows what is there", read)
    _demand(shown == wanted[: len(shown)], "a read leaves nothing out in between", read)
    due = [row for row in wanted if row.position <= known]
    _demand(len(shown) >= len(due), "a read shows what was known before it began", read)
    _demand(all(row.append.began < read.ended for row in shown), "a read shows nothing from later", read)


def _found(log: Sequence[Row], condition: AppendCondition) -> list[Row]:
    return [row for row in log if row.position > condition.after and condition.query.matches(row)]  # type: ignore[arg-type]


def _asked(query: Query | None, row: Row) -> bool:
    return query is None or query.matches(row)  # type: ignore[arg-type]


def _demand(kept: bool, promise: str, where: object) -> None:
    if not kept:
        raise Broken(f"{promise}, but not here: {where}")


class Recorder:
    """A client's view of a store: whatever it asks and hears is written into the history."""

    def __init__(self, store: EventStore) -> None:
        self.store, self.history = store, list[Asked | Seen]()
        self._moment = count(1).__next__  # drawing a number is one step, even among threads

    def append(
        self, stream: str, events: Sequence[object], *, expected: int | None = None, **how: Any
    ) -> AppendResult | None:
        """Append; None if the store refused because somebody was faster."""
        types = tuple(type(event).__name__ for event in events)
        version = {} if expected is None else {"expected_version": expected}
        result, began = None, self._moment()
        with suppress(WrongExpectedVersion, AppendConditionFailed):
            result = self.store.append(stream, events, **version, **how)
        tags, condition = tuple(how.get("tags", ())), how.get("condition")
        self.history.append(Asked(began, self._moment(), stream, types, tags, expected, condition, result))
        return result

    def read_stream(self, stream: str) -> list[Any]:
        return self._read(lambda: list(self.store.read_stream(stream)), stream=stream)

    def read(self, query: Query | None = None) -> list[Any]:
        return self._read(lambda: list(self.store.read(query=query)), query=query)

    def _read(self, ask: Callable[[], list[Any]], **what: Any) -> list[Any]:
        began, events = self._moment(), ask()
        positions = tuple(event.position for event in events)
        self.history.append(Seen(began, self._moment(), positions, **what))
        return events


def client(recorder: Recorder, seed: int, conditions: bool, between: Meeting, rounds: int = 12) -> None:
    """Reads, decides and appends, on streams and seats that everybody wants. Two at a time decide at once."""
    draw = Random(seed)
    for _ in range(rounds):
        stream, seat = f"socket-{draw.randint(1, 2)}", f"seat-{draw.randint(1, 2)}"
        if conditions and draw.random() < 0.5:
            taken = recorder.read(Query(tags=[seat]))
            condition = AppendCondition(Query(tags=[seat]), after=taken[-1].position if taken else 0)
            between.meet()
            recorder.append(stream, [SocketPlugged(seat)], tags=[seat], condition=condition)
        else:
            version = len(recorder.read_stream(stream))
            events = [SocketRead(stream, version + n) for n in range(draw.randint(1, 2))]
            between.meet()
            recorder.append(stream, events, expected=version)


def compete(store, seed: int, clients: int = 8, conditions: bool = True) -> list[Asked | Seen]:
    """The history of some clients that work at once."""
    recorder, between = Recorder(store), Meeting()
    acts = [partial(client, recorder, 100 * seed + n, conditions, between) for n in range(clients)]
    granted(together(acts, patience=60))
    recorder.read()
    return recorder.history
