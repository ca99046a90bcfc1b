"""A station: a post with connectors and one network connection to us.

Why it exists: when the connection is lost, charging goes on. The station keeps the messages of running
sessions and delivers them in order later; statuses in between are lost, only the present one is reported. So
we learn of events later than they happen, and each event has two times. Stream: `station-<name>`.
"""

from __future__ import annotations

from dataclasses import dataclass

from workshop_lib.events import event_type
from workshop_lib.modeling import Decider, Refused

# Commands


@dataclass(frozen=True)
class NoteSilence:
    """Ask to record that a station has been silent for too long."""

    station: str


@dataclass(frozen=True)
class NoteSignOfLife:
    """Ask to record a sign of life from a station."""

    station: str


# Events: stored formats.


@event_type("StationWentOffline")
class StationWentOffline:
    """The station stopped sending. It occurred at the last sign of life and was recorded when the next one
    was overdue.
    """

    station: str


@event_type("StationCameOnline")
class StationCameOnline:
    """The station sends again; the messages that it kept follow."""

    station: str


# State


@dataclass(frozen=True)
class Station:
    """Whether a station is online; it is, unless it has gone offline."""

    online: bool = True


initial = Station()


def decide(
    command: NoteSilence | NoteSignOfLife, state: Station
) -> list[StationWentOffline | StationCameOnline]:
    """Return the events that follow from a command, none if nothing changes. Raises `Refused`."""
    if not command.station.strip():
        raise Refused("a station has a name", "to take note of a station")
    match command, state.online:
        case NoteSilence(station), True:
            return [StationWentOffline(station)]
        case NoteSignOfLife(station), False:
            return [StationCameOnline(station)]
    return []


def evolve(state: Station, event: object) -> Station:
    """Return the state after an event. Never refuses."""
    match event:
        case StationWentOffline():
            return Station(online=False)
        case StationCameOnline():
            return Station(online=True)
    return state


decider = Decider(decide, evolve, initial)
