"""Commands to connectors and stations, and facts that are recorded in any case."""

from __future__ import annotations

from functools import reduce
from itertools import product

import pytest

from workshop_lib.charging import connector, station
from workshop_lib.charging.connector import (
    ChangeStatus,
    CommissionConnector,
    ConnectorCommissioned,
    ConnectorStatus,
    StatusReported,
    decider,
    is_legal,
)
from workshop_lib.charging.station import NoteSignOfLife, NoteSilence, StationCameOnline, StationWentOffline
from workshop_lib.modeling import given

Status = ConnectorStatus
IN_SERVICE = ConnectorCommissioned("cinema-7", "cinema", 22_000)
CHANGES = list(product(Status, repeat=2))


def says(status: ConnectorStatus) -> StatusReported:
    return StatusReported("cinema-7", status)


def become(status: ConnectorStatus) -> ChangeStatus:
    return ChangeStatus("cinema-7", status)


def test_a_connector_is_put_into_service_once() -> None:
    commission = CommissionConnector("cinema-7", "cinema", 22_000)

    given(decider).when(commission).then(IN_SERVICE)
    given(decider, IN_SERVICE).when(commission).then_refused("in service already")


@pytest.mark.parametrize(
    "name", ["zoo-1", "cinema", "cinema-", "cinema-seven", "cinema2-1", "cinema-0", "cinema-٣"]
)
def test_a_connector_is_named_after_its_station(name: str) -> None:
    given(decider).when(CommissionConnector(name, "cinema", 22_000)).then_refused("are called cinema-1")


@pytest.mark.parametrize("power_w", [0, -11_000])
def test_a_connector_has_power(power_w: int) -> None:
    given(decider).when(CommissionConnector("cinema-7", "cinema", power_w)).then_refused("without power")


def test_a_connector_that_is_not_in_service_refuses_commands() -> None:
    given(decider).when(become(Status.AVAILABLE)).then_refused("it is not in service")
    given(decider, says(Status.AVAILABLE)).when(become(Status.PREPARING)).then_refused("not in service")


@pytest.mark.parametrize("status", Status)
def test_a_new_connector_begins_with_any_status(status: ConnectorStatus) -> None:
    given(decider, IN_SERVICE).when(become(status)).then(says(status))


@pytest.mark.parametrize(("before", "after"), [change for change in CHANGES if is_legal(*change)])
def test_the_53_changes_of_the_standard_are_made(before: ConnectorStatus, after: ConnectorStatus) -> None:
    given(decider, IN_SERVICE, says(before)).when(become(after)).then(says(after))


@pytest.mark.parametrize(
    ("before", "after"),
    [(one, other) for one, other in CHANGES if one is not other and not is_legal(one, other)],
)
def test_all_other_changes_are_refused_but_folded_if_they_are_facts(
    before: ConnectorStatus, after: ConnectorStatus
) -> None:
    given(decider, IN_SERVICE, says(before)).when(become(after)).then_refused(f"from {before} to {after}")
    after_both = reduce(connector.evolve, [IN_SERVICE, says(before), says(after)], connector.initial)
    assert after_both.status is after


@pytest.mark.parametrize("status", Status)
def test_changing_to_the_present_status_records_nothing(status: ConnectorStatus) -> None:
    given(decider, IN_SERVICE, says(status)).when(become(status)).then()


def test_a_station_goes_offline_and_comes_back() -> None:
    gone, back = StationWentOffline("zoo"), StationCameOnline("zoo")

    given(station.decider).when(NoteSilence("zoo")).then(gone)
    given(station.decider, gone).when(NoteSignOfLife("zoo")).then(back)
    given(station.decider, gone, back).when(NoteSilence("zoo")).then(gone)


def test_the_known_state_of_a_station_is_not_recorded_again() -> None:
    given(station.decider).when(NoteSignOfLife("zoo")).then()
    given(station.decider, StationWentOffline("zoo")).when(NoteSilence("zoo")).then()


def test_a_station_has_a_name() -> None:
    given(station.decider).when(NoteSilence(" ")).then_refused("a station has a name")
