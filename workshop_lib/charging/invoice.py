"""An invoice: what a driver was asked to pay for one session.

Why it exists: an invoice that was sent cannot be changed or withdrawn, by law and by OCPI alike. Who asked
too much issues a credit note: a new fact beside the old one. The amount must follow from the tariff as it
was when the session started (`tariff.price_of`). Stream: `invoice-<year>-<number of the session>`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from workshop_lib.events import event_type

# Events: stored formats.


@event_type("InvoiceIssued")
class InvoiceIssued:
    """A driver was asked for `amount` for `energy_wh` watt-hours under this tariff."""

    invoice: str
    session: int
    tariff: str
    energy_wh: int
    amount: Decimal


@event_type("CreditNoteIssued")
class CreditNoteIssued:
    """Part of an invoice, or all of it, was given back."""

    invoice: str
    amount: Decimal
    reason: str


# State


@dataclass(frozen=True)
class Invoice:
    """What was asked for and what was given back."""

    amount: Decimal = Decimal(0)
    credited: Decimal = Decimal(0)

    @property
    def owed(self) -> Decimal:
        """What remains to be paid."""
        return self.amount - self.credited


initial = Invoice()


def evolve(state: Invoice, event: object) -> Invoice:
    """The state after one more fact. Never refuses."""
    match event:
        case InvoiceIssued(amount=amount):
            return replace(state, amount=amount)
        case CreditNoteIssued(amount=amount):
            return replace(state, credited=state.credited + amount)
    return state
