"""Policies: whenever this happens, do that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from workbench.city.traffic import network
from workshop_lib import EventStore, RecordedEvent, open_store
from workshop_lib.charging import charge_record, invoice, reservation, session
from workshop_lib.charging.charge_record import Location, RecordToken, SealedSession
from workshop_lib.charging.connector import ConnectorStatus, StatusReported
from workshop_lib.charging.driver import TokenBlocked, TokenType
from workshop_lib.charging.invoice import InvoiceIssued
from workshop_lib.charging.partner import RecordDisputed, SendRecord
from workshop_lib.charging.policies import (
    cancel_reservation,
    credit_record,
    in_force,
    issue_invoice,
    periods_of,
    seal_record,
    send_record,
    stop_sessions,
)
from workshop_lib.charging.prices import Activity, Period
from workshop_lib.charging.reservation import CancelReservation, ConnectorReserved
from workshop_lib.charging.session import (
    ChargingResumed,
    ChargingStarted,
    ChargingStopped,
    ChargingSuspended,
    MeterRead,
    StopCharging,
    StopReason,
    SuspendedBy,
)
from workshop_lib.charging.tariff import TariffPublished, terms_of
from workshop_lib.charging.terms import Price
from workshop_lib.modeling import fold

SIX = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
STARTED = ChargingStarted(7, "cinema-7", "NL-TNM-000123", "standard", 5_000)
STOPPED = ChargingStopped(7, 25_000, StopReason.LOCAL)
CARD = RecordToken("012345678", TokenType.RFID, "NL-TNM-000123")
CINEMA = Location("cinema-7", "Cinema", "Long Street 1", "Utrecht", "NLD", "Europe/Amsterdam")


def price(energy: str) -> TariffPublished:
    return TariffPublished("standard", Decimal(energy), Decimal("0.50"), "EUR")


def after(minutes: float) -> datetime:
    return SIX + timedelta(minutes=minutes)


@pytest.fixture
def store() -> Iterator[EventStore]:
    with open_store("memory://") as opened:
        yield opened


def appended(store: EventStore, stream: str, *facts: tuple[float, object]) -> list[RecordedEvent]:
    """Append events that occurred so many minutes after six, and return the stream."""
    for minutes, event in facts:
        store.append(stream, [event], occurred_at=after(minutes))
    return list(store.read_stream(stream))


def test_an_invoice_follows_from_the_price_at_the_start_of_the_session(store: EventStore) -> None:
    prices = appended(store, "tariff-standard", (-60, price("0.45")), (10, price("0.99")))
    started = fold(session.decider, [STARTED])
    published = in_force(prices, SIX)
    assert isinstance(published, TariffPublished)

    [issued] = invoice.decide(issue_invoice(STOPPED, started, published, 2026), invoice.initial)
    assert issued == InvoiceIssued("2026-000007", 7, "standard", 20_000, Decimal("9.50"))


def test_the_price_in_force_is_the_last_that_occurred_even_if_recorded_late(
    store: EventStore,
) -> None:
    prices = appended(
        store, "tariff-standard", (-60, price("0.45")), (5, price("0.99")), (-30, price("0.40"))
    )

    assert in_force(prices, SIX) == price("0.40")
    assert in_force(prices, after(5)) == price("0.99")
    assert in_force(prices, after(-61)) is None


def test_the_periods_of_a_session_follow_from_its_readings_and_pauses(store: EventStore) -> None:
    history = appended(
        store,
        "session-7",
        (0, STARTED),
        (10, MeterRead(7, "cinema-7", 1, 8_000, 18_000)),
        (11, ChargingSuspended(7, SuspendedBy.EVSE)),
        (20, ChargingResumed(7)),
        (60, STOPPED),
    )

    assert periods_of(history, left_at=after(75)) == (
        Period(Activity.CHARGING, SIX, after(10), 3_000),
        Period(Activity.CHARGING, after(10), after(11)),
        Period(Activity.PARKING, after(11), after(20)),
        Period(Activity.CHARGING, after(20), after(60), 17_000),
        Period(Activity.PARKING, after(60), after(75)),
    )


def test_repeated_and_late_events_add_nothing_to_a_session(store: EventStore) -> None:
    reading = MeterRead(7, "cinema-7", 1, 8_000, 18_000)
    once = appended(store, "session-7", (0, STARTED), (10, reading), (60, STOPPED))
    again = appended(
        store,
        "session-8",
        (0, STARTED),
        (10, reading),
        (10, reading),
        (60, STOPPED),
        (30, reading),
        (0, STARTED),
    )

    assert periods_of(again) == periods_of(once)


def test_energy_of_two_readings_at_one_instant_is_not_lost(store: EventStore) -> None:
    readings = [(10, MeterRead(7, "cinema-7", number, 8_000 + number, 18_000)) for number in (1, 2)]
    history = appended(store, "session-7", (0, STARTED), *readings, (60, STOPPED))

    periods = periods_of(history)
    assert sum(period.energy_wh for period in periods) == 20_000
    assert all(period.seconds for period in periods)


def test_energy_of_a_stop_at_the_instant_of_the_last_reading_is_not_lost(store: EventStore) -> None:
    reading = MeterRead(7, "cinema-7", 1, 8_000, 18_000)
    history = appended(store, "session-7", (0, STARTED), (60, reading), (60, STOPPED))

    assert periods_of(history, after(75)) == (
        Period(Activity.CHARGING, SIX, after(60), 20_000),
        Period(Activity.PARKING, after(60), after(75)),
    )


@pytest.mark.parametrize("facts", [[], [(0, STOPPED)], [(0, MeterRead(7, "cinema-7", 1, 8_000, 18_000))]])
def test_a_session_without_its_start_has_no_periods(
    store: EventStore, facts: list[tuple[float, object]]
) -> None:
    assert periods_of(appended(store, "session-7", *facts), after(99)) == ()


def test_when_a_car_has_left_its_session_is_sealed_with_the_tariff_in_force(store: EventStore) -> None:
    prices = appended(store, "tariff-standard", (-60, price("0.45")), (10, price("0.99")))
    history = appended(store, "session-7", (0, STARTED), (60, STOPPED))
    published = in_force(prices, history[0].occurred_at)
    assert published is not None
    sealing = SealedSession(7, CARD, CINEMA, "standard", terms_of(published))

    [sealed] = charge_record.decide(seal_record(history, sealing, "2026-7", after(75)), charge_record.initial)
    assert sealed.total_cost == Price(Decimal("9.50"))
    assert (sealed.total_energy, sealed.total_time, sealed.total_parking_time) == (
        20,
        Decimal("1.25"),
        Decimal("0.25"),
    )


def test_a_record_is_sent_to_the_partner_of_the_driver(store: EventStore) -> None:
    history = appended(store, "session-7", (0, STARTED), (60, STOPPED))
    sealing = SealedSession(7, CARD, CINEMA, "standard", terms_of(price("0.45")))
    [sealed] = charge_record.decide(seal_record(history, sealing, "2026-7"), charge_record.initial)

    assert send_record(sealed, ["DE-ALL", "NL-TNM"]) == {"NL-TNM": SendRecord("2026-7", "NL-TNM-000123")}


def test_when_a_partner_disputes_a_record_it_is_credited() -> None:
    assert credit_record(RecordDisputed("NL-TNM", "2026-7", "no such card")).credit_record == "2026-7-C"


@pytest.mark.parametrize("status", ConnectorStatus)
def test_when_a_reserved_connector_breaks_down_the_reservation_is_cancelled(status: ConnectorStatus) -> None:
    book = fold(reservation.decider, [ConnectorReserved("cinema-7", "r-1", "NL-TNM-000123", after(30))])
    broken = status in (ConnectorStatus.FAULTED, ConnectorStatus.UNAVAILABLE)
    cancel = [CancelReservation("cinema-7", "r-1")] if broken else []

    assert cancel_reservation(StatusReported("cinema-7", status), book) == cancel


def test_a_broken_connector_without_a_reservation_needs_no_command() -> None:
    assert not cancel_reservation(StatusReported("cinema-7", ConnectorStatus.FAULTED), reservation.initial)


def test_when_a_token_is_blocked_its_running_sessions_are_stopped() -> None:
    other = ChargingStarted(8, "zoo-1", "NL-TNM-000999", "standard", 0)
    over = fold(session.decider, [STARTED, STOPPED])
    running = {7: fold(session.decider, [STARTED]), 8: fold(session.decider, [other]), 9: over}

    commands = stop_sessions(TokenBlocked(123, "NL-TNM-000123", "stolen"), running)
    assert commands == [StopCharging(7, 5_000, StopReason.DEAUTHORIZED)]


def test_the_records_of_an_evening_cost_what_its_invoices_asked_for_unless_billing_was_late() -> None:
    """The simulated billing has a bug on purpose: it takes the price of a late session from the wrong day."""
    streams: dict[str, list[RecordedEvent]] = defaultdict(list)
    with network(events=6_000) as store:
        for recorded in store.read():
            streams[recorded.stream].append(recorded)
    compared = 0
    for [first, *_] in [history for stream, history in streams.items() if stream.startswith("invoice-")]:
        issued, history = first.event, streams[f"session-{first.event.session}"]
        published = in_force(streams[f"tariff-{issued.tariff}"], history[0].occurred_at)
        assert published is not None
        if history[-1].recorded_at - history[-1].occurred_at < timedelta(minutes=10):
            sealing = SealedSession(issued.session, CARD, CINEMA, issued.tariff, terms_of(published))
            [sealed] = charge_record.decide(seal_record(history, sealing, "2026-7"), charge_record.initial)
            assert sealed.total_cost.excl_vat == issued.amount
            compared += 1
    assert compared > 30
