"""Competing consumers: several members share the work of one log, and each key stays in order.

The events of a log are partitioned by a key, by default the stream. A partition belongs to one member at a
time, so the events of one key are processed in order, and different keys in parallel. Members may join and
leave. Each follows the log with its own subscription and takes only events of its partitions; when these
change, it restarts from their checkpoints.

Delivery is at least once: an event counts as processed when its member asks for the next one or calls
`acknowledge()`. An unacknowledged event of a member that leaves is delivered to another. Members are threads
of this process. A group in another process is separate and gets every event too, even on the same server: run
the group in one process, or give each process its own query.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from operator import attrgetter
from threading import Lock
from time import monotonic
from zlib import crc32

from workshop_lib.events import RecordedEvent
from workshop_lib.store.arguments import checked_from, checked_timeout, optional_query, several
from workshop_lib.store.errors import InvalidArgument, StoreClosed, StoreError
from workshop_lib.store.port import EventIterator, EventStore, Query, Subscription
from workshop_lib.store.process import belongs_to_this_process

GLANCE = 0.25
"""How often a waiting member checks whether its partitions have changed, in seconds."""


class WrongCheckpoints(StoreError):
    """The number of checkpoints differs from the number of partitions."""

    def __init__(self, given: int, partitions: int) -> None:
        self.given, self.partitions = given, partitions
        super().__init__(
            f"You gave {given} checkpoints for {partitions} partitions, but each partition has one, and with "
            f"another number of partitions keys move to other partitions. Use {given} partitions, or give "
            "each the smallest of the checkpoints (some events are then delivered again)."
        )


class NoLongerMember(StoreError):
    """A member that has left its group acknowledges an event."""

    def __init__(self) -> None:
        super().__init__(
            "You acknowledged an event, but this member was closed meanwhile and the event went to another "
            "one. Expect it to be processed twice; join the group again for more events."
        )


class ConsumerGroup:
    """Members that share the events after the checkpoints, partitioned by key.

    `key` returns the text whose events must stay in order. `checkpoints` are those of an earlier group with
    the same number of partitions. Raises `WrongCheckpoints`.
    """

    def __init__(
        self,
        store: EventStore,
        partitions: int = 8,
        key: Callable[[RecordedEvent], str] = attrgetter("stream"),
        query: Query | None = None,
        checkpoints: Sequence[int] | None = None,
    ) -> None:
        self.store, self._key, self._query = store, key, optional_query(query)
        belongs_to_this_process(self)
        if not callable(key):
            raise InvalidArgument(key, "a key is a function", "key=lambda recorded: recorded.stream")
        if checked_from("partitions", partitions, 1) > 10_000:
            raise InvalidArgument(partitions, "a group has 10,000 partitions at most", "partitions=8")
        self._done = [0] * int(partitions)
        if checkpoints is not None:
            given = [checked_from("checkpoint", each, 0) for each in several("checkpoints", checkpoints)]
            if len(given) != len(self._done):
                raise WrongCheckpoints(len(given), len(self._done))
            self._done = given
        self._owners: list[Member | None] = [None] * len(self._done)
        self._members: list[Member] = []
        self._lock = Lock()

    @property
    def checkpoints(self) -> tuple[int, ...]:
        """The position up to which the events of each partition are processed. Save them."""
        with self._lock:
            return tuple(self._done)

    def partition_of(self, recorded: RecordedEvent) -> int:
        """Return the partition of an event: always the same for the same key, in every process."""
        key = self._key(recorded)
        if not isinstance(key, str):
            raise InvalidArgument(key, "a key is a text", "key=lambda recorded: recorded.stream")
        return crc32(key.encode(errors="surrogatepass")) % len(self._done)

    def join(self) -> Member:
        """Add a member with its share of the partitions. Use it in a `with` block."""
        member = Member(self)
        with self._lock:
            self._members.append(member)
            self._share_out()
        return member

    def partitions_of(self, member: Member) -> tuple[int, ...]:
        """Return the partitions that belong to a member now."""
        return tuple(partition for partition, owner in enumerate(self._owners) if owner is member)

    def leave(self, member: Member) -> None:
        """Remove a member; its partitions and its unacknowledged event go to the others."""
        with self._lock:
            if member in self._members:
                self._members.remove(member)
                member.hand = None
                self._share_out()
                member.lose_place()

    def follow(self, member: Member) -> Subscription | None:
        """Return the subscription that a member reads from, opened if needed; None if it has left."""
        with self._lock:
            if member not in self._members:
                return None
            own = self.partitions_of(member)
            if member.place is None:
                after = min((self._done[partition] for partition in own), default=self.store.position())
                member.place = self.store.subscribe(after, self._query)
            for partition in own:  # advances partitions without events too
                self._done[partition] = max(self._done[partition], member.place.position)
            return member.place

    def take(self, member: Member, place: Subscription, recorded: RecordedEvent) -> bool:
        """Deliver an unprocessed event of a member's partition; return False for any other event."""
        partition = self.partition_of(recorded)
        with self._lock:
            own = member.place is place and self._owners[partition] is member
            if own and recorded.position > self._done[partition]:
                member.hand = partition, recorded
                return True
            return False

    def done(self, member: Member) -> bool:
        """Mark a member's event as processed; return False if the member has left the group."""
        with self._lock:
            if member.hand is not None:
                partition, recorded = member.hand
                self._done[partition], member.hand = recorded.position, None
                self._share_out()
            return member in self._members

    def _share_out(self) -> None:
        """Assign the partitions; one stays with its owner while the owner is processing an event of it."""
        for partition, owner in enumerate(self._owners):
            due = self._members[partition % len(self._members)] if self._members else None
            busy = owner is not None and owner.hand is not None and owner.hand[0] == partition
            if owner is not due and not busy:
                self._owners[partition] = due
                for concerned in filter(None, (owner, due)):
                    concerned.lose_place()


class Member(EventIterator):
    """A member of a group, for one thread. Iterate over it: it ends when it or the store is closed."""

    def __init__(self, group: ConsumerGroup) -> None:
        self._group = group
        belongs_to_this_process(self)
        self.hand: tuple[int, RecordedEvent] | None = None
        """The partition and event that were delivered and not acknowledged yet."""
        self.place: Subscription | None = None
        """The subscription it reads from; None after its partitions have changed."""

    def next(self, timeout: float | None = None) -> RecordedEvent | None:
        """Acknowledge the previous event and wait for the next; return None on timeout."""
        deadline = None if (seconds := checked_timeout(timeout)) is None else monotonic() + seconds
        self._group.done(self)
        with suppress(StoreClosed):
            while place := self._group.follow(self):
                left = GLANCE if deadline is None else min(GLANCE, deadline - monotonic())
                recorded = place.next(max(left, 0))
                if recorded is not None and self._group.take(self, place, recorded):
                    return recorded
                if recorded is None:
                    if left <= 0:
                        return None
                    self._group.store.wait(place.position, 0)  # raises if the store is closed
        return None

    def skip(self) -> None:
        """Step over the event that `next` could not read. Every member of the group has to."""
        if self.place is not None:
            self.place.skip()

    def acknowledge(self) -> None:
        """Acknowledge the current event without waiting for the next. Raises `NoLongerMember`."""
        if not self._group.done(self):
            raise NoLongerMember

    def lose_place(self) -> None:
        """Close the subscription; a later one continues at the checkpoints."""
        if self.place is not None:
            self.place.close()
            self.place = None

    def close(self) -> None:
        """Leave the group. An unacknowledged event goes to another member."""
        self._group.leave(self)
