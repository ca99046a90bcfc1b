"""Answers to the tasks of chapter 1.1."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Any

import duckdb

from workshop_lib.charging.classical import classical_database
from workshop_lib.charging.traffic import network
from workshop_lib.classroom.outcome import Outcome
from workshop_lib.store.chain import first_misfit

UNANSWERABLE = "unanswerable"


def returns_nothing(*args: object) -> None:
    """Forget the `return`."""
    str(len(args))


# 1 what_the_tables_can_tell


@cache
def database() -> duckdb.DuckDBPyConnection:
    return classical_database(network(seed=2, days=1, stations=3))


def free() -> int:
    return database().execute("SELECT count(*) FROM connectors WHERE status = 'Available'").fetchall()[0][0]


def energy() -> list[tuple[Any, ...]]:
    return database().execute("SELECT sum(meter_wh - meter_start_wh) FROM sessions").fetchall()


def told(**changes: object) -> tuple[dict[str, object], object]:
    right = {
        "free_now": free(),
        "delivered_wh": energy()[0][0],
        "faults_of_cinema_7": UNANSWERABLE,
        "price_at_start": UNANSWERABLE,
        "suspended_minutes": UNANSWERABLE,
    }
    return right | changes, database()


TABLES = [
    (told(faults_of_cinema_7=0), Outcome.WRONG, "last status only"),
    (told(price_at_start=Decimal("0.29")), Outcome.WRONG, "overwritten the moment"),
    (told(suspended_minutes=None), Outcome.WRONG, "left no trace"),
    (told(free_now=UNANSWERABLE), Outcome.WRONG, "Tables know the present"),
    (told(free_now=-1), Outcome.WRONG, "another number"),
    (told(free_now=True), Outcome.WRONG, "asks for a number"),
    (told(delivered_wh=float(energy()[0][0]) / 1000), Outcome.WRONG, "kilowatt-hours"),
    (told(delivered_wh="a lot"), Outcome.WRONG, "asks for a number"),
    (told(delivered_wh=...), Outcome.NOT_ATTEMPTED, "1 of 5 in `answers` is still the gap"),
    (({"free_now": 3}, database()), Outcome.WRONG, "five names"),
    ((None, database()), Outcome.WRONG, "not the five answers"),
    ((told()[0], None), Outcome.WRONG, "asks the same tables"),
]
TABLES_RIGHT = [
    *right("what_the_tables_can_tell", *TABLES_RIGHT),
    *right("outages_of_a_connector", outages, outages_in_python, outages_as_a_relation),
    *right("price_at_start", price_at_start, price_in_python, price_asof),
    *right(
        "status_is_a_fold",
        *(status_of, status_reduced, status_backwards, lambda events: Shown(events).answer),
    ),
    *right("drifted_rows", drifted, drifted_by_except, drifted_in_python, drifted_with_reasons),
    *right("tampered_reading", find_tampered, tampered_pairwise, first_misfit),
    *right("the_map_at", map_at, map_in_python, map_with_the_silent),
    *right("tariff_changed_later", republished, republished_with_more, republished_in_python),
    *right(
        "one_write",
        (record, derive),
        (record, derive_in_a_comprehension),
        (record_twice_over, derive_without_doubles),
        (record_unless_there, derive),
    ),
    *right("busy_at_each_instant", busy_at, busy_one_by_one, busy_in_one_pass, busy_by_changes),
]
