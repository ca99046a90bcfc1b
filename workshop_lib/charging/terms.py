"""The terms of a tariff: prices and the conditions under which they apply, in the words of OCPI 2.2.1.

Why it exists: "0.45 a kilowatt-hour" is the simplest tariff. Others charge by the hour, more in the evening,
nothing for the first kilowatt-hour, or for each 15 minutes that a full car blocks the connector. All of them
are lists of elements; for each dimension, the first element whose restrictions hold gives the price. These
values are stored in events, so they are not checked here but in `tariff.decide`. Read `prices.py`
next: it computes what a session costs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

CENT = Decimal("0.01")
MOST_WH = 10**12  # no session takes a terawatt-hour; such a reading is broken
MIDNIGHT = time(0)


class Dimension(StrEnum):
    """What can be paid for: kilowatt-hours, the start, hours of standing, hours of charging."""

    ENERGY = "ENERGY"
    FLAT = "FLAT"
    PARKING_TIME = "PARKING_TIME"
    TIME = "TIME"


class Day(StrEnum):
    """A day of the week, in the order of `datetime.weekday`."""

    MONDAY = "MONDAY"
    TUESDAY = "TUESDAY"
    WEDNESDAY = "WEDNESDAY"
    THURSDAY = "THURSDAY"
    FRIDAY = "FRIDAY"
    SATURDAY = "SATURDAY"
    SUNDAY = "SUNDAY"


class ReservationType(StrEnum):
    """Whether an element is the price of a reservation, or of one that nobody used."""

    RESERVATION = "RESERVATION"
    RESERVATION_EXPIRES = "RESERVATION_EXPIRES"


@dataclass(frozen=True)
class Price:
    """An amount without and with VAT; `incl_vat` is None if the rate is unknown."""

    excl_vat: Decimal
    incl_vat: Decimal | None = None

    def rounded(self) -> Price:
        """Return the amounts in whole cents, half a cent up. OCPI leaves rounding to law and contract."""
        incl = None if self.incl_vat is None else self.incl_vat.quantize(CENT, ROUND_HALF_UP)
        return Price(self.excl_vat.quantize(CENT, ROUND_HALF_UP), incl)

    def negated(self) -> Price:
        """Return the negated amounts, for a credit."""
        return Price(-self.excl_vat, None if self.incl_vat is None else -self.incl_vat)


@dataclass(frozen=True)
class PriceComponent:
    """A price for each kWh, hour or start, without VAT. `vat` is a percentage; None is not zero.

    `step_size` is in watt-hours or seconds: a step that was begun is paid in full.
    """

    type: Dimension
    price: Decimal
    vat: Decimal | None = None
    step_size: int = 1


@dataclass(frozen=True)
class Restrictions:
    """When an element applies: all conditions must hold. Lower bounds are included, upper ones are not.

    Times, dates and days are local to the connector; an `end_time` not after the `start_time` is on the next
    day. Energy (kWh) and duration (seconds) count from the start of the session, current (A) and power (kW)
    are those at the moment.
    """

    start_time: time | None = None
    end_time: time | None = None
    start_date: date | None = None
    end_date: date | None = None
    min_kwh: Decimal | None = None
    max_kwh: Decimal | None = None
    min_current: Decimal | None = None
    max_current: Decimal | None = None
    min_power: Decimal | None = None
    max_power: Decimal | None = None
    min_duration: int | None = None
    max_duration: int | None = None
    day_of_week: tuple[Day, ...] = ()
    reservation: ReservationType | None = None


@dataclass(frozen=True)
class TariffElement:
    """Price components that apply under the same restrictions."""

    price_components: tuple[PriceComponent, ...]
    restrictions: Restrictions = Restrictions()


@dataclass(frozen=True)
class Terms:
    """A whole tariff: its elements in the order in which they are tried, and the minimum and maximum price
    of a session.
    """

    currency: str
    elements: tuple[TariffElement, ...]
    min_price: Price | None = None
    max_price: Price | None = None


class Moment(NamedTuple):
    """The values that restrictions are checked against; power and current are None if not measured."""

    local: datetime
    kwh: Fraction
    seconds: Fraction
    power_kw: Fraction | None
    current_a: Fraction | None


def holds(restrictions: Restrictions, moment: Moment) -> bool:
    """Return whether an element applies at this moment, apart from its reservation type."""
    asked, today = restrictions, moment.local.date()
    return (
        _in_hours(asked, moment.local.time())
        and (asked.start_date is None or today >= asked.start_date)
        and (asked.end_date is None or today < asked.end_date)
        and (not asked.day_of_week or tuple(Day)[today.weekday()] in asked.day_of_week)
        and _within(moment.kwh, asked.min_kwh, asked.max_kwh)
        and _within(moment.current_a, asked.min_current, asked.max_current)
        and _within(moment.power_kw, asked.min_power, asked.max_power)
        and _within(moment.seconds, asked.min_duration, asked.max_duration)
    )


def _in_hours(asked: Restrictions, now: time) -> bool:
    start, end = asked.start_time or MIDNIGHT, asked.end_time or MIDNIGHT
    return start <= now < end if start < end else now >= start or now < end


def _within(value: Fraction | None, least: Decimal | int | None, below: Decimal | int | None) -> bool:
    if least is None and below is None:
        return True
    if value is None:
        return False
    return (least is None or value >= Fraction(least)) and (below is None or value < Fraction(below))
