"""The shortest implementation of the port: a readable specification, and a fake for tests.

A log is a list of recorded events, and a list for each stream. A reader reads them up to an end; a store
moves its end when an append is complete. `port.py` says what each method guarantees; `duckdb_engine/store.py`
does the same on a file.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from itertools import count
from operator import attrgetter
from threading import RLock
from typing import Any, cast
from uuid import UUID

import msgspec

from workshop_lib.clock import Clock, IdSource, in_utc, random_ids, wall_clock
from workshop_lib.events import REGISTRY, Events, Homes, MalformedEvent, RecordedEvent, type_of
from workshop_lib.invalid_events import json_of
from workshop_lib.store import errors
from workshop_lib.store.arguments import (
    CheckedAppend,
    checked_append,
    checked_flag,
    checked_from,
    checked_stream,
    checked_time,
    checked_timeout,
    optional_query,
    require_moment,
    require_repeat,
    require_version,
    several,
)
from workshop_lib.store.port import Append, AppendResult, EventStore, Query, Reading, ReadOnlyLog
from workshop_lib.store.process import belongs_to_this_process
from workshop_lib.store.reader import ClosedLog
from workshop_lib.store.subscription import CatchUp, Wakeup

_position = attrgetter("position")

GENESIS = bytes(32)
"""The hash before the first event."""


class MemoryLog:
    """Recorded events, whose `event` is JSON, in order and by stream, and the hash of each."""

    def __init__(self) -> None:
        self.rows: list[RecordedEvent] = []
        self.streams: dict[str, list[RecordedEvent]] = {}
        self.ids: dict[UUID, RecordedEvent] = {}
        self.marked: dict[tuple[str, str], list[RecordedEvent]] = {}
        """The events with each tag, and of each type."""
        self.hashes = [GENESIS]
        self.homes: Homes = {}

    def add(self, row: RecordedEvent) -> None:
        """Add an event at the end."""
        self.rows.append(row)
        self.ids[row.event_id] = row
        for mark in _marks(row):
            self.marked.setdefault(mark, []).append(row)
        self.streams.setdefault(row.stream, []).append(row)
        self.hashes.append(_hash(self.hashes[-1], row))

    def matching(self, query: Query, after: int, end: int) -> list[RecordedEvent]:
        """Return the events after a position, up to an end, that match a query."""
        found = dict[int, RecordedEvent]()
        for each in query.each():
            for pool in self._pools(each):
                first, last = bisect_right(pool, after, key=_position), bisect_right(pool, end, key=_position)
                found |= {row.position: row for row in pool[first:last] if each.matches(row)}
        return [found[position] for position in sorted(found)]

    def _pools(self, query: Query) -> list[list[RecordedEvent]]:
        """Return lists of events, as short as possible, that contain all that match."""
        if query.tags:
            return [min((self.marked.get(("tag", tag), []) for tag in query.tags), key=len)]
        return [self.marked.get(("type", name), []) for name in query.types] or [self.rows]

    def cut(self, end: int) -> None:
        """Remove all events after a position."""
        for row in self.rows[end:]:
            del self.streams.get(row.stream, [])[row.version - 1 :]
            self.ids.pop(row.event_id, None)
            for mark in _marks(row):
                marked = self.marked.get(mark, [])
                del marked[bisect_right(marked, end, key=_position) :]
        del self.rows[end:], self.hashes[end + 1 :]


class MemoryReader(Reading):
    """A readable log, up to a position."""

    def __init__(self, log: MemoryLog, end: int) -> None:
        self._log, self._end = log, end
        belongs_to_this_process(self)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}, position {self._end}>"

    def read_stream(
        self,
        stream: str,
        from_version: int = 1,
        to_version: int | None = None,
        backwards: bool = False,
        limit: int | None = None,
    ) -> Events:
        own, first = self._stream(stream), checked_from("from_version", from_version, 1)
        last = len(own) if to_version is None else checked_from("to_version", to_version, 0)
        return self._events([row for row in own if first <= row.version <= last], backwards, limit)

    def read(
        self, after: int = 0, query: Query | None = None, backwards: bool = False, limit: int | None = None
    ) -> Events:
        rows = self._log.matching(
            optional_query(query) or Query(), checked_from("after", after, 0), self._end
        )
        return self._events(rows, backwards, limit)

    def stream_version(self, stream: str) -> int:
        return len(self._stream(stream))

    def position(self) -> int:
        return min(self._end, len(self._log.rows))

    def wait(self, after: int, timeout: float | None = None) -> bool:
        checked_timeout(timeout)
        return self.position() > checked_from("after", after, 0)

    def verify(self) -> int | None:
        rows, hashes = self._log.rows[: self._end], self._log.hashes
        for row, previous, hash_, position in zip(rows, hashes, hashes[1:], count(1), strict=False):
            if row.position != position or hash_ != _hash(previous, row):
                return position
        return None

    def as_of(
        self, *, position: int | None = None, recorded_at: datetime | None = None, occurred_at: None = None
    ) -> MemoryAsOf:
        require_moment(position, recorded_at, occurred_at)
        end = self.position()
        if position is not None:
            end = min(checked_from("position", position, 0), end)
        if recorded_at is not None:
            instant = in_utc(checked_time("recorded_at", recorded_at))
            end = bisect_right(self._log.rows, instant, hi=end, key=attrgetter("recorded_at"))
        return MemoryAsOf(self._log, end)

    def _stream(self, stream: str) -> list[RecordedEvent]:
        own = self._log.streams.get(checked_stream(stream), [])
        return [row for row in own if row.position <= self._end]

    def _events(self, rows: list[RecordedEvent], backwards: bool, limit: int | None) -> Events:
        count = None if limit is None else checked_from("limit", limit, 0)
        ordered = rows[::-1] if checked_flag("backwards", backwards) else rows
        return Events(map(self._decoded, ordered[:count]))

    def _decoded(self, row: RecordedEvent) -> RecordedEvent:
        cls = REGISTRY.class_for(row, self._log.homes)
        try:
            event: Any = msgspec.json.decode(row.event, type=cls)
        except Exception as error:  # the class has other fields by now
            place = f"position {row.position} ({row.stream})"
            raise MalformedEvent(place, row.type, str(error), row.position) from error
        return msgspec.structs.replace(row, event=event)


class MemoryAsOf(ReadOnlyLog, MemoryReader):
    """A log as of an earlier moment."""


class MemoryStore(MemoryReader, EventStore):
    """An event store that is a list."""

    def __init__(self, clock: Clock = wall_clock, ids: IdSource = random_ids) -> None:
        super().__init__(MemoryLog(), 0)
        self._clock, self._ids, self._wakeup, self._closed = clock, ids, Wakeup(self.position), False
        self._one_at_a_time, self._appending = RLock(), False

    def append_batch(self, appends: Iterable[Append]) -> list[AppendResult]:
        with self._one_at_a_time:
            if self._closed:
                raise errors.StoreClosed("memory")
            if self._appending:
                raise errors.AppendWithinAppend
            before, self._appending = self._end, True
            try:
                self._log.cut(self._end)  # remove the events of a failed append
                results = [self._add(checked_append(one)) for one in several("appends", appends)]
                self._end = len(self._log.rows)
                self._wakeup.notify()
            except KeyboardInterrupt as interrupt:
                interrupt.add_note(errors.NOTHING if self._end == before else errors.RECORDED)
                raise
            finally:
                self._appending = False
        return results

    def _add(self, append: CheckedAppend) -> AppendResult:
        """Add the events of one append to the log, or raise an error."""
        now, when, rows = in_utc(checked_time("clock", self._clock())), append.occurred_at, self._log.rows
        events, ids, own = append.events, append.event_ids, self._log.streams.get(append.stream, [])
        known = {id_: self._log.ids[id_] for id_ in ids or () if id_ in self._log.ids}
        if not known:
            self._require(append, own)
        recorded_at, kinds = (
            max(now, rows[-1].recorded_at) if rows else now,
            [type_of(event, self._log.homes) for event in events],
        )
        new = [
            RecordedEvent(
                event=cast(Any, msgspec.Raw(json_of(event, kind.cls))),
                type=kind.name,
                schema_version=kind.version,
                stream=append.stream,
                version=len(own) + n,
                position=len(rows) + n,
                event_id=ids[n - 1] if ids else self._ids(),
                occurred_at=recorded_at if when is None else in_utc(when),
                recorded_at=recorded_at,
                correlation_id=append.correlation_id,
                causation_id=append.causation_id,
                metadata=msgspec.json.decode(json_of(append.metadata, dict)),
                tags=append.tags,
            )
            for n, (event, kind) in enumerate(zip(events, kinds, strict=True), start=1)
        ]
        for row in [] if known else new:
            self._log.add(row)
        taken = [_recorded(row, known, when) for row in new] if known else new
        version = max((row.version for row in taken), default=len(own))
        return AppendResult(version, tuple(row.position for row in taken))

    def _require(self, append: CheckedAppend, own: list[RecordedEvent]) -> None:
        """Check the expected version and condition of an append. Raises if they do not hold."""
        require_version(append.stream, append.expected_version, len(own), lambda version: own[version:])
        if (condition := append.condition) is None:
            return
        if found := self._log.matching(condition.query, condition.after, len(self._log.rows)):
            raise errors.AppendConditionFailed(condition.query, condition.after, found)

    def wait(self, after: int, timeout: float | None = None) -> bool:
        return self._wakeup.wait(checked_from("after", after, 0), checked_timeout(timeout))

    def subscribe(self, after: int = 0, query: Query | None = None) -> CatchUp:
        return CatchUp(self, after, query)

    def fork(self, position: int | None = None) -> MemoryStore:
        fork = MemoryStore(self._clock, self._ids)
        fork._end = self._end if position is None else self.as_of(position=position).position()
        fork._log.homes |= self._log.homes
        for row in self._log.rows[: fork._end]:
            fork._log.add(row)
        return fork

    def close(self) -> None:
        with self._one_at_a_time:
            self._closed, self._log = True, cast(Any, ClosedLog("memory", "memory"))
            self._wakeup.close()


def _recorded(
    row: RecordedEvent, known: dict[UUID, RecordedEvent], occurred_at: datetime | None
) -> RecordedEvent:
    """Return the event that was recorded with the id of a new one. Raises `EventIdTaken`."""
    there = known.get(row.event_id)
    if there is None:
        other = next(iter(known.values()))
        raise errors.EventIdTaken(other.event_id, other.position, "was appended without the other events")
    given = msgspec.structs.replace(row, occurred_at=row.occurred_at if occurred_at else there.occurred_at)
    require_repeat(row.event_id, there.position, _content(given), _content(there))
    return there


def _marks(row: RecordedEvent) -> list[tuple[str, str]]:
    return [("type", row.type), *(("tag", tag) for tag in row.tags)]


def _content(row: RecordedEvent) -> list[object]:
    """Return what must be equal when an event id is repeated."""
    what = row.stream, row.type, row.schema_version, bytes(row.event).decode(), row.tags, row.metadata
    return [*what, row.correlation_id, row.causation_id, row.occurred_at]


def _hash(previous: bytes, row: RecordedEvent) -> bytes:
    return sha256(previous + msgspec.json.encode(row)).digest()
