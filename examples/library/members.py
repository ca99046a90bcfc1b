"""A member of the library: joins, and may be barred for a while."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from workshop_lib import Decider, Refused, event_type


@dataclass(frozen=True)
class Join:
    member: str
    name: str


@dataclass(frozen=True)
class Bar:
    member: str
    reason: str


@event_type("MemberJoined")
class MemberJoined:
    member: str
    name: str


@event_type("MemberBarred")
class MemberBarred:
    member: str
    reason: str


Command = Join | Bar
Event = MemberJoined | MemberBarred


class Standing(Enum):
    """The state of a member."""

    UNKNOWN = "is not a member"
    MEMBER = "is a member"
    BARRED = "is barred"


def decide(command: Command, standing: Standing) -> list[Event]:
    """Return the events that a command leads to. Raises `Refused`."""
    match command:
        case Join(member, name):
            if standing is not Standing.UNKNOWN:
                raise Refused(f"{member} {standing.value} already")
            return [MemberJoined(member, name)]
        case Bar(member, reason):
            if standing is Standing.UNKNOWN:
                raise Refused(f"{member} {standing.value}")
            return [MemberBarred(member, reason)] if standing is Standing.MEMBER else []


def evolve(standing: Standing, event: Event) -> Standing:
    """Return the state of a member after an event."""
    return Standing.MEMBER if isinstance(event, MemberJoined) else Standing.BARRED


MEMBER: Decider[Command, Standing, Event] = Decider(decide, evolve, Standing.UNKNOWN)
