"""The queue for a copy: members reserve it, first come, first served."""

from __future__ import annotations

from dataclasses import dataclass

from workshop_lib import Decider, Refused, event_type


@dataclass(frozen=True)
class Reserve:
    copy: str
    member: str


@dataclass(frozen=True)
class Leave:
    copy: str
    member: str


@event_type("CopyReserved")
class CopyReserved:
    copy: str
    member: str


@event_type("ReservationEnded")
class ReservationEnded:
    copy: str
    member: str


Command = Reserve | Leave
Event = CopyReserved | ReservationEnded
Queue = tuple[str, ...]


def decide(command: Command, queue: Queue) -> list[Event]:
    """Return the events that a command leads to. Raises `Refused`."""
    waits = command.member in queue
    match command:
        case Reserve(copy, member):
            if waits:
                raise Refused(f"{member} has reserved {copy} already")
            return [CopyReserved(copy, member)]
        case Leave(copy, member):
            return [ReservationEnded(copy, member)] if waits else []


def evolve(queue: Queue, event: Event) -> Queue:
    """Return the queue after an event."""
    others = tuple(member for member in queue if member != event.member)
    return (*others, event.member) if isinstance(event, CopyReserved) else others


QUEUE: Decider[Command, Queue, Event] = Decider(decide, evolve, ())
