"""The port: what an event store promises, in the field's own words.

An adapter keeps these promises with one engine; `errors.py` has the ways in which it says no. Read
`memory.py` next: the same promises kept in the fewest lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple, NoReturn, Protocol, Self, runtime_checkable
from uuid import UUID

import msgspec

from workshop_lib.events import Events, Metadata, RecordedEvent, StoredEvent
from workshop_lib.store.errors import ANY, ExpectedVersion, ReadOnly


class Query(msgspec.Struct, frozen=True):
    """Which events: of any of these types (empty: every type) that carry all of these tags (empty: whatever
    tags). `query | other` asks for the events of either.
    """

    types: Sequence[str] = ()
    tags: Sequence[str] = ()
    alternatives: tuple[Query, ...] = ()

    def __post_init__(self) -> None:
        if isinstance(self.types, str) or isinstance(self.tags, str):
            raise TypeError(
                'A query takes several types and tags: Query(types=["MeterRead"]), not one string.'
            )
        msgspec.structs.force_setattr(self, "types", tuple(self.types))
        msgspec.structs.force_setattr(self, "tags", tuple(self.tags))

    def __or__(self, other: Query) -> Query:
        return Query(self.types, self.tags, (*self.alternatives, *other.each()))

    def each(self) -> tuple[Query, ...]:
        """The queries, each without alternatives, of which an event must match one."""
        return (Query(self.types, self.tags), *self.alternatives)

    def matches(self, row: StoredEvent | RecordedEvent) -> bool:
        """Whether an event is among those asked for."""
        here = (not self.types or row.type in self.types) and set(self.tags) <= set(row.tags or ())
        return here or any(other.matches(row) for other in self.alternatives)


class AppendCondition(msgspec.Struct, frozen=True):
    """What must not have happened since the caller looked: no event that the query finds stands behind the
    position `after` (0: there is none at all).

    It draws a consistency boundary around whatever the decision rested on, in any number of streams.
    """

    query: Query
    after: int = 0


class Append(msgspec.Struct, frozen=True, gc=False):
    """One append: the events for one stream, and what the caller believes about that stream (and, with a
    condition, about others).
    """

    stream: str
    events: Sequence[object]
    expected_version: ExpectedVersion = ANY
    condition: AppendCondition | None = None
    occurred_at: datetime | None = None
    tags: Sequence[str] = ()
    metadata: Metadata | None = None
    event_ids: Sequence[UUID | str] | None = None
    correlation_id: UUID | str | None = None
    causation_id: UUID | str | None = None


class AppendResult(NamedTuple):
    """The stream's new version, and the positions of the events in the global order."""

    version: int
    positions: tuple[int, ...]


class Closing(Protocol):
    """Something that is to be closed; a `with` block does it."""

    def close(self) -> None:
        """Let go of the file or connection. Closing twice is harmless."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class EventIterator(Closing, Protocol):
    """Events as they come. Iterate over it; it ends when it, or its store, is closed."""

    def next(self, timeout: float | None = None) -> RecordedEvent | None:
        """The next event, waited for `timeout` seconds at most; None if none came or it was closed."""

    def close(self) -> None:
        """Stop: whoever waits for the next event stops waiting."""

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> RecordedEvent:
        if (recorded := self.next()) is None:
            raise StopIteration
        return recorded


@runtime_checkable
class Subscription(EventIterator, Protocol):
    """The events of a log, from a position on."""

    position: int
    """Where it stands: the position of the last event it has considered."""


@runtime_checkable
class Reading(Protocol):
    """The reading half of the contract; a store as of an earlier moment has only this one."""

    def read_stream(
        self,
        stream: str,
        from_version: int = 1,
        to_version: int | None = None,
        backwards: bool = False,
        limit: int | None = None,
    ) -> Events:
        """Read one stream in the order of its versions, both bounds included; an unknown one is empty.
        `.to_df()` makes a table.
        """

    def read(
        self, after: int = 0, query: Query | None = None, backwards: bool = False, limit: int | None = None
    ) -> Events:
        """Read all streams in the global order behind the position `after`; `.to_df()` makes a table."""

    def stream_version(self, stream: str) -> int:
        """The number of events in the stream, 0 if it does not exist."""

    def position(self) -> int:
        """The position of the last event in the log, 0 if it is empty."""

    def wait(self, after: int, timeout: float | None = None) -> bool:
        """Wait until the log has gone beyond a position, `timeout` seconds at most (None: for ever); whether
        it has. Raises `StoreClosed` if the store is closed meanwhile.
        """

    def verify(self) -> int | None:
        """None if the hash chain holds, else the first position that does not fit."""

    def as_of(self, *, position: int | None = None, recorded_at: datetime | None = None) -> Reading:
        """Return the log up to a position, or with what was recorded by an instant; it is read-only."""


class Past(Reading):
    """A log as of an earlier moment. It does not change, and nothing can be appended to it."""

    def append(self, *_: object, **__: object) -> NoReturn:
        """Refuse to change the past. Raises `ReadOnly`."""
        raise ReadOnly(self.position())

    append_batch = append


@runtime_checkable
class EventStore(Reading, Closing, Protocol):
    """A log that takes events in and never lets go of one."""

    def append(
        self,
        stream: str,
        events: Sequence[object],
        expected_version: ExpectedVersion = ANY,
        *,
        condition: AppendCondition | None = None,
        occurred_at: datetime | None = None,
        tags: Sequence[str] = (),
        metadata: Metadata | None = None,
        event_ids: Sequence[UUID | str] | None = None,
        correlation_id: UUID | str | None = None,
        causation_id: UUID | str | None = None,
    ) -> AppendResult:
        """Record events at the end of one stream, all or none.

        The same event ids again with the same content return the first result and record nothing. Raises
        `WrongExpectedVersion` if the stream has moved on, `AppendConditionFailed` if the condition is not
        met, `EventIdTaken` if an id names another event.
        """
        how = (condition, occurred_at, tags, metadata, event_ids, correlation_id, causation_id)
        return self.append_batch([Append(stream, events, expected_version, *how)])[0]

    def append_batch(self, appends: Iterable[Append]) -> list[AppendResult]:
        """Record several appends in one commit, all or none. The clock is read once for each of them."""

    def subscribe(self, after: int = 0, query: Query | None = None) -> Subscription:
        """Follow the log behind a position: the events that are there, then those to come, each once."""

    def fork(self, position: int | None = None) -> EventStore:
        """Make a what-if branch: it reads this log up to a position and writes to itself."""
