"""Events: facts named in the past tense, which never change.

An event is a frozen dataclass with a registered name. The codec converts it to readable JSON and back, and
rejects values that JSON would change. A `RecordedEvent` is an event with its place in the log. Read
`workshop_lib.store.port` next: it defines what a log of events guarantees.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from uuid import UUID

import msgspec

from workshop_lib.errors import AlreadyRead as AlreadyRead
from workshop_lib.errors import InvalidEvent as InvalidEvent
from workshop_lib.errors import MalformedEvent as MalformedEvent
from workshop_lib.errors import NaiveDatetime as NaiveDatetime
from workshop_lib.errors import NotAnEventType as NotAnEventType
from workshop_lib.errors import TwoClassesForOneType as TwoClassesForOneType
from workshop_lib.errors import UnknownEventType as UnknownEventType
from workshop_lib.errors import UnreadableEvent as UnreadableEvent
from workshop_lib.errors import WorkshopError as WorkshopError
from workshop_lib.errors import shortened as shortened

if TYPE_CHECKING:
    import pandas

Metadata = Mapping[str, Any]
"""Facts about the recording, not the event: who requested it, from which device, with which program."""

_T = TypeVar("_T")


def instant(name: str, when: datetime) -> datetime:
    """Return a time in UTC, which is safe to compare. Raises `NaiveDatetime`."""
    if when.tzinfo is None:
        raise NaiveDatetime(when, name)
    return when.astimezone(UTC)


class EventType(NamedTuple):
    """A registered class: its stored name and its schema version."""

    name: str
    version: int
    cls: type
    home: str
    """Where the class is defined: the same for each run of the cell that defines it."""


Homes = dict[tuple[str, int], str]
"""Where the class is defined that a log uses, for each event type and schema version."""


class _Registry:
    """The class of each event type. A class defined again, as by a re-run cell, replaces the old one."""

    def __init__(self) -> None:
        self._by_class: dict[type, EventType] = {}
        self._by_name: dict[tuple[str, int], dict[str, EventType]] = {}
        self.changes = 0

    def add(self, cls: type, name: str, version: int) -> None:
        entry = EventType(name, version, cls, f"{cls.__module__}.{cls.__qualname__}")
        homes = self._by_name.setdefault((name, version), {})
        homes.pop(entry.home, None)  # inserted last: the newest is the default
        homes[entry.home] = entry
        self._by_class[cls] = entry
        self.changes += 1

    def of_class(self, cls: type) -> EventType | None:
        """Return the event type of a class, with the class by which it was replaced if it was."""
        kind = self._by_class.get(cls)
        return kind and self._by_name[kind.name, kind.version].get(kind.home, kind)

    def class_for(self, row: StoredEvent | RecordedEvent, used: Homes) -> type:
        """Return the class that a log uses for a row: that of the first event recorded or read."""
        key = row.type, row.schema_version
        homes, home = self._by_name.get(key), used.get(key)
        if not homes:
            known = tuple(sorted(version for name, version in self._by_name if name == row.type))
            raise UnknownEventType(*key, known, row)
        if home not in homes:
            if len(homes) > 1:
                raise TwoClassesForOneType(row.type, homes, row.position)
            home = used[key] = next(iter(homes))
        return homes[home].cls

    def newest(self) -> list[EventType]:
        """Return for each event type the newest class of its highest schema version."""
        latest = {name: self._by_name[name, version] for name, version in sorted(self._by_name)}
        return [next(reversed(homes.values())) for homes in latest.values()]


REGISTRY = _Registry()


@typing.dataclass_transform(frozen_default=True)
def event_type(name: str, version: int = 1) -> Callable[[type[_T]], type[_T]]:
    """Register a class as an event type; make it a frozen dataclass if it is not a dataclass yet.

    `name` is stored in the log for ever; `version` is the version of its schema, from 1. Raises `TypeError`
    for a mutable class, and for a name or version that the log cannot store.
    """
    if not isinstance(name, str) or not name.strip() or not name.isprintable():
        raise TypeError(f"An event type needs a readable name, not {name!r}: @event_type('ChargingStarted').")
    if not isinstance(version, int) or isinstance(version, bool) or not 1 <= version < 2**31:
        raise TypeError(f"The schema version of {name} is a whole number from 1, not {version!r}.")

    def register(cls: type[_T]) -> type[_T]:
        made = cls if "__dataclass_fields__" in vars(cls) else dataclass(frozen=True)(cls)
        if not made.__dataclass_params__.frozen:  # type: ignore[attr-defined]
            raise TypeError(
                f"{cls.__name__} is a dataclass that can change. Events are facts: use frozen=True."
            )
        REGISTRY.add(made, name, version)
        return made

    return register


def type_of(event: object, used: Homes | None = None) -> EventType:
    """Return the event type of an event. Raises `NotAnEventType`, and `TwoClassesForOneType` if the log uses
    another class.
    """
    found = REGISTRY.of_class(type(event))
    if found is None:
        raise NotAnEventType(event)
    if used is not None and (home := used.setdefault((found.name, found.version), found.home)) != found.home:
        raise TwoClassesForOneType(found.name, (home, found.home))
    return found


class RecordedEvent(msgspec.Struct, frozen=True):
    """An event and its place in the log: what happened and when, when it was recorded, and its cause."""

    event: Any
    type: str
    schema_version: int
    stream: str
    version: int
    position: int
    event_id: UUID
    occurred_at: datetime
    recorded_at: datetime
    correlation_id: UUID | None = None
    causation_id: UUID | None = None
    metadata: Metadata = {}
    tags: tuple[str, ...] = ()

    def __repr__(self) -> str:
        when = f"{self.occurred_at:%Y-%m-%d %H:%M:%S}"
        return f"<{self.position} {self.stream} v{self.version} {when} {shortened(self.event)}>"


class Events(Iterator[RecordedEvent]):
    """The events that a read returns, once. Iterate over them, or make a table with `to_df()`."""

    def __init__(self, events: Iterable[RecordedEvent]) -> None:
        self._ended = list[bool]()
        self._events = chain(events, _noting_the_end(self._ended))

    def __iter__(self) -> Iterator[RecordedEvent]:
        return self._events  # saves a Python call for each event of a loop

    def __next__(self) -> RecordedEvent:
        return next(self._events)

    def to_df(self) -> pandas.DataFrame:
        """Make a DataFrame with a row for each remaining event; imports pandas. Raises `AlreadyRead`."""
        from workshop_lib.frames import events_to_df

        if self._ended:
            raise AlreadyRead
        return events_to_df(self._events)


def _noting_the_end(ended: list[bool]) -> Iterator[RecordedEvent]:
    ended.append(True)
    yield from ()


class Cause(typing.TypedDict):
    """The keyword arguments of `store.append` that name the cause of an append."""

    causation_id: UUID
    correlation_id: UUID


def caused_by(recorded: RecordedEvent) -> Cause:
    """Name a recorded event as the cause of an append: `store.append(stream, events, **caused_by(recorded))`.

    The causation id is the id of the event that caused these. The correlation id is the same for the whole
    chain: the id of its first event, unless one was given.
    """
    return {
        "causation_id": recorded.event_id,
        "correlation_id": recorded.correlation_id or recorded.event_id,
    }


class StoredEvent(NamedTuple):
    """A row of the log: times in UTC without a zone, data and metadata as JSON text. Rows are read without
    their hash unless they are verified.
    """

    position: int
    stream: str
    version: int
    type: str
    schema_version: int
    occurred_at: datetime
    recorded_at: datetime
    data: str
    tags: list[str] | None
    metadata: str
    event_id: UUID
    correlation_id: UUID | None
    causation_id: UUID | None
    hash: bytes = b""
