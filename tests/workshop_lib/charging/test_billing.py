"""What a driver pays and is given back: tariffs, invoices and credit notes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, time
from decimal import Decimal
from typing import Any

import pytest

from workshop_lib import open_store
from workshop_lib.charging import invoice, tariff
from workshop_lib.charging.invoice import CreditNoteIssued, InvoiceIssued, IssueCreditNote, IssueInvoice
from workshop_lib.charging.tariff import PublishPrice, PublishTerms, TariffPublished, TermsPublished
from workshop_lib.charging.terms import (
    Day,
    Dimension,
    Price,
    PriceComponent,
    ReservationType,
    Restrictions,
    TariffElement,
    Terms,
)
from workshop_lib.modeling import given

PUBLISH = PublishPrice("standard", Decimal("0.45"), Decimal("0.50"), "EUR")
PUBLISHED = TariffPublished("standard", Decimal("0.45"), Decimal("0.50"), "EUR")
PARKING = PriceComponent(Dimension.PARKING_TIME, Decimal(2), Decimal(20), 900)
TERMS = Terms("EUR", (TariffElement((PARKING,)),))
ISSUED = InvoiceIssued("2026-000007", 7, "standard", 900, Decimal("0.91"))


def only(asked: Restrictions) -> Terms:
    return Terms("EUR", (TariffElement((PARKING,), asked),))


def refund(amount: str, reason: str = "cable was too short") -> IssueCreditNote:
    return IssueCreditNote("2026-000007", Decimal(amount), reason)


def refunded(amount: str) -> CreditNoteIssued:
    return CreditNoteIssued("2026-000007", Decimal(amount), "cable was too short")


def test_a_price_is_published() -> None:
    given(tariff.decider).when(PUBLISH).then(PUBLISHED)


def test_publishing_the_price_in_force_changes_nothing_and_an_older_price_is_published() -> None:
    dearer = replace(PUBLISHED, energy_price=Decimal("0.49"))

    given(tariff.decider, PUBLISHED).when(PUBLISH).then()
    given(tariff.decider, PUBLISHED, dearer).when(PUBLISH).then(PUBLISHED)


def test_terms_may_replace_a_simple_price_and_a_simple_price_terms() -> None:
    published = TermsPublished("standard", TERMS)

    given(tariff.decider, PUBLISHED).when(PublishTerms("standard", TERMS)).then(published)
    given(tariff.decider, published).when(PUBLISH).then(PUBLISHED)


def test_the_currency_of_a_tariff_never_changes() -> None:
    crowns = replace(TERMS, currency="SEK")

    given(tariff.decider, PUBLISHED).when(PublishTerms("standard", crowns)).then_refused("never changes")
    given(tariff.decider, PUBLISHED).when(replace(PUBLISH, currency="SEK")).then_refused("never changes")


@pytest.mark.parametrize("currency", ["", "eur", "EURO", "€€€", "EU1"])
def test_a_currency_is_a_code_of_three_letters(currency: str) -> None:
    given(tariff.decider).when(replace(PUBLISH, currency=currency)).then_refused("a code of three letters")


@pytest.mark.parametrize("price", ["-0.01", "NaN", "Infinity", "1E+30"])
def test_a_price_is_a_number_not_below_zero(price: str) -> None:
    given(tariff.decider).when(replace(PUBLISH, energy_price=Decimal(price))).then_refused("not below zero")
    given(tariff.decider).when(replace(PUBLISH, start_fee=Decimal(price))).then_refused("not below zero")


@pytest.mark.parametrize("price", ["0", "999999.9999"])
def test_a_price_may_be_zero_and_nearly_a_million(price: str) -> None:
    dear = replace(PUBLISH, energy_price=Decimal(price))

    given(tariff.decider).when(dear).then(replace(PUBLISHED, energy_price=Decimal(price)))
    given(tariff.decider).when(replace(dear, energy_price=Decimal(1_000_000))).then_refused("below a million")


@pytest.mark.parametrize("vat", ["0", "100"])
def test_vat_may_be_0_and_100_percent(vat: str) -> None:
    taxed = Terms("EUR", (TariffElement((replace(PARKING, vat=Decimal(vat)),)),))

    given(tariff.decider).when(PublishTerms("standard", taxed)).then(TermsPublished("standard", taxed))


def test_the_minimum_and_the_maximum_price_may_be_equal() -> None:
    flat = replace(TERMS, min_price=Price(Decimal(5)), max_price=Price(Decimal(5)))

    given(tariff.decider).when(PublishTerms("standard", flat)).then(TermsPublished("standard", flat))


@pytest.mark.parametrize("price", [0.45, "0.45", 1, None])
def test_a_price_is_an_exact_number(price: Any) -> None:
    given(tariff.decider).when(replace(PUBLISH, energy_price=price)).then_refused('write Decimal("0.45")')


@pytest.mark.parametrize(
    ("price", "published"), [("0.4500", True), ("0.45001", False), ("1E-999999999", False)]
)
def test_a_price_has_four_decimals_at_most(price: str, published: bool) -> None:
    command = replace(PUBLISH, energy_price=Decimal(price))
    outcome = given(tariff.decider).when(command)

    if published:
        outcome.then(PUBLISHED)
    else:
        outcome.then_refused("four decimals")


@pytest.mark.parametrize(
    ("broken", "rule"),
    [
        (replace(TERMS, elements=()), "at least one element"),
        (replace(TERMS, elements=(TariffElement(()),)), "at least one price"),
        (Terms("EUR", (TariffElement((replace(PARKING, step_size=0),)),)), "one second or one watt-hour"),
        (Terms("EUR", (TariffElement((replace(PARKING, vat=Decimal(-1)),)),)), "VAT"),
        (Terms("EUR", (TariffElement((replace(PARKING, vat=Decimal("NaN")),)),)), "VAT"),
        (Terms("EUR", (TariffElement((replace(PARKING, vat=Decimal("1E-9")),)),)), "four decimals"),
        (
            replace(TERMS, min_price=Price(Decimal(5)), max_price=Price(Decimal(4))),
            "not above the maximum",
        ),
        (
            replace(TERMS, min_price=Price(Decimal(1), Decimal(3)), max_price=Price(Decimal(2), Decimal(2))),
            "not above the maximum",
        ),
        (replace(TERMS, min_price=Price(Decimal("NaN"))), "price is not below zero"),
        (replace(TERMS, max_price=Price(Decimal(5), Decimal(-1))), "price is not below zero"),
        (only(Restrictions(min_kwh=Decimal("NaN"))), "a bound is a number"),
        (only(Restrictions(max_power=Decimal("Infinity"))), "a bound is a number"),
        (only(Restrictions(min_duration=-5)), "not below zero"),
        (only(Restrictions(start_time=time(9, tzinfo=UTC))), "no time zone"),
    ],
)
def test_invalid_terms_are_refused(broken: Terms, rule: str) -> None:
    given(tariff.decider).when(PublishTerms("standard", broken)).then_refused(rule)


@pytest.mark.parametrize("where", [None, "memory://"])
def test_terms_come_back_from_the_log_with_all_their_conditions(where: str | None) -> None:
    conditions = Restrictions(
        *(time(22), time(6), date(2026, 3, 1), date(2026, 4, 1), Decimal("1.5"), None, Decimal(16)),
        max_duration=3_600,
        day_of_week=(Day.SATURDAY, Day.SUNDAY),
        reservation=ReservationType.RESERVATION_EXPIRES,
    )
    published = TermsPublished("weekend", replace(TERMS, elements=(TariffElement((PARKING,), conditions),)))
    with open_store(where) as store:
        store.append("tariff-weekend", [published])

        assert [recorded.event for recorded in store.read()] == [published]


def test_an_invoice_uses_the_price_at_the_start_of_the_session() -> None:
    given(invoice.decider).when(IssueInvoice("2026-000007", 7, 900, PUBLISHED)).then(ISSUED)


def test_an_invoice_that_was_sent_is_never_changed() -> None:
    dearer = replace(PUBLISHED, energy_price=Decimal("0.49"))

    given(invoice.decider, ISSUED).when(IssueInvoice("2026-000007", 7, 900, dearer)).then_refused(
        "issue a credit note"
    )


def test_an_invoice_has_a_number() -> None:
    given(invoice.decider).when(IssueInvoice(" ", 7, 900, PUBLISHED)).then_refused("an invoice has a number")


@pytest.mark.parametrize("energy_wh", [-1, 10**30])
def test_an_impossible_amount_of_energy_is_not_invoiced(energy_wh: int) -> None:
    given(invoice.decider).when(IssueInvoice("2026-000007", 7, energy_wh, PUBLISHED)).then_refused(
        "none back"
    )


@pytest.mark.parametrize("price", ["NaN", "sNaN", "Infinity", "-5"])
def test_an_invalid_price_is_not_invoiced(price: str) -> None:
    broken = replace(PUBLISHED, energy_price=Decimal(price))

    given(invoice.decider).when(IssueInvoice("2026-000007", 7, 900, broken)).then_refused("not below zero")


def test_an_invoice_that_is_delivered_again_with_another_amount_stays_as_it_was_sent() -> None:
    dearer = replace(ISSUED, amount=Decimal("99.00"))

    given(invoice.decider, ISSUED, dearer).when(refund("0.92")).then_refused("that is 0.91")


def test_part_of_an_invoice_is_given_back_and_then_the_rest() -> None:
    given(invoice.decider, ISSUED).when(refund("0.41")).then(refunded("0.41"))
    given(invoice.decider, ISSUED, refunded("0.41")).when(refund("0.50")).then(refunded("0.50"))


@pytest.mark.parametrize("amount", ["0.92", "1E+30", "NaN"])
def test_no_more_is_given_back_than_is_owed(amount: str) -> None:
    given(invoice.decider, ISSUED).when(refund(amount)).then_refused("that is 0.91")


def test_an_amount_is_given_back_only_once() -> None:
    given(invoice.decider, ISSUED, refunded("0.91")).when(refund("0.01")).then_refused("that is 0.00")


@pytest.mark.parametrize("amount", ["0", "-0.01", "0.005"])
def test_only_whole_cents_are_given_back(amount: str) -> None:
    given(invoice.decider, ISSUED).when(refund(amount)).then_refused("whole cents")


def test_a_credit_note_gives_its_reason() -> None:
    given(invoice.decider, ISSUED).when(refund("0.41", " ")).then_refused("gives its reason")


def test_an_invoice_that_does_not_exist_has_no_credit_note() -> None:
    given(invoice.decider).when(refund("0.41")).then_refused("no such invoice")
