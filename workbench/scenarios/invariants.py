"""Finds the events that broke one of three rules, from the log alone.

It does not matter who recorded the log, or with which boundary. The events are read in the order of their
positions, and every `ChargingStarted` is compared with the sessions that are running then. The rules:

- `connector`: a connector has at most one running session;
- `power`: the sessions of a station together stay under its power limit;
- `token`: a token charges at one place at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from workbench.scenarios.rush_hour import Network, station_of
from workshop_lib.charging.session import ChargingStarted, ChargingStopped
from workshop_lib.events import RecordedEvent

RULES = ("connector", "power", "token")


@dataclass(frozen=True)
class Broken:
    """A rule, the start that broke it, and the numbers of the sessions that clash with that start."""

    rule: str
    position: int
    started: ChargingStarted
    clashes_with: tuple[int, ...]


def broken_rules(log: Iterable[RecordedEvent], network: Network) -> list[Broken]:
    """Return every start that broke a rule, in the order of the log; empty if all rules always hold."""
    found: list[Broken] = []
    running: dict[int, ChargingStarted] = {}
    for recorded in log:
        match recorded.event:
            case ChargingStarted(session=session) as started:
                for rule, clash in _clashes(started, running, network):
                    found.append(Broken(rule, recorded.position, started, clash))
                running[session] = started
            case ChargingStopped(session=session):
                running.pop(session, None)
    return found


def counted(log: Iterable[RecordedEvent], network: Network) -> dict[str, int]:
    """Return how often each rule was broken."""
    rules = [one.rule for one in broken_rules(log, network)]
    return {rule: rules.count(rule) for rule in RULES}


def _clashes(
    new: ChargingStarted, running: dict[int, ChargingStarted], network: Network
) -> Iterator[tuple[str, tuple[int, ...]]]:
    same_connector = [number for number, old in running.items() if old.connector == new.connector]
    same_token = [number for number, old in running.items() if old.token == new.token]
    neighbours = [
        number for number, old in running.items() if station_of(old.connector) == station_of(new.connector)
    ]
    if same_connector:
        yield "connector", tuple(same_connector)
    drawn = {new.connector, *(running[number].connector for number in neighbours)}
    if network.drawn_w(sorted(drawn)) > network.limits_w[station_of(new.connector)]:
        yield "power", tuple(neighbours)
    if same_token:
        yield "token", tuple(same_token)
