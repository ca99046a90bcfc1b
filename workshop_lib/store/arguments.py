"""Check the arguments of callers: names, numbers, times, ids and appends.

All stores use these checks. Read `reader.py` next, which calls them for reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from numbers import Real
from operator import index
from threading import TIMEOUT_MAX
from typing import Any
from uuid import UUID

import msgspec

from workshop_lib.clock import without_zone
from workshop_lib.events import InvalidEvent, Metadata, NaiveDatetime, shortened
from workshop_lib.frames import plain
from workshop_lib.store.errors import (
    ANY,
    EXISTS,
    EventIdTaken,
    ExpectedVersion,
    InvalidArgument,
    InvalidStreamName,
    InvalidVersion,
    Rows,
    StoreError,
    WrongExpectedVersion,
)
from workshop_lib.store.port import Append, AppendCondition, Query, checked_query, texts

LONGEST_STREAM_NAME, QUOTES = 255, frozenset("'\"`\\")


def checked_stream(stream: object) -> str:
    """Return the stream name if it is valid. Raises `InvalidStreamName`."""
    if not isinstance(stream, str):
        raise InvalidStreamName(stream, f"a name is a text, not {type(stream).__name__}")
    if not stream or stream != stream.strip():
        raise InvalidStreamName(stream, "a name is not empty and does not begin or end with a blank")
    if len(stream) > LONGEST_STREAM_NAME:
        longest = f"a name has {LONGEST_STREAM_NAME} at most"
        raise InvalidStreamName(stream, f"it has {len(stream)} characters and {longest}")
    if not stream.isprintable() or not QUOTES.isdisjoint(stream):
        unreadable = "it has quotes, a backslash, a line break or characters that cannot be seen"
        raise InvalidStreamName(stream, unreadable)
    return str.__str__(stream)


def checked_from(name: str, value: object, least: int) -> int:
    """Return a whole number, `least` or more, as an int; NumPy integers too. Raises `InvalidVersion`."""
    try:
        number = index(value)  # type: ignore[arg-type]
    except TypeError:
        raise InvalidVersion(name, value, least) from None
    if isinstance(value, bool) or number < least:
        raise InvalidVersion(name, value, least)
    return number


def checked_flag(name: str, value: object) -> bool:
    """Return a value that is True or False. Raises `InvalidArgument`."""
    if isinstance(value, bool):
        return value
    raise InvalidArgument(value, f"{name} is True or False", f"{name}=True")


def checked_timeout(value: object) -> float | None:
    """Return seconds for which a thread can wait, None for ever. Raises `InvalidArgument`."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, Real) or not float(value) >= 0:
        raise InvalidArgument(value, "a timeout is a number of seconds from 0 on", "None to wait for ever")
    return min(float(value), TIMEOUT_MAX)


def checked_time(name: str, value: object) -> datetime:
    """Return the instant in UTC without a zone, as the log stores it; a pandas Timestamp loses its
    nanoseconds. Raises `NaiveDatetime` or `StoreError`.
    """
    if not isinstance(value, datetime) or value != value:  # pandas' NaT is a datetime
        raise StoreError(
            f"You gave {name}={shortened(value)}, but it is a datetime. "
            "Write datetime(2026, 3, 2, 18, 5, tzinfo=UTC)."
        )
    if value.tzinfo is None:
        raise NaiveDatetime(value, name)
    try:
        return without_zone(value if type(value) is datetime else plain(value))
    except OverflowError as error:
        rule = f"{name} is between the years 1 and 9999, in UTC too"
        raise InvalidArgument(value, rule, "datetime(2026, 3, 2, 18, 5, tzinfo=UTC)") from error


def require_moment(position: object, recorded_at: object, occurred_at: object) -> None:
    """Require a position or a time of recording, and no other time. Raises `InvalidArgument`."""
    if occurred_at is not None:
        states = 'state_at(store, …, axis="occurred_at") from workshop_lib.reading.temporal'
        rule = "a log is in the order of recording, and occurred_at is a time of its events"
        raise InvalidArgument(occurred_at, rule, f"as_of(recorded_at=…), or {states}")
    if position is None and recorded_at is None:
        raise InvalidArgument(None, "it needs a moment", "as_of(position=…) or as_of(recorded_at=…)")


def checked_id(name: str, value: object) -> UUID | None:
    """Return the id as a UUID. Raises `StoreError` if the text is not a UUID."""
    if value is None or isinstance(value, UUID):
        return value
    try:
        return UUID(str.__str__(value))
    except (ValueError, TypeError):
        raise InvalidArgument(value, f"{name} is a UUID", f"{name}=uuid.uuid4()") from None


class CheckedAppend(Append, frozen=True, gc=False):
    """An append of plain values, with lists where a generator could be read only once; the time is in UTC
    without a zone.
    """

    events: list[object]
    tags: tuple[str, ...] = ()
    metadata: Metadata = msgspec.field(default_factory=dict)
    event_ids: list[UUID] | None = None
    correlation_id: UUID | None = None
    causation_id: UUID | None = None


def checked_append(given: object) -> CheckedAppend:
    """Return an append with checked arguments. Raises `StoreError` or `InvalidEvent`."""
    if isinstance(given, CheckedAppend):
        return given
    if not isinstance(given, Append):
        raise InvalidArgument(given, "append_batch takes appends", "Append(stream, events, expected_version)")
    events = list(several("events", given.events))
    return CheckedAppend(
        stream=checked_stream(given.stream),
        events=events,
        expected_version=given.expected_version,
        condition=checked_condition(given.condition),
        occurred_at=None if given.occurred_at is None else checked_time("occurred_at", given.occurred_at),
        tags=() if given.tags is None else texts("tags", given.tags),
        metadata=checked_metadata(given.metadata),
        event_ids=None if given.event_ids is None else checked_ids(given.event_ids, len(events)),
        correlation_id=checked_id("correlation_id", given.correlation_id),
        causation_id=checked_id("causation_id", given.causation_id),
    )


def several(what: str, given: Any) -> Iterable[Any]:
    """Return the argument if it holds several things in an order. Raises `StoreError`."""
    try:
        if isinstance(given, (str, bytes, dict, set, frozenset)):
            raise TypeError
        iter(given)
    except TypeError as error:
        raise StoreError(
            f"You gave {what}={shortened(given)}, but {what} are several. Put them into a list: [ … ]."
        ) from error
    return given  # type: ignore[no-any-return]


def checked_ids(given: object, events: int) -> list[UUID]:
    """Return the event ids, one for each event. Raises `StoreError`."""
    ids = [found for one in several("event_ids", given) if (found := checked_id("event_ids", one))]
    if not len(ids) == len(set(ids)) == events:
        different = f"You gave {events} events and {len(set(ids))} different event ids."
        raise StoreError(f"{different} Give each event one id of its own.")
    return ids


def optional_query(given: object) -> Query | None:
    """Return the query, or None if none was given. Raises `InvalidArgument`."""
    return None if given is None else checked_query(given)


def checked_condition(given: object) -> AppendCondition | None:
    """Return an append condition whose position is an int, or None. Raises `StoreError`."""
    if given is None:
        return None
    if not isinstance(given, AppendCondition):
        raise InvalidArgument(given, "a condition is made of a query", "AppendCondition(Query(…), after=…)")
    return AppendCondition(given.query, checked_from("after", given.after, 0))


def checked_metadata(given: object) -> Metadata:
    """Return the metadata, empty if none was given. Raises `InvalidEvent`."""
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise InvalidEvent(given, 'Metadata is a mapping, for example {"device": "phone"}.')
    return given


CONTENT = (
    *("stream", "type", "schema version", "data", "tags", "metadata"),
    *("correlation id", "causation id", "occurred_at"),
)
"""What must be equal when an event id is repeated."""


def require_repeat(event_id: UUID, position: int, content: Iterable[Any], recorded: Iterable[Any]) -> None:
    """Require that an event has the content that was recorded with its id. Raises `EventIdTaken`."""
    for what, given, there in zip(CONTENT, content, recorded, strict=True):
        if given != there and (what != "tags" or set(given or ()) != set(there or ())):
            differs = f"other {what}: {shortened(there, 60)}, not {shortened(given, 60)}"
            raise EventIdTaken(event_id, position, differs)


def require_version(
    stream: str,
    expected: ExpectedVersion,
    actual: int,
    since: Callable[[int], Rows] = lambda version: (),
) -> None:
    """Compare a stream's version with the expected one; `since` finds the events behind a version. Raises
    `WrongExpectedVersion`, `InvalidVersion`.
    """
    if expected is ANY or (expected is EXISTS and actual > 0):
        return
    if expected is EXISTS:
        raise WrongExpectedVersion(stream, expected, actual)
    if (number := checked_from("expected_version", expected, 0)) != actual:
        raise WrongExpectedVersion(stream, number, actual, since(number) if number < actual else ())
