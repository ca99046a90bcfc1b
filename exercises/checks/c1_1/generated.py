"""Generated logs for chapter 1.1, two of each kind, and our answers to the tasks.

They are made once, always in the same way: names that begin alike, equal times, late records, two days, and
events of other types in between. Read `c1_1/agreements.py` next: how an answer is compared with ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from random import Random
from typing import NamedTuple

from exercises.checks.small_logs import MONDAY
from workshop_lib.charging.connector import ConnectorCommissioned, ConnectorStatus, StatusReported
from workshop_lib.charging.invoice import InvoiceIssued
from workshop_lib.charging.session import ChargingStarted, MeterRead
from workshop_lib.charging.tariff import TariffPublished
from workshop_lib.clock import SimulatedClock, seeded_ids
from workshop_lib.store.copying import to_duckdb
from workshop_lib.store.duckdb_engine.store import DuckDBStore
from workshop_lib.store.memory import MemoryStore

SECOND = timedelta(seconds=1)
CONNECTORS = ("zoo-1", "zoo-11", "zoo-12", "zoo-2", "cinema-7", "cinema-77")
TARIFFS = ("standard", "standard-2", "stand", "fast", "night")
SEEDS = (1, 2)
INVOICES = [f"2026-{session:06}" for session in range(1, 151)]


class Fact(NamedTuple):
    """One event of a generated log, with both its times."""

    event: object
    stream: str
    occurred: datetime
    recorded: datetime


@cache
def stored(kind: str, seed: int) -> DuckDBStore:
    """Return the log of this kind and seed."""
    clock = SimulatedClock(MONDAY)
    store = MemoryStore(clock, seeded_ids(seed))
    for fact in facts(kind, seed):
        clock.now = fact.recorded
        store.append(fact.stream, [fact.event], occurred_at=fact.occurred)
    return to_duckdb(store)


@cache
def facts(kind: str, seed: int) -> tuple[Fact, ...]:
    """Return the events of a log in the order of recording."""
    random = Random(f"{kind} {seed}")
    made = {"reports": _reports, "bills": _bills}[kind](random)
    return tuple(sorted(made, key=lambda fact: fact.recorded))


def _times(random: Random, occurred: datetime) -> tuple[datetime, datetime]:
    """Return when something occurred and when it was recorded: at once, or up to some hours later."""
    late = random.choice([0, 0, 0, 0, 60, 3_600, 12_000])
    return occurred, occurred + timedelta(seconds=late)


_MOMENTS = [MONDAY + timedelta(days=at % 2, hours=17, minutes=at // 2) for at in range(300)]
"""The full minutes of a few hours on two days, so that many moments are equal."""


def _reports(random: Random) -> Iterable[Fact]:
    statuses = [*ConnectorStatus, ConnectorStatus.CHARGING, ConnectorStatus.FAULTED, ConnectorStatus.FAULTED]
    for connector in CONNECTORS:
        stream, start = f"connector-{connector}", MONDAY + timedelta(hours=random.randrange(6, 17))
        yield Fact(ConnectorCommissioned(connector, "zoo", 11_000), stream, start, start)
        for moment in random.sample(_MOMENTS, 30):  # at one connector no two things occur at once
            event = StatusReported(connector, random.choice(statuses))
            yield Fact(event, stream, *_times(random, moment))
        reading = MeterRead(random.randrange(9), connector, 1, 5, 7)
        yield Fact(reading, f"session-{reading.session}", *_times(random, random.choice(_MOMENTS)))


def _bills(random: Random) -> Iterable[Fact]:
    for tariff in TARIFFS:
        for moment in random.sample(_MOMENTS, 20):
            price = Decimal(random.randrange(20, 80)) / 100
            event = TariffPublished(tariff, price, Decimal("0.50"), "EUR")
            yield Fact(event, f"tariff-{tariff}", *_times(random, moment))
        first = TariffPublished(tariff, Decimal("0.99"), Decimal("0.50"), "EUR")
        yield Fact(first, f"tariff-{tariff}", MONDAY, MONDAY)
    for session in range(1, 151):
        tariff = random.choice(TARIFFS)
        started = random.choice(_MOMENTS) + random.choice([-SECOND, 0 * SECOND, 0 * SECOND, SECOND])
        start = ChargingStarted(session, random.choice(CONNECTORS), "NL-TNM-000007", tariff, 1_000)
        yield Fact(start, f"session-{session}", *_times(random, started))
        yield _bill(random, session, tariff, started)


def _bill(random: Random, session: int, tariff: str, started: datetime) -> Fact:
    full = started.replace(second=0) + timedelta(minutes=random.randrange(1, 6))
    issued = full + random.choice([-SECOND, 0 * SECOND, SECOND])
    number = f"2026-{session:06}"
    event = InvoiceIssued(number, session, tariff, 9_000, Decimal("4.55"))
    return Fact(event, f"invoice-{number}", *_times(random, issued))


# Our answers


def outages(seed: int, connector: str, start: datetime, end: datetime) -> int:
    """Return how often a connector was faulted from `start` until before `end`."""
    faulted = StatusReported(connector, ConnectorStatus.FAULTED)
    return sum(fact.event == faulted and start <= fact.occurred < end for fact in facts("reports", seed))


def map_at(seed: int, instant: datetime) -> dict[str, str]:
    """Return the last status of each connector that was recorded by that instant."""
    known = [fact.event for fact in facts("reports", seed) if fact.recorded <= instant]
    return {event.connector: event.status.value for event in known if isinstance(event, StatusReported)}


def busy_at(seed: int, instants: Sequence[datetime]) -> list[int]:
    """Return how many connectors were charging at each instant, by when things occurred."""
    reports = sorted(facts("reports", seed), key=lambda fact: fact.occurred)

    def busy(instant: datetime) -> int:
        occurred = [fact.event for fact in reports if fact.occurred <= instant]
        last = {event.connector: event.status for event in occurred if isinstance(event, StatusReported)}
        return list(last.values()).count(ConnectorStatus.CHARGING)

    return [busy(instant) for instant in instants]


def story_of(seed: int, session: int) -> list[Fact]:
    """Return the start of a session, its invoice, and the publications of its tariff, as they occurred."""
    bills = facts("bills", seed)
    tariff = next(one.event.tariff for one in bills if _is_start(one.event, session))  # type: ignore[attr-defined]
    found = [
        one
        for one in bills
        if getattr(one.event, "session", None) == session
        or (isinstance(one.event, TariffPublished) and one.event.tariff == tariff)
    ]
    return sorted(found, key=lambda fact: fact.occurred)


def _is_start(event: object, session: int) -> bool:
    return isinstance(event, ChargingStarted) and event.session == session


def price_at_start(seed: int, session: int) -> Decimal:
    """Return the price that was published last before a session started."""
    story = story_of(seed, session)
    start = next(fact.occurred for fact in story if isinstance(fact.event, ChargingStarted))
    return [
        fact.event.energy_price
        for fact in story
        if isinstance(fact.event, TariffPublished) and fact.occurred <= start
    ][-1]


def was_republished(seed: int, session: int) -> bool:
    """Return whether the tariff was published between the start of a session and its invoice."""
    story = story_of(seed, session)
    start, end = (fact.occurred for fact in story if getattr(fact.event, "session", None) == session)
    return any(isinstance(fact.event, TariffPublished) and start < fact.occurred < end for fact in story)
