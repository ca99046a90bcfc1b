"""The classical design: four tables with the current state, and an audit table that should explain it.

The traffic is the same as in the log, written with INSERT and UPDATE. Each UPDATE is correct and destroys an
answer: how often a connector was faulted, what the price was when a session started, how long a car was
suspended. The application writes the audit table, so it contains only what its authors remembered to write.
They forgot two things: see `FORGOTTEN` and `HOTFIX`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

    from workshop_lib.store.duckdb_engine.store import DuckDBStore

EVENT_TYPES = (
    "ConnectorCommissioned",
    "StatusReported",
    "StationCameOnline",
    "TariffPublished",
    "ChargingStarted",
    "MeterRead",
    "ChargingSuspended",
    "ChargingResumed",
    "ChargingStopped",
    "InvoiceIssued",
    "CreditNoteIssued",
)

TABLES = """
CREATE TABLE connectors (
    connector VARCHAR PRIMARY KEY, station VARCHAR, power_w INTEGER, status VARCHAR, updated_at TIMESTAMP
);
CREATE TABLE tariffs (
    tariff VARCHAR PRIMARY KEY, energy_price DECIMAL(18,4), start_fee DECIMAL(18,4), currency VARCHAR,
    updated_at TIMESTAMP
);
CREATE TABLE sessions (
    session INTEGER PRIMARY KEY, connector VARCHAR, token VARCHAR, tariff VARCHAR, status VARCHAR,
    meter_start_wh BIGINT, meter_wh BIGINT, started_at TIMESTAMP, updated_at TIMESTAMP
);
CREATE TABLE invoices (
    invoice VARCHAR PRIMARY KEY, session INTEGER, tariff VARCHAR, energy_wh BIGINT, amount DECIMAL(18,4),
    status VARCHAR, updated_at TIMESTAMP
);
CREATE TABLE audit (
    written_at TIMESTAMP, table_name VARCHAR, key VARCHAR, column_name VARCHAR, new_value VARCHAR
);
"""

INSERTS = """
INSERT INTO connectors SELECT connector, station, power_w, NULL, recorded_at FROM ConnectorCommissioned;
INSERT INTO tariffs
    SELECT tariff, energy_price, start_fee, currency, recorded_at FROM TariffPublished
    QUALIFY row_number() OVER (PARTITION BY tariff ORDER BY position) = 1;
INSERT INTO sessions
    SELECT session, connector, token, tariff, 'charging', meter_start_wh, meter_start_wh, occurred_at,
           recorded_at
    FROM ChargingStarted;
INSERT INTO invoices
    SELECT invoice, session, tariff, energy_wh, amount, 'issued', recorded_at FROM InvoiceIssued;
"""

UPDATES = """
UPDATE connectors SET status = new.status, updated_at = new.recorded_at
    FROM (SELECT * FROM StatusReported
          QUALIFY row_number() OVER (PARTITION BY connector ORDER BY position DESC) = 1) AS new
    WHERE connectors.connector = new.connector;
UPDATE tariffs SET energy_price = new.energy_price, updated_at = new.recorded_at
    FROM (SELECT * FROM TariffPublished
          QUALIFY row_number() OVER (PARTITION BY tariff ORDER BY position DESC) = 1) AS new
    WHERE tariffs.tariff = new.tariff;
UPDATE sessions SET meter_wh = new.energy_wh, updated_at = new.recorded_at
    FROM (SELECT session, max(energy_wh) AS energy_wh, max(recorded_at) AS recorded_at
          FROM MeterRead GROUP BY session) AS new
    WHERE sessions.session = new.session;
UPDATE sessions SET status = new.status, updated_at = greatest(updated_at, new.recorded_at)
    FROM (SELECT * FROM session_statuses
          QUALIFY row_number() OVER (PARTITION BY session ORDER BY position DESC) = 1) AS new
    WHERE sessions.session = new.session;
UPDATE invoices SET status = 'credited', updated_at = new.recorded_at
    FROM CreditNoteIssued AS new
    WHERE invoices.invoice = new.invoice;
"""
"""Of many updates of one row only the last one is executed: no query can see the difference, because each
update overwrites the one before.
"""

SESSION_STATUSES = """
CREATE TEMP VIEW session_statuses AS
    SELECT position, recorded_at, session, 'suspended' AS status FROM ChargingSuspended UNION ALL
    SELECT position, recorded_at, session, 'charging' FROM ChargingResumed UNION ALL
    SELECT position, recorded_at, session, 'stopped' FROM ChargingStopped
"""

FORGOTTEN = "recorded_at IN (SELECT recorded_at FROM StationCameOnline)"
"""The first gap: when a station is back online, a job of another team writes its statuses with one bulk
UPDATE, and that team had never heard of the audit table.
"""

AUDIT = """
INSERT INTO audit
    SELECT recorded_at, 'connectors', connector, 'status', status FROM StatusReported
    WHERE NOT ({forgotten}) UNION ALL
    SELECT recorded_at, 'tariffs', tariff, 'energy_price', energy_price FROM TariffPublished UNION ALL
    SELECT recorded_at, 'sessions', session::VARCHAR, 'status', status FROM session_statuses UNION ALL
    SELECT recorded_at, 'invoices', invoice, 'status', 'credited' FROM CreditNoteIssued
    ORDER BY recorded_at
"""

HOTFIX = """
UPDATE connectors SET status = 'Available' WHERE status IN ('Finishing', 'SuspendedEV');
UPDATE tariffs SET energy_price = energy_price + 0.01 WHERE tariff = 'fast';
"""
"""The second gap, typed into the production database on the last evening: "free the sockets that look taken,
and the fast price is a cent too low".
"""


def classical_database(store: DuckDBStore, forgetful: bool = True) -> duckdb.DuckDBPyConnection:
    """Return the traffic of a store as an ordinary database in memory: four tables and the audit table.

    With `forgetful=False` the audit table is complete and there is no hotfix, as it was specified.
    """
    import duckdb

    database = duckdb.connect()
    for event_type in EVENT_TYPES:
        database.register("arriving", store.sql(f"SELECT * FROM events.{event_type}").fetchnumpy())
        database.execute(f"CREATE TEMP TABLE {event_type} AS SELECT * FROM arriving")
        database.unregister("arriving")
    database.execute(SESSION_STATUSES)
    database.execute(TABLES + INSERTS + UPDATES)
    database.execute(AUDIT.format(forgotten=FORGOTTEN if forgetful else "false"))
    if forgetful:
        database.execute(HOTFIX)
    drops = "; ".join(f"DROP TABLE {event_type}" for event_type in EVENT_TYPES)
    database.execute(f"DROP VIEW session_statuses; {drops}")
    return database
