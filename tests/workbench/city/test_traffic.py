"""The generated traffic: the same on every machine, and as full of ordinary trouble as it claims to be."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import reduce
from hashlib import sha256
from itertools import islice, pairwise
from pathlib import Path

import msgspec
import pytest

from workbench.city import city
from workbench.city.traffic import (
    START,
    AlreadyRecorded,
    Delivery,
    ImpossibleTraffic,
    network,
    record,
    traffic,
)
from workshop_lib import SimulatedClock, open_store
from workshop_lib.charging import session
from workshop_lib.charging.connector import ConnectorCommissioned, StatusReported, is_legal
from workshop_lib.charging.invoice import CreditNoteIssued, InvoiceIssued
from workshop_lib.charging.session import ChargingStarted, ChargingStopped, MeterRead
from workshop_lib.charging.station import StationCameOnline, StationWentOffline
from workshop_lib.charging.tariff import TariffPublished, price_of

FINGERPRINT = "c7d7e25e6c407c13de4b7ba69ae753ae4ef245c44caa826c1fdff411466e6695"
"""SHA-256 of the first 20,000 deliveries: if the traffic changes, the outputs of all notebooks change."""

OPENING = datetime(2026, 3, 2, tzinfo=UTC)


def fingerprint(deliveries: Iterable[Delivery]) -> str:
    digest = sha256()
    for delivery in deliveries:
        digest.update(msgspec.json.encode(delivery))
    return digest.hexdigest()


@pytest.fixture(scope="module")
def week() -> list[Delivery]:
    return list(traffic(days=7, stations=12))


def of_type(deliveries: Iterable[Delivery], *types: type) -> list[Delivery]:
    return [delivery for delivery in deliveries if isinstance(delivery.event, types)]


def test_the_first_20_000_deliveries_are_the_same_on_every_machine() -> None:
    assert fingerprint(traffic(events=20_000)) == FINGERPRINT


@pytest.mark.parametrize("hash_seed", ["0", "4711"])
def test_the_deliveries_do_not_depend_on_the_order_of_sets(hash_seed: str) -> None:
    program = (
        "import hashlib, msgspec; from workbench.city.traffic import traffic;"
        "digest = hashlib.sha256();"
        "[digest.update(msgspec.json.encode(d)) for d in traffic(events=20_000)]; print(digest.hexdigest())"
    )
    root = Path(__file__).parents[3]
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(root)}
    run = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True)

    assert run.stdout.strip() == FINGERPRINT, run.stderr


def test_another_seed_gives_other_traffic() -> None:
    assert fingerprint(traffic(seed=2, events=500)) != fingerprint(traffic(seed=1, events=500))


def test_a_longer_log_begins_like_a_shorter_one() -> None:
    assert list(islice(traffic(events=30_000), 7_000)) == list(traffic(events=7_000))
    assert list(islice(traffic(days=3), 7_000)) == list(traffic(events=7_000))


def test_the_first_ten_events_are_about_the_first_car_at_the_cinema() -> None:
    story = [(delivery.stream, type(delivery.event).__name__) for delivery in traffic(events=10)]

    assert story == [
        ("tariff-night", "TariffPublished"),
        ("connector-cinema-7", "ConnectorCommissioned"),
        ("connector-cinema-7", "StatusReported"),
        ("connector-cinema-7", "StatusReported"),
        ("session-1", "ChargingStarted"),
        ("connector-cinema-7", "StatusReported"),
        *[("session-1", "MeterRead")] * 4,
    ]


@pytest.mark.parametrize("events", [0, 1, 999, 12_345])
def test_traffic_has_exactly_the_requested_number_of_events(events: int) -> None:
    assert sum(1 for _ in traffic(events=events)) == events


@pytest.mark.parametrize("stations", [1, 40, 83])
def test_a_network_has_the_requested_number_of_stations(stations: int) -> None:
    commissioned = of_type(traffic(stations=stations), ConnectorCommissioned)

    assert len({delivery.event.station for delivery in commissioned}) == stations


def test_days_end_at_midnight(week: list[Delivery]) -> None:
    assert week[0].recorded_at >= OPENING
    assert OPENING + timedelta(days=6, hours=23) < week[-1].recorded_at < OPENING + timedelta(days=7)


def test_a_network_can_open_at_any_time_of_another_day() -> None:
    first, *_ = traffic(start="2027-07-01T09:30", events=3)

    assert first.recorded_at == datetime(2027, 7, 1, 9, 30, tzinfo=UTC)
    assert first.event.tariff == "standard"


def test_deliveries_are_in_order_and_none_is_recorded_before_it_occurred(week: list[Delivery]) -> None:
    assert all(before.recorded_at <= after.recorded_at for before, after in pairwise(week))
    assert all(delivery.occurred_at <= delivery.recorded_at for delivery in week)


def test_connectors_change_their_status_as_the_standard_allows_except_across_an_outage(
    week: list[Delivery],
) -> None:
    latest: dict[str, Delivery] = {}
    back: dict[str, datetime] = {}
    jumps = 0
    for delivery in of_type(week, StatusReported, StationCameOnline):
        if isinstance(delivery.event, StationCameOnline):
            back[delivery.event.station] = delivery.occurred_at
            continue
        before = latest.get(delivery.stream)
        latest[delivery.stream] = delivery
        if before and not is_legal(before.event.status, delivery.event.status):
            line_back = back[delivery.event.connector.rpartition("-")[0]]
            assert before.occurred_at < line_back <= delivery.occurred_at
            jumps += 1
    assert jumps > 0


def test_an_outage_loses_statuses_but_no_readings(week: list[Delivery]) -> None:
    late = [d for d in week if d.recorded_at - d.occurred_at > timedelta(minutes=10)]

    assert 0.01 < len(of_type(late, MeterRead)) / len(of_type(week, MeterRead)) < 0.06
    assert not of_type(late, StatusReported)


def test_a_session_is_delivered_in_the_order_in_which_it_happened(week: list[Delivery]) -> None:
    streams: dict[str, dict[object, datetime]] = defaultdict(dict)
    for delivery in of_type(week, ChargingStarted, MeterRead, ChargingStopped):
        streams[delivery.stream].setdefault(delivery.event, delivery.occurred_at)
    for first_deliveries in streams.values():
        assert all(before < after for before, after in pairwise(first_deliveries.values()))


def test_outages_are_recorded_and_end(week: list[Delivery]) -> None:
    names = Counter(type(d.event).__name__ for d in of_type(week, StationWentOffline, StationCameOnline))

    assert names["StationWentOffline"] > 20
    assert names["StationWentOffline"] - names["StationCameOnline"] in range(13)


def test_a_few_readings_in_a_thousand_are_delivered_twice(week: list[Delivery]) -> None:
    readings = Counter((d.event.session, d.event.seq_no) for d in of_type(week, MeterRead))
    twice = sum(times == 2 for times in readings.values())

    assert max(readings.values()) == 2
    assert 0.003 < twice / len(readings) < 0.005


def test_a_session_has_about_forty_readings(week: list[Delivery]) -> None:
    assert 35 < len(of_type(week, MeterRead)) / len(of_type(week, ChargingStarted)) < 50


def test_more_cars_come_at_rush_hour_than_in_the_small_hours(week: list[Delivery]) -> None:
    hours = Counter(d.occurred_at.hour for d in of_type(week, ChargingStarted))

    assert hours[17] + hours[18] > 5 * (hours[2] + hours[3])


def test_the_cinema_is_busier_than_the_library(week: list[Delivery]) -> None:
    sessions = Counter(d.event.connector.rpartition("-")[0] for d in of_type(week, ChargingStarted))

    assert sessions["cinema"] > 5 * sessions["library"]
    assert sessions["cinema"] == max(sessions.values())


def test_every_tariff_changes_in_the_week_and_never_to_the_same_price(week: list[Delivery]) -> None:
    prices = defaultdict(list)
    for delivery in of_type(week, TariffPublished):
        prices[delivery.event.tariff].append(delivery.event.energy_price)

    assert {name: len(found) for name, found in prices.items()} == {"night": 3, "standard": 4, "fast": 4}
    assert all(before != after for found in prices.values() for before, after in pairwise(found))


def test_one_invoice_in_fifty_is_refunded(week: list[Delivery]) -> None:
    share = len(of_type(week, CreditNoteIssued)) / len(of_type(week, InvoiceIssued))

    assert 0.01 < share < 0.03


def test_connectors_are_faulted_now_and_then(week: list[Delivery]) -> None:
    assert sum(d.event.status == "Faulted" for d in of_type(week, StatusReported)) > 20


def in_force(published: list[Delivery], tariff: str, when: datetime) -> TariffPublished:
    return [d.event for d in published if d.event.tariff == tariff and d.occurred_at <= when][-1]


def test_only_invoices_of_late_sessions_are_computed_with_the_wrong_tariff(week: list[Delivery]) -> None:
    started = {d.event.session: d for d in of_type(week, ChargingStarted)}
    stopped = {d.event.session: d for d in of_type(week, ChargingStopped)}
    published = of_type(week, TariffPublished)
    wrong = 0
    for delivery in of_type(week, InvoiceIssued):
        invoice, end = delivery.event, stopped[delivery.event.session]
        right = in_force(published, invoice.tariff, started[invoice.session].occurred_at)
        if invoice.amount != price_of(invoice.energy_wh, right):
            wrong += 1
            assert end.recorded_at - end.occurred_at > timedelta(minutes=10)
            assert invoice.amount == price_of(
                invoice.energy_wh, in_force(published, invoice.tariff, delivery.recorded_at)
            )
    assert 5 <= wrong <= 40


def test_an_invoice_has_the_energy_of_its_folded_session(week: list[Delivery]) -> None:
    events = defaultdict(list)
    for delivery in week:
        events[delivery.stream].append(delivery.event)
    for delivery in of_type(week, InvoiceIssued):
        folded = reduce(session.evolve, events[f"session-{delivery.event.session}"], session.initial)
        assert folded.energy_wh == delivery.event.energy_wh


def test_sessions_are_numbered_without_gaps(week: list[Delivery]) -> None:
    started = sorted(of_type(week, ChargingStarted), key=lambda d: d.event.session)

    assert [d.event.session for d in started] == list(range(1, len(started) + 1))


def test_a_forty_first_station_has_a_name_too() -> None:
    assert city.name_of_station(0) == "cinema"
    assert city.name_of_station(len(city.PLACES)) == "cinema2"
    assert len({city.name_of_station(number) for number in range(1_000)}) == 1_000


def test_recording_keeps_both_times_and_the_order() -> None:
    clock = SimulatedClock(START)
    with open_store(clock=clock) as store:
        recorded = record(store, clock, traffic(events=7_001), progress=False)

        assert recorded == store.position() == 7_001
        assert [(e.stream, e.event, e.occurred_at, e.recorded_at) for e in store.read()] == [
            (d.stream, d.event, d.occurred_at, d.recorded_at) for d in traffic(events=7_001)
        ]


def test_the_same_network_has_the_same_ids_and_hashes(tmp_path: Path) -> None:
    with network(events=3_000) as one, network(events=3_000, path=tmp_path / "city.duckdb") as other:
        assert one.sql("FROM events").fetchall() == other.sql("FROM events").fetchall()
        assert one.verify() is None


@pytest.mark.slow
def test_a_million_events_need_no_more_memory_than_a_hundred_thousand() -> None:
    program = (
        "import resource; from workbench.city.traffic import traffic;"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024;"
        "deliveries = traffic(events=1_000_000, stations=40);"
        "n = 0\n"
        "for _ in deliveries:\n"
        "    n += 1\n"
        "    if n == 100_000: before = peak()\n"
        "print(n, peak() - before)"
    )
    pytest.importorskip("resource")
    root = str(Path(__file__).parents[3])
    run = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": root},
        capture_output=True,
        text=True,
    )
    number, grown_mb = map(int, run.stdout.split())

    assert number == 1_000_000
    assert grown_mb < 10


@pytest.mark.parametrize("asked", [{"stations": 0}, {"days": -1}, {"events": -5}])
def test_an_impossible_network_is_an_error_with_a_remedy(asked: dict[str, int]) -> None:
    with pytest.raises(ImpossibleTraffic, match=r"Ask for stations=1, events=0 or more\."):
        traffic(**asked)


def test_a_second_network_is_not_recorded_over_the_first(tmp_path: Path) -> None:
    network(events=20, path=tmp_path / "city.duckdb").close()

    with pytest.raises(AlreadyRecorded, match="already holds 20 events"):
        network(events=20, path=tmp_path / "city.duckdb")
    with open_store(tmp_path / "city.duckdb") as store:
        assert store.position() == 20
