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
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from uuid import UUID

import msgspec

from workshop_lib.errors import WorkshopError as WorkshopError
from workshop_lib.errors import shortened as shortened

if TYPE_CHECKING:
    import pandas

Metadata = Mapping[str, Any]
"""Facts about the recording, not the event: who requested it, from which device, with which program."""

_T = TypeVar("_T")


class NotAnEventType(WorkshopError):
    """The class of an object to be recorded is not a registered event type."""

    def __init__(self, value: object) -> None:
        self.value_type = type(value)
        super().__init__(
            f"You asked to record a {self.value_type.__name__}, which is not a registered event type. "
            f'Put @event_type("{self.value_type.__name__}") above the class, or '
            "pass an instance of a class that has it."
        )


class InvalidEvent(WorkshopError):
    """The data of an event does not fit its type, or JSON would change it."""

    def __init__(self, event: object, reason: str) -> None:
        self.event, self.reason = event, reason
        super().__init__(
            f"You asked to record {shortened(event)}. {reason} "
            "Nothing was written; correct the event and append it again."
        )


class NaiveDatetime(InvalidEvent):
    """A time without a time zone: it names a different instant on every machine."""

    def __init__(self, event: object, where: str) -> None:
        self.where = where
        super().__init__(
            event, f"Its {where} has no time zone, so nobody can say which instant it is: use tzinfo=UTC."
        )
        if isinstance(event, datetime):  # an argument, not part of an event
            self.args = (
                f"You gave {where}={event.isoformat()}, but it has no time zone, so nobody can say which "
                "instant it is. Give it one: tzinfo=UTC.",
            )


def instant(name: str, when: datetime) -> datetime:
    """Return a time in UTC, which is safe to compare. Raises `NaiveDatetime`."""
    if when.tzinfo is None:
        raise NaiveDatetime(when, name)
    return when.astimezone(UTC)


class UnreadableEvent(WorkshopError):
    """The base class of errors about an event in the log that this program cannot read."""

    position = 0
    """The position of the event, 0 if it is not known."""


class UnknownEventType(UnreadableEvent):
    """The log holds an event type and schema version for which this program has no class."""

    def __init__(
        self,
        name: str,
        version: int,
        known: tuple[int, ...],
        place: StoredEvent | RecordedEvent | None = None,
    ) -> None:
        self.name, self.version, self.known = name, version, known
        self.position = place.position if place else 0
        where = f" at position {place.position} ({place.stream})" if place else ""
        versions = ", ".join(map(str, known))
        there = f"only version {versions} is registered" if known else "no class is registered for it"
        super().__init__(
            f"You asked to read an event of type {name!r}, version {version}{where}, but {there} here. "
            "Import the module that defines it, or register the class with @event_type before you read."
        )


class TwoClassesForOneType(UnreadableEvent):
    """Two classes have the name of one event type, and a log uses one."""

    def __init__(self, name: str, homes: Iterable[str], position: int = 0) -> None:
        self.name, self.homes, self.position = name, tuple(homes), position
        super().__init__(
            f"You asked for an event of type {name!r}, but there are several classes of that name: "
            f"{' and '.join(self.homes)}; a log uses one. Give the others another name with @event_type, or "
            "restart Python and import only one of them."
        )


class MalformedEvent(UnreadableEvent):
    """The stored JSON of an event is broken, or does not have the fields of its type."""

    def __init__(self, where: str, name: str, reason: str, position: int = 0) -> None:
        self.where, self.type, self.reason, self.position = where, name, reason, position
        super().__init__(
            f"You asked to read {where}, but its data does not fit {name}: {reason}. "
            "Run store.verify() to see whether the log was tampered with; restore a copy that verifies."
        )


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
    """The events that a read returns. Iterate over them, or make a table with `to_df()`."""

    def __init__(self, events: Iterable[RecordedEvent]) -> None:
        self._events = iter(events)

    def __iter__(self) -> Iterator[RecordedEvent]:
        return self._events  # saves a Python call for each event of a loop

    def __next__(self) -> RecordedEvent:
        return next(self._events)

    def to_df(self) -> pandas.DataFrame:
        """Make a DataFrame with a row for each remaining event; imports pandas."""
        from workshop_lib.frames import events_to_df

        return events_to_df(self._events)


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
