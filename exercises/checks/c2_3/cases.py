"""The hidden cases of chapter 2.3: rows of a bad table, old logs, the rules of a socket.

Each case has the words that describe it in messages. Read `c2_3/checks.py` next.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from workbench.scenarios.reservable_socket import (
    PlugIn,
    Release,
    Reserve,
    SocketLeft,
    SocketReleased,
    SocketReserved,
    SocketTaken,
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

# Rows that were saved as a whole, and the events behind them

Row = dict[str, Any]

FIRST: Row = {
    "session": 42,
    "connector": "cinema-7",
    "token": "NL-TNM-000281",
    "tariff": "night",
    "phase": "charging",
    "meter_wh": 5_000,
    "seq_no": 0,
    "power_w": 0,
    "suspended_by": None,
    "reason": None,
}
_READ = {"meter_wh": 5_900, "seq_no": 1, "power_w": 11_000}
_PAUSED = {"phase": "suspended", "suspended_by": SuspendedBy.EVSE}
_ENDED = {"phase": "stopped", "reason": StopReason.EV_DISCONNECTED}


def _reading(wh: int, seq_no: int) -> MeterRead:
    return MeterRead(42, "cinema-7", seq_no, wh, 11_000)


SAVES: tuple[tuple[str, Row | None, Row, list[object]], ...] = (
    (
        "the first row of a session",
        None,
        FIRST,
        [ChargingStarted(42, "cinema-7", "NL-TNM-000281", "night", 5_000)],
    ),
    ("a row with a new reading", FIRST, FIRST | _READ, [_reading(5_900, 1)]),
    ("a row that was saved again without a change", FIRST | _READ, FIRST | _READ, []),
    (
        "a row in which only the phase changed",
        FIRST | _READ,
        FIRST | _READ | _PAUSED,
        [ChargingSuspended(42, SuspendedBy.EVSE)],
    ),
    (
        "a row with a new reading and then a new phase",
        FIRST,
        FIRST | _READ | _PAUSED | {"suspended_by": SuspendedBy.EV},
        [_reading(5_900, 1), ChargingSuspended(42, SuspendedBy.EV)],
    ),
    ("a row that is charging again", FIRST | _READ | _PAUSED, FIRST | _READ, [ChargingResumed(42)]),
    (
        "a row that stopped with a last reading",
        FIRST | _READ,
        FIRST | _READ | _ENDED | {"meter_wh": 6_400, "seq_no": 2},
        [_reading(6_400, 2), ChargingStopped(42, 6_400, StopReason.EV_DISCONNECTED)],
    ),
    (
        "a row that stopped during a pause",
        FIRST | _READ | _PAUSED,
        FIRST | _READ | _ENDED,
        [ChargingStopped(42, 5_900, StopReason.EV_DISCONNECTED)],
    ),
    ("an older row, saved late by a slow program", FIRST | _READ, FIRST, []),
    ("a row that stopped, saved again", FIRST | _READ | _ENDED, FIRST | _READ | _ENDED, []),
)

# A meter that was replaced


def entered(energy_wh: int) -> ReadMeter:
    """Return the command to record a reading."""
    return ReadMeter(42, "cinema-7", 7, energy_wh, 11_000)


def was_read(energy_wh: int) -> MeterRead:
    """Return the event of a reading."""
    return MeterRead(42, "cinema-7", 7, energy_wh, 11_000)


OLD_LOG = (9_000, 9_400, 120, 180)
"""The recorded readings of a meter that was replaced before the third."""

READINGS = ((0, 500, True), (500, 500, True), (500, 501, True), (500, 499, False), (9_400, 120, False))
"""The register, a reading that is entered now, and whether it is allowed."""

# Folds of a session

_START = ChargingStarted(42, "cinema-7", "NL-TNM-000281", "night", 5_000)
_AGAIN = ChargingStarted(43, "zoo-1", "NL-TNM-000007", "standard", 90_000)
_PAUSE, _ON = ChargingSuspended(42, SuspendedBy.EV), ChargingResumed(42)
_STOP = ChargingStopped(42, 7_000, StopReason.LOCAL)
_ELSE = StatusReported("cinema-7", ConnectorStatus.FAULTED)


class Fold(NamedTuple):
    """Events, their names in words, and the state after them."""

    words: str
    events: list[object]
    phase: str
    meter_wh: int
    seq_no: int


FOLDS = (
    Fold("no event at all", [], "not started", 0, 0),
    Fold("the start", [_START], "charging", 5_000, 0),
    Fold("the start and a reading", [_START, _reading(5_900, 1)], "charging", 5_900, 1),
    Fold("a pause", [_START, _PAUSE], "suspended", 5_000, 0),
    Fold("a reading during a pause", [_START, _PAUSE, _reading(5_900, 1)], "suspended", 5_900, 1),
    Fold("a pause and its end", [_START, _PAUSE, _ON], "charging", 5_000, 0),
    Fold("the stop", [_START, _reading(5_900, 1), _STOP], "stopped", 7_000, 1),
    Fold("a stop during a pause", [_START, _PAUSE, _STOP], "stopped", 7_000, 0),
    Fold(
        "a reading that was delivered late",
        [_START, _reading(6_500, 2), _reading(5_900, 1)],
        "charging",
        6_500,
        2,
    ),
    Fold(
        "a second reading with the same number",
        [_START, _reading(5_900, 1), _reading(6_100, 1)],
        "charging",
        5_900,
        1,
    ),
    Fold("a start that was delivered twice", [_START, _reading(5_900, 1), _START], "charging", 5_900, 1),
    Fold("a reading after the stop", [_START, _STOP, _reading(5_900, 1)], "stopped", 7_000, 0),
    Fold("a pause after the stop", [_START, _STOP, _PAUSE], "stopped", 7_000, 0),
    Fold("a start after the stop", [_START, _STOP, _AGAIN], "stopped", 7_000, 0),
    Fold("an event of another kind", [_START, _ELSE], "charging", 5_000, 0),
    Fold("a reading before any start", [_reading(5_900, 1)], "not started", 0, 0),
)

# Commands and facts for the search

ATTACKS: tuple[object, ...] = (
    StartCharging(42, "cinema-7", "NL-TNM-000281", "night", 5_000),
    _reading(5_900, 1),
    _reading(6_500, 2),
    _reading(5_300, 3),
    SuspendCharging(42, SuspendedBy.EV),
    SuspendCharging(42, SuspendedBy.EVSE),
    ResumeCharging(42),
    StopCharging(42, 7_000, StopReason.REMOTE),
    StopCharging(42, 5_900, StopReason.LOCAL),
    StopCharging(42, 5_400, StopReason.LOCAL),
)
"""Commands, and three readings: facts, which cannot be refused, in any order. Before the last of them
somebody replaced the meter.
"""

# The rules of a socket


class Rule(NamedTuple):
    """A rule in words with an example: given events, a command, and the new events (None: a refusal)."""

    words: str
    given: tuple[object, ...]
    when: object
    then: tuple[object, ...] | None


_ADA = SocketReserved("ada", "18:15")

RULES = (
    Rule(
        "a free socket can be reserved",
        (),
        Reserve("ada", "18:00", "18:15"),
        (_ADA,),
    ),
    Rule("a reservation ends after it begins", (), Reserve("ada", "18:15", "18:15"), None),
    Rule("a reservation does not run backwards", (), Reserve("ada", "18:15", "18:00"), None),
    Rule("a reserved socket is kept for its driver", (_ADA,), Reserve("bob", "18:10", "18:30"), None),
    Rule(
        "a reservation that is over keeps nobody away",
        (_ADA,),
        Reserve("bob", "18:20", "18:30"),
        (SocketReserved("bob", "18:30"),),
    ),
    Rule("a reservation is over when its time is up", (_ADA,), PlugIn("bob", "18:15"), (SocketTaken("bob"),)),
    Rule("reserving the same again changes nothing", (_ADA,), Reserve("ada", "18:02", "18:15"), ()),
    Rule(
        "the holder can prolong the reservation",
        (_ADA,),
        Reserve("ada", "18:10", "18:25"),
        (SocketReserved("ada", "18:25"),),
    ),
    Rule("the holder of the reservation can plug in", (_ADA,), PlugIn("ada", "18:05"), (SocketTaken("ada"),)),
    Rule("nobody else can plug in meanwhile", (_ADA,), PlugIn("bob", "18:05"), None),
    Rule("anybody can plug in at a free socket", (), PlugIn("bob", "18:05"), (SocketTaken("bob"),)),
    Rule("the holder can release it", (_ADA,), Release("ada"), (SocketReleased("ada"),)),
    Rule("nobody else can release it", (_ADA,), Release("bob"), None),
    Rule("a free socket cannot be released", (), Release("ada"), None),
    Rule(
        "a released socket is free",
        (_ADA, SocketReleased("ada")),
        PlugIn("bob", "18:05"),
        (SocketTaken("bob"),),
    ),
    Rule("a taken socket cannot be reserved", (SocketTaken("ada"),), Reserve("bob", "18:00", "18:30"), None),
    Rule("one socket charges one car", (SocketTaken("ada"),), PlugIn("bob", "18:05"), None),
    Rule("a driver who plugged in can leave", (SocketTaken("ada"),), Unplug("ada"), (SocketLeft("ada"),)),
    Rule("nobody can unplug somebody else's car", (SocketTaken("ada"),), Unplug("bob"), None),
    Rule(
        "a socket is free after the car has left",
        (SocketTaken("ada"), SocketLeft("ada")),
        Reserve("bob", "18:00", "18:30"),
        (SocketReserved("bob", "18:30"),),
    ),
)


@dataclass(frozen=True)
class Odd:
    """A meaningless event, returned by a deliberately broken decider."""
