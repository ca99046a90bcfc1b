"""A tariff: what charging costs, until the next publication says otherwise.

Why it exists: prices change several times a week, and a driver pays the price that was displayed when the
session started. Each publication replaces the previous one from then on, but none is overwritten, so "what
did it cost on Tuesday at six?" has an answer. A simple price is published as such, everything else as
`terms.Terms`. Stream: `tariff-<name>`. Read `invoice.py` next.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from workshop_lib.charging.terms import (
    CENT,
    Dimension,
    Price,
    PriceComponent,
    Restrictions,
    TariffElement,
    Terms,
)
from workshop_lib.events import event_type
from workshop_lib.modeling import Decider, Refused

WH_PER_KWH = 1000
DECIMALS, DEAREST_PRICE = 4, 1_000_000
BOUNDS = [name for name in Restrictions.__dataclass_fields__ if name.startswith(("min_", "max_"))]

# Commands


@dataclass(frozen=True)
class PublishPrice:
    """Ask to publish a simple price."""

    tariff: str
    energy_price: Decimal
    start_fee: Decimal
    currency: str


@dataclass(frozen=True)
class PublishTerms:
    """Ask to publish terms."""

    tariff: str
    terms: Terms


# Events: stored formats. Money is Decimal, in units of the currency; JSON keeps it as exact text.


@event_type("TariffPublished")
class TariffPublished:
    """This is the price from now on: `energy_price` for each kWh and `start_fee` for each session (OCPI:
    the price components ENERGY and FLAT).
    """

    tariff: str
    energy_price: Decimal
    start_fee: Decimal
    currency: str


@event_type("TermsPublished")
class TermsPublished:
    """These are the terms from now on: prices by the hour, by the time of day and all else in OCPI."""

    tariff: str
    terms: Terms


# State


@dataclass(frozen=True)
class Tariff:
    """What is in force: a simple price or terms; neither before the first publication."""

    in_force: TariffPublished | None = None
    terms: TermsPublished | None = None

    @property
    def latest(self) -> TariffPublished | TermsPublished | None:
        """The last publication."""
        return self.in_force or self.terms


initial = Tariff()


def decide(command: PublishPrice | PublishTerms, state: Tariff) -> list[TariffPublished | TermsPublished]:
    """Return the publication, or nothing if it is in force already. Raises `Refused`."""
    published: TariffPublished | TermsPublished
    match command:
        case PublishPrice(tariff, energy_price, start_fee, currency):
            published = TariffPublished(tariff, energy_price, start_fee, currency)
        case PublishTerms(tariff, terms):
            published = TermsPublished(tariff, terms)
    for rule in _broken_rules(terms_of(published)):
        raise Refused(rule, f"to publish {command.tariff}", "Correct it and publish it again.")
    if state.latest and terms_of(published).currency != terms_of(state.latest).currency:
        raise Refused("the currency of a tariff never changes", f"to publish {command.tariff}")
    return [] if published == state.latest else [published]


def evolve(state: Tariff, event: object) -> Tariff:
    """Return the state after an event. Never refuses."""
    match event:
        case TariffPublished():
            return Tariff(in_force=event)
        case TermsPublished():
            return Tariff(terms=event)
    return state


decider = Decider(decide, evolve, initial)


def terms_of(published: TariffPublished | TermsPublished) -> Terms:
    """Return a publication as terms."""
    if isinstance(published, TermsPublished):
        return published.terms
    fee = PriceComponent(Dimension.FLAT, published.start_fee)
    energy = PriceComponent(Dimension.ENERGY, published.energy_price)
    return Terms(published.currency, (TariffElement((fee, energy)),))


def price_of(energy_wh: int, tariff: TariffPublished) -> Decimal:
    """Return what `energy_wh` watt-hours cost, rounded once at the end, half a cent up."""
    energy = tariff.energy_price * energy_wh / WH_PER_KWH
    return (tariff.start_fee + energy).quantize(CENT, ROUND_HALF_UP)


def _broken_rules(terms: Terms) -> Iterator[str]:
    code = terms.currency
    if not (len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()):
        yield "a currency is a code of three letters, for example EUR"
    if not terms.elements or not all(element.price_components for element in terms.elements):
        yield "a tariff has at least one element, and an element at least one price"
    for element in terms.elements:
        for component in element.price_components:
            yield from _of_component(component)
        yield from _of_restrictions(element.restrictions)
    yield from _of_limits(terms.min_price, terms.max_price)


def _of_component(component: PriceComponent) -> Iterator[str]:
    price, vat = component.price, component.vat
    if not (isinstance(price, Decimal) and isinstance(vat, Decimal | None)):
        yield 'a price and its VAT are exact: write Decimal("0.45")'
    if not (price.is_finite() and 0 <= price < DEAREST_PRICE):
        yield "a price is not below zero, and below a million"
    if price != round(price, DECIMALS):
        yield "a price has four decimals at most"
    if vat is not None and not (vat.is_finite() and 0 <= vat <= 100 and vat == round(vat, DECIMALS)):
        yield "VAT is a percentage, from 0 to 100 and with four decimals at most"
    if component.step_size < 1 and component.type is not Dimension.FLAT:
        yield "a step is at least one second or one watt-hour"


def _of_restrictions(asked: Restrictions) -> Iterator[str]:
    if any(at is not None and at.tzinfo is not None for at in (asked.start_time, asked.end_time)):
        yield "a time of day is local, so it has no time zone"
    bounds = (getattr(asked, name) for name in BOUNDS)
    if not all(bound is None or (Decimal(bound).is_finite() and bound >= 0) for bound in bounds):
        yield "a bound is a number, and not below zero"


def _of_limits(least: Price | None, most: Price | None) -> Iterator[str]:
    amounts = [amount for price in (least, most) if price for amount in (price.excl_vat, price.incl_vat)]
    if not all(amount is None or (amount.is_finite() and amount >= 0) for amount in amounts):
        yield "a minimum or maximum price is not below zero"
    both = [(least.excl_vat, most.excl_vat), (least.incl_vat, most.incl_vat)] if least and most else []
    if any(one is not None and other is not None and one > other for one, other in both):
        yield "the minimum price is not above the maximum price"
