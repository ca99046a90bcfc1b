"""The city of the charging network: its places, its rhythm and its habits, as plain tables.

`life.py` simulates them. All numbers are made up but plausible: about forty readings a session, cars that
stay long after they are full, a socket that is faulted once in thirty visits.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

PLACES = (
    "cinema", "harbour", "zoo", "town-hall", "brewery", "opera", "lighthouse", "bakery", "stadium", "library",
    "casino", "monastery", "ice-rink", "airport", "market", "museum", "hospital", "vineyard", "castle",
    "beach", "circus", "windmill", "university", "observatory", "spa", "ferry", "sawmill", "planetarium",
    "quarry", "botanical-garden", "racecourse", "theatre", "waterworks", "chocolate-factory", "golf-club",
    "prison", "toy-museum", "cheese-dairy", "ski-jump", "nudist-camp",
)  # fmt: skip
"""The places of the stations, the busiest first; a forty-first station is `cinema2`."""

CONNECTORS = (8, 4, 3, 2, 5, 3, 2, 4, 6, 2)
"""The numbers of connectors of the stations, repeated in turn."""

POWERS_W = (22_000, 11_000, 22_000, 50_000, 11_000)
"""The power of a station's connectors in watts, repeated in turn."""

FIRST = ("cinema", 7)
"""The station and number of the first connector in service."""

RHYTHM = (2, 1, 1, 1, 1, 2, 4, 8, 10, 8, 6, 7, 9, 8, 6, 6, 8, 12, 14, 12, 9, 7, 5, 3)
"""The demand for charging in each hour of the day, in arbitrary units."""

PATIENCE = 12.0
"""The demand, added up over the hours, after which on average a car comes to a free connector of
popularity 1.
"""

MINUTES = (8, 12, 18, 22, 26, 30, 34, 36, 38, 40, 42, 44, 46, 48, 52, 56, 64, 75, 90, 120)
"""Charging times in minutes: twenty equally frequent durations."""

LINGER_MINUTES = (1, 1, 2, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 55, 75, 100, 150)
"""Times in minutes for which cars stay after charging: twenty equally frequent durations."""

POWER_CURVE = (40, 85, 100, 100, 100, 100, 98, 96, 94, 92, 90, 86, 80, 72, 62, 52, 42, 33, 25, 18)
"""The power that a car takes in each twentieth of its charging time, in percent of the connector's power."""

OUTAGE_MINUTES = (12, 20, 30, 45, 60, 90, 120, 180, 240, 420)
"""Times in minutes for which a station is offline: ten equally frequent durations."""

HOURS_BETWEEN_OUTAGES = 48
"""The average time from the end of one outage to the beginning of the next."""

DRIVERS = 400
"""The number of tokens; those with low numbers charge most often."""

RESERVED, REJECTED, FAULTED, PAUSED, FULL = 0.05, 0.03, 0.03, 0.10, 0.30
"""The fractions of visits in which the connector was reserved, the token was rejected, the connector broke
down, the station paused the session, the car was full before its driver came back."""

SENT_TWICE = 0.004
"""The fraction of meter readings that are delivered twice."""

REFUNDED = 0.02
"""The fraction of invoices that are followed by a credit note."""

REFUND_REASONS = ("parked by a broken sign", "cable was too short", "charged twice by mistake", "goodwill")


class TariffPlan(NamedTuple):
    """The first price of a tariff, and when in the week the price may change."""

    energy_price: Decimal
    start_fee: Decimal
    changes: tuple[tuple[int, int], ...]


TARIFFS = {
    "night": TariffPlan(Decimal("0.29"), Decimal("0.00"), ((1, 23), (5, 1))),
    "standard": TariffPlan(Decimal("0.45"), Decimal("0.50"), ((0, 18), (2, 17), (4, 18))),
    "fast": TariffPlan(Decimal("0.59"), Decimal("1.00"), ((1, 12), (3, 18), (5, 13))),
}
"""The tariffs; `changes` are pairs of weekday (0 is Monday) and hour."""

NIGHT_HOURS = (22, 23, 0, 1, 2, 3, 4, 5)
FAST_FROM_W = 50_000


def name_of_station(number: int) -> str:
    """Return the name of the station with this number, counted from 0."""
    turn, index = divmod(number, len(PLACES))
    return PLACES[index] + (str(turn + 1) if turn else "")


def popularity(number: int) -> float:
    """Return the popularity of the station with this number: the first draws three times as many cars as the
    fifth.
    """
    return max(0.2, 3.0 / (number + 2))


def tariff_for(power_w: int, hour: int) -> str:
    """Return the tariff of a session that starts in this hour of the day at a connector of this power."""
    if power_w >= FAST_FROM_W:
        return "fast"
    return "night" if hour in NIGHT_HOURS else "standard"
