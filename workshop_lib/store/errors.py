"""The errors of an event store.

Each message says what you asked, what is so, and what to do now. Read `port.py` for what a store guarantees.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import Literal
from uuid import UUID

from workshop_lib.events import RecordedEvent, StoredEvent, WorkshopError, shortened


class Expected(Enum):
    """Expected versions that are not a number."""

    ANY = "any version"
    EXISTS = "a stream that exists"


ANY: Literal[Expected.ANY] = Expected.ANY
EXISTS: Literal[Expected.EXISTS] = Expected.EXISTS
NO_STREAM = 0

ExpectedVersion = int | Expected
"""The version a decision is based on: a number (0: the stream must not exist yet), `EXISTS`, or `ANY`."""


Rows = Sequence[StoredEvent | RecordedEvent]
"""Events as a log has them."""


NOTHING = "Nothing of this append was recorded."
RECORDED = "This append was recorded."
MAYBE = "This append may have been recorded or not. Read its stream, or repeat it with the same event_ids."
"""The notes on a `KeyboardInterrupt` that ended an append."""


class StoreError(WorkshopError):
    """The base class of the errors of a store."""


class StoreErrorAt(StoreError):
    """An error at one place, a file or a server, with a reason."""

    sentence = "{place}: {reason}"

    def __init__(self, place: object, reason: str) -> None:
        self.place, self.reason = place, reason
        super().__init__(self.sentence.format(place=place, reason=reason))


class WrongExpectedVersion(StoreError):
    """The stream does not have the expected version: it has grown since, or never had that version."""

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
    """Events that match the condition were appended after its position."""

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
    """A stream name that cannot be read, quoted or typed."""

    def __init__(self, stream: object, reason: str) -> None:
        self.stream, self.reason = stream, reason
        super().__init__(
            f"You named a stream {shortened(stream, 60)}, but {reason}. "
            "Use category-id, for example session-42."
        )


class InvalidVersion(StoreError):
    """A version, position or limit below its minimum."""

    def __init__(self, name: str, value: object, least: int) -> None:
        self.name, self.value, self.least = name, value, least
        super().__init__(
            f"You gave {name}={shortened(value)}, but it is a whole number from {least} on. "
            "The first event of a stream has version 1; a stream that does not exist has version 0."
        )


class InvalidArgument(StoreError):
    """An argument of another kind than the one that is needed."""

    def __init__(self, given: object, rule: str, remedy: str) -> None:
        self.given, self.rule, self.remedy = given, rule, remedy
        super().__init__(f"You gave {shortened(given)}, but {rule}. Write {remedy}.")


class EventIdTaken(StoreError):
    """An event id that already names another event."""

    def __init__(self, event_id: UUID, position: int, differs: str = "other content") -> None:
        self.event_id, self.position, self.differs = event_id, position, differs
        super().__init__(
            f"You asked to append an event with the id {event_id}, but position {position} has that id and "
            f"{differs}. Use the same id only to repeat the same append; give a new event a new id."
        )


class ReadOnly(StoreError):
    """An append to a store as of an earlier moment."""

    def __init__(self, position: int) -> None:
        super().__init__(
            f"You asked to append to the log as of position {position}, but it is read-only. "
            "Append to the store itself: a correction is a new event."
        )


class AppendOnly(StoreError):
    """An SQL statement that would have changed, removed or inserted events."""

    def __init__(self) -> None:
        super().__init__(
            "You asked to change the log with SQL, but it is append-only: nothing was changed. "
            "Record the correction as a new event with store.append(…)."
        )


class NotAQuestion(StoreError):
    """An SQL statement that would write a file or change a setting."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(
            f"You asked for {kind} in SQL, but sql() only reads and makes tables in memory. Nothing is done. "
            "To write a file, use .df() and pandas, or external_access=True for COPY and EXPORT."
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
    """The file is open in another process, or already in this one."""

    def __init__(self, path: object, holder: str, remedy: str) -> None:
        self.path, self.holder = path, holder
        super().__init__(
            f"You asked to open {path}, but {holder} has it open, and a log file has one owner. {remedy}"
        )


class StoreNotWritable(StoreErrorAt):
    """A file cannot be created or written."""

    sentence = (
        "You asked to keep the log in {place}, but it cannot be written there: {reason}. "
        "Choose a folder that exists and that you may write to, or open_store() for a store in memory."
    )


class CannotLock(StoreErrorAt):
    """A file on a drive that cannot lock files, as some network drives."""

    sentence = (
        "You asked to keep the log in {place}, but its drive, {reason}. Without locks, two programs could "
        "write into it at the same time and damage it. Move the file, or the whole course, to a local folder "
        "and open it there."
    )

    def __init__(self, place: Path, reason: str) -> None:
        mounted = next((folder for folder in place.parents if folder.is_mount()), place.parent)
        super().__init__(place, f"{place.drive or mounted}, cannot lock files ({reason})")


class NotAnEventStore(StoreErrorAt):
    """A file that is not an event store; it is left unchanged."""

    sentence = "You asked to open {place}, but {reason}. It was left as it is; give another file name."


class WrongStorageVersion(StoreError):
    """A file written by another version of this library or of DuckDB."""

    def __init__(self, path: object, found: str, wanted: str) -> None:
        self.path, self.found, self.wanted = path, found, wanted
        super().__init__(
            f"You asked to open {path}, but it has {found} and this program reads {wanted}. "
            "Open it with the program that wrote it, read the events there, and append them to a new file."
        )


class DiskFull(StoreErrorAt):
    """The disk is full; the log is as it was before the append."""

    sentence = (
        "You asked to append to {place}, but the disk is full ({reason}). "
        "Nothing of the append was recorded. Free some space, then append the same events again."
    )


class OutcomeUnknown(StoreError):
    """An append got no answer: it may be in the log or not."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(
            f"You asked to append, but no answer came back: {reason}. It may have been recorded or not. "
            "Append it again with the same event_ids: if it is there already, nothing is recorded twice."
        )


class AppendWithinAppend(StoreError):
    """An append inside another one, in the same thread."""

    def __init__(self) -> None:
        super().__init__(
            "You asked to append in the middle of another append (from its generator, clock or ids). "
            "Make the events first, then append them together."
        )


class NotSupported(StoreError):
    """An operation that an engine does not support."""

    def __init__(self, engine: str, what: str, instead: str) -> None:
        self.engine, self.what = engine, what
        super().__init__(f"You asked {engine} for {what}, which it cannot do. {instead}")


class StoreClosed(StoreError):
    """A call on a closed store."""

    def __init__(self, path: object) -> None:
        super().__init__(
            f"You asked to use the store {path}, but it is closed. Open it again with open_store(…)."
        )


def _expectation(expected: ExpectedVersion) -> str:
    if expected == NO_STREAM:
        return "a new stream (version 0)"
    return expected.value if isinstance(expected, Expected) else f"version {expected}"


def _found(actual: int) -> str:
    return "the stream does not exist" if actual == 0 else f"it has version {actual}"
