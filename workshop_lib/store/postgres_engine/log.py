"""The rows of a log in PostgreSQL, up to a position or all rows.

Positions are assigned under a lock that is held until the commit, so a reader sees them in order and
without gaps. `workshop_lib/store/sql_log.py` has the statements. Read `store.py` in this folder next.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice
from uuid import UUID

from workshop_lib.codec import Codec
from workshop_lib.events import StoredEvent
from workshop_lib.frames import sql_name
from workshop_lib.store.port import Query
from workshop_lib.store.reader import LAST_POSITION
from workshop_lib.store.sql_log import PAGE, Ask, SqlLog

ROW = ", ".join(StoredEvent._fields).replace("data", "data::text")
"""The fetched columns: data and metadata as the text that the hash covers, not parsed."""


class PostgresLog(SqlLog):
    """The rows of a schema's log."""

    mark = "%s"
    has_tags = has_tag = "tags @> %s::text[]"

    def __init__(self, ask: Ask, schema: str, codec: Codec, end: int = LAST_POSITION) -> None:
        super().__init__(ask, f"{sql_name(schema)}.events", f"{sql_name(schema)}.heads", codec, end, end)
        self.schema = schema

    def __str__(self) -> str:
        return f"in schema {self.schema}" + (f", position {self._end}" if self._end < LAST_POSITION else "")

    def through(self, ask: Ask) -> PostgresLog:
        """Return the same log, read with another function: within a transaction."""
        return PostgresLog(ask, self.schema, self.codec, self._end)

    def until(self, position: int) -> PostgresLog:
        return PostgresLog(self.ask, self.schema, self.codec, position)

    def position(self) -> int:
        return self._end if self._end < LAST_POSITION else self.head_at(self._end).position

    def fetch(self, condition: str, *values: object, hashed: bool = False) -> list[StoredEvent]:
        found = self.ask(f"SELECT {ROW} FROM {self.table} WHERE {condition}", *values)
        return [*map(StoredEvent._make, found)]

    def rows(
        self, after: int, query: Query | None = None, backwards: bool = False, limit: int | None = None
    ) -> Iterator[StoredEvent]:
        """Read in pages of positions, or of matching rows, which are found by an index."""
        if query is None:
            return super().rows(after, None, backwards, limit)
        return islice(chain.from_iterable(self._found(query, after, backwards, limit or 0)), limit)

    def _found(self, query: Query, after: int, backwards: bool, limit: int) -> Iterator[list[StoredEvent]]:
        condition, values = self._chosen(query)
        end, page = self.position(), min(limit or PAGE, PAGE)
        order = f"ORDER BY position {'DESC' if backwards else 'ASC'} LIMIT {page}"
        while after < end:
            bounds = (
                {"position > %s AND ": after} if after else {}
            )  # a wide range would be read from its index
            if backwards or self._end < LAST_POSITION:
                bounds["position <= %s AND "] = end
            rows = self.fetch("".join(bounds) + f"{condition} {order}", *bounds.values(), *values)
            yield [row for row in rows if row.position <= end]
            if len(rows) < page:
                return
            last = rows[-1].position
            after, end = (after, last - 1) if backwards else (last, end)

    def rows_with_ids(self, ids: Sequence[UUID]) -> list[StoredEvent]:
        return self.fetch("event_id = ANY(%s) AND position <= %s", list(ids), self._end)

    @staticmethod
    def storable(text: str) -> bool:
        """Return False for text with NUL or a lone surrogate."""
        return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)
