"""The logs on which the answers of chapter 1.1 are checked; some are tampered with.

Each case has the words that describe it in messages. Read `tables.py` next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from hypothesis import strategies as st

from exercises.checks.small_logs import MONDAY, Entry, log, reported
from workshop_lib.charging.connector import ConnectorCommissioned, ConnectorStatus, StatusReported
from workshop_lib.charging.invoice import InvoiceIssued
from workshop_lib.charging.session import ChargingStarted, MeterRead
from workshop_lib.charging.station import StationCameOnline, StationWentOffline
from workshop_lib.charging.tariff import TariffPublished
from workshop_lib.clock import seeded_ids
from workshop_lib.codec import Codec
from workshop_lib.events import StoredEvent
from workshop_lib.store.chain import GENESIS, link
from workshop_lib.store.duckdb_engine.reader import DuckDBReader

OFFLINE = "Offline"


def _fold(*events: object) -> list[object]:
    return [ConnectorCommissioned("zoo-1", "zoo", 11_000), *events]


def _is(status: str) -> StatusReported:
    return StatusReported("zoo-1", ConnectorStatus(status))


_GONE, _BACK = StationWentOffline("zoo"), StationCameOnline("zoo")

FOLDS: tuple[tuple[str, list[object], str | None], ...] = (
    ("no event at all", [], None),
    ("its commissioning alone", _fold(), None),
    ("one report", _fold(_is("Available")), "Available"),
    ("three reports", _fold(_is("Available"), _is("Preparing"), _is("Charging")), "Charging"),
    ("a report of Reserved and then one of Available", _fold(_is("Reserved"), _is("Available")), "Available"),
    (
        "a report and an event of another kind",
        _fold(_is("Charging"), MeterRead(1, "zoo-1", 1, 5, 7)),
        "Charging",
    ),
    ("a report and then the station going offline", _fold(_is("Charging"), _GONE), OFFLINE),
    ("the station going offline before any report", _fold(_GONE), OFFLINE),
    (
        "an outage that ended, with no report since",
        _fold(_is("Available"), _is("Charging"), _GONE, _BACK),
        "Charging",
    ),
    (
        "an outage that ended, and a report since",
        _fold(_is("Charging"), _GONE, _BACK, _is("Available")),
        "Available",
    ),
    ("a report that was recorded during an outage", _fold(_is("Available"), _GONE, _is("Charging")), OFFLINE),
    (
        "an outage that ended, during which a report was recorded",
        _fold(_is("Available"), _GONE, _is("Charging"), _BACK),
        "Charging",
    ),
    (
        "a second outage",
        _fold(_is("Charging"), _GONE, _BACK, _is("Finishing"), _GONE),
        OFFLINE,
    ),
)

HISTORIES = st.lists(
    st.one_of(
        st.sampled_from([_is(status.value) for status in ConnectorStatus]),
        st.sampled_from([_GONE, _BACK]),
        st.sampled_from(
            [ConnectorCommissioned("zoo-1", "zoo", 11_000), MeterRead(3, "zoo-1", 2, 500, 7_000)]
        ),
    ),
    max_size=8,
)
"""Any history of a connector: outages that begin twice or never, reports in between, none at all."""


def status_after(events: Sequence[object]) -> str | None:
    """Return the status that the map shows after these events."""
    reports = [event.status for event in events if isinstance(event, StatusReported)]
    outages = [event for event in events if isinstance(event, (StationWentOffline, StationCameOnline))]
    if outages and isinstance(outages[-1], StationWentOffline):
        return OFFLINE
    return reports[-1] if reports else None


@cache
def faults() -> DuckDBReader:
    """Return a log with faults before, during and after an evening, and at both of its ends."""
    return log(
        reported("cinema-7", "Faulted", "17:00"),
        reported("cinema-7", "Available", "17:10"),
        reported("cinema-7", "Faulted", "18:00"),
        reported("cinema-7", "Available", "18:10"),
        reported("cinema-8", "Faulted", "18:20"),
        reported("cinema-7", "Faulted", "19:00"),
        reported("cinema-7", "Unavailable", "19:10"),
        reported("cinema-7", "Faulted", "19:30", "22:15"),
        reported("cinema-7", "Available", "19:50", "22:16"),
        reported("cinema-9", "Faulted", "20:00", "22:16"),
        reported("cinema-9", "Available", "20:02", "22:16"),
        reported("cinema-9", "Faulted", "20:05", "22:16"),
        reported("cinema-77", "Faulted", "22:17"),
        reported("cinema-7", "Faulted", "22:30"),
    )


EVENINGS = (
    ("an hour with one fault in its middle", "cinema-7", "16:30", "17:30", 1),
    ("an evening with a fault in its very first second", "cinema-7", "18:00", "18:05", 1),
    ("an hour with a fault at its very end (excluded)", "cinema-7", "18:05", "19:00", 0),
    ("an evening with a fault that was recorded hours later", "cinema-7", "18:00", "20:00", 3),
    ("an hour in which only late reports were recorded", "cinema-7", "22:00", "22:20", 0),
    ("an evening at another socket", "cinema-8", "18:00", "20:00", 1),
    ("an evening with two faults that were recorded at the same moment", "cinema-9", "20:00", "21:00", 2),
    ("a socket without any events", "zoo-404", "00:00", "23:00", 0),
    ("a whole day", "cinema-7", "00:00", "23:59", 5),
)


def _published(tariff: str, price: str, occurred: str, recorded: str = "") -> Entry:
    event = TariffPublished(tariff, Decimal(price), Decimal("0.50"), "EUR")
    return Entry(f"tariff-{tariff}", event, occurred, recorded)


def _started(session: int, tariff: str, occurred: str, recorded: str = "") -> Entry:
    event = ChargingStarted(session, "zoo-1", "NL-TNM-000007", tariff, 1_000)
    return Entry(f"session-{session}", event, occurred, recorded)


def _billed(session: int, tariff: str, occurred: str) -> Entry:
    event = InvoiceIssued(f"2026-{session:06}", session, tariff, 9_000, Decimal("4.55"))
    return Entry(f"invoice-2026-{session:06}", event, occurred)


@cache
def prices() -> DuckDBReader:
    """Return a log of sessions and of two tariffs, one published several times and once recorded late."""
    return log(
        _published("standard", "0.45", "06:00"),
        _published("fast", "0.59", "06:01"),
        _started(1, "standard", "08:00"),
        _published("standard", "0.41", "10:00"),
        _started(2, "standard", "10:00"),
        _started(3, "fast", "11:00"),
        _published("standard", "0.49", "14:00"),
        _started(4, "standard", "13:00", "14:30"),
        _published("standard", "0.47", "12:00", "15:00"),
        _started(5, "standard", "16:00"),
        _started(6, "standard", "12:30", "16:30"),
    )


SESSIONS = (
    (1, "that began long before the tariff was published again", "0.45"),
    (2, "that began in the same second as a publication", "0.41"),
    (3, "of a different tariff from the one that was published last", "0.59"),
    (4, "that began at 13:00 and was recorded at 14:30, after the next publication", "0.47"),
    (5, "that began after a publication that was recorded last but did not occur last", "0.49"),
    (6, "that began shortly after a publication which was recorded late", "0.47"),
)


@cache
def bills() -> DuckDBReader:
    """Return a log of sessions and invoices, with publications before, between and after; some events are
    recorded late.
    """
    return log(
        _published("standard", "0.45", "06:00"),
        _published("fast", "0.59", "06:01"),
        _published("night", "0.31", "06:02"),
        _started(1, "standard", "07:00"),
        _billed(1, "standard", "07:30"),
        _started(2, "standard", "09:00"),
        _published("standard", "0.41", "09:30"),
        _billed(2, "standard", "10:00"),
        _started(3, "fast", "11:00"),
        _published("standard", "0.43", "11:30"),
        _billed(3, "fast", "12:00"),
        _started(4, "standard", "13:00"),
        _published("standard", "0.44", "13:10"),
        _published("standard", "0.46", "13:20"),
        _billed(4, "standard", "13:30"),
        _started(5, "standard", "14:00"),
        _started(6, "fast", "14:30"),
        _billed(5, "standard", "15:00"),
        _published("fast", "0.65", "15:30"),
        _published("night", "0.32", "17:00"),
        _started(7, "night", "16:00", "17:30"),
        _billed(7, "night", "18:00"),
        _started(8, "night", "19:00"),
        _published("night", "0.33", "18:30", "19:10"),
        _billed(8, "night", "20:00"),
        _published("night", "0.34", "20:30"),
        _started(9, "night", "20:30"),
        _billed(9, "night", "21:00"),
        _started(10, "night", "21:30"),
        _published("night", "0.35", "22:00"),
        _billed(10, "night", "22:00"),
        _billed(6, "fast", "23:00"),
    )


INVOICES = {
    "2026-000001": (False, "whose tariff was published again only after it was issued"),
    "2026-000002": (True, "whose tariff was published again while the car was charging"),
    "2026-000003": (False, "with a session during which another tariff was published"),
    "2026-000004": (True, "whose tariff was published twice in between"),
    "2026-000005": (False, "whose tariff was published only before its session"),
    "2026-000006": (True, "that was issued hours after its session, when the price had changed"),
    "2026-000007": (True, "of a session that began before the publication but was recorded after it"),
    "2026-000008": (
        False,
        "whose tariff was published before its session but recorded after it",
    ),
    "2026-000009": (False, "whose tariff was published in the same second as its session began"),
    "2026-000010": (False, "whose tariff was published in the same second as it was issued"),
}


@cache
def evening() -> DuckDBReader:
    """Return a log of six connectors; some reports are recorded late."""
    return log(
        reported("cinema-7", "Available", "17:00"),
        reported("harbour-1", "Available", "17:01"),
        reported("zoo-1", "Charging", "17:02"),
        reported("cinema-7", "Charging", "18:05"),
        reported("bakery-1", "Available", "18:06"),
        reported("harbour-1", "Charging", "17:50", "18:30"),
        reported("zoo-1", "Available", "18:40"),
        reported("harbour-1", "Finishing", "18:10", "18:50"),
        reported("cinema-7", "Finishing", "18:55"),
        reported("zoo-2", "Available", "19:10"),
        reported("zoo-2", "Charging", "19:00", "19:20"),
        reported("opera-1", "Charging", "17:30", "20:00"),
        reported("bakery-1", "Charging", "20:00"),
    )


MAPS: tuple[tuple[str, dict[str, str]], ...] = (
    ("16:00", {}),
    ("17:02", {"cinema-7": "Available", "harbour-1": "Available", "zoo-1": "Charging"}),
    ("18:04:59", {"cinema-7": "Available", "harbour-1": "Available", "zoo-1": "Charging"}),
    ("18:05", {"cinema-7": "Charging", "harbour-1": "Available", "zoo-1": "Charging"}),
    (
        "18:45",
        {"cinema-7": "Charging", "bakery-1": "Available", "harbour-1": "Charging", "zoo-1": "Available"},
    ),
    (
        "19:30",
        {
            "cinema-7": "Finishing",
            "bakery-1": "Available",
            "harbour-1": "Finishing",
            "zoo-1": "Available",
            "zoo-2": "Charging",
        },
    ),
    (
        "21:00",
        {
            "cinema-7": "Finishing",
            "bakery-1": "Charging",
            "harbour-1": "Finishing",
            "zoo-1": "Available",
            "zoo-2": "Charging",
            "opera-1": "Charging",
        },
    ),
)

BUSY: tuple[tuple[str, str, int], ...] = (
    ("16:00", "before anybody had reported", 0),
    ("17:10", "with one car at the zoo", 1),
    ("17:30", "in the second in which a car plugged in at the opera (recorded at 20:00)", 2),
    ("17:55", "after the harbour's line had dropped: its report was recorded at 18:30", 3),
    ("18:05", "in the same second as a report", 4),
    ("18:10", "in the second in which a car at the harbour was full", 3),
    ("18:45", "after a car had left the zoo", 2),
    ("19:30", "late in the evening", 1),
    ("20:30", "after the last report", 2),
)
SHUFFLED = tuple(BUSY[index] for index in (4, 0, 7, 2, 8, 1, 6, 3, 5))


def rows_of_a_log(count: int = 40) -> list[StoredEvent]:
    """Return the rows of a log of meter readings, with their hash chain."""
    codec, ids, rows = Codec(), seeded_ids(7), list[StoredEvent]()
    when = MONDAY.replace(tzinfo=None)
    for number in range(1, 1 + count):
        kind, data = codec.encode(MeterRead(42, "cinema-7", number, 1_000 + 300 * number, 18_000))
        row = StoredEvent(
            number, "session-42", number, kind.name, 1, when, when, data, None, "{}", ids(), None, None, b""
        )
        rows.append(row._replace(hash=link(rows[-1].hash if rows else GENESIS, row)))
    return rows


def tampered(*positions: int, rehashed: bool = False, count: int = 40) -> list[StoredEvent]:
    """Return the same rows with forged readings at these positions; `rehashed` rows get a new hash."""
    rows = rows_of_a_log(count)
    for position in positions:
        reading = replace(Codec().decode(rows[position - 1]), energy_wh=99_000)  # type: ignore[type-var]
        forged = rows[position - 1]._replace(data=Codec().encode(reading)[1])
        if rehashed:
            forged = forged._replace(hash=link(rows[position - 2].hash, forged))
        rows[position - 1] = forged
    return rows


class Forgery(NamedTuple):
    """Rows for an auditor, a description, and the position that the auditor must find."""

    words: str
    rows: list[StoredEvent]
    position: int | None


@cache
def forgeries() -> tuple[Forgery, ...]:
    """Return honest rows and forged ones."""
    removed = rows_of_a_log()
    del removed[19]
    return (
        Forgery("in which nobody changed anything", rows_of_a_log(), None),
        Forgery("with a forged reading in the middle", tampered(23), 23),
        Forgery("with the very first row forged", tampered(1), 1),
        Forgery("with the very last row forged", tampered(40), 40),
        Forgery("with two forged rows", tampered(11, 30), 11),
        Forgery("from which a row was removed", removed, 21),
        Forgery("with a forged row that has a new hash of its own", tampered(17, rehashed=True), 18),
        Forgery("of no rows at all", [], None),
    )
