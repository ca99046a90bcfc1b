"""The draft of a commit: the one place where versions are checked, positions handed out and hashes chained.

Every adapter that numbers its own log writes like this: it makes a draft on top of the log's head, adds
what callers ask for, and stores the draft's rows in one transaction. An append that is refused leaves the
draft as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID

from workshop_lib.clock import Clock, IdSource
from workshop_lib.codec import Codec
from workshop_lib.events import StoredEvent
from workshop_lib.store.chain import GENESIS, seal
from workshop_lib.store.port import Append, AppendResult
from workshop_lib.store.refusals import (
    EventIdTaken,
    StoreError,
    checked_id,
    checked_stream,
    checked_time,
    require_version,
)


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
        stream = checked_stream(append.stream)
        recorded_at = max(checked_time("clock", self._clock()), self.head.recorded_at)
        if append.event_ids is not None and (earlier := self._earlier(append)):
            return earlier
        version = self._version_of(stream)
        self._require(append, version)
        return self._write(append, version, recorded_at)

    def _write(self, append: Append, version: int, recorded_at: datetime) -> AppendResult:
        stream, position, hash_ = append.stream, self.head.position, self.head.hash
        occurred_at = (
            recorded_at if append.occurred_at is None else checked_time("occurred_at", append.occurred_at)
        )
        tags, metadata = _tags(append.tags), self._codec.metadata(append.metadata or {})
        causes = (
            checked_id("correlation_id", append.correlation_id),
            checked_id("causation_id", append.causation_id),
        )
        first = position + 1
        for event, event_id in zip(append.events, self._ids_for(append), strict=True):
            kind, data = self._codec.encode(event)
            position, version = position + 1, version + 1
            what = (position, stream, version, kind.name, kind.version, occurred_at, recorded_at, data)
            row = (*what, tags, metadata, event_id, *causes)
            hash_ = seal(hash_, row)
            self.rows.append(StoredEvent(*row, hash_))
        self.head = Head(position, hash_, recorded_at)
        self.versions[stream] = version
        return AppendResult(version, tuple(range(first, position + 1)))

    def _version_of(self, stream: str) -> int:
        return self.versions[stream] if stream in self.versions else self._log.version_of(stream)

    def _require(self, append: Append, version: int) -> None:
        expected = append.expected_version
        since: list[StoredEvent] = []
        if isinstance(expected, int) and 0 <= expected < version:
            since = self._since(append.stream, expected)
        require_version(append.stream, expected, version, since)

    def _since(self, stream: str, version: int) -> list[StoredEvent]:
        drafted = [row for row in self.rows if row.stream == stream and row.version > version]
        return self._log.rows_since(stream, version) + drafted

    def _ids_for(self, append: Append) -> list[UUID]:
        if append.event_ids is None:
            return [self._ids() for _ in append.events]
        return [found for given in append.event_ids if (found := checked_id("event_ids", given))]

    def _earlier(self, append: Append) -> AppendResult | None:
        """The result of the same append made before, if it was; the ids are then the same and so is the
        content.
        """
        ids = self._ids_for(append)
        if len(ids) != len(append.events) or len(set(ids)) != len(ids):
            raise StoreError(
                f"You gave {len(append.events)} events and {len(set(ids))} different event ids. "
                "Give each event one id of its own."
            )
        found = {row.event_id: row for row in [*self._log.rows_with_ids(ids), *self.rows]}
        repeated = [found.get(event_id) for event_id in ids]
        if not any(repeated):
            return None
        for event, row, event_id in zip(append.events, repeated, ids, strict=True):
            kind, data = self._codec.encode(event)
            if row is None or (row.stream, row.type, row.schema_version, row.data) != (
                append.stream,
                kind.name,
                kind.version,
                data,
            ):
                taken = row or next(there for there in repeated if there)
                raise EventIdTaken(taken.event_id if row is None else event_id, taken.position)
        rows = [row for row in repeated if row]
        return AppendResult(rows[-1].version, tuple(row.position for row in rows))


def _tags(tags: Sequence[str]) -> list[str] | None:
    if isinstance(tags, str) or not all(isinstance(tag, str) for tag in tags):
        raise StoreError(f'You gave tags={tags!r}, but tags are several texts. Write tags=["connector-7"].')
    return list(tags) or None
