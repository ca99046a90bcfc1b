"""Foreign judges: the contract suites of the `eventsourcing` package, run on our stores.

Its authors wrote them for their own recorders and ship them in the wheel. Whatever they ask of a store of
events, ours answers; `foreign_recorder.py` only translates.

Two suites of theirs stay out, because no store of ours has such a thing: `InfrastructureFactoryTestCase`
(environment variables that choose classes) and `TranscoderTestCase` (their own JSON format). JetStream stays
out because a recorder writes to several streams at once and looks before it writes at what a tag says: there
is neither in JetStream.
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
    """The specification that a person can read."""

    def open_store(self) -> EventStore:
        store = open_store("memory://")
        self.addCleanup(store.close)
        return store


class OnDuckDB(TestCase):
    """A file of its own for each clause."""

    def open_store(self) -> EventStore:
        folder = self.enterContext(TemporaryDirectory())
        return self.enterContext(open_store(Path(folder) / "judged.duckdb"))


class OnPostgres(TestCase):
    """A schema of its own for each clause."""

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


JUDGES = (Aggregates, Application, Tracking, Process, NonInterleaving, Boundaries)
STORES = (InMemory, OnDuckDB, OnPostgres)

for _store in STORES:
    for _judge in JUDGES:
        _name = f"Test{_judge.__name__}{_store.__name__}"
        globals()[_name] = type(_name, (_judge, _store), {"__module__": __name__})

del _store, _judge, Aggregates, Application, Tracking, Process, NonInterleaving, Boundaries
