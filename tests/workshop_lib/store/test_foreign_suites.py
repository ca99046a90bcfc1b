"""The contract suites of the `eventsourcing` package, run on our stores.

Its authors wrote them for their own recorders and ship them in the wheel; `foreign_recorder.py` adapts our
stores to them.

Two suites do not apply to our stores: `InfrastructureFactoryTestCase` (classes chosen by environment
variables) and `TranscoderTestCase` (their JSON format). JetStream is left out because a recorder writes to
several streams at once and checks tags before it writes; JetStream supports neither.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import TestCase

import pytest
from eventsourcing.dcb import tests as dcb
from eventsourcing.tests import persistence

from tests.workshop_lib.store.foreign_recorder import DCBRecorder, Recorder, SilentRecorder
from tests.workshop_lib.store.servers import PostgresServer, postgres
from workshop_lib import open_store
from workshop_lib.store.port import EventStore

__all__ = ["postgres"]  # the fixture


class InMemory(TestCase):
    """The plain Python store."""

    def open_store(self) -> EventStore:
        store = open_store("memory://")
        self.addCleanup(store.close)
        return store


class OnDuckDB(TestCase):
    """A new file for each clause."""

    def open_store(self) -> EventStore:
        folder = self.enterContext(TemporaryDirectory())
        return self.enterContext(open_store(Path(folder) / "log.duckdb"))


class OnPostgres(TestCase):
    """A new schema for each clause."""

    @pytest.fixture(autouse=True)
    def _on_a_server(self, postgres: PostgresServer) -> None:
        self.room = postgres.room()

    def open_store(self) -> EventStore:
        return self.enterContext(open_store(self.room))


class Aggregates(persistence.AggregateRecorderTestCase):
    def create_recorder(self) -> SilentRecorder:
        return SilentRecorder(self.open_store())


class Application(persistence.ApplicationRecorderTestCase):
    def create_recorder(self) -> Recorder:
        return Recorder(self.open_store())

    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class Tracking(persistence.TrackingRecorderTestCase):
    def create_recorder(self) -> Recorder:
        return Recorder(self.open_store())


class Process(persistence.ProcessRecorderTestCase):
    def create_recorder(self) -> Recorder:
        return Recorder(self.open_store())


class NonInterleaving(persistence.NonInterleavingNotificationIDsBaseCase):
    def create_recorder(self) -> Recorder:
        return Recorder(self.open_store())


class Boundaries(dcb.DCBRecorderTestCase):
    def test_append_read(self) -> None:
        self._test_append_read(DCBRecorder(self.open_store()))

    def test_append_subscribe(self) -> None:
        self._test_append_subscribe(DCBRecorder(self.open_store()))


SUITES = (Aggregates, Application, Tracking, Process, NonInterleaving, Boundaries)
STORES = (InMemory, OnDuckDB, OnPostgres)

for _store in STORES:
    for _suite in SUITES:
        _name = f"Test{_suite.__name__}{_store.__name__}"
        globals()[_name] = type(_name, (_suite, _store), {"__module__": __name__})

del _store, _suite, Aggregates, Application, Tracking, Process, NonInterleaving, Boundaries
