"""The rush hour: drivers who want to charge, all at once, and three rules that each start must respect.

Who comes when, where and for how long is taken from an evening of `traffic.py`; here the drivers send
commands. Now and then the next driver in the queue wants the same connector before the first one's car is
plugged in. `decide` can apply the rules only to the events inside the boundary. `invariants.py` finds the
rules that the resulting log breaks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from random import Random

from workbench.city import city
from workbench.city.traffic import traffic
from workshop_lib.charging.session import ChargingStarted, ChargingStopped, StopReason
from workshop_lib.modeling.decider import Refused

SHARE = 0.6
"""The fraction of its connectors' power that a station may draw from the grid, all sessions together."""

RIVALS = 0.1
"""The fraction of visits in which somebody else wants the same connector a few seconds later."""

RIVAL_NUMBERS = 900_000
"""The sessions and tokens of these rivals are numbered from this one."""


# Commands


@dataclass(frozen=True)
class Wish:
    """The fields of every command of a driver."""

    session: int
    connector: str
    token: str

    @property
    def station(self) -> str:
        """The station of the connector."""
        return station_of(self.connector)

    @property
    def stream(self) -> str:
        """The stream of the session."""
        return f"session-{self.session}"

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags of this session's events."""
        of = {"session": self.session, "connector": self.connector, "station": self.station}
        return (*(f"{what}-{which}" for what, which in of.items()), f"token-{self.token}")


class PlugIn(Wish):
    """A driver wants to charge."""


class PlugOut(Wish):
    """The same driver wants to leave."""


class NotNow(Refused):
    """A driver wants to charge where a rule forbids it."""

    def __init__(self, command: Wish, rule: str) -> None:
        self.command = command
        asked = f"to charge at {command.connector} with {command.token}"
        super().__init__(rule, asked, "Wait until that session has ended, or drive to another station.")


# The rules


@dataclass(frozen=True)
class Network:
    """The power of each connector, in watts; it does not change in an evening."""

    power_w: dict[str, int]

    @cached_property
    def limits_w(self) -> dict[str, float]:
        """The power that the sessions of each station may draw: at least that of its strongest connector."""
        stations: dict[str, list[int]] = {}
        for connector, power in self.power_w.items():
            stations.setdefault(station_of(connector), []).append(power)
        return {station: max(SHARE * sum(powers), *powers) for station, powers in stations.items()}

    def drawn_w(self, connectors: Sequence[str]) -> int:
        """Return the power that these connectors draw with a car at each."""
        return sum(self.power_w[connector] for connector in connectors)

    def decide(self, history: Sequence[object], command: Wish) -> list[object]:
        """Return the events that follow from a command, given this history. Raises `NotNow`."""
        running = sessions_in(history)
        if isinstance(command, PlugOut):
            stopped = ChargingStopped(command.session, 0, StopReason.LOCAL)
            return [stopped] if command.session in running else []
        here = [
            start.connector for start in running.values() if command.station == station_of(start.connector)
        ]
        if command.connector in here:
            raise NotNow(command, "a session is running there")
        if any(start.token == command.token for start in running.values()):
            raise NotNow(command, "the token is charging elsewhere")
        if self.drawn_w([*here, command.connector]) > self.limits_w[command.station]:
            raise NotNow(command, "the station has no power left")
        return [ChargingStarted(command.session, command.connector, command.token, "standard", 0)]


def station_of(connector: str) -> str:
    """Return the station of a connector: `zoo` for `zoo-1`."""
    return connector.rpartition("-")[0]


def sessions_in(history: Iterable[object]) -> dict[int, ChargingStarted]:
    """Return the sessions that are running after these events, by number."""
    running: dict[int, ChargingStarted] = {}
    for event in history:
        match event:
            case ChargingStarted(session=session):
                running[session] = event
            case ChargingStopped(session=session):
                running.pop(session, None)
    return running


# The drivers


@dataclass(frozen=True)
class Visit:
    """One driver: comes, wants to charge, stays for a while, wants to leave."""

    at: datetime
    first: Wish
    stays: timedelta
    then: Wish


def evening(
    seed: int = 1, stations: int = 200, from_hour: int = 18, to_hour: int = 19
) -> tuple[Network, list[Visit]]:
    """Return the network and the drivers of one evening; the same arguments give the same evening."""
    started, stopped = dict[int, tuple[datetime, ChargingStarted]](), dict[int, datetime]()
    for delivery in traffic(seed, 1, stations):
        match delivery.event:
            case ChargingStarted(session=session) if from_hour <= delivery.occurred_at.hour < to_hour:
                started[session] = (delivery.occurred_at, delivery.event)
            case ChargingStopped(session=session):
                stopped[session] = delivery.occurred_at
    visits = [
        _visit(start, at, stopped[session] - at)
        for session, (at, start) in started.items()
        if session in stopped
    ]
    return _network(stations), [*visits, *_rivals(seed, visits)]


def _visit(start: ChargingStarted, at: datetime, stays: timedelta) -> Visit:
    wish = (start.session, start.connector, start.token)
    return Visit(at, PlugIn(*wish), stays, PlugOut(*wish))


def _rivals(seed: int, visits: Sequence[Visit]) -> Iterator[Visit]:
    """Yield drivers who press the button, too, while the first one's car is being plugged in."""
    chance = Random(seed)
    for visit in visits:
        if chance.random() < RIVALS:
            number = RIVAL_NUMBERS + visit.first.session
            wish = (number, visit.first.connector, f"NL-TNM-{number:06}")
            seconds = timedelta(seconds=int(chance.random() * 6))
            yield Visit(visit.at + seconds, PlugIn(*wish), visit.stays, PlugOut(*wish))


def _network(stations: int) -> Network:
    powers = {}
    for number in range(stations):
        for connector in range(1, 1 + city.CONNECTORS[number % len(city.CONNECTORS)]):
            power = city.POWERS_W[(number + connector) % len(city.POWERS_W)]
            powers[f"{city.name_of_station(number)}-{connector}"] = power
    return Network(powers)
