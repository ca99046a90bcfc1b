"""Every way in which an event store says no.

An error is one mistake: what was asked, what is so, what to do now. Read `port.py` for what a store promises.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Literal
from uuid import UUID

from workshop_lib.events import RecordedEvent, StoredEvent, WorkshopError


class Expected(Enum):
    """Expectations of a stream that are no number."""

    ANY = "any version"
    EXISTS = "a stream that exists"


ANY: Literal[Expected.ANY] = Expected.ANY
EXISTS: Literal[Expected.EXISTS] = Expected.EXISTS
NO_STREAM = 0

ExpectedVersion = int | Expected
"""The version the caller decided upon: a number (0: the stream must not exist yet), `EXISTS`, or `ANY`."""


Rows = Sequence[StoredEvent | RecordedEvent]
"""Events as a log has them."""


class StoreError(WorkshopError):
    """What a store can refuse."""


class StoreErrorAt(StoreError):
    """What goes wrong at one place, a file or a server, for a reason."""

    sentence = "{place}: {reason}"

    def __init__(self, place: object, reason: str) -> None:
        self.place, self.reason = place, reason
        super().__init__(self.sentence.format(place=place, reason=reason))


class WrongExpectedVersion(StoreError):
    """Somebody else appended to the stream since the caller read it, or never did what it relied on."""

    def __init__(self, stream: str, expected: ExpectedVersion, actual: int, since: Rows = ()) -> None:
        self.stream, self.expected, self.actual = stream, expected, actual
        self.events_since = tuple((row.version, row.type) for row in since)
        super().__init__(
            f"You asked to append to {stream} expecting {_expectation(expected)}, but {_found(actual)}. "
            f"{self._in_between()}{self._advice()}"
        )

    @property
    def retry_is_sensible(self) -> bool:
        """Whether reading again and deciding again can succeed."""
        return isinstance(self.expected, int) and self.actual > self.expected

    def _in_between(self) -> str:
        if not self.events_since:
            return ""
        shown = ", ".join(f"{type_} (version {version})" for version, type_ in self.events_since[:5])
        more = f" and {len(self.events_since) - 5} more" if len(self.events_since) > 5 else ""
        return f"In between came {shown}{more}. "

    def _advice(self) -> str:
        if self.retry_is_sensible:
            return "Read the stream again and decide again: a retry is sensible if the decision still holds."
        if self.expected is EXISTS:
            return "A retry cannot help: append the stream's first event before you require that it exists."
        return (
            "A retry cannot help: no such version was ever there; check where the expected version came from."
        )


class AppendConditionFailed(StoreError):
    """Something happened behind the caller's back that the decision rested on."""

    def __init__(self, query: object, after: int, since: Rows) -> None:
        self.query, self.after = query, after
        self.events_since = tuple((row.position, row.type) for row in since)
        shown = ", ".join(f"{type_} (position {position})" for position, type_ in self.events_since[:5])
        super().__init__(
            f"You asked to append on condition that nothing of {query} came after position {after}, but "
            f"there is {shown}. Read again what the decision rested on and decide again: a retry is sensible "
            "if the decision still holds."
        )


class InvalidStreamName(StoreError):
    """A stream name that nobody could read, quote or type again."""

    def __init__(self, stream: object, reason: str) -> None:
        self.stream, self.reason = stream, reason
        shown = repr(stream) if len(repr(stream)) <= 60 else repr(stream)[:57] + "…'"
        super().__init__(
            f"You named a stream {shown}, but {reason}. Use category-id, for example session-42."
        )


class InvalidVersion(StoreError):
    """A version, position or limit that counts below its beginning."""

    def __init__(self, name: str, value: object, least: int) -> None:
        self.name, self.value, self.least = name, value, least
        super().__init__(
            f"You gave {name}={value!r}, but it is a whole number from {least} on. "
            "The first event of a stream has version 1; a stream that does not exist has version 0."
        )


class EventIdTaken(StoreError):
    """An event id that already names another event."""

    def __init__(self, event_id: UUID, position: int) -> None:
        self.event_id, self.position = event_id, position
        super().__init__(
            f"You asked to append an event with the id {event_id}, but position {position} has that id and "
            "other content. Use the same id only to repeat the very same append; give a new event a new id."
        )


class ReadOnly(StoreError):
    """An append to a store as of an earlier moment."""

    def __init__(self, position: int) -> None:
        super().__init__(
            f"You asked to append to the log as of position {position}, but the past takes nothing in. "
            "Append to the store itself: a correction is a new event."
        )


class AppendOnly(StoreError):
    """A statement that would have changed or removed events, or slipped some in past the store."""

    def __init__(self) -> None:
        super().__init__(
            "You asked to change the log with SQL, but it is append-only: nothing was changed. "
            "Record the correction as a new event with store.append(…)."
        )


class QueryFailed(StoreError):
    """A query that the engine could not run."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(
            f"You asked the log a question in SQL that DuckDB could not answer: {reason} "
            "The tables are events and events.<event type>; SELECT * FROM events LIMIT 1 shows the columns."
        )


class StoreInUse(StoreError):
    """The file belongs to another process (or to this one already)."""

    def __init__(self, path: object, holder: str, remedy: str) -> None:
        self.path, self.holder = path, holder
        super().__init__(
            f"You asked to open {path}, but {holder} has it open, and a log file has one owner. {remedy}"
        )


class StoreNotWritable(StoreErrorAt):
    """A place where no file can be made or written."""

    sentence = (
        "You asked to keep the log in {place}, but it cannot be written there: {reason}. "
        "Choose a folder that exists and that you may write to, or open_store() for a store in memory."
    )


class NotAnEventStore(StoreErrorAt):
    """A file that is something else; it is left as it was."""

    sentence = "You asked to open {place}, but {reason}. It was left as it is; give another file name."


class WrongStorageVersion(StoreError):
    """A file laid out by another generation of this library or of DuckDB."""

    def __init__(self, path: object, found: str, wanted: str) -> None:
        self.path, self.found, self.wanted = path, found, wanted
        super().__init__(
            f"You asked to open {path}, but it has {found} and this program reads {wanted}. "
            "Open it with the program that wrote it, read it out there, and append the events to a new file."
        )


class DiskFull(StoreErrorAt):
    """The disk took only part of a commit; the log is as it was before."""

    sentence = (
        "You asked to append to {place}, but the disk would not take it ({reason}). "
        "Nothing of the append was recorded. Free some space, then append the same events again."
    )


class OutcomeUnknown(StoreError):
    """An append was sent off and no answer came: it may stand in the log or not."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(
            f"You asked to append, but no answer came back: {reason}. It may have been recorded or not. "
            "Append it again with the same event_ids: if it is there already, nothing is recorded twice."
        )


class AppendWithinAppend(StoreError):
    """An append in the middle of another one, in the same thread."""

    def __init__(self) -> None:
        super().__init__(
            "You asked to append in the middle of another append (from its generator, clock or ids). "
            "Make the events first, then append them together."
        )


class NotSupported(StoreError):
    """An engine that cannot do this, however it is asked."""

    def __init__(self, engine: str, what: str, instead: str) -> None:
        self.engine, self.what = engine, what
        super().__init__(f"You asked {engine} for {what}, which it cannot do. {instead}")


class StoreClosed(StoreError):
    """A store that was closed is asked for something."""

    def __init__(self, path: object) -> None:
        super().__init__(
            f"You asked something of the store {path}, but it is closed. Open it again with open_store(…)."
        )


def _expectation(expected: ExpectedVersion) -> str:
    if expected == NO_STREAM:
        return "a new stream (version 0)"
    return expected.value if isinstance(expected, Expected) else f"version {expected}"


def _found(actual: int) -> str:
    return "the stream does not exist" if actual == 0 else f"it has version {actual}"
