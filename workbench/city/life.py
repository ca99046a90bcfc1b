"""The processes of the city: stations go offline, the council changes prices, cars come, charge and go.

Each process is a generator that yields the time at which it continues, and in between appends deliveries to
the outbox. All random values come from `random.Random(seed).random()` and the tables of `city.py`, and are
computed with + - * / alone, so that every machine simulates the same days. `traffic.py` runs the processes
in order.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

from workbench.city import city
from workshop_lib.charging.station import StationCameOnline, StationWentOffline
from workshop_lib.charging.tariff import TariffPublished

T = TypeVar("T")
Process = Iterator[datetime]

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
OVERDUE = timedelta(minutes=5)
"""The silence after which a station counts as offline."""

CATCH_UP = 60
"""After an outage a station delivers its messages this many times faster than it produced them."""


class Delivery(msgspec.Struct, gc=False):
    """An event on its way into the log, with the times when it occurred and when it is recorded."""

    stream: str
    event: Any
    occurred_at: datetime
    recorded_at: datetime


class Foreseen(Generic[T]):
    """An endless sequence that is computed only as far as it is read."""

    def __init__(self, source: Iterator[T]) -> None:
        self._source, self._known = source, list[T]()

    def __getitem__(self, index: int) -> T:
        while index >= len(self._known):
            self._known.append(next(self._source))
        return self._known[index]


class Outage(NamedTuple):
    """A time in which a station is offline. Its messages have all been delivered by `caught_up`."""

    start: datetime
    end: datetime

    @property
    def caught_up(self) -> datetime:
        """The time from which new messages no longer wait behind old ones."""
        return self.end + (self.end - self.start) // CATCH_UP


def outages(chance: Random, since: datetime) -> Iterator[Outage]:
    """Yield the outages of one station."""
    while True:
        start = since + minutes(60 + chance.random() * (city.HOURS_BETWEEN_OUTAGES * 2 - 2) * 60)
        since = start + minutes(pick(chance, city.OUTAGE_MINUTES))
        yield Outage(start, since)


class Uplink:
    """The line of one connector: messages arrive at once, or in order after an outage.

    Call its methods in the order of time.
    """

    def __init__(self, foreseen: Foreseen[Outage], latency: timedelta) -> None:
        self._foreseen, self._latency, self._index = foreseen, latency, 0
        self.outage = foreseen[0]

    def recorded(self, occurred: datetime) -> datetime:
        """Return when a message about that moment is recorded."""
        if occurred < self.outage.start:
            return occurred + self._latency
        while occurred >= self.outage.caught_up:
            self._index += 1
            self.outage = self._foreseen[self._index]
        return max(occurred, self._delivered(occurred, *self.outage)) + self._latency

    def is_cut(self, occurred: datetime) -> bool:
        """Return whether the station is offline at this moment."""
        self.recorded(occurred)
        return self.outage.start <= occurred < self.outage.end

    def _delivered(self, occurred: datetime, start: datetime, end: datetime) -> datetime:
        kept_before = (min(occurred, end) - start) // CATCH_UP
        return end + kept_before if occurred >= start else occurred


class Prices:
    """The prices of every tariff at every moment, also in the future."""

    def __init__(self, seed: int, opening: datetime) -> None:
        self._foreseen = {
            name: Foreseen(publications(name, Random(seed * 1_000_003 + 17 + number), opening))
            for number, name in enumerate(city.TARIFFS)
        }
        self._latest = dict.fromkeys(city.TARIFFS, 0)

    def publication(self, tariff: str, number: int) -> tuple[datetime, TariffPublished]:
        """Return the nth publication of a tariff, counted from 0, with its time."""
        return self._foreseen[tariff][number]

    def at(self, tariff: str, when: datetime) -> TariffPublished:
        """Return the publication that is in force at that time."""
        number = self._latest[tariff]
        while self.publication(tariff, number + 1)[0] <= when:
            number += 1
        self._latest[tariff] = number
        while number and self.publication(tariff, number)[0] > when:
            number -= 1
        return self.publication(tariff, number)[1]


def publications(name: str, chance: Random, opening: datetime) -> Iterator[tuple[datetime, TariffPublished]]:
    """Yield the publications of one tariff, each with a new price."""
    first = city.TARIFFS[name]
    yield opening, TariffPublished(name, first.energy_price, first.start_fee, "EUR")
    hour, cents = opening.replace(minute=0, second=0, microsecond=0), 0
    while True:
        hour += HOUR
        if (hour.weekday(), hour.hour) in first.changes:
            cents = (cents + 1 + int(chance.random() * 11)) % 12
            price = first.energy_price + (cents - 4) * Decimal("0.01")
            yield hour, TariffPublished(name, price, first.start_fee, "EUR")


def council(name: str, prices: Prices, delay: timedelta, outbox: list[Delivery]) -> Process:
    """Publish one tariff, the first time `delay` after the opening of the network."""
    number = 0
    while True:
        when, publication = prices.publication(name, number)
        when = when if number else when + delay
        yield when
        outbox.append(Delivery(f"tariff-{name}", publication, when, when))
        number += 1


def watchman(station: str, foreseen: Foreseen[Outage], outbox: list[Delivery]) -> Process:
    """Record that a station goes offline, and that it comes back online."""
    number, stream = 0, f"station-{station}"
    while True:
        start, end = foreseen[number]
        yield start
        outbox.append(Delivery(stream, StationWentOffline(station), start, start + OVERDUE))
        outbox.append(Delivery(stream, StationCameOnline(station), end, end))
        number += 1


def next_arrival(chance: Random, after: datetime, popularity: float) -> datetime:
    """Return when the next car comes to a connector that is free from `after` on; by day sooner."""
    demand = 2 * city.PATIENCE * chance.random() / popularity
    seconds = after.minute * 60 + after.second
    hour = after.hour
    waited = 0
    while demand > (here := city.RHYTHM[hour] * (3600 - seconds) / 3600):
        demand -= here
        waited += 3600 - seconds
        seconds, hour = 0, (hour + 1) % 24
    waited += int(demand / city.RHYTHM[hour] * 3600)
    return after.replace(microsecond=0) + timedelta(0, waited + 1)


def minutes(count: float) -> timedelta:
    """Return so many minutes as a duration, in whole seconds."""
    return timedelta(0, int(count * 60))


def pick(chance: Random, table: tuple[int, ...]) -> int:
    """Return one of the values of a table, each equally likely."""
    return table[int(chance.random() * len(table))]
