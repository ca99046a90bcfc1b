"""The draft of a commit: the one place where versions are checked, positions handed out and hashes chained.

Every adapter that numbers its own log writes like this: it makes a draft on top of the log's head, adds
what callers ask for, and stores the draft's rows in one transaction. An append that is refused leaves the
draft as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from threading import Lock, get_ident
from types import NoneType
from typing import NamedTuple, Protocol
from uuid import UUID

import msgspec

from workshop_lib.clock import Clock, IdSource
from workshop_lib.codec import Codec
from workshop_lib.events import StoredEvent, shortened
from workshop_lib.store.chain import GENESIS, seal
from workshop_lib.store.port import Append, AppendResult
from workshop_lib.store.refusals import (
    ANY,
    EventIdTaken,
    StoreError,
    checked_id,
    checked_stream,
    checked_time,
    require_version,
)

LISTS = {list, tuple, NoneType}


class Head(NamedTuple):
    """Where a log ends: the last position, its hash, and when it was recorded (UTC)."""

    position: int = 0
    hash: bytes = GENESIS
    recorded_at: datetime = datetime.min


class Log(Protocol):
    """What a draft must know of the log that it continues."""

    def version_of(self, stream: str) -> int: ...

    def rows_since(self, stream: str, version: int) -> list[StoredEvent]: ...

    def rows_with_ids(self, ids: Sequence[UUID]) -> list[StoredEvent]: ...


class OneWriter:
    """The turn to write. Whoever has it and asks again would wait for ever, so that is refused."""

    def __init__(self) -> None:
        self._lock, self._owner = Lock(), 0

    def __enter__(self) -> None:
        if self._owner == get_ident():
            raise StoreError(
                "You asked to append in the middle of another append (from its generator, clock or ids). "
                "Make the events first, then append them together."
            )
        self._lock.acquire()
        self._owner = get_ident()

    def __exit__(self, *_: object) -> None:
        self._owner = 0
        self._lock.release()


class Draft:
    """Rows that will follow a log's head, if they are committed."""

    def __init__(self, log: Log, head: Head, codec: Codec, clock: Clock, ids: IdSource) -> None:
        self._log, self._codec, self._clock, self._ids = log, codec, clock, ids
        self.head = head
        self.rows: list[StoredEvent] = []
        self.versions: dict[str, int] = {}

    def add(self, appends: Iterable[Append]) -> list[AppendResult]:
        """Add appends that belong together: all of them or, if one is refused, none."""
        before = len(self.rows), self.head, dict(self.versions)
        try:
            return [self._add(append) for append in appends]
        except BaseException:
            del self.rows[before[0] :]
            self.head, self.versions = before[1], before[2]
            raise

    def _add(self, append: Append) -> AppendResult:
        recorded_at = max(checked_time("clock", self._clock()), self.head.recorded_at)
        append = _settled(append)
        version = self._version_of(append.stream)
        if append.event_ids is not None and (earlier := self._earlier(append)):
            return earlier
        if append.expected_version is not ANY:
            self._require(append, version)
        return self._write(append, version, recorded_at)

    def _write(self, append: Append, version: int, recorded_at: datetime) -> AppendResult:
        stream, first, hash_ = append.stream, self.head.position + 1, self.head.hash
        occurred_at = append.occurred_at
        occurred_at = recorded_at if occurred_at is None else checked_time("occurred_at", occurred_at)
        recording = self._recording(append)
        given = append.event_ids
        ids = (self._ids() for _ in append.events) if given is None else _ids_of(given)
        position = first - 1
        for position, (event, event_id) in enumerate(zip(append.events, ids, strict=True), first):
            kind, data = self._codec.encode(event)
            version += 1
            what = (position, stream, version, kind.name, kind.version, occurred_at, recorded_at, data)
            row = (*what, recording[0], recording[1], event_id, recording[2], recording[3])
            hash_ = seal(hash_, row)
            self.rows.append(StoredEvent._make((*row, hash_)))
        self.head = Head(position, hash_, recorded_at)
        self.versions[stream] = version
        return AppendResult(version, tuple(range(first, position + 1)))

    def _recording(self, append: Append) -> tuple[list[str] | None, str, UUID | None, UUID | None]:
        """Tags, metadata, correlation id and causation id, as the row has them."""
        return (
            _tags(append.tags) if append.tags else None,
            self._codec.metadata(append.metadata) if append.metadata else "{}",
            checked_id("correlation_id", append.correlation_id) if append.correlation_id else None,
            checked_id("causation_id", append.causation_id) if append.causation_id else None,
        )

    def _version_of(self, stream: str) -> int:
        """The stream's version after this draft; a name that is new to the draft is looked at first."""
        known = self.versions.get(stream) if isinstance(stream, str) else None
        return known or self._log.version_of(checked_stream(stream))

    def _require(self, append: Append, version: int) -> None:
        expected = append.expected_version
        since: list[StoredEvent] = []
        if isinstance(expected, int) and 0 <= expected < version:
            since = self._since(append.stream, expected)
        require_version(append.stream, expected, version, since)

    def _since(self, stream: str, version: int) -> list[StoredEvent]:
        drafted = [row for row in self.rows if row.stream == stream and row.version > version]
        return self._log.rows_since(stream, version) + drafted

    def _earlier(self, append: Append) -> AppendResult | None:
        """The result of the same append made before, if it was; the ids are then the same and so is the
        content.
        """
        ids = _ids_of(append.event_ids or ())
        if len(ids) != len(append.events) or len(set(ids)) != len(ids):
            raise StoreError(
                f"You gave {len(append.events)} events and {len(set(ids))} different event ids. "
                "Give each event one id of its own."
            )
        found = {row.event_id: row for row in [*self._log.rows_with_ids(ids), *self.rows]}
        repeated = [found.get(event_id) for event_id in ids]
        if not any(repeated):
            return None
        recording = self._recording(append)
        for event, row, event_id in zip(append.events, repeated, ids, strict=True):
            kind, data = self._codec.encode(event)
            content = (append.stream, kind.name, kind.version, data, *recording)
            if row is None or content != _content(row):
                taken = row or next(there for there in repeated if there)
                raise EventIdTaken(taken.event_id if row is None else event_id, taken.position)
        rows = [row for row in repeated if row]
        return AppendResult(rows[-1].version, tuple(row.position for row in rows))


def _content(row: StoredEvent) -> tuple[object, ...]:
    """What must be the same again when an event id comes again."""
    what = (row.stream, row.type, row.schema_version, row.data)
    return (*what, row.tags or None, row.metadata, row.correlation_id, row.causation_id)


def _ids_of(given: Sequence[UUID | str]) -> list[UUID]:
    """Event ids as UUIDs. Raises `StoreError`."""
    return [found for id_ in given if (found := checked_id("event_ids", id_))]


def _settled(append: Append) -> Append:
    """The append with lists where a generator could be read only once. Raises `StoreError`."""
    parts = {"events": append.events, "tags": append.tags, "event_ids": append.event_ids}
    if all(type(part) in LISTS for part in parts.values()):
        return append
    settled = {what: None if part is None else _several(what, part) for what, part in parts.items()}
    return msgspec.structs.replace(append, **settled)


def _several(what: str, given: Iterable[object]) -> list[object]:
    if isinstance(given, (str, Mapping)) or not hasattr(given, "__iter__"):
        raise StoreError(
            f"You gave {what}={shortened(given)}, but {what} are several. Put them into a list: [ … ]."
        )
    return list(given)


def _tags(tags: Sequence[str]) -> list[str] | None:
    if not all(isinstance(tag, str) for tag in tags):
        raise StoreError(f'You gave tags={tags!r}, but tags are several texts. Write tags=["connector-7"].')
    return list(tags) or None
