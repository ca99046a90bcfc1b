"""Insert one row, some, or many, each the fastest way for DuckDB.

One event is inserted with a prepared statement; up to a hundred or so, and long ones, with an appender; more
as one JSON document with a list for each column. `docs/decisions/` has the measurements.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import msgspec

from workshop_lib.events import StoredEvent
from workshop_lib.store.transactions import Act

FEW = 128
"""The number of rows from which a document is faster than an appender."""

WORDY = 500
"""The length of an event's data, in characters, from which it never is."""

DOCUMENT = 5_000
"""The maximum number of rows in a document."""

_TYPES = (
    *("BIGINT", "VARCHAR", "INTEGER", "VARCHAR", "INTEGER", "TIMESTAMP", "TIMESTAMP", "VARCHAR"),
    *(["VARCHAR"], "VARCHAR", "UUID", "UUID", "UUID", "VARCHAR"),
)
TYPES = dict(zip(StoredEvent._fields, _TYPES, strict=True))
"""The types of the columns of a document; bytes are base64."""

_encode = msgspec.json.Encoder().encode
_COLUMNS = ", ".join(f"unnest(document.{name})" for name in TYPES if name != "hash")
_LISTS = _encode({name: [type_] for name, type_ in TYPES.items()}).decode()

INSERT_ONE = f"INSERT INTO %s VALUES ({', '.join('?' for _ in TYPES)})"
INSERT_MANY = (
    f"INSERT INTO %s SELECT {_COLUMNS}, from_base64(unnest(document.hash)) "
    f"FROM (SELECT from_json_strict(?, '{_LISTS}') AS document)"
)


class Writer:
    """The cursor that appends rows to one table, a transaction each time. After an error, close it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, table: str) -> None:
        self._cursor = connection.cursor()
        self._cursor.execute("PRAGMA disable_optimizer")  # planning an INSERT takes longer than doing it
        self._insert_one = self._cursor.extract_statements(INSERT_ONE % table)[0]
        self._insert_many = self._cursor.extract_statements(INSERT_MANY % table)[0]
        self._appender = self._cursor.appender(table)

    def commit(self, rows: Sequence[StoredEvent], acts: Sequence[Act] = ()) -> None:
        """Insert the rows and run the other work of the commit, all or nothing."""
        if len(rows) <= DOCUMENT and not acts:
            self._insert(rows)
            return
        self._cursor.begin()
        self._insert(rows)
        for act in acts:
            act(self._cursor, rows)
        self._cursor.commit()

    def close(self) -> None:
        """Close the cursor, and roll back what it has not committed."""
        self._cursor.close()

    def note_head(self, position: int, hash_: bytes) -> None:
        """Save the head of the log."""
        self._cursor.execute("INSERT INTO log.heads VALUES (?, ?)", [position, hash_])

    def _insert(self, rows: Sequence[StoredEvent]) -> None:
        if len(rows) == 1:
            self._cursor.execute(self._insert_one, rows[0])
        elif len(rows) < FEW or sum(len(row.data) for row in rows) > WORDY * len(rows):
            self._appender.append_rows(rows)
            self._appender.flush()
        else:
            for first in range(0, len(rows), DOCUMENT):
                self._cursor.execute(self._insert_many, [document(rows[first : first + DOCUMENT])])


def document(rows: Sequence[StoredEvent]) -> str:
    """Encode rows as one JSON text with a list per column; DuckDB reads it faster than Python objects."""
    return _encode(dict(zip(TYPES, zip(*rows, strict=True), strict=True))).decode()
