"""A socket that can be reserved: the aggregate of chapter 2.3, small enough to be read in a minute.

Why it exists: a driver on the way wants to find the socket free. Rules that depend on the time read it from
the command (`at`), because `decide` has no clock; times of day are texts such as "18:05", which sort
correctly. Stream: `socket-<name>`. Read `socket_mutants.py` next: ways to get this wrong.
"""

from __future__ import annotations

from dataclasses import dataclass

from workshop_lib.events import event_type
from workshop_lib.modeling import Decider, Refused

# Commands


@dataclass(frozen=True)
class Reserve:
    """A driver on the way wants the socket until a time of day."""

    driver: str
    at: str
    until: str


@dataclass(frozen=True)
class Release:
    """A driver does not need the reserved socket any more."""

    driver: str


@dataclass(frozen=True)
class PlugIn:
    """A driver is here, with the cable in hand."""

    driver: str
    at: str


@dataclass(frozen=True)
class Unplug:
    """A driver wants to leave."""

    driver: str


# Events: stored formats


@event_type("SocketReserved")
class SocketReserved:
    """The socket is kept for a driver; from `until` on anybody may have it."""

    driver: str
    until: str


@event_type("SocketReleased")
class SocketReleased:
    """The driver has given the reservation back."""

    driver: str


@event_type("SocketTaken")
class SocketTaken:
    """A car is plugged in."""

    driver: str


@event_type("SocketLeft")
class SocketLeft:
    """The car is gone."""

    driver: str


# States


@dataclass(frozen=True)
class Free:
    """Anybody can have the socket."""


@dataclass(frozen=True)
class Reserved:
    """The socket is kept for a driver until that time of day."""

    driver: str
    until: str


@dataclass(frozen=True)
class Taken:
    """A car is plugged in, and whose it is."""

    driver: str


State = Free | Reserved | Taken
"""The states of a socket."""


def decide(command: object, state: State) -> list[object]:
    """Return the events that follow from a command. Raises `Refused`."""
    match command, state:
        case Reserve(_, at, until), _ if until <= at:
            raise Refused("a reservation ends after it begins")
        case ((Reserve() | PlugIn()), Taken()):
            raise Refused("a car stands at the socket")
        case ((Reserve(who, at) | PlugIn(who, at)), Reserved(holder, end)) if who != holder and at < end:
            raise Refused("the socket is kept for somebody else")
        case Reserve(driver, _, until), Reserved(holder, end) if (driver, until) == (holder, end):
            return []
        case Reserve(driver, _, until), _:
            return [SocketReserved(driver, until)]
        case PlugIn(driver), _:
            return [SocketTaken(driver)]
        case Release(driver), Reserved(holder) if driver == holder:
            return [SocketReleased(driver)]
        case Unplug(driver), Taken(holder) if driver == holder:
            return [SocketLeft(driver)]
    raise Refused("nobody gives back what they do not have")


def evolve(state: State, event: object) -> State:
    """Return the state after one more event. It never refuses."""
    match event:
        case SocketReserved(driver, until):
            return Reserved(driver, until)
        case SocketTaken(driver):
            return Taken(driver)
        case SocketReleased() | SocketLeft():
            return Free()
    return state


SOCKET: Decider[object, State, object] = Decider(decide, evolve, Free())
