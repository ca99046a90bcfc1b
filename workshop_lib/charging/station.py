"""A station: the post, with its connectors and its one line to us.

Why it exists: when the line is cut, charging goes on. The station keeps the messages of running sessions
and delivers them in order once the line is back; statuses of the meantime are lost, only the present one is
told. So what we knew and what was so part company, and each event has two times. Stream: `station-<name>`.
"""

from __future__ import annotations

from dataclasses import dataclass

from workshop_lib.events import event_type
from workshop_lib.modeling import Decider, Refused

# Commands


@dataclass(frozen=True)
class NoteSilence:
    """Ask to take note that a station has not been heard for too long."""

    station: str


@dataclass(frozen=True)
class NoteSignOfLife:
    """Ask to take note that a station was heard."""

    station: str


# Events: stored formats.


@event_type("StationWentOffline")
class StationWentOffline:
    """We stopped hearing from the station. It occurred with its last sign of life and was recorded when
    the next one was overdue.
    """

    station: str


@event_type("StationCameOnline")
class StationCameOnline:
    """The station is heard again; what it kept for us follows."""

    station: str


# State


@dataclass(frozen=True)
class Station:
    """Whether we hear from a station; one that never went offline is online."""

    online: bool = True


initial = Station()


def decide(
    command: NoteSilence | NoteSignOfLife, state: Station
) -> list[StationWentOffline | StationCameOnline]:
    """What follows from a command; what we know already is nothing new. Raises `Refused`."""
    if not command.station.strip():
        raise Refused("a station has a name", "to take note of a station")
    match command, state.online:
        case NoteSilence(station), True:
            return [StationWentOffline(station)]
        case NoteSignOfLife(station), False:
            return [StationCameOnline(station)]
    return []


def evolve(state: Station, event: object) -> Station:
    """The state after one more fact. Never refuses."""
    match event:
        case StationWentOffline():
            return Station(online=False)
        case StationCameOnline():
            return Station(online=True)
    return state


decider = Decider(decide, evolve, initial)
