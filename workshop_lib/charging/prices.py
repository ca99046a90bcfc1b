"""Prices: compute what a session costs under the terms of its tariff, by the rules of OCPI 2.2.1.

There are three steps. A session is cut wherever the terms could change: at a time of day, a duration, an
amount of energy. For each piece and dimension, the first element that applies gives the price. Then
quantities are rounded up to whole steps: once for energy and once for time, by the last step size. Quantities
are fractions until the end, so they stay exact, and amounts are `Decimal`, rounded only by `Price.rounded`.
Read `charge_record.py` next: it seals the result.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta, tzinfo
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from math import ceil
from typing import NamedTuple

from workshop_lib.charging.terms import (
    MIDNIGHT,
    Dimension,
    Moment,
    Price,
    PriceComponent,
    ReservationType,
    Restrictions,
    Terms,
    holds,
)
from workshop_lib.events import instant

UNIT = {Dimension.ENERGY: 1_000, Dimension.TIME: 3_600, Dimension.PARKING_TIME: 3_600, Dimension.FLAT: 1}
"""How many watt-hours, seconds or starts one price covers."""

HOUR = timedelta(hours=1)


class Activity(StrEnum):
    """What happens in a period."""

    CHARGING = "charging"
    PARKING = "parking"
    RESERVED = "reserved"
    EXPIRED = "reserved, and nobody came"


DIMENSIONS = {
    Activity.CHARGING: (Dimension.FLAT, Dimension.ENERGY, Dimension.TIME),
    Activity.PARKING: (Dimension.FLAT, Dimension.ENERGY, Dimension.PARKING_TIME),
    Activity.RESERVED: (Dimension.FLAT, Dimension.TIME),
    Activity.EXPIRED: (Dimension.FLAT, Dimension.TIME),
}
"""The dimensions that are paid for in a period."""

RESERVING: dict[Activity, tuple[ReservationType | None, ...]] = {
    Activity.CHARGING: (None,),
    Activity.PARKING: (None,),
    Activity.RESERVED: (ReservationType.RESERVATION,),
    Activity.EXPIRED: (ReservationType.RESERVATION_EXPIRES, ReservationType.RESERVATION),
}
"""The reservation types of elements that apply in a period, in the order in which they are tried."""


@dataclass(frozen=True)
class Period:
    """A span of time with one activity and constant power: a charging period of OCPI."""

    activity: Activity
    start: datetime
    end: datetime
    energy_wh: Decimal | int = 0
    current_a: Decimal | None = None

    @property
    def seconds(self) -> Fraction:
        """How long it lasted."""
        return _seconds(instant("end", self.end) - instant("start", self.start))

    @property
    def of_reservation(self) -> bool:
        """Whether it belongs to the reservation, not to the session that may have followed."""
        return self.activity in (Activity.RESERVED, Activity.EXPIRED)


class BillLine(NamedTuple):
    """One component on the bill. `used` counts kWh, hours or starts; `quantity` is rounded up to steps."""

    dimension: Dimension
    component: PriceComponent
    of_reservation: bool
    used: Decimal
    quantity: Decimal
    cost: Price


class Bill(NamedTuple):
    """What a session costs: its lines, and the total within the tariff's minimum and maximum."""

    lines: tuple[BillLine, ...]
    total: Price


class _Key(NamedTuple):
    of_reservation: bool
    dimension: Dimension
    component: PriceComponent

    @property
    def steps_with(self) -> tuple[bool, bool]:
        """The group whose steps are counted together: energy, or time of either kind."""
        return self.of_reservation, self.dimension is Dimension.ENERGY


class _Piece(NamedTuple):
    """A part of a period in which the terms cannot change."""

    period: Period
    moment: Moment
    seconds: Fraction
    wh: Fraction

    def quantity(self, dimension: Dimension) -> Fraction:
        if dimension is Dimension.FLAT:
            return Fraction(1)
        return self.wh if dimension is Dimension.ENERGY else self.seconds


def bill(terms: Terms, periods: Sequence[Period], zone: tzinfo = UTC) -> Bill:
    """Compute what these periods cost under these terms, with times of day in `zone`.

    The periods are those of one session in order of time, including its reservation. A FLAT price is paid
    once for the session, by the first element that has one, and once for a reservation.
    """
    used: dict[_Key, Fraction] = {}
    for piece in _pieces(terms, periods, zone):
        for key in _priced(terms, piece):
            if key.dimension is not Dimension.FLAT:
                used[key] = used.get(key, Fraction(0)) + piece.quantity(key.dimension)
                used[key] = used.pop(key)  # the last one paid is the last in the dict
            elif not any(other[:2] == key[:2] for other in used):
                used[key] = Fraction(1)
    billed = used | _stepped(used)
    lines = tuple(_line(key, used[key], quantity) for key, quantity in billed.items())
    return Bill(lines, _capped(_sum([line.cost for line in lines]), terms))


def _pieces(terms: Terms, periods: Sequence[Period], zone: tzinfo) -> Iterator[_Piece]:
    """Yield the periods, cut wherever a restriction could begin or cease to apply."""
    restrictions = [element.restrictions for element in terms.elements]
    first: dict[bool, datetime] = {}
    wh_so_far = Fraction(0)
    for given in periods:
        period = replace(given, start=instant("start", given.start), end=instant("end", given.end))
        begun = _seconds(period.start - first.setdefault(period.of_reservation, period.start))
        for cut, following in pairwise(_cuts(restrictions, period, begun, wh_so_far, zone)):
            seconds = following - cut
            wh = Fraction(period.energy_wh) * seconds / period.seconds
            moment = _moment(period, cut, begun, wh_so_far, zone)
            yield _Piece(period, moment, seconds, wh)
            wh_so_far += wh


def _moment(period: Period, cut: Fraction, begun: Fraction, wh_so_far: Fraction, zone: tzinfo) -> Moment:
    now = period.start + timedelta(microseconds=int(cut * 1_000_000))
    power_kw = Fraction(period.energy_wh) * 3_600 / period.seconds / 1_000
    current_a = None if period.current_a is None else Fraction(period.current_a)
    return Moment(now.astimezone(zone), wh_so_far / 1_000, begun + cut, power_kw, current_a)


def _cuts(
    restrictions: Iterable[Restrictions], period: Period, begun: Fraction, wh_so_far: Fraction, zone: tzinfo
) -> list[Fraction]:
    """Return where a period is cut, in seconds from its start, including both ends."""
    length, energy_wh = period.seconds, Fraction(period.energy_wh)
    found, times = {Fraction(0), length}, {MIDNIGHT}
    for one in restrictions:
        times |= {at for at in (one.start_time, one.end_time) if at is not None}
        found |= {Fraction(at) - begun for at in (one.min_duration, one.max_duration) if at is not None}
        if energy_wh:
            marks = [Fraction(at) * 1_000 for at in (one.min_kwh, one.max_kwh) if at is not None]
            found |= {(mark - wh_so_far) / energy_wh * length for mark in marks}
    found |= set(_by_the_clock(times, period, zone))
    return sorted(cut for cut in found if 0 <= cut <= length)


def _by_the_clock(times: set[time], period: Period, zone: tzinfo) -> Iterator[Fraction]:
    """Yield when the local clock shows one of these times, and each full hour, when clocks may be changed."""
    day = period.start.astimezone(zone).date()
    while day <= period.end.astimezone(zone).date():
        for at in times:
            for fold in (0, 1):
                instant = datetime.combine(day, at, zone).replace(fold=fold).astimezone(UTC)
                yield _seconds(instant - period.start)
        day += timedelta(days=1)
    hour = period.start.replace(minute=0, second=0, microsecond=0)
    while (hour := hour + HOUR) < period.end:
        yield _seconds(hour - period.start)


def _priced(terms: Terms, piece: _Piece) -> Iterator[_Key]:
    """Yield the components paid for this piece: for each dimension, the first that applies."""
    activity = piece.period.activity
    candidates = [
        component
        for reserving in RESERVING[activity]
        for element in terms.elements
        if element.restrictions.reservation is reserving and holds(element.restrictions, piece.moment)
        for component in element.price_components
    ]
    for dimension in DIMENSIONS[activity]:
        for component in candidates:
            if component.type is dimension and piece.quantity(dimension):
                yield _Key(piece.period.of_reservation, dimension, component)
                break


def _stepped(used: dict[_Key, Fraction]) -> dict[_Key, Fraction]:
    """Round up to whole steps: add the rest to the last component paid for energy and for time."""
    last = {key.steps_with: key for key in used if key.dimension is not Dimension.FLAT}
    billed = {}
    for key in last.values():
        total = sum(quantity for other, quantity in used.items() if other[:2] == key[:2])
        step = max(key.component.step_size, 1)
        billed[key] = used[key] + ceil(total / step) * step - total
    return billed


def _line(key: _Key, used: Fraction, quantity: Fraction) -> BillLine:
    unit, component = UNIT[key.dimension], key.component
    excl = Fraction(component.price) * quantity / unit
    vat = component.vat if component.vat is not None or excl else Decimal(0)  # no VAT on nothing
    incl = None if vat is None else excl * (1 + Fraction(vat) / 100)
    cost = Price(_decimal(excl), None if incl is None else _decimal(incl))
    return BillLine(
        key.dimension, component, key.of_reservation, _decimal(used / unit), _decimal(quantity / unit), cost
    )


def _sum(prices: Sequence[Price]) -> Price:
    """Add prices; the sum with VAT is None unless all are known."""
    known = [price.incl_vat for price in prices if price.incl_vat is not None]
    incl = sum(known, Decimal(0)) if len(known) == len(prices) else None
    return Price(sum((price.excl_vat for price in prices), Decimal(0)), incl)


def _capped(total: Price, terms: Terms) -> Price:
    """Apply the minimum and maximum price, separately without and with VAT."""
    excl, incl = total.excl_vat, total.incl_vat
    for limit, choose in ((terms.min_price, max), (terms.max_price, min)):
        if limit is not None:
            excl = choose(excl, limit.excl_vat)
            if incl is not None and limit.incl_vat is not None:
                incl = choose(incl, limit.incl_vat)
    return Price(excl, incl)


def _seconds(duration: timedelta) -> Fraction:
    return Fraction(duration // timedelta(microseconds=1), 1_000_000)


def _decimal(exact: Fraction) -> Decimal:
    return Decimal(exact.numerator) / Decimal(exact.denominator)
