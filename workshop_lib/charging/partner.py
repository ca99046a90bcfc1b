"""A roaming partner: another operator whose drivers charge with us, and what it was sent for them.

Why it exists: the driver's contract is with the partner, so the partner gets the charge record and pays it.
It gets the records of its own drivers and of nobody else's; it gets each of them once; and it may dispute
what it got, which changes no record but asks us for a credit. Identity as in OCPI: country code and party id,
for example NL-TNM, with which its contract ids begin. Stream: `partner-<country>-<party>`. Read
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
    """Ask to do business with another operator."""

    country_code: str
    party_id: str
    name: str


@dataclass(frozen=True)
class SendRecord:
    """Ask to send a charge record (or a credit record) to the partner with whom that contract is."""

    record: str
    contract_id: str


@dataclass(frozen=True)
class AcceptRecord:
    """Ask to take note that the partner will pay."""

    record: str


@dataclass(frozen=True)
class DisputeRecord:
    """Ask to take note that the partner will not, and why."""

    record: str
    reason: str


@dataclass(frozen=True)
class DisconnectPartner:
    """Ask to end the business; what was sent stays sent."""

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
    """The partner was given a record."""

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
    """No new records for this operator."""

    partner: str
    reason: str


Event = PartnerConnected | RecordSent | RecordAccepted | RecordDisputed | PartnerDisconnected


# States


class Answer(StrEnum):
    """What became of a record that was sent."""

    AWAITED = "awaited"
    ACCEPTED = "accepted"
    DISPUTED = "disputed"


@dataclass(frozen=True)
class NeverConnected:
    """Another operator, and no partner."""


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
    """What follows from a command; a record that was sent already is not sent again. Raises `Refused`."""
    match command, state:
        case ConnectPartner(), NeverConnected():
            return [_connected(command)]
        case ConnectPartner(), Partner(connected=True):
            raise _no(command, "they are a partner already")
        case ConnectPartner(), Partner(partner):
            if f"{command.country_code}-{command.party_id}" != partner:
                raise _no(command, f"this is the history of {partner}")
            return [_connected(command)]
        case _, NeverConnected():
            raise _no(command, "they are no partner of ours")
        case DisconnectPartner(reason), Partner(partner, connected):
            return [PartnerDisconnected(partner, reason)] if connected else []
        case SendRecord(), Partner():
            return _send(command, state)
        case ((AcceptRecord() | DisputeRecord()), Partner()):
            return _answer(command, state)
    raise _no(command, "that is nothing one asks of them")


def evolve(state: State, event: object) -> State:
    """The state after one more fact. Never refuses."""
    match event, state:
        case PartnerConnected(country_code, party_id), NeverConnected():
            return Partner(f"{country_code}-{party_id}")
        case PartnerConnected(), Partner():
            return replace(state, connected=True)
        case PartnerDisconnected(), Partner():
            return replace(state, connected=False)
        case RecordSent(record=record), Partner() if record in state.records:
            return state  # delivered twice, or after the answer
        case ((RecordSent() | RecordAccepted() | RecordDisputed()), Partner()):
            return replace(state, records={**state.records, event.record: ANSWERS[type(event)]})
    return state


decider = Decider(decide, evolve, initial)


def belongs_to(contract_id: str, partner: str) -> bool:
    """Whether a contract is with this partner: the id begins with it, with hyphens or without, in whatever
    case (`NL-TNM-000123`, `nltnm000123`).
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
        raise _no(command, "they are no partner of ours any more")
    if not belongs_to(command.contract_id, state.partner):
        raise _no(command, f"the contract {command.contract_id} is not with {state.partner}")
    return [] if command.record in state.records else [RecordSent(state.partner, command.record)]


def _answer(command: AcceptRecord | DisputeRecord, state: Partner) -> list[Event]:
    answer = state.records.get(command.record)
    if answer is None:
        raise _no(command, f"they were never sent the record {command.record}")
    match command, answer:
        case AcceptRecord(record), Answer.AWAITED:
            return [RecordAccepted(state.partner, record)]
        case DisputeRecord(record, reason), Answer.AWAITED:
            if not reason.strip():
                raise _no(command, "who disputes a record says why")
            return [RecordDisputed(state.partner, record, reason)]
        case (AcceptRecord(), Answer.ACCEPTED) | (DisputeRecord(), Answer.DISPUTED):
            return []
    raise _no(command, f"the record {command.record} is {answer} already")


def _no(command: Command, rule: str) -> Refused:
    return Refused(rule, f"for {type(command).__name__} of a roaming partner")
