"""The folds of five aggregates, with repeated, late and disordered events."""

from __future__ import annotations

from decimal import Decimal
from functools import reduce
from itertools import permutations, product

import pytest

from workshop_lib import open_store
from workshop_lib.charging import connector, invoice, session, station, tariff
from workshop_lib.charging.connector import TRANSITIONS, ConnectorStatus, StatusReported, is_legal
from workshop_lib.charging.session import (
    ChargingResumed,
    ChargingStarted,
    ChargingStopped,
    ChargingSuspended,
    MeterRead,
    Phase,
    Session,
    StopReason,
    SuspendedBy,
)
from workshop_lib.charging.tariff import TariffPublished, price_of

Status = ConnectorStatus
STARTED = ChargingStarted(1, "cinema-7", "NL-TNM-000123", "standard", 5_000)
STOPPED = ChargingStopped(1, 5_900, StopReason.EV_DISCONNECTED)


def read(seq_no: int, energy_wh: int) -> MeterRead:
    return MeterRead(1, "cinema-7", seq_no, energy_wh, 11_000)


def after(*events: object) -> Session:
    return reduce(session.evolve, events, session.initial)


def test_the_standard_allows_53_transitions_between_nine_statuses() -> None:
    assert len(TRANSITIONS) == len(ConnectorStatus) == 9
    assert sum(map(len, TRANSITIONS.values())) == 53


@pytest.mark.parametrize("status", ConnectorStatus)
def test_no_status_follows_itself(status: ConnectorStatus) -> None:
    assert not is_legal(status, status)


@pytest.mark.parametrize("status", [status for status in ConnectorStatus if status is not Status.FAULTED])
def test_anything_can_break_and_be_repaired(status: ConnectorStatus) -> None:
    assert is_legal(status, Status.FAULTED)
    assert is_legal(Status.FAULTED, status)


@pytest.mark.parametrize(
    ("before", "later"),
    [
        (Status.PREPARING, Status.RESERVED),
        (Status.PREPARING, Status.UNAVAILABLE),
        (Status.FINISHING, Status.CHARGING),
        (Status.RESERVED, Status.CHARGING),
        (Status.UNAVAILABLE, Status.FINISHING),
    ],
)
def test_these_transitions_are_not_in_the_standard(before: Status, later: Status) -> None:
    assert not is_legal(before, later)


@pytest.mark.parametrize(("before", "later"), list(product(ConnectorStatus, repeat=2)))
def test_a_connector_has_its_last_status_even_if_the_standard_does_not_allow_it(
    before: Status, later: Status
) -> None:
    said = [StatusReported("cinema-7", before), StatusReported("cinema-7", later)]

    assert reduce(connector.evolve, said, connector.initial).status is later


def test_a_connector_is_known_from_its_commissioning() -> None:
    fact = connector.ConnectorCommissioned("cinema-7", "cinema", 22_000)

    assert connector.evolve(connector.initial, fact) == connector.Connector("cinema-7", "cinema", 22_000)


def test_a_session_has_taken_the_difference_of_two_readings() -> None:
    assert after(STARTED, read(1, 5_100), read(2, 5_350)).energy_wh == 350


def test_a_reading_delivered_twice_counts_once() -> None:
    assert after(STARTED, read(1, 5_100), read(2, 5_350), read(1, 5_100)) == after(
        STARTED, read(1, 5_100), read(2, 5_350)
    )


def test_a_reading_that_arrives_after_the_end_changes_nothing() -> None:
    assert after(STARTED, STOPPED, read(9, 5_800)) == after(STARTED, STOPPED)


def test_a_repeated_start_does_not_restart_a_stopped_session() -> None:
    assert after(STARTED, STOPPED, STARTED).phase is Phase.STOPPED


def test_a_session_can_be_suspended_resumed_and_stopped() -> None:
    pause = ChargingSuspended(1, SuspendedBy.EVSE)

    assert after(STARTED, pause).phase is Phase.SUSPENDED
    assert after(STARTED, pause, ChargingResumed(1)).phase is Phase.CHARGING
    assert after(STARTED, pause, STOPPED).phase is Phase.STOPPED


def test_the_events_of_a_session_can_be_folded_in_any_order() -> None:
    facts = [STARTED, read(1, 5_100), ChargingSuspended(1, SuspendedBy.EV), ChargingResumed(1), STOPPED]

    for order in permutations(facts):
        assert after(*order).phase in Phase


def test_an_event_of_another_aggregate_changes_nothing() -> None:
    for room in (connector, station, session, tariff, invoice):
        assert room.evolve(room.initial, "a parade passed by") == room.initial


def test_a_station_is_heard_again_after_an_outage() -> None:
    gone, back = station.StationWentOffline("zoo"), station.StationCameOnline("zoo")

    assert not reduce(station.evolve, [gone], station.initial).online
    assert reduce(station.evolve, [gone, back], station.initial).online


def test_a_publication_replaces_the_price_from_then_on() -> None:
    old, new = (
        TariffPublished("standard", Decimal(price), Decimal("0.50"), "EUR") for price in ("0.45", "0.49")
    )

    assert reduce(tariff.evolve, [old, new], tariff.initial).in_force == new


@pytest.mark.parametrize(
    ("energy_wh", "energy_price", "start_fee", "amount"),
    [
        (20_000, "0.25", "0.00", "5.00"),
        (20_000, "0.25", "0.50", "5.50"),
        (0, "0.45", "0.50", "0.50"),
        (1, "0.45", "0.00", "0.00"),
        (11_111, "0.45", "0.00", "5.00"),
        (100, "0.45", "0.00", "0.05"),
        (300, "0.45", "0.00", "0.14"),
    ],
)
def test_a_session_costs_the_start_fee_and_its_energy_rounded_once_half_a_cent_up(
    energy_wh: int, energy_price: str, start_fee: str, amount: str
) -> None:
    published = TariffPublished("standard", Decimal(energy_price), Decimal(start_fee), "EUR")

    assert price_of(energy_wh, published) == Decimal(amount)


def test_a_credited_invoice_is_still_an_invoice() -> None:
    issued = invoice.InvoiceIssued("2026-000001", 1, "standard", 900, Decimal("0.91"))
    credited = invoice.CreditNoteIssued("2026-000001", Decimal("0.41"), "goodwill")
    state = reduce(invoice.evolve, [issued, credited], invoice.initial)

    assert (state.amount, state.owed) == (Decimal("0.91"), Decimal("0.50"))


@pytest.mark.parametrize("where", [None, "memory://"])
def test_every_event_of_charging_comes_back_unchanged_from_the_log(where: str | None) -> None:
    facts = [STARTED, read(1, 5_100), ChargingSuspended(1, SuspendedBy.EVSE), ChargingResumed(1), STOPPED]
    with open_store(where) as store:
        store.append("session-1", facts)

        assert [recorded.event for recorded in store.read_stream("session-1")] == facts
