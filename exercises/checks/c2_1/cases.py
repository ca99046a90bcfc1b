"""The evenings, logs and sessions on which the answers of chapter 2.1 are checked.

Each case has the words that a check's message uses for it. Read `services.py` next.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from exercises.checks.small_logs import Entry, at, log
from workbench.scenarios.invariants import Broken, broken_rules
from workbench.scenarios.rush_hour import Network, PlugIn, PlugOut, Visit, Wish, evening
from workbench.simulation.boundaries import RushResult, rush
from workshop_lib.charging.connector import ConnectorStatus, StatusReported
from workshop_lib.charging.session import (
    ChargingStarted,
    ChargingStopped,
    ChargingSuspended,
    MeterRead,
    StopReason,
    SuspendedBy,
)
from workshop_lib.charging.tariff import TariffPublished
from workshop_lib.clock import SimulatedClock, seeded_ids
from workshop_lib.events import RecordedEvent
from workshop_lib.store.memory import MemoryStore
from workshop_lib.store.port import Query

ADA, BOB, EVE, DAN = "NL-TNM-000001", "NL-TNM-000002", "NL-TNM-000003", "NL-TNM-000004"


# The evening on which boundaries are checked


def _visit(number: int, seconds: int, connector: str, token: str) -> Visit:
    wish = (number, connector, token)
    return Visit(
        at("18:05") + timedelta(seconds=seconds), PlugIn(*wish), timedelta(minutes=9), PlugOut(*wish)
    )


STREET = (
    _visit(700_001, 0, "town-hall-1", "NL-TNM-700001"),
    _visit(700_002, 1, "town-hall-1", "NL-TNM-700002"),
    _visit(700_003, 40, "town-gate-1", "NL-TNM-700003"),
    _visit(700_004, 41, "town-gate-2", "NL-TNM-700004"),
    _visit(700_005, 80, "town-gate-2", "NL-TNM-700005"),
    _visit(700_006, 81, "town-hall-2", "NL-TNM-700005"),
)
"""Two drivers at one connector, two at a station that has power for one, one token at two places."""


@cache
def evening_of_the_check() -> tuple[Network, tuple[Visit, ...]]:
    """Return the network and its visits."""
    network, visits = evening(seed=3, stations=60)
    street = {f"town-{place}-{number}": 11_000 for place in ("hall", "gate") for number in (1, 2)}
    return Network(network.power_w | street), (*visits, *STREET)


def wishes() -> list[Wish]:
    """Return every command of that evening."""
    return [wish for visit in evening_of_the_check()[1] for wish in (visit.first, visit.then)]


def played(boundary: Callable[[Any], str | Query]) -> tuple[RushResult, list[Broken]]:
    """Play the evening with this boundary; return its result and the rules that its log breaks."""
    network, visits = evening_of_the_check()
    store = MemoryStore(SimulatedClock(at("18:00")), seeded_ids(1))
    outcome = rush(visits, boundary, network.decide, store)
    return outcome, broken_rules(store.read(), network)


class Rule(NamedTuple):
    """A rule: what it calls the same in two commands that may clash, and the broken rule in words."""

    key: Callable[[Wish], str]
    words: str


RULES = {
    "connector": Rule(lambda wish: wish.connector, "two sessions at one connector"),
    "power": Rule(lambda wish: wish.station, "more power than the station has"),
    "token": Rule(lambda wish: wish.token, "one token at two places"),
}


# What a condition has to find


class Scene(NamedTuple):
    """An event, its description, and whether the decision about `WANTED` depends on it."""

    words: str
    event: object
    tags: tuple[str, ...]
    matters: bool


WANTED, LEAVING = PlugIn(99, "zoo-1", ADA), PlugOut(99, "zoo-1", ADA)


def _scene(words: str, number: int, connector: str, token: str, matters: bool) -> list[Scene]:
    tags = PlugIn(number, connector, token).tags
    start = ChargingStarted(number, connector, token, "standard", 0)
    stop = ChargingStopped(number, 900, StopReason.LOCAL)
    return [
        Scene(f"the start of a session {words}", start, tags, matters),
        Scene(f"the end of a session {words}", stop, tags, matters),
    ]


SCENES: tuple[Scene, ...] = (
    *_scene("at the same connector", 1, "zoo-1", BOB, True),
    *_scene("at another connector of the same station", 2, "zoo-2", EVE, True),
    *_scene("with the same token at another station", 3, "spa-1", ADA, True),
    *_scene("of a stranger at another station", 4, "spa-2", DAN, False),
    Scene(
        "a meter reading at the same station",
        MeterRead(2, "zoo-2", 1, 300, 11_000),
        PlugIn(2, "zoo-2", EVE).tags,
        False,
    ),
    Scene(
        "a status that the same connector reports",
        StatusReported("zoo-1", ConnectorStatus.PREPARING),
        ("connector-zoo-1", "station-zoo"),
        False,
    ),
)
OWN_START = Scene(
    "the start of the session that they want to end",
    ChargingStarted(99, "zoo-1", ADA, "standard", 0),
    WANTED.tags,
    True,
)


def recorded(scene: Scene) -> RecordedEvent:
    """Return the event of a scene as a store returns it."""
    store = MemoryStore(SimulatedClock(at("18:00")), seeded_ids(1))
    store.append("scene-1", [scene.event], tags=scene.tags)
    return next(store.read())


# Logs in which a token may be at two places


def _start(number: int, token: str, connector: str = "zoo-1") -> ChargingStarted:
    return ChargingStarted(number, connector, token, "standard", 0)


def _stop(number: int) -> ChargingStopped:
    return ChargingStopped(number, 900, StopReason.LOCAL)


DOUBLES: tuple[tuple[str, list[object], set[int]], ...] = (
    ("an empty log", [], set()),
    ("a token that charges twice, one after the other", [_start(1, ADA), _stop(1), _start(2, ADA)], set()),
    ("two tokens at once", [_start(1, ADA), _start(2, BOB)], set()),
    ("a token at two places", [_start(1, ADA), _start(2, ADA, "spa-1")], {2}),
    ("a token at three places", [_start(1, ADA), _start(2, ADA, "spa-1"), _start(3, ADA, "spa-2")], {2, 3}),
    (
        "a token whose second session ended while the first is still running",
        [_start(1, ADA), _start(2, ADA, "spa-1"), _stop(2), _start(3, ADA, "spa-2")],
        {2, 3},
    ),
    (
        "a token whose first session ended while the second is still running",
        [_start(1, ADA), _start(2, ADA, "spa-1"), _stop(1), _start(3, ADA, "spa-2")],
        {2, 3},
    ),
    ("the end of somebody else's session", [_start(1, ADA), _start(2, BOB), _stop(2), _start(3, ADA)], {3}),
    (
        "a session whose end was delivered twice",
        [_start(1, ADA), _stop(1), _stop(1), _start(2, ADA), _stop(2)],
        set(),
    ),
    (
        "readings and pauses in between",
        [
            _start(1, ADA),
            MeterRead(1, "zoo-1", 1, 5, 7),
            ChargingSuspended(1, SuspendedBy.EV),
            _start(2, ADA),
        ],
        {2},
    ),
)


# Sessions to be translated


class SessionCase(NamedTuple):
    """A session in words, its stream, and the right translations (None: the session is not over)."""

    words: str
    recorded: list[RecordedEvent]
    line: dict[str, object] | None
    cdr: dict[str, object] | None


PRICE = TariffPublished("standard", Decimal("0.45"), Decimal("0.50"), "EUR")
_BEGIN = Entry("session-7", ChargingStarted(7, "zoo-1", ADA, "standard", 3_000_000), "17:00")
_READ = Entry("session-7", MeterRead(7, "zoo-1", 1, 3_006_000, 11_000), "17:30")
_END = ChargingStopped(7, 3_012_500, StopReason.LOCAL)
_LINE: dict[str, object] = {"session": 7, "kwh": Decimal("12.5"), "amount": Decimal("6.13")}


def _cdr(end: datetime) -> dict[str, object]:
    times = {"start_date_time": at("17:00"), "end_date_time": end}
    return {"id": "CDR-7", **times, "token": ADA, "total_energy": Decimal("12.5")}


def _case(words: str, *entries: Entry, over: str = "") -> SessionCase:
    seen = list(log(*entries).read_stream("session-7"))
    return SessionCase(words, seen, _LINE if over else None, _cdr(at(over)) if over else None)


@cache
def sessions() -> tuple[SessionCase, ...]:
    """Return the sessions to be translated."""
    again = Entry("session-7", ChargingStopped(7, 3_012_500, StopReason.LOCAL), "18:02")
    after = Entry("session-7", MeterRead(7, "zoo-1", 2, 3_012_000, 11_000), "17:55", "18:05")
    return (
        _case("that is over", _BEGIN, _READ, Entry("session-7", _END, "18:00"), over="18:00"),
        _case("that is still running", _BEGIN, _READ),
        _case(
            "whose end was recorded four hours late",
            _BEGIN,
            _READ,
            Entry("session-7", _END, "18:00", "22:00"),
            over="18:00",
        ),
        _case(
            "whose end was delivered twice, once with a later time",
            _BEGIN,
            Entry("session-7", _END, "18:00"),
            again,
            over="18:00",
        ),
        _case(
            "with a reading that was recorded after its end",
            _BEGIN,
            Entry("session-7", _END, "18:00"),
            after,
            over="18:00",
        ),
    )
