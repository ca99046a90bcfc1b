"""The rows of a log on JetStream, up to a position or all rows.

The leader of the stream determines the last message, and the messages are read from its copy. Read
`jetstream_engine/store.py` next.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from time import sleep
from uuid import UUID

from workshop_lib.codec import Codec
from workshop_lib.events import StoredEvent
from workshop_lib.store.chain import Head
from workshop_lib.store.jetstream_engine.connection import Link
from workshop_lib.store.jetstream_engine.message import (
    LAST_INDEX,
    NO_MESSAGE,
    Message,
    Raw,
    first_broken,
    place,
    sequence_of,
    subject_of,
    understood,
)
from workshop_lib.store.jetstream_engine.retrying import FIRST_PAUSE
from workshop_lib.store.port import Query
from workshop_lib.store.reader import LAST_POSITION

SPAN = 1_000
"""How many messages are read at a time when the log is read backwards."""


class JetStreamLog:
    """The rows of a JetStream stream up to a position."""

    def __init__(self, link: Link, codec: Codec, end: int) -> None:
        self.link, self.codec, self._end = link, codec, end

    def __str__(self) -> str:
        return f"{self.link.stream} on {self.link.address.shown}"

    def position(self) -> int:
        return self._end

    def head(self) -> Head:
        end = self.position()
        last = self._at(sequence_of(end))
        return Head(end, last.hash, last.recorded_at)

    def version_of(self, stream: str) -> int:
        return max((row.version for row in self.rows_of(stream)), default=0)

    def stream_rows(
        self, stream: str, first: int, last: int, backwards: bool = False, limit: int | None = None
    ) -> Iterator[StoredEvent]:
        rows = (row for row in self.rows_of(stream) if first <= row.version <= last)
        return islice(reversed([*rows]) if backwards else rows, limit)

    def rows(
        self, after: int, query: Query | None = None, backwards: bool = False, limit: int | None = None
    ) -> Iterator[StoredEvent]:
        end = self.position()
        rows = self._backwards(after, end) if backwards else self._between(after, end)
        return islice((row for row in rows if query is None or query.matches(row)), limit)

    def rows_with_ids(self, ids: Sequence[UUID]) -> list[StoredEvent]:
        """Read the whole log: it has no index of ids."""
        wanted = set(ids)
        return [row for row in self.rows(0) if row.event_id in wanted]

    def rows_found(self, query: Query, after: int) -> list[StoredEvent]:
        self.require_conditions()
        return [*self.rows(after, query, limit=100)]

    def require_conditions(self) -> None:
        """Raise `NotSupported` unless the server can reject an append because of any other message."""
        self.link.require_batches(
            "an append condition",
            "Or let one stream hold all that the decision rests on and give its expected_version, or keep "
            "this log on DuckDB or PostgreSQL.",
        )

    def recorded_by(self, instant: datetime) -> int:
        """Find the position by bisection, which is exact only if the writers' clocks agree."""
        sequences = range(1, sequence_of(self.position()) + 1)
        count = bisect_right(sequences, instant, key=lambda at: self._at(at).body.events[0].recorded_at)
        if not count:
            return 0
        events = self._at(count).body.events
        return place(count, bisect_right(events, instant, key=lambda event: event.recorded_at) - 1)

    def until(self, position: int) -> JetStreamLog:
        sequence = sequence_of(position)
        last = self._at(sequence).position or position  # a new leader may not have it yet
        return JetStreamLog(self.link, self.codec, min(position, last) if sequence else 0)

    def verify(self) -> int | None:
        """Check that no message is missing and that in each stream every message follows from the one before.

        Each stream has its own chain. If messages of two streams were swapped, or the newest messages of the
        log are gone, only a caller who saved the position before can detect it.
        """
        end = self._last_sequence()
        return first_broken(self.link.messages(1, end), self.link.stream, end)

    def rows_of(self, stream: str, behind: int = 0) -> Iterator[StoredEvent]:
        """Read the rows of one stream in the messages after a sequence, up to the end of this log."""
        subject = subject_of(self.link.stream, stream)
        end = min(self.last_on(subject).position, self._end)
        for raw in self.link.messages(behind + 1, sequence_of(end), subject):
            yield from (row for row in understood(raw).rows() if row.position <= end)

    def last_on(self, subject: str | None = None) -> Message:
        """Return the last message on a subject (None: of the log), as the leader has it.

        The server stores the messages of a batch one after another: wait until all of them are there.
        """
        last, before = _message(self.link.last(subject)), NO_MESSAGE
        while last.batch_end > last.sequence != before.sequence:
            while not self._at(last.batch_end).sequence:
                sleep(FIRST_PAUSE)
            last, before = _message(self.link.last(subject)), last
        return last

    def _last_sequence(self) -> int:
        """Return the sequence of the last message, even if this library did not write it."""
        return sequence_of(self._end)

    def _between(self, after: int, end: int) -> Iterator[StoredEvent]:
        """Read the rows after a position up to another, in order."""
        first = sequence_of(after + 1)
        for raw in self.link.messages(max(first, 1), sequence_of(end)) if after < end else ():
            yield from (row for row in understood(raw).rows() if after < row.position <= end)

    def _backwards(self, after: int, end: int) -> Iterator[StoredEvent]:
        while end > after:
            start = max(after, place(max(sequence_of(end) - SPAN, 0), LAST_INDEX))
            yield from reversed([*self._between(start, end)])
            end = start if end > start else after

    def _at(self, sequence: int) -> Message:
        return _message(self.link.at(sequence))


class GrowingLog(JetStreamLog):
    """The rows of a stream to which any number of programs append."""

    def __init__(self, link: Link, codec: Codec) -> None:
        super().__init__(link, codec, LAST_POSITION)
        self._seen = 0

    def position(self) -> int:
        """Return the leader's last position, or a later one seen here: a new leader may not have it yet."""
        self.has_reached(self.last_on().position)
        return self._seen

    def has_reached(self, position: int) -> None:
        """Save a position that is known to be in the log."""
        self._seen = max(self._seen, position)

    def version_of(self, stream: str) -> int:
        return self.last_on(subject_of(self.link.stream, stream)).version

    def _last_sequence(self) -> int:
        last = self.link.last()
        return max(last.sequence if last else 0, sequence_of(self._seen))


def _message(raw: Raw | None) -> Message:
    return NO_MESSAGE if raw is None else understood(raw)
