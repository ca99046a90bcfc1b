"""The data of the checks of chapter 1.2: twelve candidates, and two days of a charging network.

Read `c1_2/checks.py` next.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cache
from itertools import combinations, pairwise, permutations
from typing import NamedTuple

from hypothesis import strategies as st

from exercises.checks.small_logs import MONDAY
from workbench.city.traffic import network
from workbench.storming.mining.discovery import DirectlyFollows, directly_follows, tallies
from workshop_lib.charging.connector import ConnectorStatus, StatusReported
from workshop_lib.charging.session import (
    ChargingResumed,
    ChargingStarted,
    ChargingStopped,
    ChargingSuspended,
    MeterRead,
    StopReason,
    SuspendedBy,
)
from workshop_lib.clock import SimulatedClock, seeded_ids
from workshop_lib.events import RecordedEvent
from workshop_lib.store.duckdb_engine.reader import DuckDBReader
from workshop_lib.store.memory import MemoryStore

EVENT, WISH, ROW, MACHINE, STATE, TWO = "event", "command", "row word", "technical", "state", "two facts"
VERDICTS = (EVENT, WISH, ROW, MACHINE, STATE, TWO)


class Candidate(NamedTuple):
    """The right verdict on a name, and a question that leads to it."""

    verdict: str
    question: str


CANDIDATES: Mapping[str, Candidate] = {
    "ChargingStarted": Candidate(
        EVENT, "Could a driver say this at dinner, in the past tense, and could nobody deny it?"
    ),
    "SessionUpdated": Candidate(
        ROW,
        "What happened: did energy flow, was the car full, was the cable pulled? The name hides all three.",
    ),
    "RemoteStartTransaction": Candidate(
        WISH, "May the station still say no? OCPP 2.0.1 renamed it RequestStartTransaction for that reason."
    ),
    "MeterRead": Candidate(
        EVENT, "“Read” is also a past tense: was the meter read, or is it an order to read it?"
    ),
    "ConnectorAvailable": Candidate(
        STATE, "Where is the verb? This is how something is, for as long as it lasts. What caused it?"
    ),
    "InvoiceIssued": Candidate(
        EVENT, "Does the bookkeeper use these words? Can it be undone once the letter has been sent?"
    ),
    "StopButtonClicked": Candidate(
        MACHINE, "If a card reader replaces the button next year, will the business still use this word?"
    ),
    "StationWentOffline": Candidate(EVENT, "“Went” is a past tense without -ed. Does operations act on it?"),
    "InvoiceDeleted": Candidate(
        ROW, "The law forbids it. What does the bookkeeper do with a wrong invoice, and what is it called?"
    ),
    "ChargingStoppedAndInvoiceSent": Candidate(
        TWO, "Can one half happen without the other, if only for an hour?"
    ),
    "PayInvoice": Candidate(WISH, "What if the card is declined: has this happened then?"),
    "MeterValuesMessageReceived": Candidate(
        MACHINE,
        "What does the message say? Its arrival matters to the program, its content to the business.",
    ),
}
"""Twelve names and their verdicts."""

BAD = tuple(name for name, candidate in CANDIDATES.items() if candidate.verdict != EVENT)

LEAST = {"SessionUpdated": 3, "ChargingStoppedAndInvoiceSent": 2}
"""The minimum number of facts that a name hides; 1 if it is not listed."""

_CHARGING = {"charging", "charge", "session", "energy", "power", "car", "vehicle", "battery", "cable", "plug"}
_METER = {"meter", "reading", "consumption", "energy", "power", "kwh"}
_BILL = {"invoice", "bill", "payment", "money", "account", "card", "credit", "refund", "debit", "amount"}
_PLACE = {
    "connector",
    "socket",
    "charger",
    "station",
    "cable",
    "plug",
    "car",
    "vehicle",
    "fault",
    "reservation",
}

MEANT: Mapping[str, set[str]] = {
    "SessionUpdated": _CHARGING | _METER | {"driver"},
    "RemoteStartTransaction": _CHARGING | {"transaction", "station"},
    "ConnectorAvailable": _PLACE | {"charging", "session"},
    "StopButtonClicked": _CHARGING | {"driver", "transaction"},
    "InvoiceDeleted": _BILL,
    "ChargingStoppedAndInvoiceSent": _CHARGING | _BILL,
    "PayInvoice": _BILL,
    "MeterValuesMessageReceived": _METER,
}
"""For each bad name, words of the business that its meaning is about."""

HALVES: Mapping[str, Mapping[str, set[str]]] = {
    "ChargingStoppedAndInvoiceSent": {"the charging": _CHARGING, "the invoice": _BILL},
}
"""What a name hides: for each half, words of the business for it."""

ANYBODY = {"driver", "customer", "guest", "user", "they", "somebody"}
"""People of whom every fact may speak."""

VOCABULARY = (
    set().union(*MEANT.values())
    | ANYBODY
    | {"tariff", "price", "token", "bookkeeper", "fitter", "mechanic", "roaming", "partner", "note", "letter"}
)
"""Words of the business in this chapter, without their plural s."""

FACTS = (
    "Charging Started",
    "Meter Read",
    "Charging Suspended",
    "Charging Resumed",
    "Charging Stopped",
    "Invoice Issued",
    "Credit Note Issued",
)
"""The events that must remain on the wall of the timeline exercise."""

HAPPY = ("Charging Started", "Charging Stopped", "Invoice Issued", "Invoice Paid")
"""The story with the happy end that the reverse narrative takes apart."""


@cache
def log() -> DuckDBReader:
    """Return the log of two days at four stations; walls are compared with it."""
    store = network(seed=3, days=2, stations=4)
    return store.as_of(position=store.position())


@cache
def follows_by_session() -> DirectlyFollows:
    """Return what follows what in that log, within a session."""
    return directly_follows(log(), "session")


@cache
def certain_order() -> tuple[tuple[str, str], ...]:
    """Return the pairs in which the first event nearly always comes first, within a session or a stream."""
    firsts = defaultdict[str, dict[str, int]](dict)
    for one in (*tallies(log(), "session"), *tallies(log())):
        firsts[one.case][one.type] = one.first
    before, both = Counter[tuple[str, str]](), Counter[frozenset[str]]()
    for case in firsts.values():
        before.update((a, b) for a, b in permutations(case, 2) if case[a] < case[b])
        both.update(map(frozenset, combinations(case, 2)))
    return tuple(sorted(pair for pair, times in before.items() if times >= 0.95 * both[frozenset(pair)]))


LOGS = st.lists(
    st.tuples(
        st.sampled_from(["session-1", "session-12", "invoice-1", "connector-1", "connector-12"]),
        st.integers(0, 4),
        st.sampled_from([0, 0, 60, 3_600]),
    ),
    max_size=9,
)
"""Any logs: for each event its stream, its type by number, and how many seconds late it was recorded."""


def recorded_late(entries: Sequence[tuple[str, int, int]]) -> tuple[RecordedEvent, ...]:
    """Return the events of such a log, in the order of recording."""
    clock = SimulatedClock(MONDAY)
    store = MemoryStore(clock, seeded_ids(1))
    for number, (stream, kind, late) in enumerate(entries):
        clock.now += timedelta(seconds=1)
        event = _kinds(number)[kind]
        store.append(stream, [event], occurred_at=clock.now - timedelta(seconds=late))
    return tuple(store.read())


def _kinds(number: int) -> list[object]:
    return [
        ChargingStarted(1, "cinema-7", "NL-TNM-000281", "night", 0),
        MeterRead(1, "cinema-7", 9 - number, 100, 6_000),
        ChargingStopped(1, 300, StopReason.LOCAL),
        StatusReported("1", ConnectorStatus.AVAILABLE),
        ChargingSuspended(1, SuspendedBy.EV),
    ]


def pairs_of(recorded: Sequence[RecordedEvent]) -> dict[tuple[str, str], int]:
    """Return what follows what in each stream."""
    streams: dict[str, list[str]] = defaultdict(list)
    for seen in recorded:
        streams[seen.stream].append(seen.type)
    return dict(Counter(pair for types in streams.values() for pair in pairwise(types)))


class Story(NamedTuple):
    """A small log: its description, its events, and what follows what in it."""

    words: str
    recorded: tuple[RecordedEvent, ...]
    follows: Mapping[tuple[str, str], int]


def _recorded(*entries: tuple[str, object]) -> tuple[RecordedEvent, ...]:
    clock = SimulatedClock(MONDAY)
    store = MemoryStore(clock, seeded_ids(1))
    for stream, event in entries:
        clock.now += timedelta(seconds=1)
        store.append(stream, [event])
    return tuple(store.read())


def _start(session: int) -> tuple[str, object]:
    return f"session-{session}", ChargingStarted(session, "cinema-7", "NL-TNM-000281", "night", 0)


def _read(session: int, seq_no: int) -> tuple[str, object]:
    return f"session-{session}", MeterRead(session, "cinema-7", seq_no, 100 * seq_no, 6_000)


def _stop(session: int) -> tuple[str, object]:
    return f"session-{session}", ChargingStopped(session, 300, StopReason.LOCAL)


def _pause(session: int, *, over: bool = False) -> tuple[str, object]:
    event = ChargingResumed(session) if over else ChargingSuspended(session, SuspendedBy.EV)
    return f"session-{session}", event


def _status(connector: str, status: ConnectorStatus) -> tuple[str, object]:
    return f"connector-{connector}", StatusReported(connector, status)


@cache
def stories() -> Sequence[Story]:
    """Return small logs, the simplest first."""
    one = _recorded(_start(1), _read(1, 1), _stop(1))
    free, busy = ConnectorStatus.AVAILABLE, ConnectorStatus.CHARGING
    return (
        Story(
            "one session alone",
            one,
            {("ChargingStarted", "MeterRead"): 1, ("MeterRead", "ChargingStopped"): 1},
        ),
        Story(
            "two sessions that run at the same time",
            _recorded(_start(1), _start(2), _stop(2), _stop(1)),
            {("ChargingStarted", "ChargingStopped"): 2},
        ),
        Story(
            "one reading after the other",
            _recorded(_start(1), _read(1, 1), _read(1, 2), _read(1, 3)),
            {("ChargingStarted", "MeterRead"): 1, ("MeterRead", "MeterRead"): 2},
        ),
        Story("two streams of one event each", _recorded(_start(1), _stop(2)), {}),
        Story("no event at all", (), {}),
        Story(
            "a reading that was delivered after the stop",
            _recorded(_start(1), _stop(1), _read(1, 1)),
            {("ChargingStarted", "ChargingStopped"): 1, ("ChargingStopped", "MeterRead"): 1},
        ),
        Story(
            "a session among reports of its connector",
            _recorded(
                _status("a", free),
                _start(1),
                _status("a", busy),
                _pause(1),
                _pause(1, over=True),
                _status("a", free),
            ),
            {
                ("StatusReported", "StatusReported"): 2,
                ("ChargingStarted", "ChargingSuspended"): 1,
                ("ChargingSuspended", "ChargingResumed"): 1,
            },
        ),
    )
