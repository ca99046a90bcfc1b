"""The event store for when one machine is not enough: a log in a replicated stream of NATS JetStream.

Any number of programs append without a lock. Each append is one message, and its publisher says which
message must be the last on its subject: if another came in between, the server refuses it, and the append
is drafted anew upon what is there now. The message's id says the same once more: a cluster of nats-server
2.9 lets two in that race within a millisecond, but never two with the same id.

An acknowledged message has been taken in by most replicas. Each of them writes to its disk when its
operating system likes, so a power cut that hits most nodes in the same instant can cost the last moments
(nats-server's sync_interval says how many).

What JetStream cannot do is refused with `NotSupported`: an append over several streams, an append
condition, SQL. Positions increase and have gaps. An event id is compared with those of its own stream only,
which is where a repeated append goes. `jetstream_engine/reader.py` has the reading half.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from threading import Event
from time import monotonic
from typing import Any

from workshop_lib.clock import Clock, IdSource, random_ids, wall_clock
from workshop_lib.codec import Codec
from workshop_lib.store.arguments import append_of
from workshop_lib.store.branch import Branch
from workshop_lib.store.commit import Draft, Head
from workshop_lib.store.errors import (
    ANY,
    ExpectedVersion,
    OutcomeUnknown,
    StoreClosed,
    StoreError,
    WrongExpectedVersion,
    checked_from,
)
from workshop_lib.store.group_commit import GroupCommit, Ticket
from workshop_lib.store.jetstream_engine.address import Address
from workshop_lib.store.jetstream_engine.connection import Answer, Link, Stored, Unanswered
from workshop_lib.store.jetstream_engine.message import place, sequence_of, subject_of
from workshop_lib.store.jetstream_engine.reader import JetStreamPast
from workshop_lib.store.jetstream_engine.writing import StreamLog, Tail, Writing
from workshop_lib.store.port import Append, AppendResult, Query, Subscription
from workshop_lib.store.subscription import CatchUp

EVER = 2**63 - 1
GLANCE = 0.02
"""How often the end of the log is looked at by whoever waits for it to grow, in seconds."""

KEPT_HEADS = 100_000
"""Of how many streams the last message is remembered, so that an append to them takes one round trip."""


class JetStreamStore(JetStreamPast):
    """An event store on a NATS server or cluster: `nats://host:4222?stream=charging&replicas=3`.

    Any number of stores, in any number of programs, share a log. Use it in a `with` block, or close it.
    """

    def __init__(self, url: str, clock: Clock = wall_clock, ids: IdSource = random_ids) -> None:
        super().__init__(Link(Address(url)), Codec(), EVER)
        self._clock, self._ids = clock, ids
        self._group, self._closing = GroupCommit(self._commit), Event()
        self._tails: dict[str, Tail] = {}
        self._seen, self._recorded_at = 0, datetime.min

    def append(  # type: ignore[override]  # a past refuses whatever is given
        self, stream: str, events: Sequence[object], expected_version: ExpectedVersion = ANY, **what_else: Any
    ) -> AppendResult:
        """Record events at the end of one stream, all or none; `what_else` as in `Append`, but for a
        condition: `occurred_at`, `tags`, `metadata`, `event_ids`, `correlation_id`, `causation_id`. Raises
        `WrongExpectedVersion`, or `OutcomeUnknown` if the cluster fell silent.
        """
        return self.append_batch([append_of(stream, events, expected_version, what_else)])[0]

    def append_batch(self, appends: Iterable[Append]) -> list[AppendResult]:
        """Several appends to one stream in one message, all or nothing."""
        return self._group.submit(appends)

    def position(self) -> int:
        """The position of the last event in the log; a leader that has just come in may not know it yet."""
        self._seen = max(self._seen, self._message(self._link.last()).position)
        return self._seen

    def wait(self, after: int, timeout: float | None = None) -> bool:
        """Wait until the log has gone beyond a position; whether it has in time. Raises `StoreClosed`."""
        checked_from("after", after, 0)
        end = None if timeout is None else monotonic() + timeout
        while not (grown := self.position() > after) and (end is None or monotonic() < end):
            self._closing.wait(GLANCE)
        return grown

    def subscribe(self, after: int = 0, query: Query | None = None) -> Subscription:
        """Each event behind a position, once and in the global order: those there are, then those to come."""
        return CatchUp(self, after, query)

    def fork(self, position: int | None = None) -> Branch:
        """A what-if branch: it reads this log's past up to a position and writes to itself, in memory."""
        return Branch(self.as_of(position=position), self._clock, self._ids)

    def close(self) -> None:
        """Let go of the connection, once the appends on their way have arrived. Closing twice is harmless."""
        self._closing.set()
        self._group.pause_for(self._link.close)

    def __exit__(self, *_: object) -> None:
        self.close()

    def version_of(self, stream: str) -> int:
        """The number of events in the stream, 0 if it does not exist."""
        return self._look_at(stream).version

    def _last_sequence(self) -> int:
        last = self._link.last()
        return max(last.sequence if last else 0, sequence_of(self._seen))

    def _commit(self, tickets: list[Ticket]) -> None:
        """Settle what callers want: in each round one append to each of their streams, in flight together."""
        if self._closing.is_set():
            raise StoreClosed(self._link.address.shown)
        waiting = [writing for ticket in tickets if (writing := _begun(ticket))]
        while waiting:
            turn = list({writing.stream: writing for writing in reversed(waiting)}.values())[::-1]
            later = [writing for writing in waiting if writing not in turn]
            sent = [writing for writing in turn if self._draft(writing)]
            answers = self._link.publish([writing.letter(self._link.stream) for writing in sent])
            again = [w for w, answer in zip(sent, answers, strict=True) if not self._settle(w, answer)]
            waiting = again + later

    def _draft(self, writing: Writing) -> bool:
        """Make the rows of a message; whether there is one to be sent. Who is refused is told why."""
        known = writing.stream in self._tails
        try:
            self._draft_upon(writing, self._tails.get(writing.stream) or self._look_at(writing.stream))
        except WrongExpectedVersion as refused:
            if known:  # by ourselves, which may be a while ago
                self._tails.pop(writing.stream)
                return self._draft(writing)
            writing.ticket.error = refused
        except Exception as refused:
            writing.ticket.error = refused
        return bool(writing.rows) and writing.ticket.error is None

    def _draft_upon(self, writing: Writing, tail: Tail) -> None:
        recorded_at = max(tail.recorded_at, self._recorded_at)
        head = Head(tail.version, tail.hash, recorded_at)  # a chain for each stream: its places are versions
        draft = Draft(StreamLog(self, writing, tail), head, self.codec, self._clock, self._ids)
        writing.tail, writing.rows = tail, []
        writing.ticket.results = draft.add(writing.all())
        writing.rows = draft.rows
        self._recorded_at = max(recorded_at, draft.head.recorded_at)

    def _settle(self, writing: Writing, answer: Answer) -> bool:
        """Tell a caller what became of an append; whether anything did, or it must be drafted anew."""
        if isinstance(answer, Stored) and not answer.earlier:
            self._grant(writing, answer.sequence)
            return True
        self._tails.pop(writing.stream, None)
        if isinstance(answer, Unanswered):
            writing.ticket.error = OutcomeUnknown(answer.reason)
            return True
        try:
            return self._found(writing, answer)
        except Exception as error:
            writing.ticket.error = error
            return True

    def _found(self, writing: Writing, answer: Answer) -> bool:
        """Read back: our message can only stand right behind the one that it expected before it."""
        subject = subject_of(self._link.stream, writing.stream)
        behind = self._message(self._link.next(subject, writing.tail.sequence))
        if behind.hash == writing.rows[-1].hash:
            self._grant(writing, behind.sequence)
            return True
        if isinstance(answer, StoreError):
            raise answer
        writing.keep_ids()
        return False

    def _grant(self, writing: Writing, sequence: int) -> None:
        """The message stands there: places counted by version become positions."""
        before, last = writing.tail.version, writing.rows[-1]
        writing.ticket.results = [
            AppendResult(
                result.version, tuple(place(sequence, version - before - 1) for version in result.positions)
            )
            if result.version > before
            else result  # of an append that was made earlier
            for result in writing.ticket.results
        ]
        if len(self._tails) >= KEPT_HEADS:
            self._tails.clear()
        self._tails[writing.stream] = Tail(sequence, last.version, last.hash, last.recorded_at)
        self._seen = max(self._seen, place(sequence, len(writing.rows) - 1))

    def _look_at(self, stream: str) -> Tail:
        """Where a stream ends, as its leader has it; never less than what we know ourselves."""
        last = self._message(self._link.last(subject_of(self._link.stream, stream)))
        there = Tail(last.sequence, last.version, last.hash, last.recorded_at)
        known = self._tails.get(stream)
        return known if known and known.sequence > there.sequence else there


def _begun(ticket: Ticket) -> Writing | None:
    """What a caller wants to append, if that is anything; who asks for the impossible is told so."""
    try:
        writing = Writing(ticket)
        return writing if writing.stream else None
    except Exception as error:
        ticket.error = error
        return None
