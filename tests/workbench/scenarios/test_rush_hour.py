"""The rush hour: who comes, what is refused, and that `decide` and `broken_rules` agree on the rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.scenarios.invariants import broken_rules
from workbench.scenarios.rush_hour import (
    RIVAL_NUMBERS,
    Network,
    NotNow,
    PlugIn,
    PlugOut,
    Visit,
    Wish,
    evening,
    sessions_in,
)
from workbench.simulation.boundaries import rush
from workshop_lib import Query, SimulatedClock, open_store, seeded_ids
from workshop_lib.charging.session import ChargingStarted, ChargingStopped, StopReason

SIX = datetime(2026, 3, 2, 18, tzinfo=UTC)
NETWORK = Network({"zoo-1": 11_000, "zoo-2": 11_000, "zoo-3": 50_000, "spa-1": 22_000})
KINDS = ["ChargingStarted", "ChargingStopped"]


def started(session: int, connector: str, token: str) -> ChargingStarted:
    return ChargingStarted(session, connector, token, "standard", 0)


def test_a_session_starts_at_a_free_connector():
    assert NETWORK.decide([], PlugIn(1, "zoo-1", "ada")) == [started(1, "zoo-1", "ada")]


@pytest.mark.parametrize(
    ("wish", "rule"),
    [
        (PlugIn(2, "zoo-3", "bob"), "a session is running there"),
        (PlugIn(2, "spa-1", "ada"), "the token is charging elsewhere"),
        (PlugIn(2, "zoo-1", "bob"), "the station has no power left"),
    ],
)
def test_a_refusal_names_the_rule(wish: PlugIn, rule: str):
    with pytest.raises(NotNow, match=rule):
        NETWORK.decide([started(1, "zoo-3", "ada")], wish)


def test_a_station_may_always_feed_its_strongest_connector():
    assert NETWORK.limits_w == {"zoo": 50_000, "spa": 22_000}


def test_leaving_ends_the_session_once():
    history: list[object] = [started(1, "zoo-1", "ada")]
    stopped = NETWORK.decide(history, PlugOut(1, "zoo-1", "ada"))
    assert stopped == [ChargingStopped(1, 0, StopReason.LOCAL)]
    assert NETWORK.decide([*history, *stopped], PlugOut(1, "zoo-1", "ada")) == []
    assert sessions_in([*history, *stopped, *stopped]) == {}


def test_the_same_seed_gives_the_same_evening_with_some_rivals():
    network, visits = evening(seed=2, stations=40)
    assert (network, visits) == evening(seed=2, stations=40)
    rivals = [visit for visit in visits if visit.first.session >= RIVAL_NUMBERS]
    assert 0 < len(rivals) < len(visits) / 4
    assert {visit.first.connector for visit in visits} <= set(network.power_w)
    assert all(visit.at.hour == 18 for visit in visits if visit not in rivals)


visits = st.builds(
    lambda number, seconds, connector, token, minutes: Visit(
        SIX + timedelta(seconds=seconds),
        PlugIn(number, connector, token),
        timedelta(minutes=minutes),
        PlugOut(number, connector, token),
    ),
    st.integers(1, 10_000),
    st.integers(0, 120),
    st.sampled_from(sorted(NETWORK.power_w)),
    st.sampled_from(["ada", "bob", "eve"]),
    st.integers(0, 3),
)
streets = st.lists(visits, max_size=12, unique_by=lambda visit: visit.first.session)


def by_tags(wish: Wish) -> Query:
    return Query(KINDS, [f"station-{wish.station}"]) | Query(KINDS, [f"token-{wish.token}"])


@settings(max_examples=40, deadline=None)
@given(streets, st.sampled_from([by_tags, lambda wish: "network-all"]))
def test_no_rule_is_broken_if_the_boundary_contains_all_that_the_rules_need(street, boundary):
    store = open_store("memory://", clock=SimulatedClock(SIX), ids=seeded_ids(1))
    outcome = rush(street, boundary, NETWORK.decide, store)
    assert broken_rules(store.read(), NETWORK) == []
    assert sessions_in(seen.event for seen in store.read()) == {}
    assert len(street) <= len(outcome.results) <= 2 * len(street)
