"""Stores for the repository: in memory, DuckDB, and servers where they can be started."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.workshop_lib.store.jetstream_server import fresh, nats_servers, nats_wheel
from tests.workshop_lib.store.servers import postgres
from workshop_lib import SimulatedClock, open_store, seeded_ids

__all__ = ["nats_servers", "nats_wheel", "postgres"]


def opened(where):
    clock = SimulatedClock("2026-03-02T08:00:00+00:00")
    return open_store(where, clock=clock, ids=seeded_ids(7))


@pytest.fixture(params=["memory://", "duckdb", "postgresql", "nats"])
def store(request: pytest.FixtureRequest) -> Iterator:
    """Open each kind of store that a repository can use."""
    with opened(_address(request, request.param)) as store:
        yield store


@pytest.fixture(params=["duckdb", "postgresql"])
def sql_store(request: pytest.FixtureRequest) -> Iterator:
    """Open each kind of store that updates a table in the transaction of a commit."""
    with opened(_address(request, request.param)) as store:
        yield store


def _address(request: pytest.FixtureRequest, engine: str) -> str | None:
    if engine == "postgresql":
        return request.getfixturevalue("postgres").room()
    if engine == "nats":
        return fresh(request.getfixturevalue("nats_wheel"))
    return None if engine == "duckdb" else engine
