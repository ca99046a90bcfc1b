"""The reading half of the PostgreSQL store, which is also all of a log as of an earlier moment.

Positions are handed out under a lock that is held until the commit, so a reader sees them in order and
without a gap. The global order is read in pages, so that memory stays bounded. Read
`postgres_engine/store.py` next for the writing half.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import chain
from typing import Any, NoReturn, Self
from uuid import UUID

from workshop_lib.codec import Codec
from workshop_lib.events import RecordedEvent, StoredEvent
from workshop_lib.store.chain import first_misfit
from workshop_lib.store.commit import Head
from workshop_lib.store.errors import ReadOnly, checked_from, checked_stream, checked_time
from workshop_lib.store.port import Query
from workshop_lib.store.postgres_engine.connection import Link
from workshop_lib.store.postgres_engine.schema import quoted

PAGE = 2_000
"""How many rows a read fetches at a time."""

LAST_VERSION, LAST_POSITION = 2**31 - 1, 2**63 - 1
ROW = ", ".join(StoredEvent._fields).replace("data", "data::text")
"""A row as it is fetched: data and metadata as the text that the hash covers, not parsed."""

Ask = Callable[..., list[tuple[Any, ...]]]
"""Whatever takes a statement and its values and gives all rows of the answer."""


class Rows:
    """The rows of a log up to a position, and the questions that a draft has."""

    def __init__(self, ask: Ask, schema: str) -> None:
        self.ask, self.table, self.heads = ask, f"{quoted(schema)}.events", f"{quoted(schema)}.heads"

    def select(self, condition: str, *values: object) -> list[StoredEvent]:
        """The rows for which a condition holds."""
        return list(
            map(StoredEvent._make, self.ask(f"SELECT {ROW} FROM {self.table} WHERE {condition}", *values))
        )

    def last(self, end: int = LAST_POSITION) -> int:
        """The last position that is not beyond the end, 0 if there is none."""
        found = self.ask(f"SELECT coalesce(max(position), 0) FROM {self.table} WHERE position <= %s", end)
        return int(found[0][0])

    def head(self, end: int = LAST_POSITION) -> Head:
        """The last position, its hash and when it was recorded."""
        row = f"SELECT position, hash, recorded_at FROM {self.table} WHERE position <= %s"
        found = self.ask(f"{row} ORDER BY position DESC LIMIT 1", end)
        return Head(*found[0]) if found else Head()

    def version_of(self, stream: str, end: int = LAST_POSITION) -> int:
        """A stream's version."""
        newest = f"SELECT version FROM {self.table} WHERE stream = %s AND position <= %s"
        found = self.ask(f"{newest} ORDER BY version DESC LIMIT 1", stream, end)
        return int(found[0][0]) if found else 0

    def rows_since(self, stream: str, version: int, end: int = LAST_POSITION) -> list[StoredEvent]:
        """What came after a version of a stream."""
        condition = "stream = %s AND version > %s AND position <= %s ORDER BY version"
        return self.select(condition, stream, version, end)

    def rows_with_ids(self, ids: Sequence[UUID], end: int = LAST_POSITION) -> list[StoredEvent]:
        """The events that have one of these ids."""
        return self.select("event_id = ANY(%s) AND position <= %s", list(ids), end)

    def rows_found(self, query: Query, after: int, end: int = LAST_POSITION) -> list[StoredEvent]:
        """The first hundred events that a query finds behind a position."""
        return self.page(min(after, LAST_POSITION), end, query, 100)

    def page(
        self, after: int, end: int, query: Query | None, limit: int, backwards: bool = False
    ) -> list[StoredEvent]:
        """Some of the rows behind a position, from the front or from the back."""
        condition, values = filtered(query)
        order = "DESC" if backwards else "ASC"
        span = f"position > %s AND position <= %s{condition} ORDER BY position {order} LIMIT %s"
        return self.select(span, after, end, *values, limit)


class PostgresPast:
    """A PostgreSQL log up to a position: everything can be asked of it and nothing appended."""

    def __init__(self, link: Link, schema: str, codec: Codec, end: int) -> None:
        self._link, self._schema, self._end, self.codec = link, schema, end, codec
        self._rows = Rows(link.ask, schema)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._link.address}, schema {self._schema}>"

    def read_stream(
        self,
        stream: str,
        from_version: int = 1,
        to_version: int | None = None,
        backwards: bool = False,
        limit: int | None = None,
    ) -> Iterator[RecordedEvent]:
        checked_stream(stream)
        first = min(checked_from("from_version", from_version, 1), LAST_VERSION)
        last = LAST_VERSION if to_version is None else checked_from("to_version", to_version, 0)
        span = "stream = %s AND version >= %s AND version <= %s AND position <= %s"
        order = f"ORDER BY version {'DESC' if backwards else 'ASC'} LIMIT %s"
        bounds = (stream, first, min(last, LAST_VERSION), self._end, _limit(limit))
        return map(self.codec.recorded, self._rows.select(f"{span} {order}", *bounds))

    def read(
        self, after: int = 0, query: Query | None = None, backwards: bool = False, limit: int | None = None
    ) -> Iterator[RecordedEvent]:
        checked_from("after", after, 0)
        pages = self._pages(after, self.position(), query, backwards, _limit(limit))
        return map(self.codec.recorded, chain.from_iterable(pages))

    def _pages(
        self, after: int, end: int, query: Query | None, backwards: bool = False, limit: int = LAST_POSITION
    ) -> Iterator[list[StoredEvent]]:
        while after < end and limit > 0:
            page = self._rows.page(after, end, query, min(PAGE, limit), backwards)
            yield page
            if len(page) < PAGE:
                return
            limit -= len(page)
            after, end = (after, page[-1].position - 1) if backwards else (page[-1].position, end)

    def stream_version(self, stream: str) -> int:
        return self.version_of(checked_stream(stream))

    def position(self) -> int:
        return self._end

    def wait(self, after: int, timeout: float | None = None) -> bool:
        """Whether the log ends beyond a position; nothing more comes into the past."""
        return self.position() > checked_from("after", after, 0)

    def verify(self) -> int | None:
        end = self.position()
        misfit = first_misfit(chain.from_iterable(self._pages(0, end, None)))
        return self._cut(self._end) if misfit is None else misfit

    def _cut(self, end: int) -> int | None:
        """The first position that is missing or other than noted, by the heads that were written down."""
        noted = (
            f"SELECT h.position, e.position IS NULL FROM {self._rows.heads} h "
            f"LEFT JOIN {self._rows.table} e USING (position) "
            "WHERE h.position <= %s AND h.hash IS DISTINCT FROM e.hash ORDER BY h.position LIMIT 1"
        )
        for position, missing in self._rows.ask(noted, end):
            return self._rows.last(position) + 1 if missing else int(position)
        return None

    def as_of(self, *, position: int | None = None, recorded_at: datetime | None = None) -> PostgresPast:
        end = self.position()
        if position is not None:
            end = min(end, checked_from("position", position, 0))
        if recorded_at is not None:
            by = f"SELECT coalesce(max(position), 0) FROM {self._rows.table} WHERE recorded_at <= %s"
            end = min(end, self._rows.ask(by, checked_time("recorded_at", recorded_at))[0][0])
        return PostgresPast(self._link, self._schema, self.codec, end)

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        """Refuse to change the past. Raises `ReadOnly`."""
        raise ReadOnly(self.position())

    append: Any = _refuse
    append_batch: Any = _refuse

    def close(self) -> None:
        """Nothing to let go of: the connections belong to the store."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def head(self) -> Head:
        """For a branch: where the log ends."""
        return self._rows.head(self._end)

    def version_of(self, stream: str) -> int:
        """For a branch: a stream's version."""
        return self._rows.version_of(stream, self._end)

    def rows_since(self, stream: str, version: int) -> list[StoredEvent]:
        """For a branch: what came after a version of a stream."""
        return self._rows.rows_since(stream, version, self._end)

    def rows_with_ids(self, ids: Sequence[UUID]) -> list[StoredEvent]:
        """For a branch: the events that have one of these ids."""
        return self._rows.rows_with_ids(ids, self._end)

    def rows_found(self, query: Query, after: int) -> list[StoredEvent]:
        """For a branch: the events that a query finds behind a position."""
        return self._rows.rows_found(query, after, self._end)


def filtered(query: Query | None) -> tuple[str, list[object]]:
    """A query as a condition in SQL, to be set behind others, and the values that it binds."""
    values: list[object] = []
    if query is None:
        return "", values
    alternatives = []
    for each in query.each():
        parts = []
        if each.types:
            parts.append("type = ANY(%s)")
            values.append([name for name in each.types if storable(name)])
        if not all(map(storable, each.tags)):
            parts.append("false")
        elif each.tags:
            parts.append("tags @> %s::text[]")
            values.append(list(each.tags))
        alternatives.append(" AND ".join(parts) or "true")
    return f" AND (({') OR ('.join(alternatives)}))", values


def storable(text: str) -> bool:
    """Whether PostgreSQL can hold (and so, find) a text: it knows no NUL and no half of a character."""
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _limit(limit: int | None) -> int:
    return LAST_POSITION if limit is None else min(checked_from("limit", limit, 0), LAST_POSITION)
