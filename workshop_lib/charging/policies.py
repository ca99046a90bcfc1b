"""Policies: "whenever this happens, do that". A policy is a function from an event to commands.

The commands may still be refused. A policy has no state; everything it needs besides the event is an
argument, as it was at the relevant moment: `in_force` finds the tariff at the start of a session,
`periods_of` the periods of a session. If something must be remembered from one event to the next, use a
process manager.
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
from workshop_lib.charging.reservation import State as Reservation
from workshop_lib.charging.session import ChargingStopped, Phase, Session, StopCharging, StopReason
from workshop_lib.charging.tariff import TariffPublished, TermsPublished
from workshop_lib.events import RecordedEvent

ACTIVITY = {Phase.CHARGING: Activity.CHARGING, Phase.SUSPENDED: Activity.PARKING}
UNUSABLE = (ConnectorStatus.FAULTED, ConnectorStatus.UNAVAILABLE)


def issue_invoice(
    stopped: ChargingStopped, session: Session, tariff: TariffPublished, year: int
) -> IssueInvoice:
    """Whenever charging stops, invoice the driver by the tariff at the start of the session."""
    energy_wh = stopped.meter_stop_wh - session.meter_start_wh
    return IssueInvoice(f"{year}-{stopped.session:06}", stopped.session, energy_wh, tariff)


def seal_record(
    history: Iterable[RecordedEvent], session: SealedSession, record: str, left_at: datetime | None = None
) -> SealRecord:
    """Whenever the car of a partner's driver has left, seal the record of its session."""
    return SealRecord(record, session, periods_of(history, left_at))


def send_record(
    sealed: ChargeRecordSealed | CreditRecordSealed, partners: Iterable[str]
) -> Mapping[str, SendRecord]:
    """Whenever a record is sealed, send it to the partner with the contract; return commands by partner."""
    contract = sealed.session.token.contract_id
    return {name: SendRecord(sealed.record, contract) for name in partners if belongs_to(contract, name)}


def credit_record(disputed: RecordDisputed) -> CreditRecord:
    """Whenever a partner disputes a record, credit it."""
    return CreditRecord(disputed.record, f"{disputed.record}-C")


def cancel_reservation(reported: StatusReported, reservation: Reservation) -> list[CancelReservation]:
    """Whenever a connector breaks down, cancel its reservation."""
    if reported.status in UNUSABLE and isinstance(reservation, Reserved):
        return [CancelReservation(reported.connector, reservation.reservation)]
    return []


def stop_sessions(blocked: TokenBlocked, running: Mapping[int, Session]) -> list[StopCharging]:
    """Whenever a token is blocked, stop its running sessions at the last meter reading."""
    return [
        StopCharging(number, session.meter_wh, StopReason.DEAUTHORIZED)
        for number, session in sorted(running.items())
        if session.token == blocked.token and session.phase in ACTIVITY
    ]


def in_force(
    publications: Iterable[RecordedEvent], when: datetime
) -> TariffPublished | TermsPublished | None:
    """Return the publication of a tariff that was in force at a moment."""
    known = [recorded for recorded in publications if recorded.occurred_at <= when]
    return max(known, key=lambda recorded: (recorded.occurred_at, recorded.position)).event if known else None


def periods_of(history: Iterable[RecordedEvent], left_at: datetime | None = None) -> tuple[Period, ...]:
    """Return the periods of a session: from one meter reading to the next, and until the car has left.

    Suspended time counts as parking. Events that arrived twice or too late are ignored, as in
    `session.evolve`.
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
    if periods and state.meter_wh > metered_wh:  # reported last, for a moment that is in a period already
        periods[-1] = replace(periods[-1], energy_wh=periods[-1].energy_wh + state.meter_wh - metered_wh)
    if since is not None and left_at is not None and left_at > since:
        periods.append(Period(Activity.PARKING, since, left_at))
    return tuple(periods)
