"""The rows of the queries that were asked last, so that asking again reads only what is new.

A rule about a tag reads the events with that tag for each command. DuckDB has no index of tags, so the first
read scans the log; later ones find the rows here. `log.py` uses it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from workshop_lib.events import StoredEvent
from workshop_lib.store.port import Query

FEW = 2_000
"""The most rows of a query that are kept."""

RECENT = 1_000
"""How many of the last rows are searched here, and not with SQL."""

ALL = 100_000
"""About how many rows are kept for all queries."""

MANY = -1
"""In place of the end of a selection: the query has more than `FEW` rows."""


class Selection(NamedTuple):
    """The rows that match a query up to a position."""

    end: int
    rows: list[StoredEvent]


class Selections:
    """The rows of recent queries. Any thread may ask."""

    def __init__(self, found: Callable[[Query, int, int], list[StoredEvent]]) -> None:
        self._found, self._kept = found, dict[Query, Selection]()
        self._recent = list[StoredEvent]()

    def __contains__(self, query: Query) -> bool:
        return query in self._kept

    def clear(self) -> None:
        """Forget all rows."""
        self._kept, self._recent = {}, []

    def add(self, rows: Sequence[StoredEvent]) -> None:
        """Add the rows of a commit, before a reader can ask for them."""
        self._recent = [*self._recent, *rows[-RECENT:]][-RECENT:]

    def rows(self, query: Query, end: int) -> list[StoredEvent] | None:
        """Return the rows that match a query up to a position, or None if they are many."""
        kept = self._kept.pop(query, None) or self._new()
        if MANY < kept.end < end:
            recent = self._recent
            if recent and recent[0].position <= kept.end + 1:
                new = [row for row in recent if row.position > kept.end and query.matches(row)]
            else:
                new = self._found(query, kept.end, FEW + 1)
            kept = Selection(end, kept.rows + [row for row in new if row.position <= end])
        if len(kept.rows) > FEW:
            kept = Selection(MANY, [])
        self._kept[query] = kept  # moved to the end: the query asked longest ago comes first
        return [row for row in kept.rows if row.position <= end] if kept.end > MANY else None

    def _new(self) -> Selection:
        """Return an empty selection; forget the queries that were asked longest ago if many rows are kept."""
        sizes = [(query, len(kept.rows) + 1) for query, kept in [*self._kept.items()]]
        excess = sum(size for _, size in sizes) - ALL
        for query, size in sizes:
            if excess > 0:
                self._kept.pop(query, None)
                excess -= size
        return Selection(0, [])
