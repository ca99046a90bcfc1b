"""The rows of a log in a database, up to a position: the common part of DuckDB and PostgreSQL.

Positions have no gaps, so the log is read in pages by range, and memory stays bounded. Read
`duckdb_engine/log.py` and `postgres_engine/log.py` for the differences.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import chain, islice
from operator import attrgetter
from typing import Any

from workshop_lib.codec import Codec
from workshop_lib.events import StoredEvent
from workshop_lib.store.chain import Head, first_broken
from workshop_lib.store.port import Query

PAGE = 10_000
"""How many positions a page covers."""

Ask = Callable[..., list[tuple[Any, ...]]]
"""Runs a statement with its values and returns all rows."""

_position = attrgetter("position")


class SqlLog(ABC):
    """The rows of a table up to a position; heads saved up to another position are checked too."""

    mark = "?"
    """The placeholder of a value in a statement."""

    has_tags = "list_has_all(tags, ?)"
    """The condition that a row has all tags of a list."""

    has_tag = "list_contains(tags, ?[1])"
    """The same for a list of one tag, where it is faster."""

    def __init__(self, ask: Ask, table: str, heads: str, codec: Codec, end: int, noted: int) -> None:
        self.ask, self.table, self.heads, self.codec = ask, table, heads, codec
        self._end, self.noted = end, noted

    @abstractmethod
    def fetch(self, condition: str, *values: object, hashed: bool = False) -> list[StoredEvent]:
        """Fetch the rows that match a condition, with their hashes if `hashed`."""

    @staticmethod
    def storable(text: str) -> bool:
        """Return whether the database can store a text, and therefore find it."""
        return True

    def position(self) -> int:
        return self._end

    def head(self) -> Head:
        return self.head_at(self._end)

    def head_at(self, end: int) -> Head:
        """Return the head of the log up to a position."""
        last = f"SELECT max(position) FROM {self.table} WHERE position <= {self.mark}"
        head = f"SELECT position, hash, recorded_at FROM {self.table} WHERE position = ({last})"
        found = self.ask(head, end)
        return Head(found[0][0], bytes(found[0][1]), found[0][2]) if found else Head()

    def version_of(self, stream: str) -> int:
        newest = f"SELECT coalesce(max(version), 0) FROM {self.table} WHERE stream = ? AND position <= ?"
        return int(self.ask(newest.replace("?", self.mark), stream, self._end)[0][0])

    def recorded_by(self, instant: datetime) -> int:
        last = f"SELECT coalesce(max(position), 0) FROM {self.table} WHERE recorded_at <= {self.mark}"
        return int(self.ask(last, instant)[0][0])

    def stream_rows(
        self, stream: str, first: int, last: int, backwards: bool = False, limit: int | None = None
    ) -> list[StoredEvent]:
        condition = "stream = ? AND version >= ? AND version <= ? AND position <= ?".replace("?", self.mark)
        order = f" ORDER BY version {'DESC' if backwards else 'ASC'}"
        cut = "" if limit is None else f" LIMIT {limit}"
        return self.fetch(condition + order + cut, stream, first, last, self._end)

    def rows(
        self, after: int, query: Query | None = None, backwards: bool = False, limit: int | None = None
    ) -> Iterator[StoredEvent]:
        span = PAGE if limit is None else min(PAGE, limit + 100)
        pages = self._pages(after, self.position(), query, backwards, span)
        return islice(chain.from_iterable(pages), limit)  # a page that is not needed is not read

    def rows_found(self, query: Query, after: int, most: int = 100) -> list[StoredEvent]:
        end = self.position()
        condition, values = self._matching(query)
        found = f"{condition} ORDER BY position LIMIT {most}"
        return self.fetch(found, after, end, *values) if after < end else []

    def verify(self) -> int | None:
        """Check the chain, then the heads that were saved when a store was closed."""
        pages = self._pages(0, self.position(), hashed=True)
        return first_broken(chain.from_iterable(pages)) or self._cut()

    def _cut(self) -> int | None:
        """Find the first saved head whose row is missing or has another hash."""
        noted = (
            f"SELECT h.position, e.position IS NULL FROM {self.heads} h "
            f"LEFT JOIN {self.table} e USING (position) "
            f"WHERE h.position <= {self.mark} AND h.hash IS DISTINCT FROM e.hash ORDER BY h.position LIMIT 1"
        )
        for position, missing in self.ask(noted, self.noted):
            return self.head_at(position).position + 1 if missing else int(position)
        return None

    def _pages(
        self,
        after: int,
        end: int,
        query: Query | None = None,
        backwards: bool = False,
        span: int = PAGE,
        hashed: bool = False,
    ) -> Iterator[list[StoredEvent]]:
        condition, values = self._matching(query)
        while after < end:
            low, high = (max(after, end - span), end) if backwards else (after, min(after + span, end))
            rows = self.fetch(condition, low, high, *values, hashed=hashed)
            rows.sort(key=_position, reverse=backwards)
            yield rows
            after, end = (after, low) if backwards else (high, end)
            span = span * 4 if len(rows) < span // 4 else span  # few matches: look further at a time

    def _matching(self, query: Query | None) -> tuple[str, list[object]]:
        """Return the SQL condition for rows of a range that match a query, and the query's values."""
        chosen, values = self._chosen(query)
        return f"position > {self.mark} AND position <= {self.mark} AND {chosen}", values

    def _chosen(self, query: Query | None) -> tuple[str, list[object]]:
        """Return the SQL condition for rows that match a query, and the query's values."""
        values: list[object] = []
        alternatives = []
        for each in query.each() if query else ():
            types, parts = [name for name in each.types if self.storable(name)], []
            if each.types:
                parts.append(f"type IN ({', '.join(self.mark for _ in types)})" if types else "false")
                values += types
            if not all(map(self.storable, each.tags)):
                parts.append("false")
            elif each.tags:
                parts.append(self.has_tag if len(each.tags) == 1 else self.has_tags)
                values.append(list(each.tags))
            alternatives.append(" AND ".join(parts) or "true")
        return f"(({') OR ('.join(alternatives)}))" if query else "true", values
