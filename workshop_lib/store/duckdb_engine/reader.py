"""The reading half of the DuckDB store, which is also all of a log as of an earlier moment.

Any number of threads read, each through a cursor of its own. The global order is read in pages by range,
because positions have no gaps. Read `duckdb_engine/store.py` next for the writing half.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from operator import attrgetter
from typing import Any, NoReturn, Self

import duckdb

from workshop_lib.events import RecordedEvent, StoredEvent
from workshop_lib.store.chain import first_misfit
from workshop_lib.store.duckdb_engine.connection import LONG, LogFile
from workshop_lib.store.duckdb_engine.views import Views
from workshop_lib.store.errors import (
    AppendOnly,
    ReadOnly,
    checked_from,
    checked_stream,
    checked_time,
)
from workshop_lib.store.port import Query

PAGE = 10_000
"""How many positions a read takes at a time."""

COLUMNS = ", ".join(StoredEvent._fields)
ROW = COLUMNS.replace("_id", "_id::BLOB")
"""A row as it is fetched: DuckDB hands over an id as bytes eight times as fast as it makes a UUID."""

UNSEALED = ROW.removesuffix(", hash")
"""A row without its hash, for whoever does not verify: to fetch that takes a fifth of the time."""

OF_STREAM = (
    f"SELECT {UNSEALED} FROM {{}} WHERE stream = ? AND version >= ? AND version <= ? AND position <= ?"
)
LOG = "log.main.events"
_position = attrgetter("position")
UNGUARDED = {"TRANSACTION", "DETACH", "ATTACH"}
WRITING = re.compile(r"\b(insert|update|delete|merge)\b", re.IGNORECASE)


class DuckDBPast:
    """A DuckDB log up to a position: everything can be asked of it and nothing appended."""

    def __init__(self, file: LogFile, end: int, source: str = LOG) -> None:
        self._file, self._end, self._source = file, end, source
        self._of_stream = OF_STREAM.format(source)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._file.path or 'in memory'}, position {self.position()}>"

    def read_stream(
        self,
        stream: str,
        from_version: int = 1,
        to_version: int | None = None,
        backwards: bool = False,
        limit: int | None = None,
    ) -> Iterator[RecordedEvent]:
        """The events of one stream in the order of their versions, both bounds included."""
        checked_stream(stream)
        first = checked_from("from_version", from_version, 1)
        last = 2**31 - 1 if to_version is None else checked_from("to_version", to_version, 0)
        rows = self._stream_rows(stream, min(first, 2**31 - 1), min(last, 2**31 - 1))
        rows.sort(key=lambda row: row.version, reverse=backwards)
        return map(
            self._file.codec.recorded, rows if limit is None else rows[: checked_from("limit", limit, 0)]
        )

    def read(
        self, after: int = 0, query: Query | None = None, backwards: bool = False, limit: int | None = None
    ) -> Iterator[RecordedEvent]:
        """The events of all streams in the global order; a page at a time, so that memory stays bounded."""
        checked_from("after", after, 0)
        if limit is not None:
            checked_from("limit", limit, 0)
        return self._read(after, self.position(), query, backwards, limit)

    def stream_version(self, stream: str) -> int:
        """The number of events in the stream, 0 if it does not exist."""
        query = f"SELECT count(*) FROM {self._source} WHERE stream = ? AND position <= ?"
        return int(self._file.ask(query, checked_stream(stream), self.position())[0][0])

    def position(self) -> int:
        """The position of the last event, 0 if there is none."""
        return self._end

    def wait(self, after: int, timeout: float | None = None) -> bool:
        """Whether the log ends beyond a position; nothing more comes into the past."""
        return self.position() > checked_from("after", after, 0)

    def sql(self, query: str, **values: object) -> duckdb.DuckDBPyRelation:
        """Ask the log in SQL: `events` is all of it, `events.<event type>` has a typed column for each field.

        Values are bound, never pasted: `sql("FROM events WHERE stream = $name", name="session-42")`. A
        result is a DuckDB relation: it displays itself; `.fetchall()` gives its rows. Raises `QueryFailed`,
        `AppendOnly` for an attempt to change the log, or `DamagedLog`. A relation reads when it is asked for
        its rows: what it meets then, such as a damaged block, DuckDB says in words of its own.
        """
        views = self._ready_views()
        if self.position() > LONG:
            self._file.use_all_cores()
        cursor = self._file.connection.cursor()
        cursor.execute(views.search_path)
        try:
            kinds = {statement.type.name for statement in cursor.extract_statements(query)}
            if kinds <= {"SELECT"} and not WRITING.search(query):
                return cursor.sql(query, params=values or None)
            if kinds & UNGUARDED:
                raise AppendOnly
            return self._guarded(cursor, query, values, reads=kinds <= {"SELECT"})
        except duckdb.Error as error:
            raise self._file.refused(error) from error

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        """Refuse to change the past. Raises `ReadOnly`."""
        raise ReadOnly(self.position())

    append: Any = _refuse
    append_batch: Any = _refuse

    def close(self) -> None:
        """Nothing to let go of: the file belongs to the store."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def verify(self) -> int | None:
        """None if every row follows from the rows before it, else the first position that does not fit."""
        pages = self._pages(0, self.position(), columns=ROW)
        misfit = first_misfit(row for page in pages for row in page)
        return misfit if misfit is not None else self._cut()

    def as_of(self, *, position: int | None = None, recorded_at: datetime | None = None) -> DuckDBPast:
        """The log as it stood then: up to a position, or by an instant of recording (inclusive)."""
        end = self.position()
        if position is not None:
            end = min(end, checked_from("position", position, 0))
        if recorded_at is not None:
            query = f"SELECT coalesce(max(position), 0) FROM {self._source} WHERE recorded_at <= ?"
            end = min(end, self._file.ask(query, checked_time("recorded_at", recorded_at))[0][0])
        return DuckDBPast(self._file, end, self._source)

    def _stream_rows(self, stream: str, first: int, last: int) -> list[StoredEvent]:
        return self._file.rows(self._of_stream, stream, first, last, self.position())

    def _ready_views(self) -> Views:
        self._file.cursor()
        views = self._file.past_views(self._source, self._end)
        views.refresh()
        return views

    def _guarded(
        self, cursor: duckdb.DuckDBPyConnection, query: str, values: dict[str, object], reads: bool
    ) -> duckdb.DuckDBPyRelation:
        """Run what may write: into tables of one's own, not into the log.

        DuckDB lets a transaction write to one database only, and this one has written to memory.
        """
        cursor.begin()
        try:
            cursor.execute("INSERT INTO memory.main.guard VALUES (1)")
            answer = cursor.sql(query, params=values or None)
            if isinstance(answer, duckdb.DuckDBPyRelation) and reads:
                answer = answer.materialize()  # now, while the guard stands
        except BaseException:
            cursor.rollback()
            raise
        cursor.commit()
        return answer

    def _read(
        self, after: int, end: int, query: Query | None, backwards: bool, limit: int | None
    ) -> Iterator[RecordedEvent]:
        span = PAGE if limit is None else min(PAGE, limit + 100)
        for page in self._pages(after, end, query, backwards, span=span):
            for row in page[:limit]:
                yield self._file.codec.recorded(row)
            if limit is not None and (limit := limit - len(page)) <= 0:
                return

    def _pages(
        self,
        after: int,
        end: int,
        query: Query | None = None,
        backwards: bool = False,
        columns: str = UNSEALED,
        span: int = PAGE,
    ) -> Iterator[list[StoredEvent]]:
        condition, values = filtered(query)
        select = f"SELECT {columns} FROM {self._source} WHERE position > ? AND position <= ?{condition}"
        while after < end:
            low, high = (max(after, end - span), end) if backwards else (after, min(after + span, end))
            rows = self._file.rows(select, low, high, *values)
            rows.sort(key=_position, reverse=backwards)
            yield rows
            after, end = (after, low) if backwards else (high, end)
            span = span * 4 if len(rows) < span // 4 else span  # few matches: look further at a time

    def _cut(self) -> int | None:
        """The first position that is missing at the end, by the heads that were written down when the log
        was closed.
        """
        query = (
            f"SELECT h.position, h.hash, e.hash FROM log.heads h LEFT JOIN {self._source} e USING (position) "
            "WHERE h.position <= ? ORDER BY h.position"
        )
        for position, noted, there in self._file.ask(query, self._end_of_heads()):
            if there is None:
                return int(self._file.ask(f"SELECT coalesce(max(position), 0) FROM {self._source}")[0][0]) + 1
            if noted != there:
                return int(position)
        return None

    def _end_of_heads(self) -> int:
        return self._end


def filtered(query: Query | None) -> tuple[str, list[object]]:
    """A query as a condition in SQL, to be set behind others, and the values that it binds."""
    values: list[object] = []
    if query is None:
        return "", values
    alternatives = []
    for each in query.each():
        parts = []
        if each.types:
            parts.append(f"type IN ({', '.join('?' for _ in each.types)})")
            values += each.types
        if each.tags:
            parts.append("list_has_all(tags, ?)")
            values.append(list(each.tags))
        alternatives.append(" AND ".join(parts) or "true")
    return f" AND (({') OR ('.join(alternatives)}))", values
