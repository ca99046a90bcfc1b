"""One caller's appends to a JetStream stream, and the reads that preparing them requires.

An append may have to be prepared several times, because others write to the same stream. So the arguments are
kept, and the events keep their ids. Read `jetstream_engine/store.py` next.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain
from uuid import UUID

import msgspec

from workshop_lib.events import StoredEvent
from workshop_lib.store.arguments import CheckedAppend, checked_append
from workshop_lib.store.errors import NotSupported
from workshop_lib.store.group_commit import PendingAppend
from workshop_lib.store.jetstream_engine.connection import Outgoing
from workshop_lib.store.jetstream_engine.log import JetStreamLog, no_conditions
from workshop_lib.store.jetstream_engine.message import NO_MESSAGE, subject_of, written
from workshop_lib.store.port import Append
from workshop_lib.store.reader import LAST_POSITION


class Tail(msgspec.Struct, frozen=True):
    """The end of a stream of ours: its last message's sequence, version, hash and time."""

    sequence: int
    version: int
    hash: bytes
    recorded_at: datetime


class Writing:
    """One caller's appends, to be published as one message."""

    def __init__(self, pending: PendingAppend) -> None:
        self.pending, self.appends = pending, list[CheckedAppend]()
        coming = self._coming(iter(pending.appends))
        self._first = next(coming, None)
        self.stream = self._first.stream if self._first else ""
        self._rest: Iterable[Append] = coming
        self.tail, self.rows = Tail(0, 0, NO_MESSAGE.hash, datetime.min), list[StoredEvent]()
        self.since = 0
        """The sequence after which events of these appends may already be stored."""

    def all(self) -> Iterator[Append]:
        """Return the appends: first those that were kept, then those not read from the caller yet."""
        return chain([*self.appends], self._rest)

    def message(self, prefix: str) -> Outgoing:
        """Make the message. Its id contains the sequence before: of two that race, one is stored."""
        subject, after = subject_of(prefix, self.stream), self.tail.sequence
        return Outgoing(subject, written(self.rows), f"{subject}@{after}", after)

    def keep_ids(self) -> None:
        """Keep the ids that were sent: if the events were stored after all, the next attempt finds them."""
        given = {str(id_) for append in self.appends for id_ in append.event_ids or ()}
        self.since = self.since if given else self.tail.sequence
        fresh = (row.event_id for row in self.rows if str(row.event_id) not in given)
        self.appends = [
            append
            if append.event_ids is not None
            else msgspec.structs.replace(append, event_ids=[next(fresh) for _ in append.events])
            for append in self.appends
        ]

    def _coming(self, appends: Iterator[Append]) -> Iterator[CheckedAppend]:
        for given in appends:
            if getattr(given, "condition", None) is not None:
                raise no_conditions()
            append = checked_append(given)
            if self.appends and append.stream != self.appends[0].stream:
                raise NotSupported(
                    "JetStream",
                    "an append over several streams",
                    "Append to one stream, and let a process manager append to the other in answer to it; "
                    "or keep this log on DuckDB or PostgreSQL.",
                )
            self.appends.append(append)  # it may be prepared again
            yield self.appends[-1]


class StreamLog(JetStreamLog):
    """The log, restricted to the stream of an append."""

    def __init__(self, log: JetStreamLog, writing: Writing, tail: Tail) -> None:
        super().__init__(log.link, log.codec, LAST_POSITION)
        self._stream, self._since, self._tail = writing.stream, writing.since, tail

    def version_of(self, stream: str) -> int:
        return self._tail.version

    def rows_with_ids(self, ids: Sequence[UUID]) -> list[StoredEvent]:
        """Search this stream only: there is no index of ids, and reading the whole log takes too long."""
        wanted = set(ids)
        return [row for row in self.rows_of(self._stream, self._since) if row.event_id in wanted]
