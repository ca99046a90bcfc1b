"""A copy of a book: it is bought, lent and taken back. No two members have it at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from workshop_lib import Decider, Refused, event_type

LOAN_PERIOD = timedelta(weeks=4)


@dataclass(frozen=True)
class Buy:
    copy: str
    title: str


@dataclass(frozen=True)
class Lend:
    copy: str
    member: str
    day: date


@dataclass(frozen=True)
class TakeBack:
    copy: str


@event_type("CopyBought")
class CopyBought:
    copy: str
    title: str


@event_type("CopyLent")
class CopyLent:
    copy: str
    member: str
    due: date


@event_type("CopyReturned")
class CopyReturned:
    copy: str
    member: str


Command = Buy | Lend | TakeBack
Event = CopyBought | CopyLent | CopyReturned


@dataclass(frozen=True)
class Copy:
    """The state of a copy: its title, None before it is bought, and its reader, None on the shelf."""

    title: str | None = None
    reader: str | None = None


def decide(command: Command, copy: Copy) -> list[Event]:
    """Return the events that a command leads to. Raises `Refused`."""
    match command:
        case Buy():
            if copy.title is not None:
                raise Refused(f"{command.copy} is a copy of {copy.title}")
            return [CopyBought(command.copy, command.title)]
        case _ if copy.title is None:
            raise Refused(f"the library has no copy {command.copy}")
        case Lend(member=member, day=day):
            if copy.reader is not None:
                raise Refused(f"{command.copy} is lent to {copy.reader}")
            return [CopyLent(command.copy, member, due=day + LOAN_PERIOD)]
        case TakeBack():
            return [CopyReturned(command.copy, copy.reader)] if copy.reader else []


def evolve(copy: Copy, event: Event) -> Copy:
    """Return the state of a copy after an event."""
    match event:
        case CopyBought(title=title):
            return replace(copy, title=title)
        case CopyLent(member=member):
            return replace(copy, reader=member)
        case CopyReturned():
            return replace(copy, reader=None)


COPY: Decider[Command, Copy, Event] = Decider(decide, evolve, Copy())
