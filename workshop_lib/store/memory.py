"""The whole contract in the fewest lines: the specification a person can read, the oracle of the tests, the
fake for yours.

A log is a list of recorded events. An append makes a longer list, so whoever reads goes on with the list that
was there. `port.py` says what each method promises; `duckdb_engine/store.py` does the same on a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from threading import RLock
from typing import Any, NoReturn, Self
from uuid import UUID

import msgspec

from workshop_lib.clock import Clock, IdSource, in_utc, random_ids, wall_clock
from workshop_lib.events import (
    REGISTRY,
    Events,
    InvalidEvent,
    MalformedEvent,
    Metadata,
    RecordedEvent,
    type_of,
)
from workshop_lib.frames import plain
from workshop_lib.misfits import difference, misfit, refuse_naive
from workshop_lib.store import errors
from workshop_lib.store.arguments import (
    checked_append,
    checked_from,
    checked_id,
    checked_ids,
    checked_metadata,
    checked_stream,
    checked_tags,
    checked_time,
    several,
)
from workshop_lib.store.port import Append, AppendCondition, AppendResult, EventStore, Query, Reading
from workshop_lib.store.subscription import CatchUp, Wakeup

GENESIS = bytes(32)
"""What the first event is linked to."""


class MemoryReader(Reading):
    """The reading half: a list of recorded events, whose `event` is JSON, and the hash of each.

    `homes` has the place of the class that each event type and schema version of this log belongs to.
    """

    def __init__(self, rows: list[RecordedEvent], hashes: list[bytes], homes: dict[Any, str]) -> None:
        self._rows, self._hashes, self._homes = rows, hashes, homes

    def __repr__(self) -> str:
        return f"<{type(self).__name__}, position {self.position()}>"

    def read_stream(
        self,
        stream: str,
        from_version: int = 1,
        to_version: int | None = None,
        backwards: bool = False,
        limit: int | None = None,
    ) -> Events:
        own, first = _stream(self._rows, stream), checked_from("from_version", from_version, 1)
        last = len(own) if to_version is None else checked_from("to_version", to_version, 0)
        return self._events([row for row in own if first <= row.version <= last], backwards, limit)

    def read(
        self, after: int = 0, query: Query | None = None, backwards: bool = False, limit: int | None = None
    ) -> Events:
        later = self._rows[checked_from("after", after, 0) :]
        return self._events([row for row in later if not query or query.matches(row)], backwards, limit)

    def stream_version(self, stream: str) -> int:
        return len(_stream(self._rows, stream))

    def position(self) -> int:
        return len(self._rows)

    def wait(self, after: int, timeout: float | None = None) -> bool:
        return self.position() > checked_from("after", after, 0)

    def verify(self) -> int | None:
        chained = zip(self._rows, self._hashes, [GENESIS, *self._hashes], strict=False)
        for position, (row, hash_, previous) in enumerate(chained, start=1):
            if row.position != position or hash_ != _hash(previous, row):
                return position
        return None

    def as_of(self, *, position: int | None = None, recorded_at: datetime | None = None) -> MemoryAsOf:
        rows = self._rows if position is None else self._rows[: checked_from("position", position, 0)]
        if recorded_at is not None:
            end = in_utc(checked_time("recorded_at", recorded_at))
            rows = [row for row in rows if row.recorded_at <= end]
        return MemoryAsOf(rows, self._hashes[: len(rows)], self._homes)

    def _events(self, rows: list[RecordedEvent], backwards: bool, limit: int | None) -> Events:
        count = None if limit is None else checked_from("limit", limit, 0)
        return Events(map(self._decoded, (rows[::-1] if backwards else rows)[:count]))

    def _decoded(self, row: RecordedEvent) -> RecordedEvent:
        kind = REGISTRY.of_name(row.type, row.schema_version, self._homes.get((row.type, row.schema_version)))
        try:
            event: Any = msgspec.json.decode(row.event, type=kind.cls)
        except msgspec.MsgspecError as error:  # the class has other fields by now
            raise MalformedEvent(f"position {row.position} ({row.stream})", row.type, str(error)) from error
        return msgspec.structs.replace(row, event=event)


class MemoryAsOf(MemoryReader):
    """A log as of an earlier moment."""

    def append(self, *_: object, **__: object) -> NoReturn:
        """Refuse to change the past. Raises `ReadOnly`."""
        raise errors.ReadOnly(self.position())

    append_batch = append


class MemoryStore(MemoryReader, EventStore):
    """An event store that is a list."""

    def __init__(self, clock: Clock = wall_clock, ids: IdSource = random_ids) -> None:
        super().__init__([], [], {})
        self._clock, self._ids, self._wakeup, self._closed = clock, ids, Wakeup(), False
        self._one_at_a_time, self._appending = RLock(), False

    def append(
        self,
        stream: str,
        events: Sequence[object],
        expected_version: errors.ExpectedVersion = errors.ANY,
        *,
        condition: AppendCondition | None = None,
        occurred_at: datetime | None = None,
        tags: Sequence[str] = (),
        metadata: Metadata | None = None,
        event_ids: Sequence[UUID | str] | None = None,
        correlation_id: UUID | str | None = None,
        causation_id: UUID | str | None = None,
    ) -> AppendResult:
        said = condition, occurred_at, tags, metadata, event_ids, correlation_id, causation_id
        return self.append_batch([Append(stream, events, expected_version, *said)])[0]

    def append_batch(self, appends: Iterable[Append]) -> list[AppendResult]:
        with self._one_at_a_time:
            if self._closed:
                raise errors.StoreClosed("memory")
            if self._appending:
                raise errors.StoreError(
                    "You asked to append in the middle of another append (from its generator, clock or ids). "
                    "Make the events first, then append them together."
                )
            log, hashes, self._appending = list(self._rows), list(self._hashes), True
            try:
                results = [self._add(log, checked_append(one)) for one in several("appends", appends)]
            finally:
                self._appending = False
            for row in log[len(self._rows) :]:
                hashes.append(_hash(hashes[-1] if hashes else GENESIS, row))
            self._hashes, self._rows = hashes, log
            self._wakeup.notify(len(log))
        return results

    def _add(self, log: list[RecordedEvent], append: Append) -> AppendResult:
        """Add the events of one append to the log, or raise the reason why not."""
        now, when = in_utc(checked_time("clock", self._clock())), append.occurred_at
        events, tags = list(several("events", append.events)), checked_tags(append.tags)
        own, ids = _stream(log, append.stream), checked_ids(append.event_ids, len(events))
        repeated = [row for row in log if row.event_id in ids]
        if not repeated:
            _require(append, own, log)
        recorded_at, kinds = max(now, log[-1].recorded_at) if log else now, [*map(type_of, events)]
        new = [
            RecordedEvent(
                event=_json(event, kind.cls),
                type=kind.name,
                schema_version=kind.version,
                stream=append.stream,
                version=len(own) + n,
                position=len(log) + n,
                event_id=ids[n - 1] if ids else self._ids(),
                occurred_at=recorded_at if when is None else in_utc(checked_time("occurred_at", when)),
                recorded_at=recorded_at,
                correlation_id=checked_id("correlation_id", append.correlation_id),
                causation_id=checked_id("causation_id", append.causation_id),
                metadata=msgspec.json.decode(_json(checked_metadata(append.metadata), dict)),
                tags=tags,
            )
            for n, (event, kind) in enumerate(zip(events, kinds, strict=True), start=1)
        ]
        if repeated and [*map(_content, repeated)] != [*map(_content, new)]:
            raise errors.EventIdTaken(repeated[0].event_id, repeated[0].position)
        self._homes |= {(kind.name, kind.version): kind.home for kind in kinds}
        log += [] if repeated else new
        rows = repeated or new
        return AppendResult(rows[-1].version if rows else len(own), tuple(row.position for row in rows))

    def wait(self, after: int, timeout: float | None = None) -> bool:
        return self._wakeup.wait(checked_from("after", after, 0), timeout)

    def subscribe(self, after: int = 0, query: Query | None = None) -> CatchUp:
        return CatchUp(self, after, query)

    def fork(self, position: int | None = None) -> MemoryStore:
        fork, past = MemoryStore(self._clock, self._ids), self.as_of(position=position)
        fork._rows, fork._hashes, fork._homes = past._rows, past._hashes, dict(past._homes)
        fork._wakeup.notify(fork.position())
        return fork

    def close(self) -> None:
        self._closed = True
        self._wakeup.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _require(append: Append, own: list[Any], log: list[Any]) -> None:
    """Check what an append expects of its stream and of the log. Raises what is not so."""
    expected, condition = append.expected_version, append.condition
    if expected is errors.EXISTS and not own:
        raise errors.WrongExpectedVersion(append.stream, expected, 0)
    if not isinstance(expected, errors.Expected):
        number = checked_from("expected_version", expected, 0)
        if number != len(own):
            raise errors.WrongExpectedVersion(append.stream, number, len(own), own[number:])
    if condition is not None:
        later = log[checked_from("after", condition.after, 0) :]
        if found := [row for row in later if condition.query.matches(row)]:
            raise errors.AppendConditionFailed(condition.query, condition.after, found)


def _content(row: RecordedEvent) -> list[object]:
    """Return what must be the same when an event id comes again: all but the place and the times."""
    what = row.stream, row.type, row.schema_version, bytes(row.event), row.tags, row.metadata
    return [*what, row.event_id, row.correlation_id, row.causation_id]


def _stream(log: list[RecordedEvent], stream: str) -> list[RecordedEvent]:
    name = checked_stream(stream)
    return [row for row in log if row.stream == name]


def _hash(previous: bytes, row: RecordedEvent) -> bytes:
    return sha256(previous + msgspec.json.encode(row)).digest()


def _json(value: Any, cls: type) -> Any:
    """Write an event, or metadata, as JSON. Raises `InvalidEvent` if it would not come back as it is."""
    try:
        text = msgspec.json.encode(value, enc_hook=plain, order="deterministic")
        back: Any = msgspec.json.decode(text, type=cls)
        same = back == value
    except Exception as error:
        raise InvalidEvent(value, misfit(value, error)) from error
    if not same:
        raise InvalidEvent(value, difference(value, back))
    refuse_naive(value, value)
    return msgspec.Raw(text)
