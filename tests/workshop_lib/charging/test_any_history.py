"""For any commands in any order, the events of each decider keep its rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from types import ModuleType
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from workshop_lib import open_store
from workshop_lib.charging import (
    charge_record,
    connector,
    driver,
    invoice,
    partner,
    reservation,
    session,
    station,
    tariff,
)
from workshop_lib.charging.charge_record import CreditRecord, Location, RecordToken, SealedSession, SealRecord
from workshop_lib.charging.prices import Activity, Period
from workshop_lib.charging.terms import Dimension, Price, PriceComponent, TariffElement, Terms
from workshop_lib.events import REGISTRY
from workshop_lib.modeling import Decider, Refused, fold
from workshop_lib.modeling.decider import decision
from workshop_lib.reading.snapshots import Fold, Snapshots, every, load

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
INSTANTS = st.sampled_from([NOON + timedelta(minutes=15 * number) for number in range(6)])
TOKENS, WORDS = st.sampled_from(["NL-TNM-1", "NL-TNM-2"]), st.sampled_from(["", "r-1", "r-2"])
NUMBERS, METER = st.integers(1, 3), st.integers(-1, 6).map(lambda step: 5_000 + 100 * step)
MONEY = st.sampled_from(["-1", "0", "0.005", "0.45", "0.50", "7", "NaN", "1E+30"]).map(Decimal)
CURRENCIES = st.sampled_from(["EUR", "SEK", "eur"])
CONNECTORS = st.sampled_from(["zoo-1", "zoo-2"])


def made(*classes: type, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return commands or events of these classes, with the fields that each of them has."""
    return st.one_of(
        [
            st.builds(cls, **{name: fields[name] for name in cls.__dataclass_fields__ if name in fields})  # type: ignore[attr-defined]
            for cls in classes
        ]
    )


PRICES = st.builds(
    tariff.TariffPublished,
    st.just("standard"),
    st.just(Decimal("0.45")),
    st.just(Decimal("0.50")),
    st.just("EUR"),
)


def terms(price: str, currency: str = "EUR", step: int = 60, least: int = 1) -> Terms:
    hours = PriceComponent(Dimension.TIME, Decimal(price), Decimal(20), step)
    return Terms(currency, (TariffElement((hours,)),), Price(Decimal(least)), Price(Decimal(2)))


TERMS = st.sampled_from(
    [
        *(terms("1"), terms("2"), terms("-1"), terms("NaN"), terms("1", "SEK")),
        *(terms("1", step=0), terms("1", least=3), Terms("EUR", ()), Terms("EUR", (TariffElement(()),))),
    ]
)
SEALED = SealedSession(
    7,
    RecordToken("012345678", driver.TokenType.RFID, "NL-TNM-1"),
    Location("zoo-1", "Zoo", "Long Street 1", "Utrecht", "NLD", "Europe/Amsterdam"),
    "standard",
    Terms("EUR", (TariffElement((PriceComponent(Dimension.ENERGY, Decimal("0.25")),)),)),
)
PERIODS = st.lists(
    st.builds(Period, st.sampled_from(Activity), INSTANTS, INSTANTS, st.integers(0, 9_000)), max_size=3
).map(tuple)

Log = Sequence[Any]


def of(log: Log, *classes: type) -> list[Any]:
    return [event for event in log if isinstance(event, classes)]


def session_keeps(log: Log) -> bool:
    readings = of(log, session.MeterRead)
    register = [
        getattr(e, "meter_start_wh", getattr(e, "energy_wh", getattr(e, "meter_stop_wh", None))) for e in log
    ]
    shown = [value for value in register if value is not None]
    starts, stops = of(log, session.ChargingStarted), of(log, session.ChargingStopped)
    return (
        shown == sorted(shown)
        and all(one.seq_no < other.seq_no for one, other in pairwise(readings))
        and log[:1] == starts
        and (not stops or [log[-1]] == stops)
        and all(
            type(one) is not type(other)
            for one, other in pairwise(of(log, session.ChargingSuspended, session.ChargingResumed))
        )
    )


def connector_keeps(log: Log) -> bool:
    said = [event.status for event in of(log, connector.StatusReported)]
    return len(of(log, connector.ConnectorCommissioned)) == bool(log) and all(
        connector.is_legal(one, other) for one, other in pairwise(said)
    )


def station_keeps(log: Log) -> bool:
    wanted = [station.StationWentOffline, station.StationCameOnline] * len(log)
    return [type(event) for event in log] == wanted[: len(log)]


def tariff_keeps(log: Log) -> bool:
    terms = [tariff.terms_of(event) for event in log]
    return (
        all(one != other for one, other in pairwise(log))
        and len({one.currency for one in terms}) <= 1
        and all(c.price >= 0 for one in terms for element in one.elements for c in element.price_components)
    )


def invoice_keeps(log: Log) -> bool:
    issued, credited = of(log, invoice.InvoiceIssued), of(log, invoice.CreditNoteIssued)
    return len(issued) == bool(log) and sum(e.amount for e in credited) <= sum(e.amount for e in issued)


def reservation_keeps(log: Log) -> bool:
    """One reservation at a time, one car at a time, and a reservation is used by its own token."""
    promise = user = None
    for event in log:
        match event:
            case reservation.ConnectorReserved(_, name, token):
                kept = user is None and promise in (None, (name, token))
                promise = name, token
            case reservation.ConnectorOccupied(_, number, token, name):
                kept, user = user is None and promise == (None if name is None else (name, token)), number
                promise = None
            case reservation.ConnectorReleased(_, number):
                kept, user = user == number, None
            case reservation.ReservationCancelled(_, name) | reservation.ReservationExpired(_, name):
                kept, promise = promise is not None and promise[0] == name, None
            case _:
                kept = False
        if not kept:
            return False
    return True


def driver_keeps(log: Log) -> bool:
    """Only a token that was issued and is not blocked is accepted."""
    good: set[str] = set()
    for event in log:
        match event:
            case driver.TokenIssued(token=token) | driver.TokenUnblocked(token=token):
                good.add(token)
            case driver.TokenBlocked(token=token):
                good.discard(token)
            case driver.TokenAccepted(token=token) if token not in good:
                return False
    issued = [event.token for event in of(log, driver.TokenIssued)]
    return len(of(log, driver.DriverRegistered)) <= 1 and len(issued) == len(set(issued))


def record_keeps(log: Log) -> bool:
    sums = [event.total_cost.excl_vat for event in log]
    return len(log) < 2 or (len(log) == 2 and sum(sums) == 0 and log[1].credit_reference_id == log[0].record)


def partner_keeps(log: Log) -> bool:
    sent = [event.record for event in of(log, partner.RecordSent)]
    answered = [event.record for event in of(log, partner.RecordAccepted, partner.RecordDisputed)]
    return len(sent) == len(set(sent)) and len(answered) == len(set(answered)) and set(answered) <= set(sent)


class Case(NamedTuple):
    """An aggregate, its commands, the rules that its events must keep, and events that change no state."""

    module: ModuleType
    commands: st.SearchStrategy[Any]
    keeps: Callable[[Log], bool]
    informs: tuple[type, ...] = ()

    @property
    def decider(self) -> Decider[Any, Any, Any]:
        return self.module.decider  # type: ignore[no-any-return]


CASES = {
    "session": Case(
        session,
        made(
            *(session.StartCharging, session.ReadMeter, session.SuspendCharging),
            *(session.ResumeCharging, session.StopCharging),
            session=st.just(7), connector=CONNECTORS, token=TOKENS, tariff=st.just("standard"),
            meter_start_wh=METER, energy_wh=METER, meter_stop_wh=METER, seq_no=NUMBERS,
            power_w=st.sampled_from([-1, 0, 11_000]), by=st.sampled_from(session.SuspendedBy),
            reason=st.sampled_from(session.StopReason),
        ),
        session_keeps,
    ),
    "connector": Case(
        connector,
        made(
            connector.CommissionConnector, connector.ChangeStatus, connector=CONNECTORS,
            station=st.sampled_from(["zoo", "spa"]), power_w=st.sampled_from([0, 11_000]),
            status=st.sampled_from(connector.ConnectorStatus),
        ),
        connector_keeps,
    ),
    "station": Case(
        station,
        made(station.NoteSilence, station.NoteSignOfLife, station=st.sampled_from(["zoo", " "])),
        station_keeps,
    ),
    "tariff": Case(
        tariff,
        made(
            tariff.PublishPrice, tariff.PublishTerms, tariff=st.just("standard"), energy_price=MONEY,
            start_fee=MONEY, currency=CURRENCIES, terms=TERMS,
        ),
        tariff_keeps,
    ),
    "invoice": Case(
        invoice,
        made(
            invoice.IssueInvoice, invoice.IssueCreditNote, invoice=st.just("2026-7"), session=st.just(7),
            energy_wh=st.integers(-1, 9_000), tariff=PRICES, amount=MONEY, reason=WORDS,
        ),
        invoice_keeps,
    ),
    "reservation": Case(
        reservation,
        made(
            *(reservation.ReserveConnector, reservation.CancelReservation, reservation.ExpireReservation),
            *(reservation.OccupyConnector, reservation.ReleaseConnector),
            connector=st.just("zoo-1"), reservation=WORDS, token=TOKENS, at=INSTANTS, until=INSTANTS,
            session=NUMBERS, status=st.sampled_from(["Available", "Faulted"]).map(connector.ConnectorStatus),
        ),
        reservation_keeps,
    ),
    "driver": Case(
        driver,
        made(
            *(driver.RegisterDriver, driver.IssueToken, driver.BlockToken, driver.UnblockToken),
            driver.AuthorizeToken,
            driver=st.just(1), name=st.just("Ann"), token=TOKENS,
            type=st.sampled_from(driver.TokenType), valid_until=st.none() | INSTANTS, reason=WORDS,
            connector=CONNECTORS, at=INSTANTS,
        ),
        driver_keeps,
        (driver.TokenAccepted, driver.TokenRejected),
    ),
    "charge record": Case(
        charge_record,
        made(
            SealRecord, CreditRecord, record=st.sampled_from(["", "7"]), session=st.just(SEALED),
            periods=PERIODS, credit_record=st.sampled_from(["", "7", "7-C"]),
        ),
        record_keeps,
    ),
    "partner": Case(
        partner,
        made(
            *(partner.ConnectPartner, partner.SendRecord, partner.AcceptRecord, partner.DisputeRecord),
            partner.DisconnectPartner,
            country_code=st.sampled_from(["NL", "NL", "DE"]), party_id=st.just("TNM"),
            name=st.just("The New Motion"), record=st.sampled_from(["7", "8"]),
            contract_id=st.sampled_from(["NL-TNM-1", "NL-TNM-1", "DE-ALL-1"]), reason=WORDS,
        ),
        partner_keeps,
    ),
}  # fmt: skip
ALL = pytest.mark.parametrize("case", CASES.values(), ids=CASES)
BRISK = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def events_from(case: Case, commands: Sequence[Any]) -> Log:
    """Return the events that a decider records for these commands."""
    state, log = case.decider.initial, []
    for command in commands:
        try:
            decided = decision(case.decider, state, command)
        except Refused:
            continue
        for event in decided:
            state, log = case.decider.evolve(state, event), [*log, event]
    return log


@ALL
@BRISK
@given(data=st.data())
def test_the_events_of_any_commands_keep_the_rules(case: Case, data: st.DataObject) -> None:
    assert case.keeps(events_from(case, data.draw(st.lists(case.commands, max_size=30))))


@ALL
@BRISK
@given(data=st.data())
def test_the_events_come_back_from_the_log_to_the_same_state(case: Case, data: st.DataObject) -> None:
    log = events_from(case, data.draw(st.lists(case.commands, max_size=15)))
    with open_store("memory://") as store:
        for version, event in enumerate(log):
            store.append("story-1", [event], expected_version=version)

        again = fold(case.decider, [recorded.event for recorded in store.read_stream("story-1")])
    assert again == fold(case.decider, log)


@ALL
@BRISK
@given(data=st.data())
def test_each_decided_event_changes_the_state_and_none_follows_a_terminal_state(
    case: Case, data: st.DataObject
) -> None:
    state = case.decider.initial
    for event in events_from(case, data.draw(st.lists(case.commands, max_size=30))):
        after = case.decider.evolve(state, event)
        assert after != state or isinstance(event, case.informs)
        assert not case.decider.is_terminal(state)
        state = after


@ALL
@BRISK
@given(data=st.data())
def test_a_decision_made_twice_is_the_same_and_changes_nothing(case: Case, data: st.DataObject) -> None:
    state = fold(case.decider, events_from(case, data.draw(st.lists(case.commands, max_size=10))))
    command, before = data.draw(case.commands), repr(state)

    assert outcome(case, command, state) == outcome(case, command, state)
    assert repr(state) == before


def outcome(case: Case, command: object, state: object) -> object:
    try:
        return decision(case.decider, state, command)
    except Refused as refusal:
        return refusal.rule


@ALL
@BRISK
@given(data=st.data())
def test_events_can_be_folded_in_any_order(case: Case, data: st.DataObject) -> None:
    facts = [events_from(case, data.draw(st.lists(case.commands, max_size=20))) for _ in range(2)]
    mixed = data.draw(st.permutations([fact for log in facts for fact in log]))

    assert type(fold(case.decider, mixed)).__module__ == type(case.decider.initial).__module__


@ALL
def test_the_generated_commands_lead_to_every_type_of_event(case: Case) -> None:
    """The properties above would prove nothing if commands were always refused."""
    home, seen = vars(case.module), set()

    @settings(BRISK, max_examples=60, derandomize=True, database=None, phases=[Phase.generate])
    @given(st.lists(case.commands, min_size=30, max_size=60))
    def record(commands: Sequence[Any]) -> None:
        seen.update(map(type, events_from(case, commands)))

    record()
    classes = [one for one in home.values() if isinstance(one, type) and one.__module__ == home["__name__"]]
    assert seen == {one for one in classes if REGISTRY.of_class(one)}


STARTED = session.ChargingStarted(7, "zoo-1", "NL-TNM-1", "standard", 5_000)
STOPPED = session.ChargingStopped(7, 5_000, session.StopReason.LOCAL)
PUBLISHED = tariff.TariffPublished("standard", Decimal("0.45"), Decimal("0.50"), "EUR")
OCCUPIED = reservation.ConnectorOccupied("zoo-1", 7, "NL-TNM-1")
SENT = partner.RecordSent("NL-TNM", "7")


@pytest.mark.parametrize(
    ("name", "log"),
    [
        ("session", [STARTED, session.MeterRead(7, "zoo-1", 1, 4_999, 0)]),
        ("session", [STARTED, STOPPED, session.ChargingResumed(7)]),
        ("session", [STOPPED]),
        ("connector", [connector.StatusReported("zoo-1", connector.ConnectorStatus.AVAILABLE)]),
        ("station", [station.StationCameOnline("zoo")]),
        ("tariff", [PUBLISHED, PUBLISHED]),
        ("invoice", [invoice.CreditNoteIssued("7", Decimal(1), "goodwill")]),
        ("reservation", [OCCUPIED, reservation.ConnectorOccupied("zoo-1", 8, "NL-TNM-2")]),
        ("reservation", [reservation.ConnectorReserved("zoo-1", "r-1", "NL-TNM-2", NOON), OCCUPIED]),
        ("driver", [driver.TokenAccepted(1, "NL-TNM-1", "zoo-1")]),
        ("partner", [SENT, SENT]),
        ("partner", [partner.RecordAccepted("NL-TNM", "7")]),
    ],
)
def test_the_rules_reject_a_broken_log(name: str, log: Log) -> None:
    assert not CASES[name].keeps(log)


@ALL
@BRISK
@given(data=st.data())
def test_a_snapshot_changes_nothing(case: Case, data: st.DataObject) -> None:
    log = events_from(case, data.draw(st.lists(case.commands, min_size=1, max_size=15)))
    state = getattr(case.module, "State", None)
    snapshotted = Fold("story", case.decider.initial, case.decider.evolve, state)
    with open_store("memory://") as store, Snapshots() as snapshots:
        for event in log:
            store.append("story-1", [event])
            found = load(store, "story-1", snapshotted, snapshots, every(1))
            assert found == (
                fold(case.decider, [r.event for r in store.read_stream("story-1")]),
                store.position(),
            )
