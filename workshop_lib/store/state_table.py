"""A table of states beside the log, written in the transaction of each commit: both are there, or neither.

One row for each stream of a category: what somebody else makes of its events (`modeling/state_and_events.py`)
and this file only keeps. It is a table like any other, for reports in SQL: `log.main.session_states` in a
DuckDB file, `session_states` in the schema of a PostgreSQL log. Other engines have no such transaction.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from workshop_lib.codec import Codec
from workshop_lib.events import RecordedEvent, StoredEvent
from workshop_lib.store.errors import NotSupported, StoreError
from workshop_lib.store.port import EventStore

CREATE = """
    CREATE TABLE IF NOT EXISTS {} (
        stream VARCHAR PRIMARY KEY, version INTEGER NOT NULL, type VARCHAR NOT NULL, state JSON NOT NULL
    )
"""
FIND = "SELECT version, type, state::VARCHAR FROM {} WHERE stream = ?"
FORGET = "DELETE FROM {} WHERE stream = ?"
KEEP = """
    INSERT INTO {} VALUES (?, ?, ?, ?) ON CONFLICT (stream) DO UPDATE
    SET version = EXCLUDED.version, type = EXCLUDED.type, state = EXCLUDED.state
"""


class KeptState(NamedTuple):
    """A row: the version that a state belongs to, its type, and the state as JSON text."""

    version: int
    type: str
    state: str


Advance = Callable[[str, KeptState | None, Sequence[RecordedEvent]], KeptState]
"""From a stream's name, the row it has and the events that come to the row it will have."""


class StateTable:
    """The states of one category, in the database that has the log."""

    def __init__(
        self, store: Any, category: str, table: str, mark: str, ask: Callable[..., Any], codec: Codec
    ) -> None:
        self.store, self.category, self._ask, self._codec = store, category, ask, codec
        texts = (text.format(table).replace("?", mark) for text in (FIND, KEEP, FORGET))
        self._find, self._keep, self._forget = texts

    def find(self, stream: str) -> KeptState | None:
        """The row of a stream, if it has one."""
        return next((KeptState(*row) for row in self._ask(self._find, stream)), None)

    def in_each_commit(self, advance: Advance) -> None:
        """Bring the rows up to date in each commit from now on; an error there lets nothing be recorded."""

        def act(cursor: Any, rows: Sequence[StoredEvent]) -> None:
            ours = [row for row in rows if row.stream.startswith(f"{self.category}-")]
            for stream, come in groupby(sorted(ours, key=_place), key=lambda row: row.stream):
                found = cursor.execute(self._find, [stream]).fetchone()
                kept = KeptState(*found) if found else None
                row = advance(stream, kept, [*map(self._codec.recorded, come)])
                cursor.execute(self._keep, [stream, *row])

        self.store.in_each_commit(act)

    def rebuild(self, stream: str, advance: Advance) -> None:
        """Make the row of a stream anew, from its events alone, while nobody appends; a stream without
        events has none.
        """

        def act(cursor: Any, _: Sequence[StoredEvent]) -> None:
            if come := [*self.store.read_stream(stream)]:
                cursor.execute(self._keep, [stream, *advance(stream, None, come)])
            else:
                cursor.execute(self._forget, [stream])

        self.store.between_commits(act)


def state_table(store: EventStore, category: str) -> StateTable:
    """The table of states of a category, made if it is not there. Raises `NotSupported` for an engine that
    has no transaction for log and table.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,50}", category):
        raise StoreError(
            f"You asked for a table of the states of {category!r}, but that is no plain name. "
            "Use a category of small letters, digits and underscores."
        )
    name = f"{category}_states"
    match type(store).__name__:  # by name, because an engine's client need not be installed
        case "DuckDBStore":
            return _in_duckdb(store, category, f"log.main.{name}")
        case "PostgresStore":
            return _in_postgres(store, category, name)
    raise NotSupported(
        type(store).__name__,
        "a state table in the transaction of its commits",
        "Keep this log on DuckDB or PostgreSQL, or load by folding: a Repository without a table.",
    )


def _in_duckdb(store: Any, category: str, table: str) -> StateTable:
    store._file.cursor().execute(CREATE.format(table))
    return StateTable(store, category, table, "?", store._file.ask, store._file.codec)


def _in_postgres(store: Any, category: str, name: str) -> StateTable:
    from workshop_lib.store.postgres_engine.schema import quoted

    table = f"{quoted(store._schema)}.{name}"
    connection, _ = store._link.reach(lambda connection: connection.execute(CREATE.format(table)))
    store._link.give_back(connection)
    return StateTable(store, category, table, "%s", store._link.ask, store.codec)


def _place(row: StoredEvent) -> tuple[str, int]:
    return row.stream, row.version
