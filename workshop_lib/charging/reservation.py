"""The reservations of one connector: for whom it is reserved, and who uses it.

Why it exists: the status of a connector (`connector.py`) arrives late and with gaps, so a reservation cannot
depend on it alone. A reservation is our own decision. Two drivers who ask at the same moment meet in one
stream: the first one recorded gets the connector, the other is refused. The time is part of the command; a
decision reads no clock. Stream: `reservation-<connector>`. Read `driver.py` next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from workshop_lib.charging.connector import ConnectorStatus
from workshop_lib.events import event_type, instant
from workshop_lib.modeling import Decider, Refused

# Commands


@dataclass(frozen=True)
class ReserveConnector:
    """Ask to keep a connector free; `status` is its last status.

    Repeated for the same reservation and token, it changes the end.
    """

    connector: str
    reservation: str
    token: str
    at: datetime
    until: datetime
    status: ConnectorStatus = ConnectorStatus.AVAILABLE


@dataclass(frozen=True)
class CancelReservation:
    """Ask to cancel a reservation."""

    connector: str
    reservation: str


@dataclass(frozen=True)
class ExpireReservation:
    """Ask to end a reservation that nobody used."""

    connector: str
    reservation: str
    at: datetime


@dataclass(frozen=True)
class OccupyConnector:
    """Ask to use a connector for a session."""

    connector: str
    session: int
    token: str
    at: datetime


@dataclass(frozen=True)
class ReleaseConnector:
    """Ask to free a connector after a session."""

    connector: str
    session: int


Command = ReserveConnector | CancelReservation | ExpireReservation | OccupyConnector | ReleaseConnector


# Events: stored formats.


@event_type("ConnectorReserved")
class ConnectorReserved:
    """The connector is kept for a token until then (OCPP: ReserveNow was accepted)."""

    connector: str
    reservation: str
    token: str
    until: datetime


@event_type("ReservationCancelled")
class ReservationCancelled:
    """The reservation was cancelled."""

    connector: str
    reservation: str


@event_type("ReservationExpired")
class ReservationExpired:
    """Nobody came in time."""

    connector: str
    reservation: str


@event_type("ConnectorOccupied")
class ConnectorOccupied:
    """A session uses the connector, and with it the token's reservation, if there was one."""

    connector: str
    session: int
    token: str
    reservation: str | None = None


@event_type("ConnectorReleased")
class ConnectorReleased:
    """The connector is free again."""

    connector: str
    session: int


Event = ConnectorReserved | ReservationCancelled | ReservationExpired | ConnectorOccupied | ConnectorReleased


# States


@dataclass(frozen=True)
class Free:
    """The connector is neither used nor reserved."""


@dataclass(frozen=True)
class Reserved:
    """The connector is reserved."""

    reservation: str
    token: str
    until: datetime


@dataclass(frozen=True)
class Occupied:
    """A session uses the connector."""

    session: int
    token: str


State = Free | Reserved | Occupied
initial: State = Free()


def decide(command: Command, state: State) -> Sequence[Event]:
    """Return the events that follow from a command. A reservation that is over is ended first. Raises
    `Refused`.
    """
    match command, state:
        case ((ReserveConnector() | OccupyConnector()), Reserved(reservation, _, until)) if _is_over(
            until, command.at
        ):
            return [ReservationExpired(command.connector, reservation), *decide(command, Free())]
        case ReserveConnector(), _:
            return _reserve(command, state)
        case OccupyConnector(), _:
            return _occupy(command, state)
        case ReleaseConnector(connector, session), Occupied(session=user) if session == user:
            return [ConnectorReleased(connector, session)]
        case ReleaseConnector(session=session), _:
            raise _no(command, f"session {session} does not have it")
        case CancelReservation(connector, wanted), Reserved(reservation=there) if wanted == there:
            return [ReservationCancelled(connector, wanted)]
        case ExpireReservation(connector, wanted, at), Reserved(there, _, until) if wanted == there:
            if not _is_over(until, at):
                raise _no(command, "a promise holds until its end")
            return [ReservationExpired(connector, wanted)]
    raise _no(command, "there is no such reservation")


def evolve(state: State, event: object) -> State:
    """Return the state after an event. Never refuses; the end of something that is over changes nothing."""
    match event, state:
        case ConnectorReserved(_, reservation, token, until), _:
            return Reserved(reservation, token, until)
        case ConnectorOccupied(_, session, token), _:
            return Occupied(session, token)
        case ((ReservationCancelled() | ReservationExpired()), Reserved(reservation=reservation)):
            return Free() if event.reservation == reservation else state
        case ConnectorReleased(session=session), Occupied(session=user):
            return Free() if session == user else state
    return state


decider = Decider(decide, evolve, initial)


def _reserve(command: ReserveConnector, state: State) -> list[Event]:
    reserved = ConnectorReserved(command.connector, command.reservation, command.token, command.until)
    if not (command.reservation.strip() and command.token.strip()):
        raise _no(command, "a reservation has an id and a token")
    if _is_over(command.until, command.at):
        raise _no(command, "a reservation ends after it begins")
    match state:
        case Occupied():
            raise _no(command, "somebody is charging there")
        case Reserved(reservation, token, until):
            if (reservation, token) != (command.reservation, command.token):
                raise _no(command, "it is promised to somebody already")
            return [] if until == command.until else [reserved]
    if command.status is not ConnectorStatus.AVAILABLE:
        raise _no(command, f"only an available connector can be reserved, and this one is {command.status}")
    return [reserved]


def _occupy(command: OccupyConnector, state: State) -> list[Event]:
    connector, session, token = command.connector, command.session, command.token
    match state:
        case Occupied(user, same) if (user, same) == (session, token):
            return []
        case Occupied():
            raise _no(command, "one car at a time")
        case Reserved(token=promised) if promised != token:
            raise _no(command, "it is kept for somebody else")
        case Reserved(reservation):
            return [ConnectorOccupied(connector, session, token, reservation)]
    return [ConnectorOccupied(connector, session, token)]


def _is_over(until: datetime, at: datetime) -> bool:
    return instant("at", at) >= instant("until", until)


def _no(command: Command, rule: str) -> Refused:
    return Refused(rule, f"for {type(command).__name__} of {command.connector}")
