"""The peers: the `eventsourcing` package on SQLite and in memory, and DuckDB without anything of ours.

Each gets the same events as our store and must return the same answers. The package is used as its
documentation shows, with its defaults (a file in WAL mode); only its sections are larger, which is faster.
Read next: `event_logs.py`, where the logs come from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import duckdb
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import Notification

from workshop_lib.charging import session as ours
from workshop_lib.store.duckdb_engine.store import DuckDBStore

SECTION = 10_000
SQLITE, MEMORY = "eventsourcing.sqlite", "eventsourcing.popo"


class Session(Aggregate):
    """The session of `workshop_lib.charging.session`, written with their package."""

    class ChargingStarted(Aggregate.Created):
        session: int
        connector: str
        token: str
        tariff: str
        meter_start_wh: int

    class MeterRead(Aggregate.Event):
        session: int
        connector: str
        seq_no: int
        energy_wh: int
        power_w: int

    @event(ChargingStarted)
    def __init__(self, session: int, connector: str, token: str, tariff: str, meter_start_wh: int) -> None:
        self.session, self.connector, self.token, self.tariff = session, connector, token, tariff
        self.meter_start_wh = self.meter_wh = meter_start_wh
        self.seq_no = 0

    @event(MeterRead)
    def read(self, session: int, connector: str, seq_no: int, energy_wh: int, power_w: int) -> None:
        if seq_no > self.seq_no:
            self.meter_wh, self.seq_no = energy_wh, seq_no


class Charging(Application[UUID]):
    """Their application: a repository of sessions and a notification log."""

    log_section_size = SECTION

    def construct_notification_log(self) -> Any:
        """Return the log in large sections; the default of ten events is slow."""
        log = super().construct_notification_log()
        log.section_size = SECTION
        return log


def id_of(stream: str) -> UUID:
    """Return the UUID of a stream, which they use instead of a name."""
    return uuid5(NAMESPACE_URL, stream)


def theirs(stream: str, version: int, fact: object) -> Aggregate.Event:
    """Convert one of our events to one of theirs."""
    fields = {name: getattr(fact, name) for name in fact.__dataclass_fields__}  # type: ignore[attr-defined]
    place = {"originator_id": id_of(stream), "originator_version": version, "timestamp": datetime.now(UTC)}
    if isinstance(fact, ours.ChargingStarted):
        topic = f"{Session.__module__}:{Session.__qualname__}"
        return Session.ChargingStarted(originator_topic=topic, **place, **fields)
    return Session.MeterRead(**place, **fields)


@contextmanager
def application(module: str, path: Path | None = None, snapshots: bool = False) -> Iterator[Charging]:
    """Open their application on a file, or in memory; with snapshots it looks for one before each load."""
    environment = {"PERSISTENCE_MODULE": module, "IS_SNAPSHOTTING_ENABLED": "y" if snapshots else "n"}
    if path:
        environment["SQLITE_DBNAME"] = str(path)
    with closing(Charging(env=environment)) as app:
        yield app


def fill(app: Charging, facts: Iterator[tuple[str, int, object]], report: Callable[[int], None]) -> None:
    """Append events (stream, version, event) to their log, many in a commit."""
    while batch := [theirs(*fact) for fact in islice(facts, SECTION)]:
        app.events.put(batch)
        report(len(batch))


def notifications(app: Charging) -> Iterator[Notification]:
    """Yield their whole log, section by section."""
    start = 1
    while section := app.notification_log.select(start, SECTION):
        yield from section
        start = section[-1].id + 1


def domain_events(app: Charging) -> Iterator[Any]:
    """Yield their whole log as domain events."""
    return map(app.mapper.to_domain_event, notifications(app))


def last_meters(app: Charging) -> dict[UUID, int]:
    """Return the last reading of every session, folded from their log."""
    meters: dict[UUID, int] = {}
    for happened in domain_events(app):
        if isinstance(happened, Session.MeterRead):
            meters[happened.originator_id] = happened.energy_wh
    return meters


class Bare:
    """DuckDB alone: a table with the columns and the rows of a store's log, and no index on it."""

    def __init__(self, path: Path) -> None:
        self.connection = duckdb.connect(str(path))
        self.connection.execute("SET enable_progress_bar = false")

    def take_columns(self, store: DuckDBStore) -> None:
        """Make an empty table with that store's columns."""
        events = store.sql("SELECT * FROM events LIMIT 0")
        columns = zip(events.columns, events.types, strict=True)
        types = ", ".join(f'"{name}" {kind}' for name, kind in columns)
        self.connection.execute(f"CREATE OR REPLACE TABLE events ({types})")
        self.insert = f"INSERT INTO events VALUES ({', '.join('?' for _ in events.columns)})"

    def take_rows(self, store: DuckDBStore, parquet: Path, table: str = "events") -> None:
        """Copy all rows of that store, through a Parquet file."""
        store.sql("FROM events").write_parquet(str(parquet))
        self.connection.execute(f"CREATE OR REPLACE TABLE {table} AS FROM '{parquet}' ORDER BY position")
        parquet.unlink()

    def close(self) -> None:
        self.connection.close()
