"""The reading half of the JetStream store, which is also all of a log as of an earlier moment.

What the last message is, the leader of the stream says; the messages up to it come from whichever replica
holds the reader, which is waited for if it lags. Read `jetstream_engine/store.py` next for the writing half.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import NoReturn, Self
from uuid import UUID

from workshop_lib.codec import Codec
from workshop_lib.events import RecordedEvent, StoredEvent
from workshop_lib.store.commit import Head
from workshop_lib.store.errors import NotSupported, ReadOnly, checked_from, checked_stream, checked_time
from workshop_lib.store.jetstream_engine.connection import Link
from workshop_lib.store.jetstream_engine.message import (
    LAST_INDEX,
    NO_MESSAGE,
    Message,
    Raw,
    first_misfit,
    place,
    sequence_of,
    subject_of,
    understood,
)
from workshop_lib.store.port import Query

SPAN = 1_000
"""How many messages are read at a time when the log is read backwards."""


class JetStreamPast:
    """A log on JetStream up to a position: everything can be asked of it and nothing appended."""

    def __init__(self, link: Link, codec: Codec, end: int) -> None:
        self._link, self.codec, self._end = link, codec, end

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._link.stream} on {self._link.address.shown}>"

    def read_stream(
        self,
        stream: str,
        from_version: int = 1,
        to_version: int | None = None,
        backwards: bool = False,
        limit: int | None = None,
    ) -> Iterator[RecordedEvent]:
        """The events of one stream in the order of their versions, both bounds included."""
        checked_stream(stream)
        checked_from("from_version", from_version, 1)
        if to_version is not None:
            checked_from("to_version", to_version, 0)
        if limit is not None:
            checked_from("limit", limit, 0)
        rows = (
            row
            for row in self.rows_of(stream)
            if row.version >= from_version and (to_version is None or row.version <= to_version)
        )
        return map(self.codec.recorded, islice(reversed([*rows]) if backwards else rows, limit))

    def read(
        self, after: int = 0, query: Query | None = None, backwards: bool = False, limit: int | None = None
    ) -> Iterator[RecordedEvent]:
        """The events of all streams in the global order; a page at a time, so that memory stays bounded."""
        checked_from("after", after, 0)
        if limit is not None:
            checked_from("limit", limit, 0)
        end = self.position()
        rows = self._backwards(after, end) if backwards else self._rows(after, end)
        chosen = (row for row in rows if query is None or query.matches(row))
        return map(self.codec.recorded, islice(chosen, limit))

    def stream_version(self, stream: str) -> int:
        """The number of events in the stream, 0 if it does not exist."""
        return self.version_of(checked_stream(stream))

    def position(self) -> int:
        """The position of the last event, 0 if there is none."""
        return self._end

    def wait(self, after: int, timeout: float | None = None) -> bool:
        """Whether the log ends beyond a position; nothing more comes into the past."""
        return self.position() > checked_from("after", after, 0)

    def verify(self) -> int | None:
        """None if no message is missing and in each stream every message follows from the one before it,
        else the first position that does not fit.

        The chains are per stream: that two streams' messages changed places among each other, or that the
        newest messages of all are gone, shows only to who noted the position before.
        """
        end = self._last_sequence()
        return first_misfit(self._link.messages(1, end), self._link.stream, end)

    def as_of(self, *, position: int | None = None, recorded_at: datetime | None = None) -> JetStreamPast:
        """The log as it stood then. Where writers' clocks differ, so does what each of them calls then."""
        ends = [self.position()]
        if position is not None:
            ends.append(self._settled(checked_from("position", position, 0), ends[0]))
        if recorded_at is not None:
            ends.append(self._recorded_by(checked_time("recorded_at", recorded_at), sequence_of(ends[0])))
        return JetStreamPast(self._link, self.codec, min(ends))

    def append(self, *_: object, **__: object) -> NoReturn:
        """Raises `ReadOnly`."""
        raise ReadOnly(self.position())

    def sql(self, query: str, **values: object) -> NoReturn:
        """Raises `NotSupported`."""
        raise NotSupported(
            "JetStream", "an answer in SQL", "Copy the log to DuckDB with read() and append(), and ask that."
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """A past has nothing of its own to let go of."""

    def head(self) -> Head:
        """For a branch: where the log ends."""
        last = self._at(sequence_of(self.position()))
        return Head(self.position(), last.hash, last.recorded_at)

    def version_of(self, stream: str) -> int:
        """For a draft: a stream's version."""
        return max((row.version for row in self.rows_of(stream)), default=0)

    def rows_since(self, stream: str, version: int) -> list[StoredEvent]:
        """For a draft: what came after a version of a stream."""
        return [row for row in self.rows_of(stream) if row.version > version]

    def rows_with_ids(self, ids: Sequence[UUID]) -> list[StoredEvent]:
        """For a draft: the events that have one of these ids. It takes reading the whole log."""
        wanted = set(ids)
        return [row for row in self._rows(0, self.position()) if row.event_id in wanted]

    def rows_found(self, query: Query, after: int) -> NoReturn:
        """For a draft: JetStream cannot tell this at the moment of an append. Raises `NotSupported`."""
        raise no_conditions()

    def rows_of(self, stream: str, behind: int = 0) -> Iterator[StoredEvent]:
        """The rows of one stream in the messages behind a sequence, up to the end of this log."""
        end, subject = self._end_of(stream), subject_of(self._link.stream, stream)
        for raw in self._link.messages(behind + 1, sequence_of(end), subject):
            yield from (row for row in understood(raw).rows() if row.position <= end)

    def _last_sequence(self) -> int:
        """The sequence of the last message, be it one of ours or not."""
        return sequence_of(self._end)

    def _rows(self, after: int, end: int) -> Iterator[StoredEvent]:
        """The rows behind a position up to another, in order."""
        first = sequence_of(after + 1)
        for raw in self._link.messages(max(first, 1), sequence_of(end)):
            yield from (row for row in understood(raw).rows() if after < row.position <= end)

    def _backwards(self, after: int, end: int) -> Iterator[StoredEvent]:
        while end > after:
            start = max(after, place(max(sequence_of(end) - SPAN, 0), LAST_INDEX))
            yield from reversed([*self._rows(start, end)])
            end = start if end > start else after

    def _end_of(self, stream: str) -> int:
        """A position that no event of the stream in this log stands behind, and that one can be read to."""
        last = self._message(self._link.last(subject_of(self._link.stream, stream)))
        return min(last.position, self._end)

    def _at(self, sequence: int) -> Message:
        return self._message(self._link.at(sequence))

    def _message(self, raw: Raw | None) -> Message:
        return NO_MESSAGE if raw is None else understood(raw)

    def _settled(self, position: int, end: int) -> int:
        """The position of the last event that does not stand behind this one."""
        if position >= end:
            return end
        return min(position, self._at(sequence_of(position)).position)

    def _recorded_by(self, instant: datetime, last: int) -> int:
        """The position of the last event that was recorded by an instant."""
        sequences = range(1, last + 1)
        count = bisect_right(sequences, instant, key=lambda at: self._at(at).body.events[0].recorded_at)
        events = self._at(count).body.events
        return (
            place(count, bisect_right(events, instant, key=lambda event: event.recorded_at) - 1)
            if count
            else 0
        )


def no_conditions() -> NotSupported:
    """What to do instead of an append condition."""
    return NotSupported(
        "JetStream",
        "an append condition",
        "It compares the versions of one stream only: let one stream hold all that the decision rests on "
        "and give its expected_version, or keep this log on DuckDB or PostgreSQL.",
    )
