"""Hostile data, on every engine."""

from __future__ import annotations

import pytest

from tests.workshop_lib.store.hostile import HostileContract
from tests.workshop_lib.store.jetstream_server import fresh
from workshop_lib import open_store


class TestMemory(HostileContract):
    @pytest.fixture
    def store(self, clock):
        with open_store("memory://", clock=clock) as store:
            yield store


class TestDuckDB(HostileContract):
    @pytest.fixture
    def store(self, clock, path):
        with open_store(path, clock=clock) as store:
            yield store


class TestPostgres(HostileContract):
    @pytest.fixture
    def store(self, clock, postgres):
        with open_store(postgres.room(), clock=clock) as store:
            yield store


class TestJetStream(HostileContract):
    @pytest.fixture
    def store(self, clock, nats_server):
        with open_store(fresh(nats_server), clock=clock) as store:
            yield store
