"""A charging session: one car, one connector, from the first watt-hour to the last.

Why it exists: the session is what a driver pays for. The meter behind the connector never stops counting,
like the one in your cellar; the energy of a session is the difference of two readings. The station numbers
its readings (`seq_no`, as in OCPP 2.0.1), because a bad connection may deliver a message twice, late, or
after the end. Every message is a fact and is recorded; `evolve` ignores those that come too late. `decide`
handles our own commands and is strict. Stream: `session-<number>`. Read `tariff.py` next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from workshop_lib.events import event_type
from workshop_lib.modeling import Decider, Refused


class SuspendedBy(StrEnum):
    """Who paused: the car (it is full or too cold) or the station (others need the power)."""

    EV = "EV"
    EVSE = "EVSE"


class StopReason(StrEnum):
    """Why a session ended, in the words of OCPP 2.0.1."""

    DEAUTHORIZED = "DeAuthorized"
    EMERGENCY_STOP = "EmergencyStop"
    ENERGY_LIMIT_REACHED = "EnergyLimitReached"
    EV_DISCONNECTED = "EVDisconnected"
    GROUND_FAULT = "GroundFault"
    IMMEDIATE_RESET = "ImmediateReset"
    LOCAL = "Local"
    LOCAL_OUT_OF_CREDIT = "LocalOutOfCredit"
    MASTER_PASS = "MasterPass"
    OTHER = "Other"
    OVERCURRENT_FAULT = "OvercurrentFault"
    POWER_LOSS = "PowerLoss"
    POWER_QUALITY = "PowerQuality"
    REBOOT = "Reboot"
    REMOTE = "Remote"
    SOC_LIMIT_REACHED = "SOCLimitReached"
    STOPPED_BY_EV = "StoppedByEV"
    TIME_LIMIT_REACHED = "TimeLimitReached"
    TIMEOUT = "Timeout"


# Commands


@dataclass(frozen=True)
class StartCharging:
    """Ask to start charging for a token that was accepted."""

    session: int
    connector: str
    token: str
    tariff: str
    meter_start_wh: int


@dataclass(frozen=True)
class ReadMeter:
    """Ask to record a meter reading."""

    session: int
    connector: str
    seq_no: int
    energy_wh: int
    power_w: int


@dataclass(frozen=True)
class SuspendCharging:
    """Ask to pause charging."""

    session: int
    by: SuspendedBy


@dataclass(frozen=True)
class ResumeCharging:
    """Ask to resume charging."""

    session: int


@dataclass(frozen=True)
class StopCharging:
    """Ask to end the session, with the last value of the register."""

    session: int
    meter_stop_wh: int
    reason: StopReason


Command = StartCharging | ReadMeter | SuspendCharging | ResumeCharging | StopCharging


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
    """The phase of a session."""

    NOT_STARTED = "not started"
    CHARGING = "charging"
    SUSPENDED = "suspended"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Session:
    """What is known about a session: its phase, and the register at its start and now, in watt-hours."""

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
        """The energy taken so far, in watt-hours."""
        return self.meter_wh - self.meter_start_wh


initial = Session()

Event = ChargingStarted | MeterRead | ChargingSuspended | ChargingResumed | ChargingStopped


def decide(command: Command, state: Session) -> Sequence[Event]:
    """Return the events that follow from a command, none for an old reading. Raises `Refused`."""
    match state.phase, command:
        case Phase.NOT_STARTED, StartCharging(session, connector, token, tariff, start):
            _must_not_run_backwards(command, start, state)
            if not (connector.strip() and token.strip()):
                raise _no(command, "a session has a connector and a token")
            return [ChargingStarted(session, connector, token, tariff, start)]
        case Phase.NOT_STARTED, _:
            raise _no(command, "it has not started")
        case _, StartCharging():
            raise _no(command, "a session starts once")
        case Phase.STOPPED, _:
            raise _no(command, "what has stopped stays stopped")
        case _, ReadMeter():
            return _read(command, state)
        case Phase.CHARGING, SuspendCharging(session, by):
            return [ChargingSuspended(session, by)]
        case Phase.SUSPENDED, ResumeCharging(session):
            return [ChargingResumed(session)]
        case _, StopCharging(session, stop, reason):
            _must_not_run_backwards(command, stop, state)
            return [ChargingStopped(session, stop, reason)]
    raise _no(command, "it is suspended already" if state.phase is Phase.SUSPENDED else "it is not suspended")


def evolve(state: Session, event: object) -> Session:
    """Return the state after an event. Never refuses: a repeated or late event changes nothing."""
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


decider = Decider(decide, evolve, initial, lambda state: state.phase is Phase.STOPPED)


def _read(command: ReadMeter, state: Session) -> list[MeterRead]:
    if command.connector != state.connector:
        raise _no(command, "a session stays at one connector")
    if command.power_w < 0:
        raise _no(command, "a car takes energy, and gives none back")
    if command.seq_no <= state.seq_no:
        return []  # delivered twice, or late
    _must_not_run_backwards(command, command.energy_wh, state)
    return [MeterRead(command.session, command.connector, command.seq_no, command.energy_wh, command.power_w)]


def _must_not_run_backwards(command: Command, register_wh: int, state: Session) -> None:
    if register_wh < state.meter_wh:
        raise _no(command, f"a meter never runs backwards, and it showed {state.meter_wh} Wh already")


def _no(command: Command, rule: str) -> Refused:
    return Refused(rule, f"for {type(command).__name__} of session {command.session}")
