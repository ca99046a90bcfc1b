"""The base of all errors of this library, and the errors about events. A store has `store/errors.py`."""

from __future__ import annotations

import pickle
from collections.abc import Iterable
from datetime import datetime
from typing import Any


class WorkshopError(Exception):
    """The base class of all errors of this library. The message says what you asked, what is so, and what to
    do now. An error can be copied and sent to another process.
    """

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the error without calling `__init__` again, whose arguments are not kept."""
        attributes = {name: _portable(value) for name, value in vars(self).items()}
        return _restored, (type(self), self.args, attributes, _portable(self.__cause__))

    def __copy__(self, memo: object = None) -> Any:
        return _restored(type(self), self.args, vars(self), self.__cause__)

    __deepcopy__ = __copy__


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


class UnreadableEvent(WorkshopError):
    """The base class of errors about an event in the log that this program cannot read."""

    position = 0
    """The position of the event, 0 if it is not known."""


class UnknownEventType(UnreadableEvent):
    """The log holds an event type and schema version for which this program has no class."""

    def __init__(self, name: str, version: int, known: tuple[int, ...], place: Any = None) -> None:
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


class AlreadyRead(WorkshopError):
    """A table of events that were read to their end before."""

    def __init__(self) -> None:
        super().__init__(
            "You asked for a table, but a read returns its events once, and all of these were read before. "
            "Read again, as in store.read(…).to_df(), or keep them in a list for to_df(events)."
        )


def _restored(cls: type[Any], args: tuple[Any, ...], attributes: dict[str, Any], cause: object) -> Any:
    error = cls.__new__(cls, *args)
    vars(error).update(attributes)
    if isinstance(cause, BaseException):
        error.__cause__ = cause
    return error


def _portable(value: object) -> object:
    """Return a value that another process can receive: its repr if it cannot be pickled."""
    try:
        pickle.loads(pickle.dumps(value))
    except Exception:
        return shortened(value)
    return value


def shortened(value: object, limit: int = 200) -> str:
    """Return a value's repr, cut to a length that fits into a message."""
    try:
        text = repr(value)
    except Exception:  # it is nested too deeply, or its own __repr__ fails
        text = f"a {type(value).__name__} that cannot be shown"
    return text if len(text) <= limit else text[: limit - 1] + "…"
