"""A what-if branch over a log of any engine: the past is read where it lies, what is new stays in memory.

The branch continues the past's chain: positions, versions and hashes go on as if the log itself had been
appended to. Any adapter whose past can answer a draft's questions forks like this. Read `commit.py` next.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain, islice
from typing import Any, Protocol, Self
from uuid import UUID

from workshop_lib.clock import Clock, IdSource
from workshop_lib.codec import Codec
from workshop_lib.events import RecordedEvent, StoredEvent
from workshop_lib.store.arguments import append_of
from workshop_lib.store.chain import link
from workshop_lib.store.commit import Draft, Head, Log
from workshop_lib.store.errors import (
    ANY,
    ExpectedVersion,
    ReadOnly,
    StoreClosed,
    checked_from,
    checked_stream,
    checked_time,
)
from workshop_lib.store.group_commit import GroupCommit, Ticket
from workshop_lib.store.port import Append, AppendResult, Query, Reading, Subscription
from workshop_lib.store.subscription import CatchUp, Wakeup


class Past(Reading, Log, Protocol):
    """The part of a log that a branch stands on. It does not grow."""

    @property
    def codec(self) -> Codec:
        """What encodes and decodes the events of this log."""
        ...

    def head(self) -> Head:
        """Where the past ends."""
        ...

    def as_of(self, *, position: int | None = None, recorded_at: datetime | None = None) -> Past: ...


class Branch:
    """An event store that reads a past and writes to itself."""

    def __init__(self, past: Past, clock: Clock, ids: IdSource, rows: Iterable[StoredEvent] = ()) -> None:
        self._past, self._base, self.codec = past, past.head(), past.codec
        self._clock, self._ids = clock, ids
        self._rows = list(rows)
        self._group, self._wakeup, self._closed = GroupCommit(self._commit), Wakeup(), False

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._past!r}, position {self.position()}>"

    def append(
        self, stream: str, events: Sequence[object], expected_version: ExpectedVersion = ANY, **what_else: Any
    ) -> AppendResult:
        """Record events; `what_else` as in `Append`: `condition`, `occurred_at`, `tags`, `metadata`,
        `event_ids`, `correlation_id`, `causation_id`.
        """
        return self.append_batch([append_of(stream, events, expected_version, what_else)])[0]

    def append_batch(self, appends: Iterable[Append]) -> list[AppendResult]:
        return self._group.submit(appends)

    def _commit(self, tickets: list[Ticket]) -> None:
        if self._closed:
            raise StoreClosed("of this branch")
        draft = Draft(self, self.head(), self.codec, self._clock, self._ids)
        draft.settle(tickets)
        self._rows.extend(draft.rows)
        self._wakeup.notify(self.position())

    def read_stream(
        self,
        stream: str,
        from_version: int = 1,
        to_version: int | None = None,
        backwards: bool = False,
        limit: int | None = None,
    ) -> Iterator[RecordedEvent]:
        earlier = self._past.read_stream(stream, from_version, to_version, backwards, limit)
        last = from_version + len(self._rows) + self.position() if to_version is None else to_version
        own = [row for row in self._rows if row.stream == stream and from_version <= row.version <= last]
        return self._joined(earlier, own, backwards, limit)

    def read(
        self, after: int = 0, query: Query | None = None, backwards: bool = False, limit: int | None = None
    ) -> Iterator[RecordedEvent]:
        earlier = self._past.read(after, query, backwards, limit)
        own = [row for row in self._rows if row.position > after and (query is None or query.matches(row))]
        return self._joined(earlier, own, backwards, limit)

    def _joined(
        self, earlier: Iterator[RecordedEvent], own: list[StoredEvent], backwards: bool, limit: int | None
    ) -> Iterator[RecordedEvent]:
        later = map(self.codec.recorded, reversed(own) if backwards else own)
        return islice(chain(later, earlier) if backwards else chain(earlier, later), limit)

    def stream_version(self, stream: str) -> int:
        return self.version_of(checked_stream(stream))

    def position(self) -> int:
        return self.head().position

    def wait(self, after: int, timeout: float | None = None) -> bool:
        if self.position() > checked_from("after", after, 0):
            return True
        return self._wakeup.wait(after, timeout)

    def subscribe(self, after: int = 0, query: Query | None = None) -> Subscription:
        return CatchUp(self, after, query)

    def verify(self) -> int | None:
        misfit = self._past.verify()
        if misfit is not None:
            return misfit
        hash_ = self._base.hash
        for position, row in enumerate(self._rows, self._base.position + 1):
            hash_ = link(hash_, row)
            if (row.position, row.hash) != (position, hash_):
                return row.position
        return None

    def as_of(self, *, position: int | None = None, recorded_at: datetime | None = None) -> Past:
        if position is not None:
            checked_from("position", position, 0)
        by = None if recorded_at is None else checked_time("recorded_at", recorded_at)
        rows = [
            row
            for row in self._rows
            if (position is None or row.position <= position) and (by is None or row.recorded_at <= by)
        ]
        if not rows:
            return self._past.as_of(position=position, recorded_at=recorded_at)
        return _Past(self._past, self._clock, self._ids, rows)

    def fork(self, position: int | None = None) -> Branch:
        return Branch(self.as_of(position=position), self._clock, self._ids)

    def close(self) -> None:
        self._closed = True
        self._wakeup.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def head(self) -> Head:
        """Where the branch ends."""
        if not self._rows:
            return self._base
        last = self._rows[-1]
        return Head(last.position, last.hash, last.recorded_at)

    def version_of(self, stream: str) -> int:
        own = [row.version for row in self._rows if row.stream == stream]
        return own[-1] if own else self._past.version_of(stream)

    def rows_since(self, stream: str, version: int) -> list[StoredEvent]:
        own = [row for row in self._rows if row.stream == stream and row.version > version]
        return [*self._past.rows_since(stream, version), *own]

    def rows_with_ids(self, ids: Sequence[UUID]) -> list[StoredEvent]:
        return [*self._past.rows_with_ids(ids), *(row for row in self._rows if row.event_id in ids)]

    def rows_found(self, query: Query, after: int) -> list[StoredEvent]:
        own = [row for row in self._rows if row.position > after and query.matches(row)]
        return [*self._past.rows_found(query, after), *own]


class _Past(Branch):
    """A branch up to a position: everything can be asked of it and nothing appended."""

    def append_batch(self, appends: Iterable[Append]) -> list[AppendResult]:
        raise ReadOnly(self.position())

    def wait(self, after: int, timeout: float | None = None) -> bool:
        return self.position() > checked_from("after", after, 0)
