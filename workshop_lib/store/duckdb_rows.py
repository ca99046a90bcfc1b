"""The way into the table: one row, some, or many, each by what DuckDB takes fastest.

One event goes in with a statement that was parsed once; up to a few hundred go through an appender; more
go in as columns, one numpy array each. `CONTRIBUTING.md` has the measurements.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import duckdb

from workshop_lib.events import StoredEvent

FEW = 300
"""From this many rows on, columns are faster than an appender."""

COLUMNS = StoredEvent._fields
INSERT_ONE = f"INSERT INTO {{}} VALUES ({', '.join('?' for _ in COLUMNS)})"
INSERT_MANY = f"INSERT INTO {{}} SELECT {', '.join(COLUMNS)} FROM draft_rows"

_EPOCH, _MICROSECOND = datetime(1970, 1, 1), timedelta(microseconds=1)


class Writer:
    """The cursor that appends rows to one table, a transaction each time."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, table: str) -> None:
        self._cursor = connection.cursor()
        self._cursor.execute("PRAGMA disable_optimizer")  # planning an INSERT takes longer than doing it
        self._insert_one = self._cursor.extract_statements(INSERT_ONE.format(table))[0]
        self._insert_many = INSERT_MANY.format(table)
        self._appender = self._cursor.appender(table)

    def commit(
        self,
        rows: Sequence[StoredEvent],
        inline: Iterable[Callable[[duckdb.DuckDBPyConnection, Sequence[StoredEvent]], None]] = (),
    ) -> None:
        """Make the rows part of the table for good, and what is done inline with them; all or nothing."""
        if not inline:
            self._insert(rows)
            return
        self._cursor.begin()
        try:
            self._insert(rows)
            for act in inline:
                act(self._cursor, rows)
        except BaseException:
            self._cursor.rollback()
            raise
        self._cursor.commit()

    def note_head(self, position: int, hash_: bytes) -> None:
        """Write down where the log ends."""
        self._cursor.execute("INSERT INTO log.heads VALUES (?, ?)", [position, hash_])

    def _insert(self, rows: Sequence[StoredEvent]) -> None:
        if len(rows) == 1:
            self._cursor.execute(self._insert_one, rows[0])
        elif len(rows) < FEW:
            self._append(rows)
        else:
            self._insert_columns(rows)

    def _append(self, rows: Sequence[StoredEvent]) -> None:
        try:
            self._appender.append_rows(rows)
            self._appender.flush()
        except BaseException:
            self._appender.clear()
            raise

    def _insert_columns(self, rows: Sequence[StoredEvent]) -> None:
        self._cursor.register("draft_rows", columns_of(rows))
        try:
            self._cursor.execute(self._insert_many)
        finally:
            self._cursor.unregister("draft_rows")


def columns_of(rows: Sequence[StoredEvent]) -> dict[str, Any]:
    """Rows turned into one numpy array for each column: DuckDB takes these in three times as fast as rows."""
    import numpy as np

    def objects(values: Sequence[object]) -> Any:
        column = np.empty(len(rows), dtype=object)
        column[:] = values
        return column

    columns = dict(zip(COLUMNS, zip(*rows, strict=True), strict=True))
    arrays: dict[str, Any] = {}
    for name, values in columns.items():
        if name in ("position", "version", "schema_version"):
            arrays[name] = np.array(values, dtype=np.int64 if name == "position" else np.int32)
        elif name in ("occurred_at", "recorded_at"):
            since = [(value - _EPOCH) // _MICROSECOND for value in values]
            arrays[name] = np.array(since, dtype=np.int64).view("datetime64[us]")
        elif name in ("event_id", "correlation_id", "causation_id"):
            arrays[name] = objects([value and value.hex for value in values])
        else:
            arrays[name] = objects(values)
    return arrays
