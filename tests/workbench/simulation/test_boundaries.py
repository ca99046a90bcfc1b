"""Boundaries under load: what each costs, and which rules it breaks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest

from workbench.scenarios.invariants import broken_rules, counted
from workbench.scenarios.rush_hour import Network, PlugIn, PlugOut, Visit, Wish, evening
from workbench.simulation.boundaries import NoBoundary, RushResult, rush
from workshop_lib import Query, SimulatedClock, open_store, seeded_ids

SIX = datetime(2026, 3, 2, 18, tzinfo=UTC)
KINDS = ["ChargingStarted", "ChargingStopped"]
BOUNDARIES: dict[str, Callable[[Wish], str | Query]] = {
    "network": lambda wish: "network-all",
    "station": lambda wish: f"station-{wish.station}",
    "connector": lambda wish: f"connector-{wish.connector}",
    "token": lambda wish: f"token-{wish.token}",
    "tags": lambda wish: Query(KINDS, [f"station-{wish.station}"]) | Query(KINDS, [f"token-{wish.token}"]),
}


@cache
def city_evening() -> tuple[Network, list[Visit]]:
    return evening(seed=1, stations=100)


def played(boundary: Any, where: str = "memory://", **how: Any) -> RushResult:
    network, visits = city_evening()
    store = open_store(where, clock=SimulatedClock(SIX), ids=seeded_ids(1))
    return rush(visits, boundary, network.decide, store, **how)


@cache
def evening_with(name: str) -> RushResult:
    return played(BOUNDARIES[name])


def broken_with(name: str) -> dict[str, int]:
    return counted(evening_with(name).log.read(), city_evening()[0])


def test_one_aggregate_for_the_network_keeps_every_rule_but_makes_strangers_wait():
    assert not any(broken_with("network").values())
    assert evening_with("network").conflicts > 2 * evening_with("station").conflicts
    assert evening_with("network").needless > evening_with("network").conflicts / 2
    assert evening_with("network").waited > evening_with("station").waited


def test_a_station_keeps_its_power_limit_but_does_not_see_the_token_elsewhere():
    assert broken_with("station")["connector"] == broken_with("station")["power"] == 0
    assert broken_with("station")["token"] > 0


def test_a_connector_is_too_small_for_the_power_of_its_station():
    assert broken_with("connector")["connector"] == 0
    assert broken_with("connector")["power"] > 0


def test_a_token_keeps_its_own_rule_and_no_other():
    assert broken_with("token")["token"] == 0
    assert broken_with("token")["connector"] > 0


def test_a_condition_over_tags_keeps_all_three_rules_with_few_conflicts():
    assert not any(broken_with("tags").values())
    assert evening_with("tags").conflicts < evening_with("network").conflicts / 2
    assert evening_with("tags").longest_stream == 2


@pytest.mark.parametrize("name", BOUNDARIES)
def test_the_same_seed_gives_the_same_evening(name: str):
    again = played(BOUNDARIES[name])
    assert again.results == evening_with(name).results
    assert [seen.event for seen in again.log.read()] == [seen.event for seen in evening_with(name).log.read()]


def test_another_seed_gives_another_evening():
    assert played(BOUNDARIES["network"], seed=2).results != evening_with("network").results


def test_the_embedded_store_gives_the_same_evening_as_the_specification():
    assert played(BOUNDARIES["station"], where=":memory:").results == evening_with("station").results


def one(number: int, seconds: int, connector: str, token: str, minutes: int = 5) -> Visit:
    wish = (number, connector, token)
    return Visit(SIX + timedelta(seconds=seconds), PlugIn(*wish), timedelta(minutes=minutes), PlugOut(*wish))


def street(*visits: Visit, boundary: Any = BOUNDARIES["station"]) -> RushResult:
    network = Network({"zoo-1": 11_000, "zoo-2": 11_000, "spa-1": 22_000})
    return rush(visits, boundary, network.decide, open_store("memory://", clock=SimulatedClock(SIX)))


def test_a_second_driver_at_the_same_connector_gets_a_conflict_and_is_then_refused():
    outcome = street(one(1, 0, "zoo-1", "ada"), one(2, 1, "zoo-1", "bob"))
    late = next(result for result in outcome.results if not result.accepted)
    assert (late.conflicts, late.needless) == (1, 0)
    assert late.waited > 0


def test_strangers_in_one_boundary_get_needless_conflicts():
    outcome = street(one(1, 0, "zoo-1", "ada"), one(2, 1, "spa-1", "bob", 9), boundary=BOUNDARIES["network"])
    assert (outcome.conflicts, outcome.needless, outcome.refused) == (1, 1, 0)


def test_the_next_driver_charges_when_the_first_has_left():
    outcome = street(one(1, 0, "zoo-1", "ada"), one(2, 400, "zoo-1", "bob"))
    assert (outcome.refused, outcome.conflicts, outcome.log.position()) == (0, 0, 4)


def test_without_clients_nothing_is_recorded():
    assert street().log.position() == 0
    assert street().results == []
    assert street().waited == 0


def test_a_boundary_must_be_a_part_of_the_log():
    with pytest.raises(NoBoundary, match="which is neither a stream nor a query"):
        street(one(1, 0, "zoo-1", "ada"), boundary=lambda wish: 7)


def test_a_broken_rule_has_its_position_and_the_sessions_that_clash():
    outcome = street(one(1, 0, "zoo-1", "ada"), one(2, 60, "spa-1", "ada"))
    found = broken_rules(outcome.log.read(), Network({"zoo-1": 11_000, "spa-1": 22_000}))
    assert [(one.rule, one.position, one.clashes_with) for one in found] == [("token", 2, (1,))]
