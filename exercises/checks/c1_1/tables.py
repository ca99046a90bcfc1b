"""The classical tables: which questions they can answer, and where their audit has drifted.

Read `c1_1/checks.py` next: its tasks use these checks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from exercises.checks.small_logs import is_number, number
from workbench.classroom.attempt import Attempt
from workbench.classroom.plain import shown
from workbench.scenarios.classical import TABLES

if TYPE_CHECKING:
    import duckdb

UNANSWERABLE = "unanswerable"
FREE_NOW = "SELECT count(*) FROM connectors WHERE status = 'Available'"
DELIVERED = "SELECT sum(meter_wh - meter_start_wh) FROM sessions"
FORGOTTEN = {
    "faults_of_cinema_7": "Each report overwrote the one before it, so a row holds its last status only.",
    "price_at_start": "The price was overwritten as soon as the next one was published.",
    "suspended_minutes": "A pause that is over leaves no trace: the row says `stopped`, like all others.",
}


def unanswerable(attempt: Attempt, given: dict[str, object]) -> None:
    """Check the three questions about the past, which the tables have overwritten."""
    for key, forgotten in FORGOTTEN.items():
        attempt.expect(
            _says_unanswerable(given[key]),
            seen=f"You answer `{key}` with `{shown(given[key], 60)}`.",
            why=f"{forgotten} (The audit table may say something else; its trial comes later.)",
            look="Which column of the four tables holds the answer? If none does, it is `UNANSWERABLE`.",
        )


def _says_unanswerable(value: object) -> bool:
    return isinstance(value, str) and value.strip().lower() == UNANSWERABLE


def present(attempt: Attempt, key: str, value: object, right: object) -> None:
    """Check one of the two questions about the present."""
    attempt.expect(
        not _says_unanswerable(value),
        seen=f"You say that `{key}` cannot be answered.",
        why="Tables hold the present, and they are good at counting and summing it.",
        look="Which table has a row for each thing that is counted or summed here?",
    )
    found = number(value)
    attempt.expect(
        is_number(found),
        seen=f"You answer `{key}` with `{shown(value, 60)}`.",
        why="The question asks for a number.",
        look="A query returns rows, and a row has columns: `.fetchall()[0][0]` is the first value.",
    )
    attempt.expect(
        found == right,
        seen=f"You answer `{key}` with `{shown(value, 60)}`; the tables give another number.",
        why="This is one of the questions that the tables can answer, to the last digit.",
        look="Watt-hours or kilowatt-hours? All rows or some? Since the start of each session?",
    )


DRIFTED = {
    "cinema-1": (False, "whose audit ends with the status in its row"),
    "cinema-7": (True, "whose audit ends with another status"),
    "harbour-1": (False, "whose audit once had another status, and then followed"),
    "harbour-2": (True, "that went back to an earlier status, which the audit missed"),
    "zoo-1": (True, "that has no audit entry"),
    "zoo-2": (False, "that was audited once"),
}

DRIFT = """
INSERT INTO connectors (connector, status) VALUES
    ('cinema-1', 'Charging'), ('cinema-7', 'Available'), ('harbour-1', 'Available'),
    ('harbour-2', 'Available'), ('zoo-1', 'Faulted'), ('zoo-2', 'Preparing');
INSERT INTO audit VALUES
    ('2026-03-02 06:01', 'connectors', 'cinema-1', 'status', 'Available'),
    ('2026-03-02 06:02', 'connectors', 'cinema-1', 'status', 'Charging'),
    ('2026-03-02 06:03', 'connectors', 'cinema-7', 'status', 'Finishing'),
    ('2026-03-02 06:05', 'connectors', 'harbour-1', 'status', 'Available'),
    ('2026-03-02 06:04', 'connectors', 'harbour-1', 'status', 'Reserved'),
    ('2026-03-02 06:06', 'connectors', 'harbour-2', 'status', 'Available'),
    ('2026-03-02 06:07', 'connectors', 'harbour-2', 'status', 'Charging'),
    ('2026-03-02 06:08', 'connectors', 'zoo-2', 'status', 'Preparing'),
    ('2026-03-02 06:09', 'sessions', '42', 'status', 'charging'),
    ('2026-03-02 06:10', 'tariffs', 'fast', 'energy_price', '0.5900');
"""


def drifted_tables() -> duckdb.DuckDBPyConnection:
    """Return the classical tables with six connectors, some of which differ from their audit."""
    import duckdb

    database = duckdb.connect()
    database.execute(TABLES + DRIFT)
    return database


def untouched(attempt: Attempt, database: duckdb.DuckDBPyConnection) -> None:
    """Check that the tables of `drifted_tables` hold what they held before."""
    before, after = _content(drifted_tables()), _content(database)
    changed = [table for table in before if after.get(table) != before[table]]
    attempt.expect(
        not changed,
        seen=f"Your function has changed the table `{' and '.join(changed)}`.",
        why="Evidence may be read but not changed: the next examiner must find what you found.",
        look="A `SELECT` is enough here: which statement deletes, updates or inserts?",
    )


def _content(database: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[object, ...]]]:
    tables = database.execute("SELECT table_name FROM duckdb_tables() ORDER BY table_name").fetchall()
    return {table: database.execute(f'FROM "{table}" ORDER BY ALL').fetchall() for (table,) in tables}
