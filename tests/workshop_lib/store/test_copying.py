"""A log of any engine, copied to DuckDB: the same events, and one report for all."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from tests.workshop_lib.store.conftest import SocketPlugged, SocketRead
from tests.workshop_lib.store.jetstream_server import fresh
from workshop_lib import SimulatedClock, open_store, to_duckdb
from workshop_lib.store.errors import NotSupported

REPORT = "SELECT stream, sum(energy_wh) FROM events.SocketRead GROUP BY ALL ORDER BY ALL"


@pytest.fixture(params=["memory", "DuckDB in memory", "DuckDB file", "postgres", "nats_wheel"])
def original(request, path):
    places = {"memory": "memory://", "DuckDB in memory": None, "DuckDB file": path}
    if request.param in places:
        where = places[request.param]
    else:
        server = request.getfixturevalue(request.param)
        where = fresh(server) if isinstance(server, str) else server.room()
    with open_store(where, clock=SimulatedClock("2026-03-02T08:00:00+00:00")) as store:
        store.append("socket-1", [SocketPlugged("1"), SocketRead("1", 5)], tags=["west", "late"])
        store.append("socket-2", [SocketRead("2", 7)], metadata={"user": "ann"}, correlation_id=UUID(int=1))
        store.append("socket-1", [SocketRead("1", 6)], occurred_at=datetime(2026, 3, 1, tzinfo=UTC))
        yield store


def without_positions(log):
    return [
        (seen.event, seen.stream, seen.version, seen.event_id, seen.occurred_at, seen.recorded_at, seen.tags)
        + (dict(seen.metadata), seen.correlation_id, seen.causation_id)
        for seen in log.read()
    ]


def test_a_copy_has_the_same_events(original, tmp_path):
    for where in (None, tmp_path / "copy.duckdb"):
        with to_duckdb(original, where) as copy:
            assert without_positions(copy) == without_positions(original)
            assert copy.verify() is None
            assert copy.sql(REPORT).fetchall() == [("socket-1", 11), ("socket-2", 7)]
            assert copy.as_of(position=2).sql(REPORT).fetchall() == [("socket-1", 5)]


def test_an_engine_without_sql_says_how_to_ask(original):
    logs = [original, original.as_of(position=2)]
    if hasattr(original, "_file"):
        pytest.skip("DuckDB answers itself")
    for log in logs:
        with pytest.raises(NotSupported, match=r"to_duckdb\(store\)\.sql"):
            log.sql(REPORT)


def test_a_part_of_a_log_can_be_copied(original):
    with to_duckdb(original.as_of(position=0)) as copy:
        assert copy.position() == 0


def test_many_events_are_copied_in_pages(monkeypatch):
    monkeypatch.setattr("workshop_lib.store.copying.PAGE", 7)
    with open_store("memory://") as store:
        for number in range(20):
            store.append(f"socket-{number % 3}", [SocketRead("1", number)] * (number % 4))
        with to_duckdb(store) as copy:
            assert without_positions(copy) == without_positions(store)
            assert [seen.position for seen in copy.read()] == [seen.position for seen in store.read()]
