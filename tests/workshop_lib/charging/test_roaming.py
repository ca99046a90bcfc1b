"""What other operators receive: sealed records, and credit records that refer to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from workshop_lib import open_store
from workshop_lib.charging import charge_record, partner
from workshop_lib.charging.charge_record import (
    ChargeRecordSealed,
    CreditRecord,
    CreditRecordSealed,
    Location,
    RecordToken,
    SealedSession,
    SealRecord,
)
from workshop_lib.charging.driver import TokenType
from workshop_lib.charging.partner import (
    AcceptRecord,
    Command,
    ConnectPartner,
    DisconnectPartner,
    DisputeRecord,
    PartnerConnected,
    PartnerDisconnected,
    RecordAccepted,
    RecordDisputed,
    RecordSent,
    SendRecord,
    belongs_to,
)
from workshop_lib.charging.prices import Activity, Period
from workshop_lib.charging.terms import Dimension, Price, PriceComponent, Restrictions, TariffElement, Terms
from workshop_lib.modeling import given

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ONE, TWENTY_TO_TWO = NOON + timedelta(hours=1), NOON + timedelta(minutes=100)
TERMS = Terms(
    "EUR",
    (
        TariffElement((PriceComponent(Dimension.FLAT, Decimal("0.50"), Decimal(20)),)),
        TariffElement((PriceComponent(Dimension.ENERGY, Decimal("0.25"), Decimal(10)),)),
        TariffElement((PriceComponent(Dimension.PARKING_TIME, Decimal("2.00"), Decimal(20), 900),)),
    ),
)
CINEMA = Location("cinema-7", "Cinema", "Long Street 1", "Utrecht", "NLD", "Europe/Amsterdam")
CARD = RecordToken("012345678", TokenType.RFID, "NL-TNM-000123")
SESSION = SealedSession(7, CARD, CINEMA, "standard", TERMS)
PERIODS = (
    Period(Activity.CHARGING, NOON, ONE, 20_000),
    Period(Activity.PARKING, ONE, TWENTY_TO_TWO),
)
SEAL = SealRecord("2026-7", SESSION, PERIODS)
TOTALS = Decimal(20), Decimal("1.6667"), Decimal("0.6667")
SEALED = ChargeRecordSealed(
    "2026-7", SESSION, NOON, TWENTY_TO_TWO, PERIODS, *TOTALS, Price(Decimal("7.00"), Decimal("7.90"))
)
CREDITED = CreditRecordSealed(
    *("2026-7-C", "2026-7", SESSION, NOON, TWENTY_TO_TWO, PERIODS, *TOTALS),
    Price(Decimal("-7.00"), Decimal("-7.90")),
)
TNM = PartnerConnected("NL", "TNM", "The New Motion")
SENT = RecordSent("NL-TNM", "2026-7")
SEND = SendRecord("2026-7", "NL-TNM-000123")


def test_a_record_is_sealed_with_tariff_token_location_and_cost() -> None:
    given(charge_record.decider).when(SEAL).then(SEALED)


def test_a_sealed_record_is_never_changed() -> None:
    moved = replace(SEAL, session=replace(SESSION, location=replace(CINEMA, address="Short Street 1")))

    given(charge_record.decider, SEALED).when(moved).then_refused("credit it, and seal a new one")
    given(charge_record.decider, SEALED, CREDITED).when(moved).then_refused("never changed")


def test_a_credit_refers_to_the_record_repeats_it_and_negates_its_cost() -> None:
    given(charge_record.decider, SEALED).when(CreditRecord("2026-7", "2026-7-C")).then(CREDITED)


def test_a_credit_of_a_record_without_vat_has_no_vat() -> None:
    untaxed = replace(SEALED, total_cost=Price(Decimal("7.00")))
    credited = replace(CREDITED, total_cost=Price(Decimal("-7.00")))

    given(charge_record.decider, untaxed).when(CreditRecord("2026-7", "2026-7-C")).then(credited)


def test_a_record_is_credited_once() -> None:
    given(charge_record.decider, SEALED, CREDITED).when(CreditRecord("2026-7", "2026-7-D")).then_refused(
        "credited once"
    )


def test_a_record_that_was_never_sealed_is_not_credited() -> None:
    given(charge_record.decider).when(CreditRecord("2026-7", "2026-7-C")).then_refused("no such record")


@pytest.mark.parametrize("credit", ["2026-7", "", " ", "x" * 40])
def test_a_credit_record_has_an_id_of_its_own(credit: str) -> None:
    given(charge_record.decider, SEALED).when(CreditRecord("2026-7", credit)).then_refused("id of its own")


def test_an_id_may_have_36_characters_and_that_of_a_credit_39() -> None:
    longest, credit = "x" * 36, "x" * 36 + "-C2"
    sealed, credited = (
        replace(SEALED, record=longest),
        replace(CREDITED, record=credit, credit_reference_id=longest),
    )

    given(charge_record.decider).when(replace(SEAL, record=longest)).then(sealed)
    given(charge_record.decider, sealed).when(CreditRecord(longest, credit)).then(credited)


@pytest.mark.parametrize("record", ["", " ", "x" * 37])
def test_an_id_leaves_room_for_that_of_its_credit(record: str) -> None:
    given(charge_record.decider).when(replace(SEAL, record=record)).then_refused("36 characters at most")


@pytest.mark.parametrize(
    "periods",
    [
        (),
        tuple(reversed(PERIODS)),
        (Period(Activity.CHARGING, ONE, NOON, 1),),
        (Period(Activity.CHARGING, ONE, ONE, 1),),
    ],
)
def test_the_periods_of_a_session_follow_one_another(periods: tuple[Period, ...]) -> None:
    given(charge_record.decider).when(replace(SEAL, periods=periods)).then_refused("before the next begins")


@pytest.mark.parametrize(
    "measured",
    [
        {"energy_wh": -1},
        {"energy_wh": 10**30},
        {"energy_wh": Decimal("NaN")},
        {"current_a": Decimal("Infinity")},
    ],
)
def test_impossible_measurements_are_not_sealed(measured: dict[str, Any]) -> None:
    periods = (replace(PERIODS[0], **measured),)

    given(charge_record.decider).when(replace(SEAL, periods=periods)).then_refused("gives none back")


def test_the_repeated_hour_is_not_a_step_back_in_time() -> None:
    summer, winter = (
        datetime(2026, 10, 25, 2, minute, tzinfo=ZoneInfo(CINEMA.time_zone), fold=fold)
        for minute, fold in ((45, 0), (15, 1))
    )
    [sealed] = charge_record.decide(
        replace(SEAL, periods=(Period(Activity.CHARGING, summer, winter, 1_000),)), charge_record.initial
    )

    assert sealed.total_time == Decimal("0.5")


@pytest.mark.parametrize("zone", ["Europe/Atlantis", "", "../etc/passwd"])
def test_a_location_has_a_valid_time_zone(zone: str) -> None:
    nowhere = replace(SESSION, location=replace(CINEMA, time_zone=zone))

    given(charge_record.decider).when(replace(SEAL, session=nowhere)).then_refused("there is no time zone")


def test_hours_of_the_day_in_a_tariff_are_local() -> None:
    from_one = Restrictions(start_time=(NOON + timedelta(hours=1)).time())
    by_day = Terms(
        "EUR", (TariffElement((PriceComponent(Dimension.ENERGY, Decimal(1), Decimal(0)),), from_one),)
    )
    [sealed] = charge_record.decide(
        replace(SEAL, session=replace(SESSION, terms=by_day)), charge_record.initial
    )

    assert sealed.total_cost.excl_vat == 20  # noon in UTC is one o'clock in Utrecht


@pytest.mark.parametrize("where", [None, "memory://"])
def test_a_record_comes_back_from_the_log_to_the_last_digit(where: str | None) -> None:
    with open_store(where) as store:
        store.append("record-2026-7", [SEALED, CREDITED])

        assert [recorded.event for recorded in store.read_stream("record-2026-7")] == [SEALED, CREDITED]


def test_an_operator_becomes_a_partner_once() -> None:
    connect = ConnectPartner("NL", "TNM", "The New Motion")

    given(partner.decider).when(connect).then(TNM)
    given(partner.decider, TNM).when(connect).then_refused("a partner already")


@pytest.mark.parametrize(
    ("country", "party"), [("nl", "TNM"), ("NLD", "TNM"), ("NL", "tnm"), ("NL", "TN"), ("N1", "TNM")]
)
def test_a_partner_is_identified_by_the_codes_of_the_standard(country: str, party: str) -> None:
    given(partner.decider).when(ConnectPartner(country, party, "The New Motion")).then_refused("for example")


def test_a_partner_has_a_name() -> None:
    given(partner.decider).when(ConnectPartner("NL", "TNM", " ")).then_refused("a partner has a name")


def test_a_partner_gets_a_record_of_its_own_driver_once() -> None:
    given(partner.decider, TNM).when(SEND).then(SENT)
    given(partner.decider, TNM, SENT).when(SEND).then()


def test_a_partner_gets_no_record_of_somebody_elses_driver() -> None:
    given(partner.decider, TNM).when(SendRecord("2026-8", "DE-ALL-000123")).then_refused("not with NL-TNM")


@pytest.mark.parametrize(
    ("contract", "ours"),
    [("NL-TNM-000123", True), ("nltnm000123", True), ("NL-TNX-000123", False), ("", False)],
)
def test_a_contract_id_identifies_the_partner(contract: str, ours: bool) -> None:
    assert belongs_to(contract, "NL-TNM") is ours


def test_a_partner_accepts_a_record_or_disputes_it_with_a_reason() -> None:
    disputed = RecordDisputed("NL-TNM", "2026-7", "we know no such card")

    given(partner.decider, TNM, SENT).when(AcceptRecord("2026-7")).then(RecordAccepted("NL-TNM", "2026-7"))
    given(partner.decider, TNM, SENT).when(DisputeRecord("2026-7", "we know no such card")).then(disputed)
    given(partner.decider, TNM, SENT).when(DisputeRecord("2026-7", " ")).then_refused("says why")


def test_an_answer_is_given_once_and_may_be_repeated() -> None:
    accepted = RecordAccepted("NL-TNM", "2026-7")

    given(partner.decider, TNM, SENT, accepted).when(AcceptRecord("2026-7")).then()
    given(partner.decider, TNM, SENT, accepted).when(DisputeRecord("2026-7", "too late")).then_refused(
        "is accepted already"
    )


def test_a_record_that_is_delivered_again_keeps_its_answer() -> None:
    accepted = RecordAccepted("NL-TNM", "2026-7")

    given(partner.decider, TNM, SENT, accepted, SENT).when(DisputeRecord("2026-7", "too late")).then_refused(
        "is accepted already"
    )


def test_an_unknown_command_is_refused() -> None:
    given(partner.decider, TNM).when("send it").then_refused("has no such command")


@pytest.mark.parametrize("command", [AcceptRecord("2026-9"), DisputeRecord("2026-9", "what is this?")])
def test_a_record_that_was_never_sent_is_not_answered(command: Command) -> None:
    given(partner.decider, TNM, SENT).when(command).then_refused("never sent the record 2026-9")


@pytest.mark.parametrize("command", [SEND, AcceptRecord("2026-7"), DisconnectPartner("contract ended")])
def test_an_operator_that_is_no_partner_gets_no_records(command: Command) -> None:
    given(partner.decider).when(command).then_refused("no partner of ours")


def test_a_disconnected_partner_gets_no_new_records_and_may_still_answer() -> None:
    gone = PartnerDisconnected("NL-TNM", "contract ended")
    history = TNM, SENT, gone

    given(partner.decider, TNM, SENT).when(DisconnectPartner("contract ended")).then(gone)
    given(partner.decider, *history).when(DisconnectPartner("contract ended")).then()
    given(partner.decider, *history).when(SendRecord("2026-8", "NL-TNM-000123")).then_refused("any more")
    given(partner.decider, *history).when(AcceptRecord("2026-7")).then(RecordAccepted("NL-TNM", "2026-7"))


def test_a_partner_may_return_and_gets_no_record_twice() -> None:
    history = TNM, SENT, PartnerDisconnected("NL-TNM", "contract ended")

    given(partner.decider, *history).when(ConnectPartner("NL", "TNM", "The New Motion")).then(TNM)
    given(partner.decider, *history).when(ConnectPartner("DE", "ALL", "All")).then_refused(
        "history of NL-TNM"
    )
    given(partner.decider, *history, TNM).when(SEND).then()
