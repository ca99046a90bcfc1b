"""A charge record: the final cost of one session, for the partner whose driver charged.

Why it exists: between operators it is the only document that counts for billing (OCPI calls it CDR). It is
sealed with tariff, token and location as they were when the session started: if the street is renamed
tomorrow, the record still has the old name. A wrong record is never changed: a credit record refers to it and
repeats it with the amount negated; a new record may follow. Stream: `record-<id>`. Read `partner.py` next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from workshop_lib.charging.driver import TokenType
from workshop_lib.charging.prices import Activity, Period, bill
from workshop_lib.charging.terms import MOST_WH, Price, Terms
from workshop_lib.events import event_type, instant
from workshop_lib.modeling import Decider, Refused

LONGEST_ID, LONGEST_CREDIT_ID = 36, 39
SECONDS_PER_HOUR, PRECISE = 3_600, Decimal("0.0001")


@dataclass(frozen=True)
class RecordToken:
    """The token that started the session, and the contract that pays for it."""

    uid: str
    type: TokenType
    contract_id: str


@dataclass(frozen=True)
class Location:
    """Where the connector was; times of day in the tariff are in `time_zone`."""

    connector: str
    name: str
    address: str
    city: str
    country: str
    time_zone: str


@dataclass(frozen=True)
class SealedSession:
    """What is sealed about a session, as it was when the session started."""

    session: int
    token: RecordToken
    location: Location
    tariff: str
    terms: Terms


# Commands


@dataclass(frozen=True)
class SealRecord:
    """Ask to seal the final cost of a session."""

    record: str
    session: SealedSession
    periods: tuple[Period, ...]


@dataclass(frozen=True)
class CreditRecord:
    """Ask to credit a record, by a credit record with this id."""

    record: str
    credit_record: str


# Events: stored formats. Energy in kWh and times in hours, as in OCPI; money is Decimal.


@event_type("ChargeRecordSealed")
class ChargeRecordSealed:
    """The record of a session is final."""

    record: str
    session: SealedSession
    start_date_time: datetime
    end_date_time: datetime
    charging_periods: tuple[Period, ...]
    total_energy: Decimal
    total_time: Decimal
    total_parking_time: Decimal
    total_cost: Price


@event_type("CreditRecordSealed")
class CreditRecordSealed:
    """A record was credited: all of it is repeated, with its cost negated."""

    record: str
    credit_reference_id: str
    session: SealedSession
    start_date_time: datetime
    end_date_time: datetime
    charging_periods: tuple[Period, ...]
    total_energy: Decimal
    total_time: Decimal
    total_parking_time: Decimal
    total_cost: Price


# States


@dataclass(frozen=True)
class Open:
    """Nothing is sealed yet."""


@dataclass(frozen=True)
class Sealed:
    """The record is final."""

    record: ChargeRecordSealed


@dataclass(frozen=True)
class Credited:
    """The record is final, and was credited."""

    record: ChargeRecordSealed
    credit: CreditRecordSealed


State = Open | Sealed | Credited
initial: State = Open()


def decide(
    command: SealRecord | CreditRecord, state: State
) -> Sequence[ChargeRecordSealed | CreditRecordSealed]:
    """Return the events that follow from a command. Raises `Refused`."""
    match command, state:
        case SealRecord(), Open():
            return [_sealed(command)]
        case SealRecord(), _:
            raise _no(command, "a record that was sealed is never changed: credit it, and seal a new one")
        case CreditRecord(credit_record=credit), Sealed(record):
            if credit == record.record or not credit.strip() or len(credit) > LONGEST_CREDIT_ID:
                raise _no(
                    command, f"a credit record has an id of its own, {LONGEST_CREDIT_ID} characters at most"
                )
            return [_credit(credit, record)]
        case CreditRecord(), Credited():
            raise _no(command, "a record is credited once")
    raise _no(command, "there is no such record")


def evolve(state: State, event: object) -> State:
    """Return the state after an event. Never refuses."""
    match event, state:
        case ChargeRecordSealed(), Open():
            return Sealed(event)
        case CreditRecordSealed(), Sealed(record):
            return Credited(record, event)
    return state


decider = Decider(decide, evolve, initial, lambda state: isinstance(state, Credited))


def _sealed(command: SealRecord) -> ChargeRecordSealed:
    session, periods = command.session, command.periods
    if not command.record.strip() or len(command.record) > LONGEST_ID:
        raise _no(command, f"a record has an id, {LONGEST_ID} characters at most")
    _must_follow_one_another(command)
    measured = [value for period in periods for value in (period.energy_wh, period.current_a or 0)]
    if not all(Decimal(value).is_finite() and 0 <= value < MOST_WH for value in measured):
        raise _no(command, "a session takes less than a terawatt-hour of energy and gives none back")
    try:
        zone = ZoneInfo(session.location.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise _no(command, f"there is no time zone {session.location.time_zone!r}") from None
    return ChargeRecordSealed(
        command.record,
        session,
        periods[0].start,
        periods[-1].end,
        periods,
        Decimal(sum(period.energy_wh for period in periods)) / 1000,
        _hours(periods, Activity.CHARGING, Activity.PARKING),
        _hours(periods, Activity.PARKING),
        bill(session.terms, periods, zone).total.rounded(),
    )


def _must_follow_one_another(command: SealRecord) -> None:
    times = [(instant("start", each.start), instant("end", each.end)) for each in command.periods]
    gaps = [after[0] - before[1] for before, after in pairwise(times)]
    if not times or any(start >= end for start, end in times) or any(gap < timedelta(0) for gap in gaps):
        raise _no(command, "a session has periods, and each has a duration and ends before the next begins")


def _hours(periods: Sequence[Period], *activities: Activity) -> Decimal:
    seconds = sum(period.seconds for period in periods if period.activity in activities)
    return (Decimal(seconds.numerator) / seconds.denominator / SECONDS_PER_HOUR).quantize(PRECISE)


def _credit(credit: str, record: ChargeRecordSealed) -> CreditRecordSealed:
    changed = {"record": credit, "total_cost": record.total_cost.negated()}
    return CreditRecordSealed(**vars(record) | changed, credit_reference_id=record.record)


def _no(command: SealRecord | CreditRecord, rule: str) -> Refused:
    return Refused(rule, f"for {type(command).__name__} of record {command.record}")
