"""The way into the table: one row, some, or many, each by what DuckDB takes fastest.

One event goes in with a statement that was parsed once; up to a hundred or so, and wordy ones, go through an
appender; more go in as one JSON document, a list for each column. `docs/decisions/` has the measurements.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import msgspec

from workshop_lib.events import StoredEvent
from workshop_lib.store.transactions import Act

FEW = 128
"""From this many rows on, a document is faster than an appender."""

WORDY = 500
"""From this length of an event's data on, in characters, it never is."""

DOCUMENT = 5_000
"""How many rows a document has at most."""

_TYPES = (
    *("BIGINT", "VARCHAR", "INTEGER", "VARCHAR", "INTEGER", "TIMESTAMP", "TIMESTAMP", "VARCHAR"),
    *(["VARCHAR"], "VARCHAR", "UUID", "UUID", "UUID", "VARCHAR"),
)
TYPES = dict(zip(StoredEvent._fields, _TYPES, strict=True))
"""As what DuckDB reads the columns of a document; bytes are base64 there."""

_encode = msgspec.json.Encoder().encode
_COLUMNS = ", ".join(f"unnest(document.{name})" for name in TYPES if name != "hash")
_LISTS = _encode({name: [type_] for name, type_ in TYPES.items()}).decode()

INSERT_ONE = f"INSERT INTO %s VALUES ({', '.join('?' for _ in TYPES)})"
INSERT_MANY = (
    f"INSERT INTO %s SELECT {_COLUMNS}, from_base64(unnest(document.hash)) "
    f"FROM (SELECT from_json_strict(?, '{_LISTS}') AS document)"
)


class Writer:
    """The cursor that appends rows to one table, a transaction each time."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, table: str) -> None:
        self._cursor = connection.cursor()
        self._cursor.execute("PRAGMA disable_optimizer")  # planning an INSERT takes longer than doing it
        self._insert_one = self._cursor.extract_statements(INSERT_ONE % table)[0]
        self._insert_many = self._cursor.extract_statements(INSERT_MANY % table)[0]
        self._appender = self._cursor.appender(table)

    def commit(self, rows: Sequence[StoredEvent], acts: Sequence[Act] = ()) -> None:
        """Insert the rows and do what else belongs to the commit, all or nothing."""
        if len(rows) <= DOCUMENT and not acts:
            self._insert(rows)
            return
        self._cursor.begin()
        try:
            self._insert(rows)
            for act in acts:
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
        elif len(rows) < FEW or sum(len(row.data) for row in rows) > WORDY * len(rows):
            self._append(rows)
        else:
            for first in range(0, len(rows), DOCUMENT):
                self._cursor.execute(self._insert_many, [document(rows[first : first + DOCUMENT])])

    def _append(self, rows: Sequence[StoredEvent]) -> None:
        try:
            self._appender.append_rows(rows)
            self._appender.flush()
        except BaseException:
            self._appender.clear()
            raise


def document(rows: Sequence[StoredEvent]) -> str:
    """Rows as one JSON text, a list for each column: DuckDB reads it faster than arrays of Python objects."""
    return _encode(dict(zip(TYPES, zip(*rows, strict=True), strict=True))).decode()
