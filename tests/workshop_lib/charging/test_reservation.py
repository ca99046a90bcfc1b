"""One reservation at a time, one car at a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from workshop_lib.charging.connector import ConnectorStatus
from workshop_lib.charging.reservation import (
    CancelReservation,
    ConnectorOccupied,
    ConnectorReleased,
    ConnectorReserved,
    ExpireReservation,
    OccupyConnector,
    ReleaseConnector,
    ReservationCancelled,
    ReservationExpired,
    ReserveConnector,
    decider,
)
from workshop_lib.events import NaiveDatetime
from workshop_lib.modeling import given

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HALF_PAST, ONE, TWO = NOON + timedelta(minutes=30), NOON + timedelta(hours=1), NOON + timedelta(hours=2)
SEVEN, ANN, BOB = "cinema-7", "NL-TNM-000001", "NL-TNM-000002"
RESERVED = ConnectorReserved(SEVEN, "r-1", ANN, ONE)
OCCUPIED = ConnectorOccupied(SEVEN, 42, ANN)


def reserve(reservation: str = "r-1", token: str = ANN, **other: object) -> ReserveConnector:
    asked = {"at": NOON, "until": ONE, **other}
    return ReserveConnector(SEVEN, reservation, token, **asked)  # type: ignore[arg-type]


def occupy(token: str = ANN, at: datetime = HALF_PAST, session: int = 42) -> OccupyConnector:
    return OccupyConnector(SEVEN, session, token, at)


def test_a_free_connector_can_be_reserved() -> None:
    given(decider).when(reserve()).then(RESERVED)


def test_a_reserved_connector_cannot_be_reserved_again() -> None:
    given(decider, RESERVED).when(reserve("r-2", BOB)).then_refused("promised to somebody already")
    given(decider, RESERVED).when(reserve("r-2", ANN)).then_refused("promised to somebody already")


def test_a_double_click_reserves_once() -> None:
    given(decider, RESERVED).when(reserve()).then()


def test_a_reservation_can_be_extended() -> None:
    given(decider, RESERVED).when(reserve(until=TWO)).then(ConnectorReserved(SEVEN, "r-1", ANN, TWO))


@pytest.mark.parametrize("status", [status for status in ConnectorStatus if status != "Available"])
def test_only_an_available_connector_is_reserved(status: ConnectorStatus) -> None:
    given(decider).when(reserve(status=status)).then_refused(f"this one is {status}")


def test_a_reservation_has_an_id_and_a_token() -> None:
    given(decider).when(reserve(" ")).then_refused("a reservation has an id")
    given(decider).when(reserve(token=" ")).then_refused("an id and a token")


def test_an_occupied_connector_cannot_be_reserved() -> None:
    given(decider, OCCUPIED).when(reserve("r-2", BOB)).then_refused("somebody is charging there")


@pytest.mark.parametrize("until", [NOON, NOON - timedelta(hours=1)])
def test_a_reservation_ends_after_it_begins(until: datetime) -> None:
    given(decider).when(reserve(until=until)).then_refused("ends after it begins")


def test_the_token_of_a_reservation_may_use_the_connector() -> None:
    given(decider, RESERVED).when(occupy()).then(ConnectorOccupied(SEVEN, 42, ANN, "r-1"))


def test_another_token_may_not_use_a_reserved_connector() -> None:
    given(decider, RESERVED).when(occupy(BOB)).then_refused("kept for somebody else")


def test_a_reservation_that_is_over_expires_before_the_next_event() -> None:
    expired = ReservationExpired(SEVEN, "r-1")

    given(decider, RESERVED).when(occupy(BOB, ONE)).then(expired, ConnectorOccupied(SEVEN, 42, BOB))
    given(decider, RESERVED).when(reserve("r-2", BOB, at=ONE, until=TWO)).then(
        expired, ConnectorReserved(SEVEN, "r-2", BOB, TWO)
    )


def test_a_reservation_holds_until_its_end() -> None:
    given(decider, RESERVED).when(ExpireReservation(SEVEN, "r-1", HALF_PAST)).then_refused("until its end")
    given(decider, RESERVED).when(ExpireReservation(SEVEN, "r-1", ONE)).then(ReservationExpired(SEVEN, "r-1"))


def test_a_reservation_can_be_cancelled() -> None:
    given(decider, RESERVED).when(CancelReservation(SEVEN, "r-1")).then(ReservationCancelled(SEVEN, "r-1"))


@pytest.mark.parametrize("history", [(), (RESERVED,), (RESERVED, OCCUPIED)])
def test_a_reservation_that_does_not_exist_cannot_be_ended(
    history: tuple[object, ...],
) -> None:
    given(decider, *history).when(CancelReservation(SEVEN, "r-9")).then_refused("no such reservation")
    given(decider, *history).when(ExpireReservation(SEVEN, "r-9", TWO)).then_refused("no such reservation")


def test_one_car_at_a_time() -> None:
    given(decider, OCCUPIED).when(occupy(BOB, session=43)).then_refused("one car at a time")
    given(decider, OCCUPIED).when(occupy(ANN, session=43)).then_refused("one car at a time")


def test_a_double_click_occupies_once() -> None:
    given(decider, OCCUPIED).when(occupy()).then()


def test_a_connector_is_released_only_by_its_own_session() -> None:
    given(decider, OCCUPIED).when(ReleaseConnector(SEVEN, 42)).then(ConnectorReleased(SEVEN, 42))
    given(decider, OCCUPIED).when(ReleaseConnector(SEVEN, 43)).then_refused("session 43 does not have it")
    given(decider).when(ReleaseConnector(SEVEN, 42)).then_refused("session 42 does not have it")


@pytest.mark.parametrize("late", [ReservationCancelled(SEVEN, "r-1"), ConnectorReleased(SEVEN, 41)])
def test_late_events_of_a_reservation_do_not_end_a_session(late: object) -> None:
    given(decider, RESERVED, OCCUPIED, late).when(occupy(BOB, session=43)).then_refused("one car at a time")


def test_the_end_of_an_older_reservation_does_not_end_this_one() -> None:
    older = ReservationExpired(SEVEN, "r-0")

    given(decider, RESERVED, older).when(occupy(BOB)).then_refused("kept for somebody else")


def test_after_a_release_anybody_may_use_the_connector() -> None:
    history = OCCUPIED, ConnectorReleased(SEVEN, 42)

    given(decider, *history).when(occupy(BOB, session=43)).then(ConnectorOccupied(SEVEN, 43, BOB))


def test_a_reservation_across_the_repeated_hour_is_valid() -> None:
    at = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Amsterdam"))
    until = at.replace(minute=15, fold=1)  # 45 minutes later

    given(decider).when(reserve(at=at, until=until)).then(ConnectorReserved(SEVEN, "r-1", ANN, until))


def test_a_time_without_a_zone_is_rejected() -> None:
    given(decider, RESERVED).when(occupy(at=ONE.replace(tzinfo=None))).then_refused(NaiveDatetime)
    given(decider).when(reserve(until=ONE.replace(tzinfo=None))).then_refused(NaiveDatetime)
