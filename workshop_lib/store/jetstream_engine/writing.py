"""One caller's appends to JetStream, and the reads that preparing them requires.

An append may have to be prepared several times, because others write to the same streams. So the arguments
are kept, and the events keep their ids. Read `jetstream_engine/store.py` next.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain, groupby
from time import monotonic
from uuid import UUID

import msgspec

from workshop_lib.events import StoredEvent
from workshop_lib.store.arguments import CheckedAppend, checked_append
from workshop_lib.store.group_commit import PendingAppend
from workshop_lib.store.jetstream_engine.connection import Outgoing
from workshop_lib.store.jetstream_engine.log import JetStreamLog
from workshop_lib.store.jetstream_engine.message import place, sequence_of, subject_of, written
from workshop_lib.store.port import Append, AppendResult, Query
from workshop_lib.store.reader import LAST_POSITION


class Tail(msgspec.Struct, frozen=True):
    """The end of a stream of ours: its last message's sequence, version, hash and time."""

    sequence: int
    version: int
    hash: bytes
    recorded_at: datetime


class Part:
    """Consecutive appends to one stream: the results and rows of one message, after the stream's tail."""

    def __init__(self, stream: str, tail: Tail) -> None:
        self.stream, self.tail = stream, tail
        self.results, self.rows = list[AppendResult](), list[StoredEvent]()

    def end(self, sequence: int) -> Tail:
        """Return the stream's tail after the message, if that has this sequence."""
        last = self.rows[-1]
        return Tail(sequence, last.version, last.hash, last.recorded_at)


class Writing:
    """One caller's appends, to be published as one message, or as a batch of several."""

    def __init__(self, pending: PendingAppend, log: JetStreamLog) -> None:
        self.pending, self.appends, self._log = pending, list[CheckedAppend](), log
        self._rest = self._read(iter(pending.appends))
        first = next(self._rest, None)
        self.stream = first.stream if first else ""
        self.parts = list[Part]()
        self.end: int | None = None
        """The position that must be the log's last, if there is a condition."""
        self.checked = 0
        """The position up to which the conditions were found to hold by an earlier attempt."""
        self.until = monotonic() + log.link.address.patience
        """When a condition gives up that others prevent from being checked."""

        self.since = dict[str, int]()
        """For each stream, the sequence after which events of these appends may already be stored."""

    def runs(self) -> Iterator[tuple[str, Iterator[CheckedAppend]]]:
        """Start anew: group the appends by message, first those that were kept, then those not read yet.

        A message ends where another stream follows, or a condition, which has to see what precedes it.
        """
        self.parts, self.end = [], None
        number, before = 0, ""

        def message(append: CheckedAppend) -> tuple[int, str]:
            nonlocal number, before
            if append.stream != before or append.condition is not None:
                number, before = number + 1, append.stream
            return number, before

        for (_, stream), run in groupby(chain([*self.appends], self._rest), message):
            yield stream, run

    @property
    def sent(self) -> list[Part]:
        """The parts that are not recorded yet."""
        return [part for part in self.parts if part.rows]

    def messages(self, prefix: str) -> list[Outgoing]:
        """Make the messages. The first of each stream states what must be the last on its subject.

        The id of a single message contains the same: of two that race, one is stored.
        """
        sent, messages, streams = self.sent, list[Outgoing](), set[str]()
        for number, part in enumerate(sent, 1):
            subject, headers = subject_of(prefix, part.stream), dict[str, str]()
            if part.stream not in streams:
                headers["Nats-Expected-Last-Subject-Sequence"] = str(part.tail.sequence)
            if not messages and self.end is not None:
                headers["Nats-Expected-Last-Sequence"] = str(sequence_of(self.end))
            if len(sent) == 1:
                headers["Nats-Msg-Id"] = f"{subject}@{part.tail.sequence}"
            streams.add(part.stream)
            messages.append(Outgoing(subject, written(part.rows, (number, len(sent))), headers))
        return messages

    def give_positions(self, sequence: int) -> None:
        """Store the results. The messages have the sequences from this one on."""
        positions = {
            (part.stream, row.version): place(at, index)
            for at, part in enumerate(self.sent, sequence)
            for index, row in enumerate(part.rows)
        }
        results = [(part.stream, *result) for part in self.parts for result in part.results]
        self.pending.results = []
        for stream, last, recorded in results:  # some may have been recorded before, and have their positions
            versions = zip(range(last - len(recorded) + 1, last + 1), recorded, strict=True)
            at = tuple(positions.get((stream, version), position) for version, position in versions)
            self.pending.results.append(AppendResult(last, at))

    def keep_ids(self) -> None:
        """Keep the ids that were sent: if the events were stored after all, the next attempt finds them.

        The conditions held up to the end of the log: the next attempt checks only what came after it.
        """
        self.checked = self.end or self.checked
        given = {id_ for append in self.appends for id_ in append.event_ids or ()}
        self.since = self.since if given else {part.stream: part.tail.sequence for part in self.sent}
        rows = chain.from_iterable(part.rows for part in self.sent)
        fresh = (row.event_id for row in rows if row.event_id not in given)
        self.appends = [
            append
            if append.event_ids is not None
            else msgspec.structs.replace(append, event_ids=[next(fresh) for _ in append.events])
            for append in self.appends
        ]

    def _read(self, appends: Iterator[Append]) -> Iterator[CheckedAppend]:
        for given in appends:
            if getattr(given, "condition", None) is not None:
                self._log.require_conditions()
            append = checked_append(given)
            if self.appends and append.stream != self.appends[0].stream:
                self._log.link.require_batches(
                    "an append over several streams",
                    "Or append to one stream, and let a process manager append to the other in answer to it; "
                    "or keep this log on DuckDB or PostgreSQL.",
                )
            self.appends.append(append)  # it may be prepared again
            yield self.appends[-1]


class StreamLog(JetStreamLog):
    """The log and the parts of a writing before this one, for a stream."""

    def __init__(self, log: JetStreamLog, writing: Writing, part: Part) -> None:
        super().__init__(log.link, log.codec, LAST_POSITION)
        self._log, self._writing, self._part = log, writing, part
        self._before = [row for part in writing.parts for row in part.rows]

    def version_of(self, stream: str) -> int:
        return self._part.tail.version

    def stream_rows(self, stream: str, first: int, last: int, *_: object) -> Iterator[StoredEvent]:
        yield from super().stream_rows(stream, first, last)
        yield from (row for row in self._before if row.stream == stream and row.version >= first)

    def rows_with_ids(self, ids: Sequence[UUID]) -> list[StoredEvent]:
        """Search this stream only: there is no index of ids, and reading the whole log takes too long."""
        stream, wanted = self._part.stream, set(ids)
        stored = self.rows_of(stream, self._writing.since.get(stream, 0))
        before = (row for row in self._before if row.stream == stream)
        return [row for row in chain(stored, before) if row.event_id in wanted]

    def rows_found(self, query: Query, after: int) -> list[StoredEvent]:
        """Find the rows up to the end of the log, which must still be the end when the append is stored."""
        if self._writing.end is None:
            self._writing.end = self._log.position()
        after = max(after, self._writing.checked)
        found = JetStreamLog(self.link, self.codec, self._writing.end).rows_found(query, after)
        return [*found, *filter(query.matches, self._before)]
