"""Every store that keeps the contract, and two events of the cinema's sockets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from workshop_lib import SimulatedClock, event_type, open_store, seeded_ids


@event_type("SocketPlugged")
class SocketPlugged:
    socket: str


@event_type("SocketRead")
class SocketRead:
    socket: str
    energy_wh: int


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
