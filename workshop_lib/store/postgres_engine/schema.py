"""The log's table in PostgreSQL: its columns, its triggers against changes, and how it is recognized.

Data and metadata are of type `json`, not `jsonb`: the hash covers the text, and `jsonb` would rewrite it.
Read `log.py` next.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import psycopg

from workshop_lib.events import StoredEvent
from workshop_lib.frames import sql_name
from workshop_lib.store.errors import WrongStorageVersion
from workshop_lib.store.postgres_engine.connection import Link, key_of, query_error
from workshop_lib.store.server_errors import TableOfOthers, WrongEncoding

LAYOUT = 1
"""The version of our table; a log with another one is not opened."""

MARK = "a log of events, layout "
"""The beginning of the comment that marks our table."""

TABLE = """
CREATE TABLE {schema}.events (
    position BIGINT PRIMARY KEY, stream TEXT NOT NULL, version INTEGER NOT NULL, type TEXT NOT NULL,
    schema_version INTEGER NOT NULL, occurred_at TIMESTAMP NOT NULL, recorded_at TIMESTAMP NOT NULL,
    data JSON NOT NULL, tags TEXT[], metadata JSON NOT NULL,
    event_id UUID NOT NULL UNIQUE, correlation_id UUID, causation_id UUID, hash BYTEA NOT NULL,
    UNIQUE (stream, version)
);
CREATE INDEX events_by_time ON {schema}.events USING brin (recorded_at);
CREATE TABLE {schema}.heads (position BIGINT PRIMARY KEY, hash BYTEA NOT NULL);
CREATE FUNCTION {schema}.refuse_change() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the log is append-only: record the correction as a new event'; END $$;
COMMENT ON TABLE {schema}.events IS '{mark}';
"""

INDEXES = """
CREATE INDEX IF NOT EXISTS events_by_tag ON {schema}.events USING gin (tags);
ALTER INDEX {schema}.events_by_tag SET (fastupdate = off);
CREATE INDEX IF NOT EXISTS events_by_type ON {schema}.events (type, position)
"""
"""Indexes for queries; logs of earlier versions lack some. Without `fastupdate`, no query searches a list of
recent changes, which takes 25 ms.
"""

GUARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {schema}.{table}
    FOR EACH STATEMENT EXECUTE FUNCTION {schema}.refuse_change();
ALTER TABLE {schema}.{table} ENABLE ALWAYS TRIGGER append_only;
"""

FOUND = """
SELECT obj_description(c.oid, 'pg_class'), array_agg(a.attname::text ORDER BY a.attnum)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
WHERE n.nspname = %s AND c.relname = 'events' AND a.attnum > 0 AND NOT a.attisdropped
GROUP BY c.oid
"""


def prepared(link: Link) -> str:
    """Return the schema of the log; create it and the table if they do not exist.

    Raises `TableOfOthers`, `WrongEncoding`, `NotPermitted`, or `WrongStorageVersion` for another layout.
    """
    where, connection = str(link.address), link.connect()
    try:
        with connection.transaction():
            schema = _prepare(connection, where, link.address.schema)
    except BaseException as error:
        connection.close()
        if isinstance(error, psycopg.Error):
            raise query_error(where, error) from error
        raise
    link.give_back(connection)
    return schema


def _prepare(connection: psycopg.Connection[tuple[Any, ...]], where: str, schema: str | None) -> str:
    wanted = "SELECT coalesce(%s, current_schema(), 'public'), current_setting('server_encoding')"
    ((name, encoding),) = connection.execute(wanted, [schema]).fetchall()
    if encoding != "UTF8":
        raise WrongEncoding(where, encoding)
    connection.execute("SELECT pg_advisory_xact_lock(%s)", [key_of(name)])
    found = connection.execute(FOUND, [name]).fetchall()
    if found:
        _require_ours(where, *found[0])
    else:
        _create(connection, name)
    with suppress(psycopg.errors.InsufficientPrivilege), connection.transaction():
        connection.execute(INDEXES.format(schema=sql_name(name)).encode())
    return str(name)


def _require_ours(where: str, comment: str | None, columns: list[str]) -> None:
    if not (comment or "").startswith(MARK) or tuple(columns) != StoredEvent._fields:
        raise TableOfOthers(where, ", ".join(columns[:5]))
    if comment != f"{MARK}{LAYOUT}":
        raise WrongStorageVersion(
            where, f"layout version {str(comment)[len(MARK) :]}", f"layout version {LAYOUT}"
        )


def _create(connection: psycopg.Connection[tuple[Any, ...]], name: str) -> None:
    schema = sql_name(name)
    there = connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [name]).fetchall()
    statements = [] if there else [f"CREATE SCHEMA {schema};"]
    statements.append(TABLE.format(schema=schema, mark=f"{MARK}{LAYOUT}"))
    statements += [GUARD.format(schema=schema, table=table) for table in ("events", "heads")]
    connection.execute("".join(statements).encode())
