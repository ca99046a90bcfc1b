"""Generated cases of chapter 2.3, and our answers to those for which no package has one.

Ids begin alike, meters stand exactly at a limit and one watt-hour beside it, messages arrive late and twice,
and several sockets are used at once. Read `c2_3/agreements.py` next: how an answer is compared with ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import product, starmap
from typing import Any, NamedTuple

from hypothesis import strategies as st

from exercises.checks.c2_3.cases import FIRST, Row
from workbench.scenarios.office import history_of
from workbench.scenarios.reservable_socket import (
    SOCKET,
    Free,
    PlugIn,
    Release,
    Reserve,
    Reserved,
    State,
    Taken,
    Unplug,
)
from workshop_lib.charging.connector import ConnectorStatus, StatusReported
from workshop_lib.charging.session import (
    ChargingResumed,
    ChargingStarted,
    ChargingStopped,
    ChargingSuspended,
    MeterRead,
    ReadMeter,
    ResumeCharging,
    StartCharging,
    StopCharging,
    StopReason,
    SuspendCharging,
    SuspendedBy,
)
from workshop_lib.modeling import Refused, given

SESSIONS = (42, 4, 420, 7, 1_000_042)
CONNECTORS = ("zoo-1", "zoo-11", "zoo-2", "cinema-7", "cinema-77")
TOKENS = ("NL-TNM-000281", "NL-TNM-000007", "DE-BMW-000281")
TARIFFS = ("night", "standard", "night-2")
ENERGIES = (5_000, 0, 1, 4_999, 5_001, 5_900, 90_000)
POWERS = (11_000, 0, 3_700)


def _any(make: Callable[..., Any], *values: Iterable[object]) -> st.SearchStrategy[Any]:
    """Return a strategy for `make` with any combination of these values: one draw, so that it is fast."""
    return st.sampled_from(list(starmap(make, product(*values))))


_sessions, _energies, _powers = map(st.sampled_from, (SESSIONS, ENERGIES, POWERS))
_pausers, _reasons = st.sampled_from(SuspendedBy), st.sampled_from(StopReason)
_readings = _any(MeterRead, SESSIONS[:1], CONNECTORS, range(1, 4), ENERGIES, POWERS)
_starts = _any(ChargingStarted, SESSIONS[:1], CONNECTORS, TOKENS, TARIFFS, ENERGIES)
_facts = st.one_of(
    _starts,
    _readings,
    _readings,
    _any(ChargingSuspended, SESSIONS[:1], SuspendedBy),
    _any(ChargingResumed, SESSIONS[:1]),
    _any(ChargingStopped, SESSIONS[:1], ENERGIES, StopReason),
)
_facts_and_statuses = st.one_of(_facts, _any(StatusReported, CONNECTORS, ConnectorStatus))


def _of(session: int, steps: Iterable[Any]) -> list[Any]:
    """Return the same events or commands for another session; a report of a status has none."""
    return [replace(one, session=session) if hasattr(one, "session") else one for one in steps]


@st.composite
def events(draw: st.DrawFn) -> object:
    """Return any event of any session or connector."""
    return _of(draw(_sessions), [draw(_facts_and_statuses)])[0]


# Rows that were saved as a whole

_NEXT = {"charging": ["charging", "suspended", "stopped"], "suspended": ["suspended", "charging", "stopped"]}


@st.composite
def saves(draw: st.DrawFn) -> tuple[Row | None, Row]:
    """Return a row and the one that replaced it.

    An older row that is saved late has the same phase, and only a stop brings a new register without a new
    number: the exercise says nothing about others.
    """
    start = draw(_starts)
    first = FIRST | {name: getattr(start, name) for name in ("connector", "token", "tariff")}
    first |= {"session": draw(_sessions), "meter_wh": start.meter_start_wh}
    if draw(st.booleans()):
        return None, first
    number = draw(st.integers(0, 3))
    before = _in_phase(draw, first | _measured(draw, number), draw(st.sampled_from([*_NEXT, "stopped"])))
    phase = draw(st.sampled_from(_NEXT.get(before["phase"], ["stopped"])))
    later = number + draw(st.sampled_from([0, 1, 2, 9]))
    if phase == before["phase"] and draw(st.booleans()):
        later = draw(st.integers(0, number))
    after = before | (_measured(draw, later) if later != number else {})
    if phase == before["phase"]:
        return before, after
    return before, _in_phase(draw, after, phase)


def _measured(draw: st.DrawFn, number: int) -> Row:
    return {"seq_no": number, "meter_wh": draw(_energies), "power_w": draw(_powers)}


def _in_phase(draw: st.DrawFn, row: Row, phase: str) -> Row:
    pauser = draw(_pausers) if phase == "suspended" else None
    reason = draw(_reasons) if phase == "stopped" else None
    register = draw(_energies) if phase == "stopped" else row["meter_wh"]
    return row | {"phase": phase, "suspended_by": pauser, "reason": reason, "meter_wh": register}


def facts_of(before: Row | None, after: Row) -> list[object]:
    """Return the events between two saves of a row."""
    session, connector, meter = after["session"], after["connector"], after["meter_wh"]
    if before is None:
        return [ChargingStarted(session, connector, after["token"], after["tariff"], meter)]
    facts: list[object] = []
    if after["seq_no"] > before["seq_no"]:
        facts.append(MeterRead(session, connector, after["seq_no"], meter, after["power_w"]))
    if after["phase"] == before["phase"]:
        return facts
    changes = {
        "charging": ChargingResumed(session),
        "suspended": ChargingSuspended(session, after["suspended_by"]),
        "stopped": ChargingStopped(session, meter, after["reason"]),
    }
    return [*facts, changes[after["phase"]]]


# A register


_entries = _any(ReadMeter, SESSIONS, CONNECTORS, range(1, 5), ENERGIES, POWERS)


@st.composite
def entries(draw: st.DrawFn) -> tuple[int, ReadMeter]:
    """Return what a register shows, and the command to record a reading that is equal, near or far away."""
    command: ReadMeter = draw(_entries)
    return draw(
        st.sampled_from([max(command.energy_wh + more, 0) for more in (0, 1, -1, 400, -400, -50_000)])
    ), command


def readings_entered(register: int, command: ReadMeter) -> list[object] | None:
    """Return the events of a reading that is entered, None for a refusal."""
    return None if command.energy_wh < register else [MeterRead(**vars(command))]


READINGS = st.lists(_readings, min_size=1, max_size=4)


# A session

_any_order = st.lists(_facts_and_statuses, max_size=7)
_rarely = st.sampled_from([False, False, False, True])


@st.composite
def histories(draw: st.DrawFn) -> list[object]:
    """Return events of one session in any order, most often from its start on; some are of other types."""
    begin = [] if draw(_rarely) else [draw(_starts)]
    return _of(draw(_sessions), [*begin, *draw(_any_order)])


_begin = _any(StartCharging, SESSIONS[:1], CONNECTORS, TOKENS, TARIFFS, ENERGIES)
_steps = st.lists(
    st.one_of(
        _begin,
        _readings,
        _readings,
        _any(SuspendCharging, SESSIONS[:1], SuspendedBy),
        _any(ResumeCharging, SESSIONS[:1]),
        *2 * [_any(StopCharging, SESSIONS[:1], ENERGIES, StopReason)],
    ),
    min_size=1,
    max_size=8,
)


@st.composite
def stories(draw: st.DrawFn) -> list[object]:
    """Return commands for one session, with readings in between: facts, which cannot be refused."""
    begin = [] if draw(_rarely) else [draw(_begin)]
    return _of(draw(_sessions), [*begin, *draw(_steps)])


# Sockets

DRIVERS = ("ada", "adam", "bob")
TIMES = ("18:00", "18:14", "18:15", "18:16", "09:59", "23:59")
BACKWARDS = (("18:15", "18:15"), ("18:16", "18:15"))
FORWARDS = tuple((at, until) for at, until in product(TIMES, TIMES) if at < until)
_COMMANDS: tuple[list[Any], ...] = (
    [PlugIn(driver, at) for driver, at in product(DRIVERS, TIMES)],
    [Reserve(driver, at, until) for driver, (at, until) in product(DRIVERS, FORWARDS + BACKWARDS)],
    [Release(driver) for driver in DRIVERS],
    [Unplug(driver) for driver in DRIVERS],
)
_commands = st.one_of(*map(st.sampled_from, _COMMANDS))


class Evening(NamedTuple):
    """Commands for two sockets; `anew` says whether each command meets a socket that was loaded anew."""

    steps: Sequence[tuple[int, object]]
    anew: bool


_places = st.sampled_from([0, 0, 0, 1])
EVENINGS = st.builds(Evening, st.lists(st.tuples(_places, _commands), min_size=1, max_size=8), st.booleans())

STATES: tuple[State, ...] = (
    Free(),
    *(Reserved(driver, until) for driver, until in product(DRIVERS, TIMES)),
    *map(Taken, DRIVERS),
)


def _accepted(state: State) -> st.SearchStrategy[Any]:
    """Return a strategy for the commands that the rules allow in this state."""
    allowed = [[one for one in some if _is_allowed(one, state)] for some in _COMMANDS]
    return st.one_of(*(st.sampled_from(some) for some in allowed if some))


def _is_allowed(command: object, state: State) -> bool:
    return not isinstance(given(SOCKET, *history_of(state)).when(command).actual, Refused)


_ACCEPTED = {state: _accepted(state) for state in STATES}


NEAR = ("18:14", "18:15", "18:16")
EACH = tuple(
    (state, command)
    for state in STATES
    for commands in _COMMANDS
    for command in commands
    if {getattr(one, name, NEAR[0]) for one in (state, command) for name in ("at", "until")} <= {*NEAR}
)
"""Each state with each command, as far as all times are at a limit or one minute beside it."""


class Trouble(NamedTuple):
    """A row, and a command during which a write fails (0: none) or a rival has a command, too."""

    state: State
    command: object
    write: int
    rival: object | None


@st.composite
def troubles(draw: st.DrawFn) -> Trouble:
    """Return a command in trouble; most often the rules allow both it and that of the rival."""
    state = draw(_states)
    possible = _commands if draw(_rarely) else _ACCEPTED[state]
    if draw(_rarely):
        return Trouble(state, draw(possible), draw(_writes), None)
    return Trouble(state, draw(possible), 0, draw(possible))


_states, _writes = st.sampled_from(STATES), st.integers(0, 4)
