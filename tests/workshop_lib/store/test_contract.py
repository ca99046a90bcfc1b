"""The contract on plain Python and DuckDB, on their branches and on earlier moments."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from workshop_lib import SimulatedClock, open_store, seeded_ids
from workshop_lib.store.contract import EventStoreContract, ReadingContract, SocketRead, filled
from workshop_lib.store.port import EventStore, Reading

PLACES = {"memory": "memory://", "duckdb in memory": None}


class TestMemory(EventStoreContract):
    @pytest.fixture
    def store(self, clock) -> Iterator[EventStore]:
        with open_store("memory://", clock=clock, ids=seeded_ids(7)) as store:
            yield store


class TestDuckDBInMemory(EventStoreContract):
    @pytest.fixture
    def store(self, clock) -> Iterator[EventStore]:
        with open_store(clock=clock, ids=seeded_ids(7)) as store:
            yield store


class TestDuckDBFile(EventStoreContract):
    @pytest.fixture
    def store(self, clock, path) -> Iterator[EventStore]:
        with open_store(path, clock=clock, ids=seeded_ids(7)) as store:
            yield store


class TestReopenedFile(ReadingContract):
    @pytest.fixture
    def log(self, path) -> Iterator[Reading]:
        with open_store(path, clock=(clock := SimulatedClock("2026-03-02T08:00:00+00:00"))) as store:
            filled(store, clock)
        with open_store(path) as reopened:
            yield reopened


class TestFork(EventStoreContract):
    """A fork at 0 is an empty store, whatever its parent contains."""

    @pytest.fixture(params=PLACES)
    def store(self, request, clock) -> Iterator[EventStore]:
        parents_clock = SimulatedClock(clock.now)
        with open_store(PLACES[request.param], clock=clock, ids=seeded_ids(7)) as parent:
            filled(parent, parents_clock)
            with parent.fork(0) as fork:
                yield fork
            assert (parent.stream_version("socket-7 at the cinema"), parent.verify()) == (4, None)


class TestAsOf(ReadingContract):
    """The log as of an earlier moment, after more events were appended."""

    @pytest.fixture(params=PLACES)
    def log(self, request) -> Iterator[Reading]:
        clock = SimulatedClock("2026-03-02T08:00:00+00:00")
        with open_store(PLACES[request.param], clock=clock, ids=seeded_ids(7)) as store:
            end = filled(store, clock).position()
            store.append("socket-7 at the cinema", [SocketRead("7", 40)], tags=["west"])
            yield store.as_of(position=end)


class TestForkOfALog(ReadingContract):
    """A fork of a log, after more events were appended to the parent."""

    @pytest.fixture(params=PLACES)
    def log(self, request) -> Iterator[Reading]:
        clock = SimulatedClock("2026-03-02T08:00:00+00:00")
        with open_store(PLACES[request.param], clock=clock, ids=seeded_ids(7)) as store:
            end = filled(store, clock).position()
            store.append("socket-7 at the cinema", [SocketRead("7", 40)], tags=["west"])
            with store.fork(end) as fork:
                yield fork


def test_only_the_contract_imports_pytest():
    code = "import sys, workshop_lib.store.duckdb_engine.store; print('pytest' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"
