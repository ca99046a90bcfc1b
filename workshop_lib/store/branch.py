"""The rows of a what-if branch: earlier events are read from the parent log, new ones stay in memory.

The branch continues the parent's positions, versions and hash chain. `store.py` has the store that uses it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain, islice
from uuid import UUID

from workshop_lib.events import StoredEvent
from workshop_lib.store.chain import Head, first_broken
from workshop_lib.store.port import Query
from workshop_lib.store.reader import Log


class BranchLog:
    """A parent log that does not change, and the rows that a branch has added."""

    def __init__(self, parent: Log, own: list[StoredEvent]) -> None:
        self._parent, self._base, self._own, self.codec = parent, parent.head(), own, parent.codec

    def __str__(self) -> str:
        return f"on {self._parent}, position {self.position()}"

    def position(self) -> int:
        return self.head().position

    def head(self) -> Head:
        if not self._own:
            return self._base
        last = self._own[-1]
        return Head(last.position, last.hash, last.recorded_at)

    def version_of(self, stream: str) -> int:
        own = [row.version for row in self._own if row.stream == stream]
        return own[-1] if own else self._parent.version_of(stream)

    def stream_rows(
        self, stream: str, first: int, last: int, backwards: bool = False, limit: int | None = None
    ) -> Iterable[StoredEvent]:
        earlier = self._parent.stream_rows(stream, first, last, backwards, limit)
        own = [row for row in self._own if row.stream == stream and first <= row.version <= last]
        return _joined(earlier, own, backwards, limit)

    def rows(
        self, after: int, query: Query | None = None, backwards: bool = False, limit: int | None = None
    ) -> Iterable[StoredEvent]:
        earlier = self._parent.rows(after, query, backwards, limit)
        own = [row for row in self._own if row.position > after and (query is None or query.matches(row))]
        return _joined(earlier, own, backwards, limit)

    def rows_with_ids(self, ids: Sequence[UUID]) -> list[StoredEvent]:
        return [*self._parent.rows_with_ids(ids), *(row for row in self._own if row.event_id in ids)]

    def rows_found(self, query: Query, after: int) -> list[StoredEvent]:
        own = [row for row in self._own if row.position > after and query.matches(row)]
        return [*self._parent.rows_found(query, after), *own]

    def recorded_by(self, instant: datetime) -> int:
        own = [row.position for row in self._own if row.recorded_at <= instant]
        return own[-1] if own else self._parent.recorded_by(instant)

    def until(self, position: int) -> Log:
        own = [row for row in self._own if row.position <= position]
        return BranchLog(self._parent, own) if own else self._parent.until(position)

    def verify(self) -> int | None:
        return self._parent.verify() or first_broken(self._own, self._base)


def _joined(
    earlier: Iterable[StoredEvent], own: Sequence[StoredEvent], backwards: bool, limit: int | None
) -> Iterator[StoredEvent]:
    both = chain(reversed(own), earlier) if backwards else chain(earlier, own)
    return islice(both, limit)
