"""The rows of a log in PostgreSQL, up to a position or as many as there are.

Positions are handed out under a lock that is held until the commit, so a reader sees them in order and
without a gap. The global order is read in pages, so that memory stays bounded. Read `store.py` beside it
next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import chain
from typing import Any
from uuid import UUID

from workshop_lib.codec import Codec
from workshop_lib.events import StoredEvent
from workshop_lib.store.chain import Head, first_misfit
from workshop_lib.store.port import Query
from workshop_lib.store.postgres_engine.schema import quoted
from workshop_lib.store.query_in_sql import as_condition
from workshop_lib.store.reader import LAST_POSITION

PAGE = 2_000
"""How many rows a read fetches at a time."""

ROW = ", ".join(StoredEvent._fields).replace("data", "data::text")
"""A row as it is fetched: data and metadata as the text that the hash covers, not parsed."""

Ask = Callable[..., list[tuple[Any, ...]]]
"""Whatever takes a statement and its values and gives all rows of the answer."""


class PostgresLog:
    """The rows of a schema's log, of which `ask` finds what lies before the end."""

    def __init__(self, ask: Ask, schema: str, codec: Codec, end: int = LAST_POSITION) -> None:
        self.ask, self.schema, self.end, self.codec = ask, schema, end, codec
        self.table, self.heads = f"{quoted(schema)}.events", f"{quoted(schema)}.heads"

    def __str__(self) -> str:
        return f"in schema {self.schema}" + (f", position {self.end}" if self.end < LAST_POSITION else "")

    def through(self, ask: Ask) -> PostgresLog:
        """Return the same log as another way of asking finds it: within a transaction."""
        return PostgresLog(ask, self.schema, self.codec, self.end)

    def until(self, position: int) -> PostgresLog:
        return PostgresLog(self.ask, self.schema, self.codec, position)

    def position(self) -> int:
        return self.end if self.end < LAST_POSITION else self._last(LAST_POSITION)

    def head(self) -> Head:
        return self.head_at(self.end)

    def head_at(self, end: int) -> Head:
        """Return where the log ended, up to a position."""
        row = f"SELECT position, hash, recorded_at FROM {self.table} WHERE position <= %s"
        found = self.ask(f"{row} ORDER BY position DESC LIMIT 1", end)
        return Head(*found[0]) if found else Head()

    def version_of(self, stream: str) -> int:
        newest = f"SELECT version FROM {self.table} WHERE stream = %s AND position <= %s"
        found = self.ask(f"{newest} ORDER BY version DESC LIMIT 1", stream, self.end)
        return int(found[0][0]) if found else 0

    def stream_rows(
        self, stream: str, first: int, last: int, backwards: bool = False, limit: int | None = None
    ) -> list[StoredEvent]:
        span = "stream = %s AND version >= %s AND version <= %s AND position <= %s"
        order = f"ORDER BY version {'DESC' if backwards else 'ASC'} LIMIT %s"
        return self._select(f"{span} {order}", stream, first, last, self.end, limit)

    def rows(
        self, after: int, query: Query | None = None, backwards: bool = False, limit: int | None = None
    ) -> Iterator[StoredEvent]:
        return chain.from_iterable(self._pages(after, self.position(), query, backwards, limit))

    def rows_with_ids(self, ids: Sequence[UUID]) -> list[StoredEvent]:
        return self._select("event_id = ANY(%s) AND position <= %s", list(ids), self.end)

    def rows_found(self, query: Query, after: int) -> list[StoredEvent]:
        return [*self.rows(after, query, limit=100)]

    def recorded_by(self, instant: datetime) -> int:
        last = f"SELECT coalesce(max(position), 0) FROM {self.table} WHERE recorded_at <= %s"
        return int(self.ask(last, instant)[0][0])

    def verify(self) -> int | None:
        """Check the chain, then the heads that were noted when a store was closed."""
        return first_misfit(self.rows(0)) or self._cut()

    def _cut(self) -> int | None:
        """Compare the heads that were noted with the rows there: the first position that is missing at the
        end, or has another hash.
        """
        noted = (
            f"SELECT h.position, e.position IS NULL FROM {self.heads} h "
            f"LEFT JOIN {self.table} e USING (position) "
            "WHERE h.position <= %s AND h.hash IS DISTINCT FROM e.hash ORDER BY h.position LIMIT 1"
        )
        for position, missing in self.ask(noted, self.end):
            return self._last(position) + 1 if missing else int(position)
        return None

    def _last(self, end: int) -> int:
        found = self.ask(f"SELECT coalesce(max(position), 0) FROM {self.table} WHERE position <= %s", end)
        return int(found[0][0])

    def _pages(
        self, after: int, end: int, query: Query | None, backwards: bool, limit: int | None
    ) -> Iterator[list[StoredEvent]]:
        condition, values = as_condition(query, "%s", "tags @> %s::text[]", storable)
        order = f"ORDER BY position {'DESC' if backwards else 'ASC'} LIMIT %s"
        left = LAST_POSITION if limit is None else limit
        while after < end and left > 0:
            span = f"position > %s AND position <= %s{condition} {order}"
            page = self._select(span, after, end, *values, min(PAGE, left))
            yield page
            if len(page) < PAGE:
                return
            left -= len(page)
            after, end = (after, page[-1].position - 1) if backwards else (page[-1].position, end)

    def _select(self, condition: str, *values: object) -> list[StoredEvent]:
        found = self.ask(f"SELECT {ROW} FROM {self.table} WHERE {condition}", *values)
        return [*map(StoredEvent._make, found)]


def storable(text: str) -> bool:
    """Whether PostgreSQL can hold (and so, find) a text: it knows no NUL and no half of a character."""
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)
