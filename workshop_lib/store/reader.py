"""The reading methods of every store, based on the rows of its engine.

A `Reader` checks the arguments, reads rows from the engine's `Log` and converts them to recorded events; an
engine implements only access to rows. `AsOf` is a reader that ends at a position. Read
`store.py` next: the writing methods.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NoReturn, Protocol
from uuid import UUID

from workshop_lib.codec import Codec
from workshop_lib.events import Events, StoredEvent
from workshop_lib.store.arguments import (
    checked_flag,
    checked_from,
    checked_stream,
    checked_time,
    checked_timeout,
    optional_query,
    require_moment,
)
from workshop_lib.store.chain import Head
from workshop_lib.store.errors import StoreClosed
from workshop_lib.store.port import Closing, Query, Reading, ReadOnlyLog
from workshop_lib.store.process import belongs_to_this_process

LAST_VERSION, LAST_POSITION = 2**31 - 1, 2**63 - 1
"""The largest values of the columns of a log."""


class Log(Protocol):
    """An engine's access to the rows of its log. The arguments have been checked."""

    @property
    def codec(self) -> Codec:
        """The codec for the events of this log."""

    def position(self) -> int:
        """Return the position of the last row, 0 if there is none."""

    def head(self) -> Head:
        """Return the end of the log, to which the next row is linked."""

    def version_of(self, stream: str) -> int:
        """Return the number of the stream's rows."""

    def stream_rows(
        self, stream: str, first: int, last: int, backwards: bool = False, limit: int | None = None
    ) -> Iterable[StoredEvent]:
        """Find the rows of a stream between two versions, both included, in the order of the versions."""

    def rows(
        self, after: int, query: Query | None = None, backwards: bool = False, limit: int | None = None
    ) -> Iterable[StoredEvent]:
        """Find the rows after a position that match the query, in the order of the positions."""

    def rows_with_ids(self, ids: Sequence[UUID]) -> list[StoredEvent]:
        """Find the rows that have one of these event ids."""

    def rows_found(self, query: Query, after: int) -> list[StoredEvent]:
        """Find, for an append condition, the first hundred rows after a position that match a query."""

    def recorded_by(self, instant: datetime) -> int:
        """Return the position of the last row recorded by an instant (UTC, without a zone)."""

    def until(self, position: int) -> Log:
        """Return the log up to a position, as a log that does not change."""

    def verify(self) -> int | None:
        """Return None if the hash chain is valid, else the first position that is not."""


class ClosedLog:
    """Takes the place of a closed store's log: every use of it raises `StoreClosed`."""

    def __init__(self, log: object, place: object) -> None:
        self._shown, self._place = f"{log}, closed", place

    def __str__(self) -> str:
        return self._shown

    def __getattr__(self, name: str) -> NoReturn:
        raise StoreClosed(self._place)


class Reader(Reading, Closing):
    """A log that can be read."""

    def __init__(self, log: Log) -> None:
        self._log = log
        belongs_to_this_process(self)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._log}>"

    def read_stream(
        self,
        stream: str,
        from_version: int = 1,
        to_version: int | None = None,
        backwards: bool = False,
        limit: int | None = None,
    ) -> Events:
        name, first = checked_stream(stream), checked_from("from_version", from_version, 1)
        last = LAST_VERSION if to_version is None else checked_from("to_version", to_version, 0)
        bounds = min(first, LAST_VERSION), min(last, LAST_VERSION)
        order, count = checked_flag("backwards", backwards), _checked_limit(limit)
        rows = self._log.stream_rows(name, *bounds, order, count)
        return Events(map(self._log.codec.recorded, rows))

    def read(
        self, after: int = 0, query: Query | None = None, backwards: bool = False, limit: int | None = None
    ) -> Events:
        first, only, count = checked_from("after", after, 0), optional_query(query), _checked_limit(limit)
        rows = self._log.rows(first, only, checked_flag("backwards", backwards), count)
        return Events(map(self._log.codec.recorded, rows))

    def stream_version(self, stream: str) -> int:
        return self._log.version_of(checked_stream(stream))

    def position(self) -> int:
        return self._log.position()

    def wait(self, after: int, timeout: float | None = None) -> bool:
        return self._wait_beyond(checked_from("after", after, 0), checked_timeout(timeout))

    def verify(self) -> int | None:
        return self._log.verify()

    def as_of(
        self, *, position: int | None = None, recorded_at: datetime | None = None, occurred_at: None = None
    ) -> AsOf:
        require_moment(position, recorded_at, occurred_at)
        return AsOf(self._log.until(self._end(position, recorded_at)))

    def close(self) -> None:
        """Let go of the file or connection, if it is this reader's own. Closing twice is harmless."""

    def _end(self, position: int | None, recorded_at: datetime | None = None) -> int:
        """Return the position at which a log as of then ends."""
        ends = [self.position()]
        if position is not None:
            ends.append(checked_from("position", position, 0))
        if recorded_at is not None:
            ends.append(self._log.recorded_by(checked_time("recorded_at", recorded_at)))
        return min(ends)

    def _wait_beyond(self, after: int, timeout: float | None) -> bool:
        """Wait for a log that grows; this one does not."""
        return self.position() > after


class AsOf(ReadOnlyLog, Reader):
    """A log of an engine as of a position."""


def _checked_limit(limit: int | None) -> int | None:
    return None if limit is None else min(checked_from("limit", limit, 0), LAST_POSITION)
