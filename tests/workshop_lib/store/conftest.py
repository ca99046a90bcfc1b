"""Fixtures that open stores, and the two event types of the contract."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workshop_lib.store.jetstream_server import (
    nats_cluster,
    nats_folder,
    nats_program,
    nats_server,
    nats_servers,
    nats_wheel,
)
from tests.workshop_lib.store.servers import postgres
from workshop_lib import SimulatedClock, open_store, seeded_ids
from workshop_lib.store.contract import SocketPlugged, SocketRead

__all__ = [
    "SocketPlugged",
    "SocketRead",
    "nats_cluster",
    "nats_folder",
    "nats_program",
    "nats_server",
    "nats_servers",
    "nats_wheel",
    "postgres",
]


@pytest.fixture(params=["memory", "duckdb in memory", "duckdb file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator:
    where = {"memory": "memory://", "duckdb in memory": None, "duckdb file": tmp_path / "network.duckdb"}
    clock = SimulatedClock("2026-03-02T08:00:00+00:00")
    with open_store(where[request.param], clock=clock, ids=seeded_ids(7)) as opened:
        opened.test_clock = clock
        yield opened


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "network.duckdb"
