"""An invoice: what a driver must pay for one session.

Why it exists: an invoice that was sent cannot be changed or withdrawn, both by law and in OCPI. If the amount
was too high, a credit note is issued: a new fact beside the old one. The amount follows from the tariff as it
was when the session started (`tariff.price_of`). Stream: `invoice-<year>-<number of the session>`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from workshop_lib.charging.tariff import TariffPublished, price_of
from workshop_lib.charging.terms import CENT, MOST_WH
from workshop_lib.events import event_type
from workshop_lib.modeling import Decider, Refused

# Commands


@dataclass(frozen=True)
class IssueInvoice:
    """Ask a driver to pay for a session, by the tariff as it was when the session started."""

    invoice: str
    session: int
    energy_wh: int
    tariff: TariffPublished


@dataclass(frozen=True)
class IssueCreditNote:
    """Ask to give back part of an invoice, or all of it."""

    invoice: str
    amount: Decimal
    reason: str


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
    """What was invoiced and what was given back; without a number nothing was invoiced yet."""

    invoice: str | None = None
    amount: Decimal = Decimal(0)
    credited: Decimal = Decimal(0)

    @property
    def owed(self) -> Decimal:
        """What remains to be paid."""
        return self.amount - self.credited


initial = Invoice()


def decide(
    command: IssueInvoice | IssueCreditNote, state: Invoice
) -> Sequence[InvoiceIssued | CreditNoteIssued]:
    """Return the events that follow from a command. Raises `Refused`."""
    match command:
        case IssueInvoice(invoice, session, energy_wh, tariff):
            if state.invoice is not None:
                raise _no(command, "an invoice that was sent is never changed: issue a credit note")
            if not invoice.strip():
                raise _no(command, "an invoice has a number")
            if not 0 <= energy_wh < MOST_WH:
                raise _no(command, "a session takes less than a terawatt-hour of energy and gives none back")
            if not all(price.is_finite() and price >= 0 for price in (tariff.energy_price, tariff.start_fee)):
                raise _no(command, "a price is not below zero")
            amount = price_of(energy_wh, tariff)
            return [InvoiceIssued(invoice, session, tariff.tariff, energy_wh, amount)]
        case IssueCreditNote(invoice, amount, reason):
            _must_be_creditable(command, state)
            return [CreditNoteIssued(invoice, amount, reason)]


def evolve(state: Invoice, event: object) -> Invoice:
    """Return the state after an event. Never refuses."""
    match event:
        case InvoiceIssued(invoice=invoice, amount=amount) if state.invoice is None:
            return replace(state, invoice=invoice, amount=amount)
        case CreditNoteIssued(amount=amount):
            return replace(state, credited=state.credited + amount)
    return state


decider = Decider(decide, evolve, initial)


def _must_be_creditable(command: IssueCreditNote, state: Invoice) -> None:
    if state.invoice is None:
        raise _no(command, "there is no such invoice")
    if not command.reason.strip():
        raise _no(command, "a credit note gives its reason")
    if not command.amount.is_finite() or command.amount > state.owed:
        raise _no(command, f"a credit note gives back at most what is owed, and that is {state.owed}")
    if command.amount <= 0 or command.amount % CENT:
        raise _no(command, "a credit note gives back whole cents, at least one")


def _no(command: IssueInvoice | IssueCreditNote, rule: str) -> Refused:
    return Refused(rule, f"for {type(command).__name__} of invoice {command.invoice}")
