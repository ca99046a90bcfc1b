"""The rows of a what-if branch: the past is read where it lies, what is new stays in memory.

The branch continues the past's chain: positions, versions and hashes go on as if the log itself had been
appended to. `store.py` has the store on top of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain, islice
from uuid import UUID

from workshop_lib.events import StoredEvent
from workshop_lib.store.chain import Head, first_misfit
from workshop_lib.store.port import Query
from workshop_lib.store.reader import Log


class BranchLog:
    """A past that does not change, and the rows that a branch has added to it."""

    def __init__(self, past: Log, own: list[StoredEvent]) -> None:
        self._past, self._base, self._own, self.codec = past, past.head(), own, past.codec

    def __str__(self) -> str:
        return f"on {self._past}, position {self.position()}"

    def position(self) -> int:
        return self.head().position

    def head(self) -> Head:
        if not self._own:
            return self._base
        last = self._own[-1]
        return Head(last.position, last.hash, last.recorded_at)

    def version_of(self, stream: str) -> int:
        own = [row.version for row in self._own if row.stream == stream]
        return own[-1] if own else self._past.version_of(stream)

    def stream_rows(
        self, stream: str, first: int, last: int, backwards: bool = False, limit: int | None = None
    ) -> Iterable[StoredEvent]:
        earlier = self._past.stream_rows(stream, first, last, backwards, limit)
        own = [row for row in self._own if row.stream == stream and first <= row.version <= last]
        return _joined(earlier, own, backwards, limit)

    def rows(
        self, after: int, query: Query | None = None, backwards: bool = False, limit: int | None = None
    ) -> Iterable[StoredEvent]:
        earlier = self._past.rows(after, query, backwards, limit)
        own = [row for row in self._own if row.position > after and (query is None or query.matches(row))]
        return _joined(earlier, own, backwards, limit)

    def rows_with_ids(self, ids: Sequence[UUID]) -> list[StoredEvent]:
        return [*self._past.rows_with_ids(ids), *(row for row in self._own if row.event_id in ids)]

    def rows_found(self, query: Query, after: int) -> list[StoredEvent]:
        own = [row for row in self._own if row.position > after and query.matches(row)]
        return [*self._past.rows_found(query, after), *own]

    def recorded_by(self, instant: datetime) -> int:
        own = [row.position for row in self._own if row.recorded_at <= instant]
        return own[-1] if own else self._past.recorded_by(instant)

    def until(self, position: int) -> Log:
        own = [row for row in self._own if row.position <= position]
        return BranchLog(self._past, own) if own else self._past.until(position)

    def verify(self) -> int | None:
        return self._past.verify() or first_misfit(self._own, self._base)


def _joined(
    earlier: Iterable[StoredEvent], own: Sequence[StoredEvent], backwards: bool, limit: int | None
) -> Iterator[StoredEvent]:
    both = chain(reversed(own), earlier) if backwards else chain(earlier, own)
    return islice(both, limit)
