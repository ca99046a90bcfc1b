"""The port: the interface and guarantees of an event store.

An adapter implements it with one engine; `errors.py` has the errors. Read `memory.py` next: the shortest
implementation.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple, NoReturn, Protocol, Self, TypedDict, runtime_checkable
from uuid import UUID

import msgspec

from workshop_lib.events import REGISTRY, Events, Metadata, RecordedEvent, StoredEvent, shortened
from workshop_lib.store.errors import ANY, ExpectedVersion, InvalidArgument, NotSupported, ReadOnly


class Query(msgspec.Struct, frozen=True):
    """Selects events that have any of these types (empty: every type) and all of these tags (empty: any
    tags). A type is a name or an event class. `query | other` selects the events of either. Raises
    `InvalidArgument`.
    """

    types: Sequence[Any] = ()
    tags: Sequence[str] = ()
    alternatives: tuple[Query, ...] = ()

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "types", texts("types", self.types))
        msgspec.structs.force_setattr(self, "tags", texts("tags", self.tags))
        others = self.alternatives if isinstance(self.alternatives, (list, tuple)) else [self.alternatives]
        msgspec.structs.force_setattr(self, "alternatives", tuple(map(checked_query, others)))

    def __or__(self, other: Query) -> Query:
        return Query(self.types, self.tags, (*self.alternatives, *checked_query(other).each()))

    def each(self) -> tuple[Query, ...]:
        """Return the alternatives; an event must match one."""
        return (Query(self.types, self.tags), *self.alternatives)

    def matches(self, row: StoredEvent | RecordedEvent) -> bool:
        """Return whether an event matches the query."""
        here = (not self.types or row.type in self.types) and set(self.tags) <= set(row.tags or ())
        return here or any(other.matches(row) for other in self.alternatives)


def checked_query(given: object) -> Query:
    """Return a query if it is one. Raises `InvalidArgument`."""
    if isinstance(given, Query):
        return given
    name = given.__name__ if isinstance(given, type) else shortened(given) if isinstance(given, str) else "…"
    raise InvalidArgument(given, "a query is a Query", f"Query(types=[{name}])")


def texts(what: str, given: object) -> tuple[str, ...]:
    """Return types or tags as plain text, those of a set sorted. Raises `InvalidArgument`."""
    try:
        if isinstance(given, (str, bytes, dict)):
            raise TypeError
        each = list(given)  # type: ignore[call-overload]
    except TypeError as error:
        raise _not_texts(given, what) from error
    found = [_name_of(one) if what == "types" and isinstance(one, type) else one for one in each]
    for one in found:
        if not isinstance(one, str) or str.encode(one, errors="ignore").decode() != one:
            raise _not_texts(one, what)
    return tuple(map(str.__str__, sorted(found) if isinstance(given, (set, frozenset)) else found))


def _name_of(cls: type) -> str:
    if kind := REGISTRY.of_class(cls):
        return kind.name
    raise InvalidArgument(cls, "this class is not an event type", f'@event_type("{cls.__name__}") above it')


def _not_texts(given: object, what: str) -> InvalidArgument:
    example = {"types": '["MeterRead"]', "tags": '["connector-7"]'}[what]
    return InvalidArgument(given, f"{what} are several texts of whole characters", f"{what}={example}")


class AppendCondition(msgspec.Struct, frozen=True):
    """Requires that no event after the position `after` matches the query (0: no event at all).

    It is a consistency boundary around the events a decision was based on, in any number of streams.
    """

    query: Query
    after: int = 0

    def __post_init__(self) -> None:
        checked_query(self.query)


class Append(msgspec.Struct, frozen=True, gc=False):
    """One append: events for one stream, with its expected version and, optionally, a condition."""

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


class AppendOptions(TypedDict, total=False):
    """The keywords of `append`, for a function that passes them on: `**options: Unpack[AppendOptions]`."""

    condition: AppendCondition | None
    occurred_at: datetime | None
    tags: Sequence[str]
    metadata: Metadata | None
    event_ids: Sequence[UUID | str] | None
    correlation_id: UUID | str | None
    causation_id: UUID | str | None


class AppendResult(NamedTuple):
    """The stream's new version, and the positions of the events in the global order."""

    version: int
    positions: tuple[int, ...]


class Closing(Protocol):
    """Something that must be closed, for example by a `with` block."""

    def close(self) -> None:
        """Close the file or connection. Closing twice is harmless."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class EventIterator(Closing, Protocol):
    """An iterator over events as they are appended. It ends when it, or its store, is closed."""

    def next(self, timeout: float | None = None) -> RecordedEvent | None:
        """Wait `timeout` seconds at most for the next event; return None on timeout or after closing.

        Raises an `UnreadableEvent` for an event of a type that this program does not know, after it has
        returned all events before that one.
        """

    def skip(self) -> None:
        """Step over the event that `next` could not read. Otherwise `next` raises its error again."""

    def close(self) -> None:
        """Stop the iteration; a waiting `next` returns."""

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> RecordedEvent:
        if (recorded := self.next()) is None:
            raise StopIteration
        return recorded


@runtime_checkable
class Subscription(EventIterator, Protocol):
    """The events of a log after a position."""

    position: int
    """The position of the last event it has read."""


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
        """Read all streams in the global order after the position `after`; `.to_df()` makes a table."""

    def stream_version(self, stream: str) -> int:
        """Return the number of events in the stream, 0 if it does not exist."""

    def position(self) -> int:
        """Return the position of the last event in the log, 0 if it is empty."""

    def wait(self, after: int, timeout: float | None = None) -> bool:
        """Wait until the log has grown beyond `after`, `timeout` seconds at most (None: for ever); return
        whether it has. Raises `StoreClosed` if the store is closed meanwhile.
        """

    def sql(self, query: str, /, *, external_access: bool = False, **values: object) -> Any:
        """Query the log with SQL. Raises `NotSupported` on all engines but DuckDB."""
        raise NotSupported(
            type(self).__name__, "an answer in SQL", "Copy the log: to_duckdb(store).sql(…) asks the copy."
        )

    def verify(self) -> int | None:
        """Return None if the hash chain is valid, else the first position that is not."""

    def as_of(
        self, *, position: int | None = None, recorded_at: datetime | None = None, occurred_at: None = None
    ) -> ReadOnlyLog:
        """Return the log up to a position or an instant of recording; it is read-only. Raises
        `InvalidArgument` for `occurred_at`, which does not order a log.
        """


class ReadOnlyLog(Reading):
    """A log as of an earlier moment. It does not change, and nothing can be appended to it."""

    def append(self, *_: object, **__: object) -> NoReturn:
        """Raise `ReadOnly`."""
        raise ReadOnly(self.position())

    append_batch = append


@runtime_checkable
class EventStore(Reading, Closing, Protocol):
    """A log to which events are appended and from which none is removed."""

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
        `WrongExpectedVersion` if the stream has another version, `AppendConditionFailed` if the condition
        fails, `EventIdTaken` if an id names another event.
        """
        how = (condition, occurred_at, tags, metadata, event_ids, correlation_id, causation_id)
        return self.append_batch([Append(stream, events, expected_version, *how)])[0]

    def append_batch(self, appends: Iterable[Append]) -> list[AppendResult]:
        """Record several appends in one commit, all or none. The clock is read once for each of them."""

    def subscribe(self, after: int = 0, query: Query | None = None) -> Subscription:
        """Follow the log after a position: existing events, then new ones, each once."""

    def fork(self, position: int | None = None) -> EventStore:
        """Make a what-if branch: it reads this log up to a position and keeps its own appends."""
