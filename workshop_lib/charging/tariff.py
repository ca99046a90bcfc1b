"""A tariff: what charging costs, until the next publication says otherwise.

Why it exists: prices change several times a week, and a driver pays the price that stood on the display
when the session started. Each publication replaces the former from then on; none is ever overwritten, so
"what did it cost on Tuesday at six?" has an answer. A simple price is published as such, everything else as
`terms.Terms`. Stream: `tariff-<name>`. Read `invoice.py` next.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from workshop_lib.charging.terms import CENT, Dimension, Element, PriceComponent, Terms
from workshop_lib.events import event_type
from workshop_lib.modeling import Decider, Refused

WH_PER_KWH = 1000
LEAST_PRICE, DEAREST_PRICE = Decimal("0.0001"), 1_000_000

# Commands


@dataclass(frozen=True)
class PublishPrice:
    """Ask that this be the price from now on."""

    tariff: str
    energy_price: Decimal
    start_fee: Decimal
    currency: str


@dataclass(frozen=True)
class PublishTerms:
    """Ask that these be the terms from now on."""

    tariff: str
    terms: Terms


# Events: stored formats. Money is Decimal, in units of the currency; JSON keeps it as exact text.


@event_type("TariffPublished")
class TariffPublished:
    """From now on this is the price: `energy_price` for each kWh and `start_fee` for each session (OCPI:
    the price components ENERGY and FLAT).
    """

    tariff: str
    energy_price: Decimal
    start_fee: Decimal
    currency: str


@event_type("TermsPublished")
class TermsPublished:
    """From now on these are the terms: prices by the hour, by the time of day and whatever else OCPI has."""

    tariff: str
    terms: Terms


# State


@dataclass(frozen=True)
class Tariff:
    """What is in force: a simple price or whole terms; neither before the first publication."""

    in_force: TariffPublished | None = None
    terms: TermsPublished | None = None

    @property
    def latest(self) -> TariffPublished | TermsPublished | None:
        """What was published last."""
        return self.in_force or self.terms


initial = Tariff()


def decide(command: PublishPrice | PublishTerms, state: Tariff) -> list[TariffPublished | TermsPublished]:
    """Nothing happens if that is the price already. Raises `Refused`."""
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
    """The state after one more fact. Never refuses."""
    match event:
        case TariffPublished():
            return Tariff(in_force=event)
        case TermsPublished():
            return Tariff(terms=event)
    return state


decider = Decider(decide, evolve, initial)


def terms_of(published: TariffPublished | TermsPublished) -> Terms:
    """What was published, in the long form."""
    if isinstance(published, TermsPublished):
        return published.terms
    fee = PriceComponent(Dimension.FLAT, published.start_fee)
    energy = PriceComponent(Dimension.ENERGY, published.energy_price)
    return Terms(published.currency, (Element((fee, energy)),))


def price_of(energy_wh: int, tariff: TariffPublished) -> Decimal:
    """What a session of `energy_wh` watt-hours costs, rounded once, at the end, half a cent upwards."""
    energy = tariff.energy_price * energy_wh / WH_PER_KWH
    return (tariff.start_fee + energy).quantize(CENT, ROUND_HALF_UP)


def _broken_rules(terms: Terms) -> Iterator[str]:
    if not (len(terms.currency) == 3 and terms.currency.isascii() and terms.currency.isupper()):
        yield "a currency is a code of three letters, for example EUR"
    if not terms.elements or not all(element.price_components for element in terms.elements):
        yield "a tariff has at least one element, and an element at least one price"
    for component in (part for element in terms.elements for part in element.price_components):
        if not component.price.is_finite() or not 0 <= component.price < DEAREST_PRICE:
            yield "a price is not below zero, and below a million"
        elif component.price % LEAST_PRICE:
            yield "a price has four decimals at most"
        if component.vat is not None and not (component.vat.is_finite() and 0 <= component.vat <= 100):
            yield "VAT is a percentage, from 0 to 100"
        if component.step_size < 1 and component.type is not Dimension.FLAT:
            yield "a step is at least one second or one watt-hour"
    if terms.min_price and terms.max_price and terms.min_price.excl_vat > terms.max_price.excl_vat:
        yield "the least that a session costs is not more than the most"
