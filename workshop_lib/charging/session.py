"""A charging session: one car, one connector, from the first watt-hour to the last.

Why it exists: the session is what a driver pays for. The meter behind the connector counts for ever, like
the one in your cellar; a session is the difference of two readings. The station numbers its readings
(`seq_no`, as in OCPP 2.0.1), because a line that fails may deliver a message twice, late, or after the end:
what arrives is a fact and is recorded; `evolve` knows what to make of it. Stream: `session-<number>`. Read
`tariff.py` next.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from workshop_lib.events import event_type


class SuspendedBy(StrEnum):
    """Who paused: the car (it is full, or too cold) or the station (others need the power)."""

    EV = "EV"
    EVSE = "EVSE"


class StopReason(StrEnum):
    """Why a session ended, in the words of OCPP 2.0.1; of its twenty reasons those that happen here."""

    EV_DISCONNECTED = "EVDisconnected"
    LOCAL = "Local"
    REMOTE = "Remote"
    STOPPED_BY_EV = "StoppedByEV"
    GROUND_FAULT = "GroundFault"
    EMERGENCY_STOP = "EmergencyStop"


# Events: stored formats. Energy is the meter's register in watt-hours, power is in watts.


@event_type("ChargingStarted")
class ChargingStarted:
    """A driver's token was accepted and energy may flow, at the prices that this tariff has now."""

    session: int
    connector: str
    token: str
    tariff: str
    meter_start_wh: int


@event_type("MeterRead")
class MeterRead:
    """What the meter showed, about once a minute; `seq_no` counts the readings of one session from 1."""

    session: int
    connector: str
    seq_no: int
    energy_wh: int
    power_w: int


@event_type("ChargingSuspended")
class ChargingSuspended:
    """No energy flows, but the session goes on."""

    session: int
    by: SuspendedBy


@event_type("ChargingResumed")
class ChargingResumed:
    """Energy flows again."""

    session: int


@event_type("ChargingStopped")
class ChargingStopped:
    """The session is over. The car may well stand there for another hour."""

    session: int
    meter_stop_wh: int
    reason: StopReason


# State


class Phase(StrEnum):
    """Where a session is in its life."""

    NOT_STARTED = "not started"
    CHARGING = "charging"
    SUSPENDED = "suspended"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Session:
    """What is known of a session: where it stands and the register at its start and now, in watt-hours."""

    phase: Phase = Phase.NOT_STARTED
    connector: str | None = None
    token: str | None = None
    tariff: str | None = None
    meter_start_wh: int = 0
    meter_wh: int = 0
    seq_no: int = 0
    reason: StopReason | None = None

    @property
    def energy_wh(self) -> int:
        """What the car took so far, in watt-hours."""
        return self.meter_wh - self.meter_start_wh


initial = Session()


def evolve(state: Session, event: object) -> Session:
    """The state after one more fact. Never refuses: what came twice, or too late to matter, changes
    nothing.
    """
    match state.phase, event:
        case Phase.NOT_STARTED, ChargingStarted(_, connector, token, tariff, start):
            return Session(Phase.CHARGING, connector, token, tariff, start, start)
        case ((Phase.CHARGING | Phase.SUSPENDED), MeterRead(seq_no=seq_no, energy_wh=energy_wh)):
            return replace(state, meter_wh=energy_wh, seq_no=seq_no) if seq_no > state.seq_no else state
        case Phase.CHARGING, ChargingSuspended():
            return replace(state, phase=Phase.SUSPENDED)
        case Phase.SUSPENDED, ChargingResumed():
            return replace(state, phase=Phase.CHARGING)
        case ((Phase.CHARGING | Phase.SUSPENDED), ChargingStopped(_, stop, reason)):
            return replace(state, phase=Phase.STOPPED, meter_wh=stop, reason=reason)
    return state
