"""A table of states beside the log, written in the transaction of each commit: both are stored, or neither.

It has one row per stream of a category: its state as computed by `modeling/state_and_events.py`. It can be
queried in SQL: `log.main.session_states` in a DuckDB file, `session_states` in the schema of a PostgreSQL
log. Other engines do not support it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from workshop_lib.events import RecordedEvent, StoredEvent
from workshop_lib.store.errors import StoreError
from workshop_lib.store.port import EventStore
from workshop_lib.store.transactions import transactions_of

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
    """A row: the version of a stream, and its state's type and JSON text."""

    version: int
    type: str
    state: str


Advance = Callable[[str, KeptState | None, Sequence[RecordedEvent]], KeptState]
"""Maps a stream's name, its current row and the new events to its new row."""


class StateTable:
    """The states of one category, in the database of the log."""

    def __init__(self, store: EventStore, category: str) -> None:
        self.store, self.category, self._engine = store, category, transactions_of(store)
        table = self._engine.table.format(f"{category}_states")
        self._engine.run(CREATE.format(table))
        texts = (text.format(table).replace("?", self._engine.mark) for text in (FIND, KEEP, FORGET))
        self._find, self._keep, self._forget = texts

    def find(self, stream: str) -> KeptState | None:
        """Return the row of a stream, if it has one."""
        return next((KeptState(*row) for row in self._engine.run(self._find, stream)), None)

    def in_each_commit(self, advance: Advance) -> None:
        """Update the rows in each commit from now on; an error there aborts the commit."""
        recorded = self._engine.codec.recorded

        def act(cursor: Any, rows: Sequence[StoredEvent]) -> None:
            ours = [row for row in rows if row.stream.startswith(f"{self.category}-")]
            ours.sort(key=attrgetter("stream", "version"))
            for stream, new in groupby(ours, key=attrgetter("stream")):
                found = cursor.execute(self._find, [stream]).fetchone()
                kept = KeptState(*found) if found else None
                cursor.execute(self._keep, [stream, *advance(stream, kept, [*map(recorded, new)])])

        self._engine.in_each_commit(act)

    def rebuild(self, stream: str, advance: Advance) -> None:
        """Recompute the row of a stream from its events, while no commit is running."""

        def act(cursor: Any, _: Sequence[StoredEvent]) -> None:
            if new := [*self.store.read_stream(stream)]:
                cursor.execute(self._keep, [stream, *advance(stream, None, new)])
            else:
                cursor.execute(self._forget, [stream])

        self._engine.between_commits(act)


def state_table(store: EventStore, category: str) -> StateTable:
    """Open the table of states of a category; make it if it is not there. Raises `NotSupported` for an
    engine that has no transaction for log and table.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,50}", category):
        raise StoreError(
            f"You asked for a table of the states of {category!r}, but that is not a plain name. "
            "Use a category of small letters, digits and underscores."
        )
    return StateTable(store, category)
