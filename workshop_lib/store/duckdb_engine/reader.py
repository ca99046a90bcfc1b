"""Read a DuckDB log, also with SQL. Read `log.py` for its rows, `views.py` for the relations."""

from __future__ import annotations

import re
from datetime import datetime

import duckdb

from workshop_lib.frames import unboxed
from workshop_lib.store.arguments import require_moment
from workshop_lib.store.duckdb_engine.connection import LONG
from workshop_lib.store.duckdb_engine.file import interruptible
from workshop_lib.store.duckdb_engine.log import DuckDBLog
from workshop_lib.store.errors import AppendOnly, NotAQuestion, QueryFailed
from workshop_lib.store.reader import AsOf, Reader

UNGUARDED = {"TRANSACTION", "DETACH", "ATTACH"}
"""Kinds of statements that take effect regardless of the transaction around them."""

INSIDE = {"SELECT", "EXPLAIN", "MULTI", "CREATE", "DROP", "ALTER", "INSERT", "UPDATE", "DELETE", "MERGE_INTO"}
"""Kinds of statements that only read, or write tables in memory; the guard keeps them from the log."""

OUTSIDE = {"COPY", "EXPORT"}
"""Kinds of statements that write files."""

EXPLAINED = re.compile(r"explain(\s+analyze\b|\s*\([^)]*\))?", re.IGNORECASE)
WRITING = re.compile(r"\b(insert|update|delete|merge)\b", re.IGNORECASE)


class DuckDBReader(Reader):
    """A DuckDB log that can be read and queried with SQL."""

    _log: DuckDBLog

    @interruptible
    def sql(
        self, query: str, /, *, external_access: bool = False, **values: object
    ) -> duckdb.DuckDBPyRelation:
        """Query the log with SQL: `events` is the log, `events.<event type>` has a typed column per field.

        Values are bound, not concatenated: `sql("FROM events WHERE stream = $name", name="session-42")`. The
        result is a DuckDB relation: it displays itself, `.fetchall()` gives its rows, `.df()` a DataFrame.
        It may read files, but writes them only with `external_access=True`.

        Raises `QueryFailed`, `AppendOnly` for an attempt to change the log, `NotAQuestion` or `DamagedLog`. A
        relation reads the file when its rows are fetched; an error at that point is a DuckDB error.
        """
        file, values = self._log.file, {name: unboxed(value) for name, value in values.items()}
        file.cursor()
        views = self._log.views()
        views.refresh()
        if self.position() > LONG:
            file.use_all_cores()
        cursor = file.connection.cursor()
        cursor.execute(f"{views.search_path}; SET VARIABLE log_end = {self.position()}")
        try:
            kinds = _kinds(cursor, query)
            if not kinds:
                raise QueryFailed("there is no statement in it.")
            if kinds <= {"SELECT"} and not WRITING.search(query):
                return cursor.sql(query, params=values or None)
            if kinds & UNGUARDED:
                raise AppendOnly
            if other := kinds - INSIDE - (OUTSIDE if external_access else set()):
                raise NotAQuestion(min(other))
            return _guarded(cursor, query, values, reads=kinds <= {"SELECT"})
        except duckdb.Error as error:
            raise file.query_error(error) from error

    def as_of(
        self, *, position: int | None = None, recorded_at: datetime | None = None, occurred_at: None = None
    ) -> DuckDBAsOf:
        require_moment(position, recorded_at, occurred_at)
        return DuckDBAsOf(self._log.until(self._end(position, recorded_at)))


class DuckDBAsOf(DuckDBReader, AsOf):
    """A DuckDB log as of a position."""


def _kinds(cursor: duckdb.DuckDBPyConnection, query: str) -> set[str]:
    """Return the kinds of statements in a query, and of those that EXPLAIN explains (and may run)."""
    kinds = set[str]()
    for statement in cursor.extract_statements(query):
        kinds.add(statement.type.name)
        if statement.type.name == "EXPLAIN":
            kinds |= _kinds(cursor, EXPLAINED.sub("", statement.query, count=1))
    return kinds


def _guarded(
    cursor: duckdb.DuckDBPyConnection, query: str, values: dict[str, object], reads: bool
) -> duckdb.DuckDBPyRelation:
    """Run a statement that may write to other tables, but not to the log.

    DuckDB lets a transaction write to one database only, and this one has written to memory.
    """
    cursor.begin()
    try:
        cursor.execute("INSERT INTO memory.main.guard VALUES (1)")
        answer = cursor.sql(query, params=values or None)
        if isinstance(answer, duckdb.DuckDBPyRelation) and reads:
            answer = answer.materialize()  # while the guard is in place
    except BaseException:
        cursor.rollback()
        raise
    cursor.commit()
    return answer
