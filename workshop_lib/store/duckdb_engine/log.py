"""The rows of a DuckDB log: up to a position, or as many as there are while the store writes.

Any number of threads read, each through a cursor of its own. The global order is read in pages by range,
because positions have no gaps. Read `reader.py` and `store.py` beside it next.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from operator import attrgetter
from uuid import UUID

from workshop_lib.events import StoredEvent
from workshop_lib.store.chain import Head, first_misfit
from workshop_lib.store.duckdb_engine.connection import LogFile
from workshop_lib.store.duckdb_engine.views import Views
from workshop_lib.store.port import Query
from workshop_lib.store.query_in_sql import as_condition
from workshop_lib.store.reader import LAST_POSITION

PAGE = 10_000
"""How many positions a read takes at a time."""

ROW = ", ".join(StoredEvent._fields).replace("_id", "_id::BLOB")
"""A row as it is fetched: DuckDB hands over an id as bytes eight times as fast as it makes a UUID."""

UNHASHED = ROW.removesuffix(", hash")
"""A row without its hash, which only `verify` needs: to fetch the hash takes a fifth of the time."""

SHORT = 2_000
"""DuckDB looks up to 2,048 rows in its index, and goes through the table for more."""

OF_STREAM = (
    f"SELECT {UNHASHED} FROM {{}} WHERE stream = ? AND version >= ? AND version <= ? AND position <= ?"
)
HEAD = """
SELECT position, hash, recorded_at FROM {0}
WHERE position = (SELECT max(position) FROM {0} WHERE position <= ?)
"""
NOTED = """
SELECT h.position, h.hash, e.hash FROM log.heads h LEFT JOIN {} e USING (position)
WHERE h.position <= ? ORDER BY h.position
"""
LOG = "log.main.events"
MATCHING = ("?", "list_has_all(tags, ?)")
_position, _version = attrgetter("position"), attrgetter("version")


class DuckDBLog:
    """The rows of a relation up to a position. Up to `noted`, heads of it were written down when the store
    was closed.
    """

    def __init__(self, file: LogFile, source: str, end: int, noted: int) -> None:
        self.file, self.source, self._end, self.noted = file, source, end, noted
        self.codec = file.codec
        self._of_stream = OF_STREAM.format(source)

    def __str__(self) -> str:
        return f"{self.file.path or 'in memory'}, position {self.position()}"

    def position(self) -> int:
        return self._end

    def head(self) -> Head:
        return self._head_at(self._end)

    def version_of(self, stream: str) -> int:
        count = f"SELECT count(*) FROM {self.source} WHERE stream = ? AND position <= ?"
        return int(self.file.ask(count, stream, self.position())[0][0])

    def stream_rows(
        self, stream: str, first: int, last: int, backwards: bool = False, limit: int | None = None
    ) -> list[StoredEvent]:
        rows = self._between(stream, first, last)
        rows.sort(key=_version, reverse=backwards)
        return rows if limit is None else rows[:limit]

    def rows(
        self, after: int, query: Query | None = None, backwards: bool = False, limit: int | None = None
    ) -> Iterator[StoredEvent]:
        span = PAGE if limit is None else min(PAGE, limit + 100)
        pages = self._pages(after, self.position(), query, backwards, span=span)
        return chain.from_iterable(pages if limit is None else _up_to(limit, pages))

    def rows_with_ids(self, ids: Sequence[UUID]) -> list[StoredEvent]:
        marks = ", ".join("?::UUID" for _ in ids)
        return self.file.rows(f"SELECT {ROW} FROM {self.source} WHERE event_id IN ({marks})", *ids)

    def rows_found(self, query: Query, after: int) -> list[StoredEvent]:
        if after >= self.position():
            return []
        condition, values = as_condition(query, *MATCHING)
        select = f"SELECT {UNHASHED} FROM {self.source} WHERE position > ?{condition}"
        return self.file.rows(f"{select} ORDER BY position LIMIT 100", after, *values)

    def recorded_by(self, instant: datetime) -> int:
        last = f"SELECT coalesce(max(position), 0) FROM {self.source} WHERE recorded_at <= ?"
        return int(self.file.ask(last, instant)[0][0])

    def until(self, position: int) -> DuckDBLog:
        return DuckDBLog(self.file, self.source, position, min(self.noted, position))

    def verify(self) -> int | None:
        pages = self._pages(0, self.position(), columns=ROW)
        return first_misfit(chain.from_iterable(pages)) or self._cut()

    def views(self) -> Views:
        """Return the relations that SQL is asked of."""
        return self.file.views_until(self.source, self._end)

    def _head_at(self, end: int) -> Head:
        found = self.file.ask(HEAD.format(self.source), end)
        return Head(found[0][0], bytes(found[0][1]), found[0][2]) if found else Head()

    def _between(self, stream: str, first: int, last: int) -> list[StoredEvent]:
        return self.file.rows(self._of_stream, stream, first, last, self.position())

    def _pages(
        self,
        after: int,
        end: int,
        query: Query | None = None,
        backwards: bool = False,
        columns: str = UNHASHED,
        span: int = PAGE,
    ) -> Iterator[list[StoredEvent]]:
        condition, values = as_condition(query, *MATCHING)
        select = f"SELECT {columns} FROM {self.source} WHERE position > ? AND position <= ?{condition}"
        while after < end:
            low, high = (max(after, end - span), end) if backwards else (after, min(after + span, end))
            rows = self.file.rows(select, low, high, *values)
            rows.sort(key=_position, reverse=backwards)
            yield rows
            after, end = (after, low) if backwards else (high, end)
            span = span * 4 if len(rows) < span // 4 else span  # few matches: look further at a time

    def _cut(self) -> int | None:
        """Compare the heads that were noted with the rows there: the first position that is missing at the
        end, or has another hash.
        """
        for position, noted, there in self.file.ask(NOTED.format(self.source), self.noted):
            if there is None:
                return self._head_at(LAST_POSITION).position + 1
            if noted != there:
                return int(position)
        return None


class GrowingLog(DuckDBLog):
    """The rows that a store adds to. It has the head and every stream's version at hand."""

    def __init__(self, file: LogFile, source: str, views: Views, noted: int = LAST_POSITION) -> None:
        super().__init__(file, source, LAST_POSITION, noted)
        self._views = views
        self._whole_stream = f"SELECT {UNHASHED} FROM {source} WHERE stream = ?"
        self.load()

    def load(self) -> None:
        """Look up the head and the versions, as they stand in the table."""
        self._head = self._head_at(LAST_POSITION)
        versions = f"SELECT stream, max(version) FROM {self.source} GROUP BY stream"
        self._versions: dict[str, int] = dict(self.file.ask(versions))

    def grow(self, head: Head, versions: Mapping[str, int]) -> None:
        """Take over the head and the versions that a commit has led to."""
        self._head = head
        self._versions.update(versions)

    def position(self) -> int:
        return self._head.position

    def head(self) -> Head:
        return self._head

    def version_of(self, stream: str) -> int:
        return self._versions.get(stream, 0)

    def verify(self) -> int | None:
        misfit, last = super().verify(), self._head_at(LAST_POSITION).position
        return misfit if misfit or last == self.position() else min(last, self.position()) + 1

    def views(self) -> Views:
        return self._views

    def _between(self, stream: str, first: int, last: int) -> list[StoredEvent]:
        """Read short streams whole: a condition besides the name keeps DuckDB from its index (a stream of
        100 in 10 million takes 18 ms then, and 1.4 by the index).
        """
        if self._versions.get(stream, 0) > SHORT:
            return super()._between(stream, first, last)
        rows, end = self.file.rows(self._whole_stream, stream), self.position()
        return [row for row in rows if first <= row.version <= last and row.position <= end]


def _up_to(limit: int, pages: Iterable[list[StoredEvent]]) -> Iterator[list[StoredEvent]]:
    """Cut the pages where there are enough rows; the next page is not read then."""
    for page in pages:
        yield page[:limit]
        limit -= len(page)
        if limit <= 0:
            return
