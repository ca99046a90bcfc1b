"""What callers hand to `append` and `append_batch`: refused in a sentence where it is none of it.

Every adapter takes its arguments by way of here. Read `commit.py` next: what becomes of an append.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from workshop_lib.events import InvalidEvent, Metadata, shortened
from workshop_lib.store.errors import ExpectedVersion, StoreError, checked_id
from workshop_lib.store.port import Append

_T = TypeVar("_T")

KEYWORDS = Append.__struct_fields__[2:]
"""What `append` takes besides the stream and the events."""


def append_of(
    stream: str, events: Sequence[object], expected_version: ExpectedVersion, what_else: dict[str, Any]
) -> Append:
    """What somebody who calls `append` with these arguments asks for. Raises `StoreError` for a keyword that
    there is not.
    """
    try:
        return Append(stream, events, expected_version, **what_else)
    except TypeError:
        raise StoreError(_no_keyword(next(word for word in what_else if word not in KEYWORDS))) from None


def checked_append(given: object) -> Append:
    """What was given as one append of several, if it is one. Raises `StoreError`."""
    if not isinstance(given, Append):
        raise StoreError(
            f"You gave append_batch {shortened(given)}, but it takes appends. "
            "Make each one with Append(stream, events, expected_version)."
        )
    return given


def several(what: str, given: Iterable[_T]) -> Iterable[_T]:
    """What was given, if it is several things of that name and not one. Raises `StoreError`."""
    if isinstance(given, (str, Mapping)) or not hasattr(given, "__iter__"):
        raise StoreError(
            f"You gave {what}={shortened(given)}, but {what} are several. Put them into a list: [ … ]."
        )
    return given


def checked_ids(given: Iterable[UUID | str] | None, events: int) -> list[UUID]:
    """Return the event ids, one for each event; none if none were given. Raises `StoreError`."""
    ids = [found for one in several("event_ids", given or ()) if (found := checked_id("event_ids", one))]
    if given is not None and not len(ids) == len(set(ids)) == events:
        different = f"You gave {events} events and {len(set(ids))} different event ids."
        raise StoreError(f"{different} Give each event one id of its own.")
    return ids


def checked_tags(given: Iterable[str] | None) -> tuple[str, ...]:
    """Return the tags, whole texts that can be written. Raises `StoreError`."""
    tags = tuple(several("tags", given or ()))
    if not all(isinstance(tag, str) and tag.encode(errors="ignore").decode() == tag for tag in tags):
        raise StoreError(f'You gave tags={shortened(tags)}, but tags are several texts: ["connector-7"].')
    return tags


def checked_metadata(given: Metadata | None) -> Metadata:
    """Return the metadata, empty if none was given. Raises `InvalidEvent`."""
    if given and not isinstance(given, Mapping):
        raise InvalidEvent(given, 'Metadata is a mapping, for example {"device": "phone"}.')
    return given or {}


def _no_keyword(word: str) -> str:
    near = difflib.get_close_matches(word, KEYWORDS, n=1, cutoff=0.45)  # ids is far from event_ids
    advice = f"Did you mean {near[0]}?" if near else "What else is true of the recording goes into metadata."
    return f"You gave append {word}=…, but its keywords are {', '.join(KEYWORDS)}. {advice}"
