"""Policies: "whenever this happens, that is to be done". From an event to commands, and nothing else.

A policy decides nothing for others: what it asks for may still be refused. It keeps no state; what it has to
know besides the event is handed to it, as it was at the moment that counts: `in_force` finds the tariff as at
the start of a session, `periods_of` what went on in it. Where something must be remembered from one event
to the next, a process manager is needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from workshop_lib.charging import session as sessions
from workshop_lib.charging.charge_record import (
    ChargeRecordSealed,
    CreditRecord,
    CreditRecordSealed,
    SealedSession,
    SealRecord,
)
from workshop_lib.charging.connector import ConnectorStatus, StatusReported
from workshop_lib.charging.driver import TokenBlocked
from workshop_lib.charging.invoice import IssueInvoice
from workshop_lib.charging.partner import RecordDisputed, SendRecord, belongs_to
from workshop_lib.charging.prices import Activity, Period
from workshop_lib.charging.reservation import CancelReservation, Reserved
from workshop_lib.charging.reservation import State as Book
from workshop_lib.charging.session import ChargingStopped, Phase, Session, StopCharging, StopReason
from workshop_lib.charging.tariff import TariffPublished, TermsPublished
from workshop_lib.events import RecordedEvent

ACTIVITY = {Phase.CHARGING: Activity.CHARGING, Phase.SUSPENDED: Activity.PARKING}
UNUSABLE = (ConnectorStatus.FAULTED, ConnectorStatus.UNAVAILABLE)


def issue_invoice(
    stopped: ChargingStopped, session: Session, tariff: TariffPublished, year: int
) -> IssueInvoice:
    """Whenever charging stopped, the driver gets an invoice, by the tariff as at the start of the session."""
    energy_wh = stopped.meter_stop_wh - session.meter_start_wh
    return IssueInvoice(f"{year}-{stopped.session:06}", stopped.session, energy_wh, tariff)


def seal_record(
    history: Iterable[RecordedEvent], session: SealedSession, record: str, left_at: datetime | None = None
) -> SealRecord:
    """Whenever a car of a partner's driver has left, its session is sealed."""
    return SealRecord(record, session, periods_of(history, left_at))


def send_record(
    sealed: ChargeRecordSealed | CreditRecordSealed, partners: Iterable[str]
) -> Mapping[str, SendRecord]:
    """Whenever a record is sealed, it is sent to the partner with whom the contract is; for each partner,
    what to ask of it.
    """
    contract = sealed.session.token.contract_id
    return {name: SendRecord(sealed.record, contract) for name in partners if belongs_to(contract, name)}


def credit_record(disputed: RecordDisputed) -> CreditRecord:
    """Whenever a partner disputes a record, it is taken back."""
    return CreditRecord(disputed.record, f"{disputed.record}-C")


def cancel_reservation(reported: StatusReported, book: Book) -> list[CancelReservation]:
    """Whenever a connector breaks down, nobody is left to drive to it."""
    if reported.status in UNUSABLE and isinstance(book, Reserved):
        return [CancelReservation(reported.connector, book.reservation)]
    return []


def stop_sessions(blocked: TokenBlocked, running: Mapping[int, Session]) -> list[StopCharging]:
    """Whenever a token is blocked, what runs on it is stopped at what the meter showed last."""
    return [
        StopCharging(number, session.meter_wh, StopReason.DEAUTHORIZED)
        for number, session in sorted(running.items())
        if session.token == blocked.token and session.phase in ACTIVITY
    ]


def in_force(
    publications: Iterable[RecordedEvent], when: datetime
) -> TariffPublished | TermsPublished | None:
    """What a tariff said at a moment, whatever was published later."""
    known = [recorded for recorded in publications if recorded.occurred_at <= when]
    return max(known, key=lambda recorded: (recorded.occurred_at, recorded.position)).event if known else None


def periods_of(history: Iterable[RecordedEvent], left_at: datetime | None = None) -> tuple[Period, ...]:
    """What went on in a session: from one meter reading to the next, and until the car has left.

    Time in which it was suspended counts as parking. What came twice, or too late to matter, is passed over,
    as `session.evolve` does.
    """
    periods: list[Period] = []
    state, since, metered_wh = sessions.initial, None, 0
    for recorded in history:
        after = sessions.evolve(state, recorded.event)
        if since is None and after.phase in ACTIVITY:
            since, metered_wh = recorded.occurred_at, after.meter_wh
        elif since is not None and after != state and recorded.occurred_at > since:
            energy_wh = after.meter_wh - metered_wh
            periods.append(Period(ACTIVITY[state.phase], since, recorded.occurred_at, energy_wh))
            since, metered_wh = recorded.occurred_at, after.meter_wh
        state = after
    if periods and state.meter_wh > metered_wh:  # told last, of a moment that is in a period already
        periods[-1] = replace(periods[-1], energy_wh=periods[-1].energy_wh + state.meter_wh - metered_wh)
    if since is not None and left_at is not None and left_at > since:
        periods.append(Period(Activity.PARKING, since, left_at))
    return tuple(periods)
