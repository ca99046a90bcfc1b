"""A tariff: what charging costs, until the next publication says otherwise.

Why it exists: prices change several times a week, and a driver pays the price that stood on the display
when the session started. Each publication replaces the former from then on; none is ever overwritten, so
"what did it cost on Tuesday at six?" has an answer. Stream: `tariff-<name>`. Read `invoice.py` next.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from workshop_lib.events import event_type

CENT = Decimal("0.01")
WH_PER_KWH = 1000

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


# State


@dataclass(frozen=True)
class Tariff:
    """The prices in force; none before the first publication."""

    in_force: TariffPublished | None = None


initial = Tariff()


def evolve(state: Tariff, event: object) -> Tariff:
    """The state after one more fact. Never refuses."""
    match event:
        case TariffPublished():
            return Tariff(event)
    return state


def price_of(energy_wh: int, tariff: TariffPublished) -> Decimal:
    """What a session of `energy_wh` watt-hours costs, rounded once, at the end, half a cent upwards."""
    energy = tariff.energy_price * energy_wh / WH_PER_KWH
    return (tariff.start_fee + energy).quantize(CENT, ROUND_HALF_UP)
