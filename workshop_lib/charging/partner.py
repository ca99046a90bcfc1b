"""A roaming partner: another operator whose drivers charge with us, and the records it was sent.

Why it exists: the driver's contract is with the partner, so the partner gets the charge record and pays it.
It gets only the records of its own drivers, each of them once. It may dispute a record, which does not change
the record but asks us for a credit. A partner is identified as in OCPI by country code and party id, for
example NL-TNM; its contract ids begin with these. Stream: `partner-<country>-<party>`. Read
`policies.py` next.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from workshop_lib.events import event_type
from workshop_lib.modeling import Decider, Refused

# Commands


@dataclass(frozen=True)
class ConnectPartner:
    """Ask to make another operator a partner."""

    country_code: str
    party_id: str
    name: str


@dataclass(frozen=True)
class SendRecord:
    """Ask to send a charge record or credit record to the partner that has the contract."""

    record: str
    contract_id: str


@dataclass(frozen=True)
class AcceptRecord:
    """Ask to record that the partner will pay."""

    record: str


@dataclass(frozen=True)
class DisputeRecord:
    """Ask to record that the partner will not pay, and why."""

    record: str
    reason: str


@dataclass(frozen=True)
class DisconnectPartner:
    """Ask to end the partnership; records that were sent stay sent."""

    reason: str


Command = ConnectPartner | SendRecord | AcceptRecord | DisputeRecord | DisconnectPartner


# Events: stored formats.


@event_type("PartnerConnected")
class PartnerConnected:
    """Drivers of this operator may charge with us."""

    country_code: str
    party_id: str
    name: str


@event_type("RecordSent")
class RecordSent:
    """A record was sent to the partner."""

    partner: str
    record: str


@event_type("RecordAccepted")
class RecordAccepted:
    """The partner will pay it."""

    partner: str
    record: str


@event_type("RecordDisputed")
class RecordDisputed:
    """The partner will not pay it as it is."""

    partner: str
    record: str
    reason: str


@event_type("PartnerDisconnected")
class PartnerDisconnected:
    """The operator gets no new records."""

    partner: str
    reason: str


Event = PartnerConnected | RecordSent | RecordAccepted | RecordDisputed | PartnerDisconnected


# States


class Answer(StrEnum):
    """The partner's answer to a record that was sent."""

    AWAITED = "awaited"
    ACCEPTED = "accepted"
    DISPUTED = "disputed"


@dataclass(frozen=True)
class NeverConnected:
    """An operator that has never been a partner."""


@dataclass(frozen=True)
class Partner:
    """A partner and the records it was sent."""

    partner: str
    connected: bool = True
    records: Mapping[str, Answer] = field(default_factory=dict)


ANSWERS = {RecordSent: Answer.AWAITED, RecordAccepted: Answer.ACCEPTED, RecordDisputed: Answer.DISPUTED}

State = NeverConnected | Partner
initial: State = NeverConnected()


def decide(command: Command, state: State) -> Sequence[Event]:
    """Return the events that follow from a command; a record is sent only once. Raises `Refused`."""
    match command, state:
        case ConnectPartner(), NeverConnected():
            return [_connected(command)]
        case ConnectPartner(), Partner(connected=True):
            raise _no(command, "this operator is a partner already")
        case ConnectPartner(), Partner(partner):
            if f"{command.country_code}-{command.party_id}" != partner:
                raise _no(command, f"this is the history of {partner}")
            return [_connected(command)]
        case _, NeverConnected():
            raise _no(command, "this operator is no partner of ours")
        case DisconnectPartner(reason), Partner(partner, connected):
            return [PartnerDisconnected(partner, reason)] if connected else []
        case SendRecord(), Partner():
            return _send(command, state)
        case ((AcceptRecord() | DisputeRecord()), Partner()):
            return _answer(command, state)
    raise _no(command, "a partner has no such command")


def evolve(state: State, event: object) -> State:
    """Return the state after an event. Never refuses."""
    match event, state:
        case PartnerConnected(country_code, party_id), NeverConnected():
            return Partner(f"{country_code}-{party_id}")
        case PartnerConnected(), Partner():
            return replace(state, connected=True)
        case PartnerDisconnected(), Partner():
            return replace(state, connected=False)
        case RecordSent(record=record), Partner() if record in state.records:
            return state  # delivered twice or after the answer
        case ((RecordSent() | RecordAccepted() | RecordDisputed()), Partner()):
            return replace(state, records={**state.records, event.record: ANSWERS[type(event)]})
    return state


decider = Decider(decide, evolve, initial)


def belongs_to(contract_id: str, partner: str) -> bool:
    """Return whether a contract is with this partner: the contract id begins with the partner's id, with or
    without hyphens, in any case (`NL-TNM-000123`, `nltnm000123`).
    """
    return contract_id.replace("-", "").upper().startswith(partner.replace("-", "").upper())


def _connected(command: ConnectPartner) -> PartnerConnected:
    country, party = command.country_code, command.party_id
    if not (len(country) == 2 and country.isascii() and country.isalpha() and country.isupper()):
        raise _no(command, "a country code is two capital letters, for example NL")
    if not (len(party) == 3 and party.isascii() and party.isalnum() and party == party.upper()):
        raise _no(command, "a party id is three capital letters or digits, for example TNM")
    if not command.name.strip():
        raise _no(command, "a partner has a name")
    return PartnerConnected(country, party, command.name)


def _send(command: SendRecord, state: Partner) -> list[Event]:
    if not state.connected:
        raise _no(command, "this operator is no partner of ours any more")
    if not belongs_to(command.contract_id, state.partner):
        raise _no(command, f"the contract {command.contract_id} is not with {state.partner}")
    return [] if command.record in state.records else [RecordSent(state.partner, command.record)]


def _answer(command: AcceptRecord | DisputeRecord, state: Partner) -> list[Event]:
    answer = state.records.get(command.record)
    if answer is None:
        raise _no(command, f"this operator was never sent the record {command.record}")
    match command, answer:
        case AcceptRecord(record), Answer.AWAITED:
            return [RecordAccepted(state.partner, record)]
        case DisputeRecord(record, reason), Answer.AWAITED:
            if not reason.strip():
                raise _no(command, "a dispute says why")
            return [RecordDisputed(state.partner, record, reason)]
        case (AcceptRecord(), Answer.ACCEPTED) | (DisputeRecord(), Answer.DISPUTED):
            return []
    raise _no(command, f"the record {command.record} is {answer} already")


def _no(command: Command, rule: str) -> Refused:
    return Refused(rule, f"for {type(command).__name__} of a roaming partner")
