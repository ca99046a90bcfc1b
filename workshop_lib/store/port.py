"""The port: what an event store promises, in the field's own words.

An adapter keeps these promises with one engine; `refusals.py` has the ways in which it says no. Read
`memory.py` next: the same promises kept in the fewest lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol, runtime_checkable
from uuid import UUID

import msgspec

from workshop_lib.events import Metadata, RecordedEvent, StoredEvent
from workshop_lib.store.refusals import ANY, ExpectedVersion


class Query(msgspec.Struct, frozen=True):
    """Which events: of any of these types (empty: every type) that carry all of these tags (empty: whatever
    tags).
    """

    types: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if isinstance(self.types, str) or isinstance(self.tags, str):
            raise TypeError(
                'A query takes several types and tags: Query(types=["MeterRead"]), not one string.'
            )
        msgspec.structs.force_setattr(self, "types", tuple(self.types))
        msgspec.structs.force_setattr(self, "tags", tuple(self.tags))

    def matches(self, row: StoredEvent | RecordedEvent) -> bool:
        """Whether an event is among those asked for."""
        return (not self.types or row.type in self.types) and set(self.tags) <= set(row.tags or ())


class Append(msgspec.Struct, frozen=True):
    """One append: the events for one stream, and what the caller believes about that stream."""

    stream: str
    events: Sequence[object]
    expected_version: ExpectedVersion = ANY
    occurred_at: datetime | None = None
    tags: Sequence[str] = ()
    metadata: Metadata | None = None
    event_ids: Sequence[UUID | str] | None = None
    correlation_id: UUID | str | None = None
    causation_id: UUID | str | None = None


class AppendResult(NamedTuple):
    """What an append may tell: the stream's new version and the positions of the events in the global
    order.
    """

    version: int
    positions: tuple[int, ...]


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
    ) -> Iterator[RecordedEvent]:
        """The events of one stream in the order of their versions, both bounds included; none if it does
        not exist.
        """
        ...

    def read(
        self, after: int = 0, query: Query | None = None, backwards: bool = False, limit: int | None = None
    ) -> Iterator[RecordedEvent]:
        """The events of all streams in the global order, those with a position greater than `after`."""
        ...

    def stream_version(self, stream: str) -> int:
        """The number of events in the stream, 0 if it does not exist."""
        ...

    def position(self) -> int:
        """The position of the last event in the log, 0 if it is empty."""
        ...

    def verify(self) -> int | None:
        """None if the hash chain holds, else the first position that does not fit."""
        ...

    def as_of(self, *, position: int | None = None, recorded_at: datetime | None = None) -> Reading:
        """The log as it stood then: a read-only store that ends at that position, or with what was recorded
        by that instant.
        """
        ...


@runtime_checkable
class EventStore(Reading, Protocol):
    """A log that takes events in and never lets go of one."""

    def append(
        self,
        stream: str,
        events: Sequence[object],
        expected_version: ExpectedVersion = ANY,
        *,
        occurred_at: datetime | None = None,
        tags: Sequence[str] = (),
        metadata: Metadata | None = None,
        event_ids: Sequence[UUID | str] | None = None,
        correlation_id: UUID | str | None = None,
        causation_id: UUID | str | None = None,
    ) -> AppendResult:
        """Record events at the end of one stream, all or none. Raises `WrongExpectedVersion` if the stream
        has moved on.
        """
        ...

    def append_batch(self, appends: Iterable[Append]) -> list[AppendResult]:
        """Several appends in one commit, all or none. The clock is read once for each append, as it is
        taken.
        """
        ...

    def close(self) -> None:
        """Let go of the file or connection. Closing twice is harmless."""
        ...
