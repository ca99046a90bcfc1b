"""The whole contract in the fewest lines: the specification a person can read, the oracle of the tests, the
fake for yours.

A log is a list. Everything that an event store promises can be said of that list. Read
`duckdb_engine/store.py` for the same on a file.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from uuid import UUID

from workshop_lib.clock import Clock, IdSource, random_ids, wall_clock
from workshop_lib.codec import Codec
from workshop_lib.events import Events, Metadata, StoredEvent
from workshop_lib.store.arguments import checked_from, checked_stream, checked_time
from workshop_lib.store.chain import Head, first_misfit
from workshop_lib.store.commit import Draft
from workshop_lib.store.errors import ANY, ExpectedVersion, ReadOnly, StoreClosed
from workshop_lib.store.group_commit import GroupCommit, PendingAppend
from workshop_lib.store.port import Append, AppendCondition, AppendResult, Query, Subscription
from workshop_lib.store.subscription import CatchUp, Wakeup


class MemoryStore:
    """An event store that is a list."""

    def __init__(self, clock: Clock = wall_clock, ids: IdSource = random_ids) -> None:
        self._rows: list[StoredEvent] = []
        self._versions: dict[str, int] = {}
        self.codec, self._clock, self._ids = Codec(), clock, ids
        self._group, self._wakeup, self._closed = GroupCommit(self._commit), Wakeup(), False

    def __repr__(self) -> str:
        return f"<{type(self).__name__}, position {self.position()}>"

    def append(
        self,
        stream: str,
        events: Sequence[object],
        expected_version: ExpectedVersion = ANY,
        *,
        condition: AppendCondition | None = None,
        occurred_at: datetime | None = None,
        tags: Sequence[str] = (),
        metadata: Metadata | None = None,
        event_ids: Sequence[UUID | str] | None = None,
        correlation_id: UUID | str | None = None,
        causation_id: UUID | str | None = None,
    ) -> AppendResult:
        """Record events at the end of one stream, all or none."""
        how = (condition, occurred_at, tags, metadata, event_ids, correlation_id, causation_id)
        return self.append_batch([Append(stream, events, expected_version, *how)])[0]

    def append_batch(self, appends: Iterable[Append]) -> list[AppendResult]:
        return self._group.submit(appends)

    def _commit(self, group: list[PendingAppend]) -> None:
        self._require_open()
        draft = Draft(
            self,  # type: ignore[arg-type]
            self._head(),
            self._clock,
            self._ids,
        )
        draft.add_each(group)
        self._rows.extend(draft.rows)
        self._versions.update(draft.versions)
        self._wakeup.notify(self.position())

    def read_stream(
        self,
        stream: str,
        from_version: int = 1,
        to_version: int | None = None,
        backwards: bool = False,
        limit: int | None = None,
    ) -> Events:
        checked_stream(stream)
        first = checked_from("from_version", from_version, 1)
        last = self.position() if to_version is None else checked_from("to_version", to_version, 0)
        chosen = [row for row in self._rows if row.stream == stream and first <= row.version <= last]
        return self._recorded(chosen, backwards, limit)

    def read(
        self, after: int = 0, query: Query | None = None, backwards: bool = False, limit: int | None = None
    ) -> Events:
        later = self._rows[checked_from("after", after, 0) :]
        return self._recorded([row for row in later if query is None or query.matches(row)], backwards, limit)

    def stream_version(self, stream: str) -> int:
        return self.version_of(checked_stream(stream))

    def position(self) -> int:
        return len(self._rows)

    def wait(self, after: int, timeout: float | None = None) -> bool:
        return self._wakeup.wait(checked_from("after", after, 0), timeout)

    def subscribe(self, after: int = 0, query: Query | None = None) -> Subscription:
        return CatchUp(self, after, query)

    def verify(self) -> int | None:
        return first_misfit(self._rows)

    def as_of(self, *, position: int | None = None, recorded_at: datetime | None = None) -> MemoryStore:
        return self._until(_Past(self._clock, self._ids), self._end(position, recorded_at))

    def fork(self, position: int | None = None) -> MemoryStore:
        return self._until(MemoryStore(self._clock, self._ids), self._end(position, None))

    def _until(self, other: MemoryStore, end: int) -> MemoryStore:
        other.codec, other._rows = self.codec, self._rows[:end]
        other._versions = {row.stream: row.version for row in other._rows}
        other._wakeup.notify(end)
        return other

    def close(self) -> None:
        self._closed = True
        self._wakeup.close()

    def _require_open(self) -> None:
        if self._closed:
            raise StoreClosed("memory")

    def __enter__(self) -> MemoryStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def version_of(self, stream: str) -> int:
        return self._versions.get(stream, 0)

    def stream_rows(self, stream: str, first: int, last: int, *_: object) -> list[StoredEvent]:
        return [row for row in self._rows if row.stream == stream and first <= row.version <= last]

    def rows_with_ids(self, ids: Sequence[UUID]) -> list[StoredEvent]:
        return [row for row in self._rows if row.event_id in ids]

    def rows_found(self, query: Query, after: int) -> list[StoredEvent]:
        return [row for row in self._rows[after:] if query.matches(row)]

    def _head(self) -> Head:
        last = self._rows[-1:]
        return Head(last[0].position, last[0].hash, last[0].recorded_at) if last else Head()

    def _end(self, position: int | None, recorded_at: datetime | None) -> int:
        ends = [len(self._rows)]
        if position is not None:
            ends.append(checked_from("position", position, 0))
        if recorded_at is not None:
            ends.append(
                bisect_right(
                    self._rows, checked_time("recorded_at", recorded_at), key=lambda row: row.recorded_at
                )
            )
        return min(ends)

    def _recorded(self, rows: list[StoredEvent], backwards: bool, limit: int | None) -> Events:
        if limit is not None:
            checked_from("limit", limit, 0)
        chosen = islice(reversed(rows) if backwards else rows, limit)
        return Events(map(self.codec.recorded, chosen))


class _Past(MemoryStore):
    """The list up to a position: everything can be asked of it and nothing appended."""

    def append_batch(self, appends: Iterable[Append]) -> list[AppendResult]:
        raise ReadOnly(self.position())
