"""Check from a history alone that expected versions and append conditions were enforced.

A history holds what clients observed: when each operation began and ended (one counter for all clients, so
only the order matters), its arguments, and its result. `prove` does not access the store. It requires that
the order of the appends' positions explains every result, and that this order agrees with real time: an
operation that ended before another began comes before it.
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
class AppendCall:
    """An append as a client called it, and its result: positions, or a conflict."""

    began: int
    ended: int
    stream: str
    types: tuple[str, ...]
    tags: tuple[str, ...] = ()
    expected: int | None = None
    condition: AppendCondition | None = None
    result: AppendResult | None = None


@dataclass(frozen=True)
class ReadCall:
    """A read of a stream or a query, and the positions it returned."""

    began: int
    ended: int
    positions: tuple[int, ...]
    stream: str | None = None
    query: Query | None = None


@dataclass(frozen=True)
class Row:
    """An event of a successful append."""

    position: int
    stream: str
    version: int
    type: str
    tags: tuple[str, ...]
    append: AppendCall = field(repr=False)


class BrokenGuarantee(AssertionError):
    """A history that a correct store cannot produce."""


def prove(history: Sequence[AppendCall | ReadCall]) -> None:
    """Raise `BrokenGuarantee` if the history breaks a guarantee, naming it and the operation."""
    appends = [one for one in history if isinstance(one, AppendCall)]
    log = _log(appends)
    _check_positions(log)
    known = _known_before(history)
    for one in history:
        if isinstance(one, ReadCall):
            _check_read(one, log, known(one.began))
        elif one.result is None:
            _check_conflict(one, log)
        elif one.result.positions:
            _check_success(one, log, known(one.began))


def _log(appends: Sequence[AppendCall]) -> list[Row]:
    """Return the events of all successful appends in the order of their positions."""
    rows = []
    for append in appends:
        if append.result is None:
            continue
        version, positions = append.result
        _require(len(positions) == len(append.types), "an append has a position for each event", append)
        first = version - len(positions)
        rows += [
            Row(position, append.stream, first + n, type_, append.tags, append)
            for n, (position, type_) in enumerate(zip(positions, append.types, strict=True), 1)
        ]
    return sorted(rows, key=lambda row: row.position)


def _check_positions(log: list[Row]) -> None:
    versions: dict[str, int] = defaultdict(int)
    before = None
    for row in log:
        _require(before is None or before.position < row.position, "a position is assigned once", row)
        versions[row.stream] += 1
        _require(row.version == versions[row.stream], "versions follow the positions without gaps", row)
        before = row


def _check_success(append: AppendCall, log: list[Row], known: int) -> None:
    """Check that the append's expected version and condition held at its place in the order."""
    first = append.result.positions[0]
    _require(known < first, "the order of positions agrees with real time", append)
    before = append.result.version - len(append.types)
    if append.expected is not None:
        _require(append.expected == before, "no update is lost: the expected version was there", append)
    if append.condition is not None:
        between = [row for row in _found(log, append.condition) if row.position < first]
        _require(not between, "no write skew: no new event matches the condition", append)


def _check_conflict(append: AppendCall, log: list[Row]) -> None:
    """Check that a reason for the conflict can have existed while the append ran."""
    could = [row for row in log if row.append.began < append.ended]
    must = [row for row in log if row.append.ended < append.began]
    reasons = []
    if append.expected is not None:
        at_least = sum(row.stream == append.stream for row in must)
        at_most = sum(row.stream == append.stream for row in could)
        reasons.append(not at_least == append.expected == at_most)
    if append.condition is not None:
        reasons.append(bool(_found(could, append.condition)))
    _require(any(reasons), "a conflict has a reason", append)


def _known_before(history: Sequence[AppendCall | ReadCall]) -> Callable[[int], int]:
    """Return a function that gives the highest position any client had seen by a moment."""
    seen = [(one.ended, max(_positions(one), default=0)) for one in history]
    ends, highest = [0], [0]
    for ended, position in sorted(seen):
        ends.append(ended)
        highest.append(max(highest[-1], position))
    return lambda moment: highest[bisect_right(ends, moment) - 1]


def _positions(one: AppendCall | ReadCall) -> tuple[int, ...]:
    if isinstance(one, ReadCall):
        return one.positions
    return one.result.positions if one.result else ()


def _check_read(read: ReadCall, log: list[Row], known: int) -> None:
    """Check that a read returns a prefix of the order, with all that had ended before and nothing later."""
    wanted = [row for row in log if (row.stream == read.stream if read.stream else _matches(read.query, row))]
    shown = [row for row in wanted if row.position in set(read.positions)]
    _require(tuple(row.position for row in shown) == read.positions, "a read returns recorded events", read)
    _require(shown == wanted[: len(shown)], "a read skips no event", read)
    due = [row for row in wanted if row.position <= known]
    _require(len(shown) >= len(due), "a read returns what was known before it began", read)
    _require(all(row.append.began < read.ended for row in shown), "a read returns nothing from later", read)


def _found(log: Sequence[Row], condition: AppendCondition) -> list[Row]:
    return [row for row in log if row.position > condition.after and condition.query.matches(row)]  # type: ignore[arg-type]


def _matches(query: Query | None, row: Row) -> bool:
    return query is None or query.matches(row)  # type: ignore[arg-type]


def _require(kept: bool, promise: str, where: object) -> None:
    if not kept:
        raise BrokenGuarantee(f"{promise}, but not here: {where}")


class Recorder:
    """A client's view of a store that writes each call and result into the history."""

    def __init__(self, store: EventStore) -> None:
        self.store, self.history = store, list[AppendCall | ReadCall]()
        self._moment = count(1).__next__  # taking a number is atomic

    def append(
        self, stream: str, events: Sequence[object], *, expected: int | None = None, **how: Any
    ) -> AppendResult | None:
        """Append, or return None on a conflict."""
        types = tuple(type(event).__name__ for event in events)
        version = {} if expected is None else {"expected_version": expected}
        result, began = None, self._moment()
        with suppress(WrongExpectedVersion, AppendConditionFailed):
            result = self.store.append(stream, events, **version, **how)
        tags, condition = tuple(how.get("tags", ())), how.get("condition")
        self.history.append(
            AppendCall(began, self._moment(), stream, types, tags, expected, condition, result)
        )
        return result

    def read_stream(self, stream: str) -> list[Any]:
        return self._read(lambda: list(self.store.read_stream(stream)), stream=stream)

    def read(self, query: Query | None = None) -> list[Any]:
        return self._read(lambda: list(self.store.read(query=query)), query=query)

    def _read(self, ask: Callable[[], list[Any]], **what: Any) -> list[Any]:
        began, events = self._moment(), ask()
        positions = tuple(event.position for event in events)
        self.history.append(ReadCall(began, self._moment(), positions, **what))
        return events


def client(recorder: Recorder, seed: int, conditions: bool, between: Meeting, rounds: int = 12) -> None:
    """Read, decide and append on contested streams and seats. Two clients at a time decide concurrently."""
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


def compete(store, seed: int, clients: int = 8, conditions: bool = True) -> list[AppendCall | ReadCall]:
    """Return the history of clients that work concurrently."""
    recorder, between = Recorder(store), Meeting()
    acts = [partial(client, recorder, 100 * seed + n, conditions, between) for n in range(clients)]
    granted(together(acts, patience=60))
    recorder.read()
    return recorder.history
