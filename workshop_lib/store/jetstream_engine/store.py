"""The event store on NATS JetStream: a log in a replicated stream.

Any number of programs append without a lock. Each append is one message, published with the sequence that
must be the last on its subject: if another came in between, the server rejects it, and the append is prepared
again with the current version. The message id contains the same condition: a cluster of nats-server 2.9 may
accept two messages within a millisecond, but never two with the same id.

An append over several streams is a batch: the server stores all of its messages or none. An append condition
is checked here, up to the last message of the log, and published with its sequence: if any other message came
in between, it is checked again. Both need nats-server 2.12; older ones raise `NotSupported`, and so does SQL.

An acknowledged message is stored by most replicas. Each writes to disk later, so a power cut of most nodes at
once can lose the newest messages (see sync_interval of nats-server). Positions increase and have gaps. An
event id is compared only with those of its own stream. Read `log.py` for the rows, `writing.py` for an append
before it is stored.
"""

from __future__ import annotations

from datetime import datetime
from time import monotonic, sleep

from workshop_lib.clock import Clock, IdSource, random_ids, wall_clock
from workshop_lib.codec import Codec
from workshop_lib.store.chain import Head
from workshop_lib.store.errors import (
    MAYBE,
    RECORDED,
    OutcomeUnknown,
    StoreClosed,
    StoreError,
    WrongExpectedVersion,
)
from workshop_lib.store.group_commit import PendingAppend, note_outcome
from workshop_lib.store.jetstream_engine.address import Address
from workshop_lib.store.jetstream_engine.connection import Answer, Link, Stored, Unanswered
from workshop_lib.store.jetstream_engine.log import GrowingLog
from workshop_lib.store.jetstream_engine.message import place, subject_of, understood
from workshop_lib.store.jetstream_engine.writing import Part, StreamLog, Tail, Writing
from workshop_lib.store.server_errors import LogTooBusy
from workshop_lib.store.store import Store

GLANCE = 0.02
"""How often a wait checks the end of the log, in seconds."""

KEPT_TAILS = 100_000
"""The number of streams whose last message is cached; an append to them takes one round trip."""


class JetStreamStore(Store):
    """An event store on a NATS server or cluster: `nats://host:4222?stream=charging&replicas=3`.

    Any number of stores, in any number of programs, share a log. Use it in a `with` block, or close it.
    """

    _log: GrowingLog

    def __init__(self, url: str, clock: Clock = wall_clock, ids: IdSource = random_ids) -> None:
        self._link = Link(Address(url))
        self._place = self._link.address.shown
        super().__init__(GrowingLog(self._link, Codec()), clock, ids)
        self._closing, self._tails, self._recorded_at = False, dict[str, Tail](), datetime.min

    def close(self) -> None:
        """Close the connection after the running appends have ended. Closing twice is harmless."""
        self._closing = True
        super().close()

    def _let_go(self) -> None:
        self._link.close()

    def _wait_beyond(self, after: int, timeout: float | None) -> bool:
        end = None if timeout is None else monotonic() + timeout
        while not (grown := self.position() > after) and (end is None or monotonic() < end):
            sleep(GLANCE)
        return grown

    def _commit(self, group: list[PendingAppend]) -> None:
        """Publish the appends in rounds: in each, one caller's per stream, all in flight at once."""
        if self._closing:
            raise StoreClosed(self._link.address.shown)
        waiting = [writing for pending in group if (writing := self._begun(pending))]
        while waiting:
            turn = list({writing.stream: writing for writing in reversed(waiting)}.values())[::-1]
            later = [writing for writing in waiting if writing not in turn]
            sent = [writing for writing in turn if self._prepare(writing)]
            note_outcome([writing.pending for writing in sent], MAYBE)
            answers = self._link.publish([writing.messages(self._link.stream) for writing in sent])
            again = [w for w, answer in zip(sent, answers, strict=True) if not self._finish(w, answer)]
            waiting = again + later

    def _begun(self, pending: PendingAppend) -> Writing | None:
        """Return a caller's appends, or None if there are none; store an error for unsupported ones."""
        try:
            writing = Writing(pending, self._log)
            return writing if writing.stream else None
        except Exception as error:
            pending.error = error
            return None

    def _prepare(self, writing: Writing) -> bool:
        """Make the rows of the messages, or store the error; return whether there is a message to send."""
        try:
            self._make_rows(writing)
        except WrongExpectedVersion as rejected:
            if self._tails.pop(rejected.stream, None):  # the cached version may be outdated
                return self._prepare(writing)
            writing.pending.error = rejected
        except Exception as error:
            writing.pending.error = error
        return bool(writing.sent) and writing.pending.error is None

    def _make_rows(self, writing: Writing) -> None:
        tails = dict[str, Tail]()
        for stream, appends in writing.runs():
            tail = tails.get(stream) or self._tails.get(stream) or self._look_at(stream)
            recorded_at = max(tail.recorded_at, self._recorded_at)
            head = Head(tail.version, tail.hash, recorded_at)  # each stream has its own chain, over versions
            part = Part(stream, tail)
            uncommitted = self._uncommitted(StreamLog(self._log, writing, part), head)
            part.results, part.rows = uncommitted.add(appends), uncommitted.rows
            self._recorded_at = max(recorded_at, uncommitted.head.recorded_at)
            tails[stream] = part.end(tail.sequence) if part.rows else tail
            writing.parts.append(part)
        writing.pending.results = [result for part in writing.parts for result in part.results]

    def _finish(self, writing: Writing, answer: Answer) -> bool:
        """Store results or an error; return False if the append must be prepared again."""
        if isinstance(answer, Stored) and not answer.earlier:
            self._stored(writing, answer.sequence)
            return True
        for part in writing.parts:
            self._tails.pop(part.stream, None)
        if isinstance(answer, Unanswered):
            writing.pending.error = OutcomeUnknown(answer.reason)
            return True
        try:
            return self._found(writing, answer)
        except Exception as error:
            writing.pending.error = error
            return True

    def _found(self, writing: Writing, answer: Answer) -> bool:
        """Return whether the messages were stored: the first must directly follow the one it expected."""
        first = writing.sent[0]
        behind = self._link.next(subject_of(self._link.stream, first.stream), first.tail.sequence)
        if behind and understood(behind).hash == first.rows[-1].hash:
            self._stored(writing, behind.sequence)
            return True
        if isinstance(answer, StoreError):
            raise answer
        if writing.end is not None and monotonic() > writing.until:
            raise LogTooBusy(self._log, f"others appended all the time, for {self._link.address.patience} s")
        writing.keep_ids()
        return False

    def _stored(self, writing: Writing, sequence: int) -> None:
        """Complete an append whose messages are stored from a sequence on."""
        writing.give_positions(sequence)
        writing.pending.outcome = RECORDED
        if len(self._tails) >= KEPT_TAILS:
            self._tails.clear()
        for at, part in enumerate(writing.sent, sequence):
            self._tails[part.stream] = part.end(at)
            self._log.has_reached(place(at, len(part.rows) - 1))

    def _look_at(self, stream: str) -> Tail:
        """Return the end of a stream as the leader has it, or the cached one if that is later."""
        last = self._log.last_on(subject_of(self._link.stream, stream))
        there = Tail(last.sequence, last.version, last.hash, last.recorded_at)
        known = self._tails.get(stream)
        return known if known and known.sequence > there.sequence else there
