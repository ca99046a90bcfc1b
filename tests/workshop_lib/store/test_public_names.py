"""Completion on a store, a branch or an earlier moment shows only the port's names."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.workshop_lib.store.conftest import SocketPlugged
from tests.workshop_lib.store.jetstream_server import fresh
from workshop_lib import open_store
from workshop_lib.store.port import EventStore, Reading

READING = {"read_stream", "read", "stream_version", "position", "wait", "verify", "as_of", "sql"}
WRITING = READING | {"append", "append_batch", "subscribe", "fork", "close"}
REFUSED = {"append", "append_batch", "close"}
"""Further methods of a log as of an earlier moment: `append` raises, and it can be closed."""

PLACES: dict[str, Callable[[pytest.FixtureRequest], object]] = {
    "memory": lambda request: "memory://",
    "duckdb": lambda request: request.getfixturevalue("path"),
    "postgres": lambda request: request.getfixturevalue("postgres").room(),
    "jetstream": lambda request: fresh(request.getfixturevalue("nats_wheel")),
}


@pytest.fixture(params=PLACES)
def opened(request):
    with open_store(PLACES[request.param](request)) as store:
        store.append("socket-7", [SocketPlugged("7")])
        yield store


def public(store: Reading) -> set[str]:
    return {name for name in dir(store) if not name.startswith("_")}


def test_completion_shows_the_names_of_the_port(opened):
    assert public(opened) == WRITING
    assert READING <= public(opened.as_of(position=1)) <= READING | REFUSED


def test_the_port_has_these_names():
    assert public(EventStore) == WRITING
    assert public(Reading) == READING


def test_completion_on_a_branch_shows_the_same(opened):
    with opened.fork() as branch:
        assert public(branch) == WRITING
        assert public(branch.as_of(position=1)) <= READING | REFUSED
