"""A connector: the socket or cable that one car at a time can use.

Why it exists: drivers look for a free connector, operations looks for a broken one, and its status changes
forty times a day. A connector reports the nine statuses of OCPP 1.6 (§4.9). A station may leave out statuses
that pass quickly, and after an outage it reports only the present one. So a report is a fact and is recorded
even if it does not follow from the report before. `decide` uses `is_legal`; `evolve` never does. Reservations
are in `reservation.py`. Stream:
`connector-<station>-<number>`. Read `session.py` next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from workshop_lib.events import event_type
from workshop_lib.modeling import Decider, Refused


class ConnectorStatus(StrEnum):
    """The status of a connector, in the words of the standard."""

    AVAILABLE = "Available"
    PREPARING = "Preparing"
    CHARGING = "Charging"
    SUSPENDED_EV = "SuspendedEV"
    SUSPENDED_EVSE = "SuspendedEVSE"
    FINISHING = "Finishing"
    RESERVED = "Reserved"
    UNAVAILABLE = "Unavailable"
    FAULTED = "Faulted"


def _all(names: str) -> frozenset[ConnectorStatus]:
    return frozenset(map(ConnectorStatus, names.split()))


TRANSITIONS: dict[ConnectorStatus, frozenset[ConnectorStatus]] = {
    ConnectorStatus.AVAILABLE: _all(
        "Preparing Charging SuspendedEV SuspendedEVSE Reserved Unavailable Faulted"
    ),
    ConnectorStatus.PREPARING: _all("Available Charging SuspendedEV SuspendedEVSE Finishing Faulted"),
    ConnectorStatus.CHARGING: _all("Available SuspendedEV SuspendedEVSE Finishing Unavailable Faulted"),
    ConnectorStatus.SUSPENDED_EV: _all("Available Charging SuspendedEVSE Finishing Unavailable Faulted"),
    ConnectorStatus.SUSPENDED_EVSE: _all("Available Charging SuspendedEV Finishing Unavailable Faulted"),
    ConnectorStatus.FINISHING: _all("Available Preparing Unavailable Faulted"),
    ConnectorStatus.RESERVED: _all("Available Preparing Unavailable Faulted"),
    ConnectorStatus.UNAVAILABLE: _all("Available Preparing Charging SuspendedEV SuspendedEVSE Faulted"),
    ConnectorStatus.FAULTED: _all(
        "Available Preparing Charging SuspendedEV SuspendedEVSE Finishing Reserved Unavailable"
    ),
}
"""The 53 changes of status that the standard allows."""


def is_legal(before: ConnectorStatus, after: ConnectorStatus) -> bool:
    """Return whether the standard allows a connector to change from one status to the other."""
    return after in TRANSITIONS[before]


# Commands


@dataclass(frozen=True)
class CommissionConnector:
    """Ask to put a connector into service."""

    connector: str
    station: str
    power_w: int


@dataclass(frozen=True)
class ChangeStatus:
    """Ask a connector to change to another status."""

    connector: str
    status: ConnectorStatus


# Events: stored formats. A field that was once recorded is never renamed.


@event_type("ConnectorCommissioned")
class ConnectorCommissioned:
    """The connector was put into service; `power_w` is its maximum power in watts."""

    connector: str
    station: str
    power_w: int


@event_type("StatusReported")
class StatusReported:
    """The connector reported its status (OCPP: StatusNotification)."""

    connector: str
    status: ConnectorStatus


# State


@dataclass(frozen=True)
class Connector:
    """What is known about a connector; `status` is None until the first report."""

    connector: str | None = None
    station: str | None = None
    power_w: int = 0
    status: ConnectorStatus | None = None


initial = Connector()


def decide(
    command: CommissionConnector | ChangeStatus, state: Connector
) -> Sequence[ConnectorCommissioned | StatusReported]:
    """Return the events that follow from a command, none for its present status. Raises `Refused`."""
    match command:
        case CommissionConnector(connector, station, power_w):
            if state.station is not None:
                raise _no(command, "it is in service already")
            if not _is_numbered(connector, station):
                raise _no(
                    command, f"the connectors of {station} are called {station}-1, {station}-2 and so on"
                )
            if power_w <= 0:
                raise _no(command, "a connector without power is of no use")
            return [ConnectorCommissioned(connector, station, power_w)]
        case ChangeStatus(connector, status):
            if state.station is None:
                raise _no(command, "it is not in service")
            if status is state.status:
                return []
            if state.status is not None and not is_legal(state.status, status):
                raise _no(command, f"a connector cannot change from {state.status} to {status}")
            return [StatusReported(connector, status)]


def evolve(state: Connector, event: object) -> Connector:
    """Return the state after an event. Never refuses."""
    match event:
        case ConnectorCommissioned(connector, station, power_w):
            return replace(state, connector=connector, station=station, power_w=power_w)
        case StatusReported(connector, status):
            return replace(state, connector=connector, status=status)
    return state


decider = Decider(decide, evolve, initial)


def _is_numbered(connector: str, station: str) -> bool:
    before, _, number = connector.rpartition("-")
    return before == station != "" and number.isascii() and number.isdecimal() and number[0] != "0"


def _no(command: CommissionConnector | ChangeStatus, rule: str) -> Refused:
    return Refused(rule, f"for {type(command).__name__} of {command.connector}")
