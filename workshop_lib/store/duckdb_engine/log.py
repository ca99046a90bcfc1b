"""The rows of a DuckDB log: up to a position, or all rows while the store writes.

Any number of threads read, each through its own cursor. `workshop_lib/store/sql_log.py` has the
statements. Read `reader.py` and `store.py` beside it next.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from operator import attrgetter
from uuid import UUID

import msgspec

from workshop_lib.events import StoredEvent
from workshop_lib.store.chain import Head
from workshop_lib.store.duckdb_engine.connection import LogFile
from workshop_lib.store.duckdb_engine.ids import KnownIds
from workshop_lib.store.duckdb_engine.selections import Selections
from workshop_lib.store.duckdb_engine.views import Views
from workshop_lib.store.port import Query
from workshop_lib.store.reader import LAST_POSITION
from workshop_lib.store.sql_log import SqlLog

ROW = ", ".join(StoredEvent._fields).replace("_id", "_id::BLOB")
"""The fetched columns; DuckDB returns an id as bytes eight times as fast as it makes a UUID."""

UNHASHED = ROW.removesuffix(", hash")
"""The columns without the hash, which only `verify` needs and which takes a fifth of the time."""

SHORT = 2_000
"""DuckDB fetches up to 2,048 rows by its index, and scans the table for more."""

LOG = "log.main.events"
_version = attrgetter("version")


class DuckDBLog(SqlLog):
    """The rows of a relation up to a position."""

    def __init__(self, file: LogFile, table: str, end: int, noted: int) -> None:
        super().__init__(file.ask, table, "log.heads", file.codec, end, noted)
        self.file = file

    def __str__(self) -> str:
        return f"{self.file.path or 'in memory'}, position {self.position()}"

    def fetch(self, condition: str, *values: object, hashed: bool = False) -> list[StoredEvent]:
        columns = ROW if hashed else UNHASHED
        found = self.ask(f"SELECT {columns} FROM {self.table} WHERE {condition}", *values)
        return msgspec.convert(found, list[StoredEvent])

    def rows_with_ids(self, ids: Sequence[UUID]) -> list[StoredEvent]:
        return self.fetch(f"event_id IN ({', '.join('?::UUID' for _ in ids)})", *ids)

    def until(self, position: int) -> DuckDBLog:
        return DuckDBLog(self.file, self.table, position, min(self.noted, position))

    def views(self) -> Views:
        """Return the views for SQL queries."""
        return self.file.views_until(self.table)


class GrowingLog(DuckDBLog):
    """The rows of a store that appends. It caches the head and every stream's version."""

    def __init__(self, file: LogFile, table: str, views: Views, noted: int = LAST_POSITION) -> None:
        super().__init__(file, table, 0, noted)
        self._views, self._ids = views, KnownIds(file, table)
        self._selections = Selections(super().rows_found)
        self.load()

    def load(self) -> None:
        """Read the head and the versions from the table."""
        versions = f"SELECT stream, max(version) FROM {self.table} GROUP BY stream"
        self._ids.forget()
        self._selections.clear()
        head, self._versions = self.head_at(LAST_POSITION), dict[str, int](self.ask(versions))
        self._head, self._end = head, head.position

    def grow(self, head: Head, versions: Mapping[str, int], rows: Sequence[StoredEvent] = ()) -> None:
        """Update the head, the versions and the known ids after a commit."""
        self._selections.add(rows)
        self._head, self._end = head, head.position
        self._versions.update(versions)
        self._ids.add(row.event_id for row in rows)

    def head(self) -> Head:
        return self._head

    def version_of(self, stream: str) -> int:
        return self._versions.get(stream, 0)

    def rows(
        self, after: int, query: Query | None = None, backwards: bool = False, limit: int | None = None
    ) -> Iterator[StoredEvent]:
        chosen = self._selected(query, after, make=not (after or backwards or limit))
        if chosen is None:
            return super().rows(after, query, backwards, limit)
        return islice(reversed(chosen) if backwards else chosen, limit)

    def rows_found(self, query: Query, after: int, most: int = 100) -> list[StoredEvent]:
        chosen = self._selected(query, after, make=False)
        return super().rows_found(query, after, most) if chosen is None else chosen[:most]

    def _selected(self, query: Query | None, after: int, make: bool) -> list[StoredEvent] | None:
        """Return a query's rows after a position if they are kept, or few enough to be kept from now on."""
        if query is None or not (make or query in self._selections):
            return None
        kept = self._selections.rows(query, self._end)
        return None if kept is None else [row for row in kept if row.position > after]

    def rows_with_ids(self, ids: Sequence[UUID]) -> list[StoredEvent]:
        known = self._ids.among(ids)
        return super().rows_with_ids(known) if known else []

    def stream_rows(
        self, stream: str, first: int, last: int, backwards: bool = False, limit: int | None = None
    ) -> list[StoredEvent]:
        """Read short streams whole: a second predicate disables DuckDB's index (a stream of 100 in 10 million
        then takes 18 ms instead of 1.4).
        """
        if self._versions.get(stream, 0) > SHORT:
            return super().stream_rows(stream, first, last, backwards, limit)
        rows, end = self.fetch("stream = ?", stream), self._end
        chosen = [row for row in rows if first <= row.version <= last and row.position <= end]
        chosen.sort(key=_version, reverse=backwards)
        return chosen if limit is None else chosen[:limit]

    def verify(self) -> int | None:
        mismatch, last = super().verify(), self.head_at(LAST_POSITION).position
        return mismatch if mismatch or last == self._end else min(last, self._end) + 1

    def views(self) -> Views:
        return self._views
