"""Check the arguments of callers: names, numbers, times, ids and appends.

All stores use these checks. Read `reader.py` next, which calls them for reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from operator import index
from typing import TypeVar
from uuid import UUID

from workshop_lib.clock import without_zone
from workshop_lib.events import InvalidEvent, Metadata, NaiveDatetime, shortened
from workshop_lib.store.errors import (
    ANY,
    EXISTS,
    ExpectedVersion,
    InvalidStreamName,
    InvalidVersion,
    Rows,
    StoreError,
    WrongExpectedVersion,
)
from workshop_lib.store.port import Append

_T = TypeVar("_T")

LONGEST_STREAM_NAME = 255


def checked_stream(stream: object) -> str:
    """Return the stream name if it is valid. Raises `InvalidStreamName`."""
    if not isinstance(stream, str):
        raise InvalidStreamName(stream, f"a name is a text, not {type(stream).__name__}")
    if not stream or stream != stream.strip():
        raise InvalidStreamName(stream, "a name is not empty and does not begin or end with a blank")
    if len(stream) > LONGEST_STREAM_NAME:
        longest = f"a name has {LONGEST_STREAM_NAME} at most"
        raise InvalidStreamName(stream, f"it has {len(stream)} characters and {longest}")
    if not stream.isprintable() or any(quote in stream for quote in "'\"`\\"):
        unreadable = "it has quotes, a backslash, a line break or characters that cannot be seen"
        raise InvalidStreamName(stream, unreadable)
    return stream


def checked_from(name: str, value: object, least: int) -> int:
    """Return a whole number, `least` or more, as an int; NumPy integers too. Raises `InvalidVersion`."""
    try:
        number = index(value)  # type: ignore[arg-type]
    except TypeError:
        raise InvalidVersion(name, value, least) from None
    if isinstance(value, bool) or number < least:
        raise InvalidVersion(name, value, least)
    return number


def checked_time(name: str, value: datetime) -> datetime:
    """Return the instant in UTC without a zone, as the log stores it; a pandas Timestamp loses its
    nanoseconds. Raises `NaiveDatetime` or `StoreError`.
    """
    if not isinstance(value, datetime) or value != value:  # pandas' NaT is a datetime
        raise StoreError(
            f"You gave {name}={value!r}, but it is a datetime. Write datetime(2026, 3, 2, 18, 5, tzinfo=UTC)."
        )
    if value.tzinfo is None:
        raise NaiveDatetime(value, name)
    return without_zone(value)


def checked_id(name: str, value: UUID | str | None) -> UUID | None:
    """Return the id as a UUID. Raises `StoreError` if the text is not a UUID."""
    if value is None or isinstance(value, UUID):
        return value
    try:
        return UUID(value)
    except (ValueError, AttributeError, TypeError):
        raise StoreError(
            f"You gave {name}={value!r}, but an id is a UUID. Make one with uuid.uuid4()."
        ) from None


def checked_append(given: object) -> Append:
    """Return an item of a batch if it is an `Append`. Raises `StoreError`."""
    if not isinstance(given, Append):
        raise StoreError(
            f"You gave append_batch {shortened(given)}, but it takes appends. "
            "Make each one with Append(stream, events, expected_version)."
        )
    return given


def several(what: str, given: Iterable[_T]) -> Iterable[_T]:
    """Return the argument if it is a collection, not a single item. Raises `StoreError`."""
    if isinstance(given, (str, Mapping)) or not hasattr(given, "__iter__"):
        raise StoreError(
            f"You gave {what}={shortened(given)}, but {what} are several. Put them into a list: [ … ]."
        )
    return given


def checked_ids(given: Iterable[UUID | str] | None, events: int) -> list[UUID]:
    """Return the event ids, one for each event, or an empty list. Raises `StoreError`."""
    several_ids = several("event_ids", () if given is None else given)
    ids = [found for one in several_ids if (found := checked_id("event_ids", one))]
    if given is not None and not len(ids) == len(set(ids)) == events:
        different = f"You gave {events} events and {len(set(ids))} different event ids."
        raise StoreError(f"{different} Give each event one id of its own.")
    return ids


def checked_tags(given: Iterable[str] | None) -> tuple[str, ...]:
    """Return the tags if all are valid text. Raises `StoreError`."""
    tags = tuple(several("tags", () if given is None else given))
    if not all(isinstance(tag, str) and tag.encode(errors="ignore").decode() == tag for tag in tags):
        what = "tags are several texts of whole characters"
        raise StoreError(f'You gave tags={shortened(tags)}, but {what}. Write tags=["connector-7"].')
    return tags


def checked_metadata(given: Metadata | None) -> Metadata:
    """Return the metadata, empty if none was given. Raises `InvalidEvent`."""
    if given and not isinstance(given, Mapping):
        raise InvalidEvent(given, 'Metadata is a mapping, for example {"device": "phone"}.')
    return given or {}


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
