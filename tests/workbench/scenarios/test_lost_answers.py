"""The classical tables, their audit table, and the log that somebody tampered with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from workbench.city.traffic import network, traffic
from workbench.scenarios.classical import classical_database
from workbench.scenarios.tampering import EXTRA_WH, tampered_network
from workshop_lib import open_store
from workshop_lib.store.duckdb_engine.store import DuckDBStore

DRIFTED = """
SELECT count(*) FROM {table} JOIN (
    SELECT key, last(new_value ORDER BY written_at) AS value FROM audit
    WHERE table_name = '{table}' GROUP BY key
) ON key = {key} WHERE value <> {column}::VARCHAR
"""


def one(database: duckdb.DuckDBPyConnection | DuckDBStore, query: str) -> object:
    return database.sql(query).fetchall()[0][0]


@pytest.fixture(scope="module")
def log() -> Iterator[DuckDBStore]:
    with network(days=7, stations=12) as store:
        yield store


@pytest.fixture(scope="module")
def classical(log: DuckDBStore) -> Iterator[duckdb.DuckDBPyConnection]:
    with classical_database(log) as database:
        yield database


def test_the_classical_tables_have_the_current_state(
    classical: duckdb.DuckDBPyConnection, log: DuckDBStore
) -> None:
    assert one(classical, "SELECT count(*) FROM sessions WHERE status = 'stopped'") == one(
        log, "SELECT count(*) FROM events.ChargingStopped"
    )
    assert one(classical, "SELECT sum(amount) FROM invoices") == one(
        log, "SELECT sum(amount) FROM events.InvoiceIssued"
    )
    assert one(classical, "SELECT count(*) FROM connectors") == 51


def test_the_tables_have_one_status_of_a_connector_and_the_log_has_all(
    classical: duckdb.DuckDBPyConnection, log: DuckDBStore
) -> None:
    faults = "SELECT count(*) FROM {} WHERE status = 'Faulted'"

    assert one(classical, faults.format("connectors")) == 0
    assert one(log, faults.format("events.StatusReported")) > 20  # type: ignore[operator]


def test_an_audit_table_that_the_application_writes_drifts_from_the_other_tables(
    classical: duckdb.DuckDBPyConnection, log: DuckDBStore
) -> None:
    assert one(classical, DRIFTED.format(table="connectors", key="connector", column="status")) > 0  # type: ignore[operator]
    assert one(
        classical, "SELECT count(*) FROM audit WHERE column_name = 'status' AND table_name = 'connectors'"
    ) < one(  # type: ignore[operator]
        log, "SELECT count(*) FROM events.StatusReported"
    )


def test_the_audit_table_as_specified_explains_every_status(log: DuckDBStore) -> None:
    with classical_database(log, forgetful=False) as database:
        assert one(database, DRIFTED.format(table="connectors", key="connector", column="status")) == 0
        assert one(database, DRIFTED.format(table="sessions", key="session::VARCHAR", column="status")) == 0


def test_only_the_hash_chain_finds_the_one_tampered_reading(tmp_path: Path) -> None:
    path = tampered_network(tmp_path / "city.duckdb", readings=10_000)
    with open_store(path) as store:
        found = store.verify()
        assert isinstance(store, DuckDBStore)
        assert found is not None
        assert one(store, "SELECT count(*) FROM events.MeterRead") == 10_000
        sent = {number: delivery.event for number, delivery in enumerate(traffic(events=store.position()), 1)}
        changed = [there.position for there in store.read() if there.event != sent[there.position]]
        assert changed == [found]
        [there] = store.read(after=found - 1, limit=1)
        assert there.event.energy_wh == sent[found].energy_wh + EXTRA_WH


def test_the_guards_are_back_after_the_tampering(tmp_path: Path) -> None:
    path = tampered_network(tmp_path / "city.duckdb", readings=500)
    with duckdb.connect(str(path)) as raw, pytest.raises(duckdb.Error, match="append-only"):
        raw.execute("UPDATE events SET data = '{}' WHERE position = 1")


def test_another_seed_changes_another_reading(tmp_path: Path) -> None:
    def found(seed: int) -> int | None:
        with open_store(tampered_network(tmp_path / f"{seed}.duckdb", seed, 500)) as store:
            return store.verify()

    assert found(1) != found(2)
