"""Checkpoints: when the write-ahead log is merged into the file, and how that affects appends."""

from __future__ import annotations

import pytest

from tests.workshop_lib.store.conftest import SocketPlugged, SocketRead
from workshop_lib import open_store
from workshop_lib.store.duckdb_engine import checkpoint as duckdb_checkpoint
from workshop_lib.store.duckdb_engine import file as duckdb_file
from workshop_lib.store.duckdb_engine.checkpoint import size_of
from workshop_lib.store.errors import DiskFull


@pytest.fixture
def store(path):
    with open_store(path) as opened:
        yield opened


@pytest.fixture
def wal(path):
    return path.with_name(path.name + ".wal")


def test_a_checkpoint_runs_after_a_fixed_number_of_commits(store, wal, monkeypatch):
    monkeypatch.setattr(duckdb_checkpoint, "COMMITS", 5)
    for n in range(4):
        store.append("socket-7", [SocketRead("7", n)])
    assert size_of(wal) > 0
    store.append("socket-7", [SocketRead("7", 4)])
    assert size_of(wal) == 0
    assert (store.position(), store.verify()) == (5, None)


def test_large_appends_are_checkpointed_sooner(store, wal, monkeypatch):
    monkeypatch.setattr(duckdb_checkpoint, "BYTES", 100_000)
    store.append("socket-7", [SocketPlugged("y" * 1_000)])
    assert size_of(wal) > 0
    store.append("socket-7", [SocketPlugged("y" * 200_000)])
    assert size_of(wal) == 0


def test_no_checkpoint_runs_during_a_commit(store, wal, monkeypatch):
    monkeypatch.setattr(duckdb_checkpoint, "BYTES", 2**40)
    store.append("socket-7", [SocketPlugged("y" * 2**20)] * 20)
    assert size_of(wal) > 20 * 2**20


def test_a_checkpoint_blocked_by_another_writer_is_retried_later(store, wal, monkeypatch):
    monkeypatch.setattr(duckdb_checkpoint, "COMMITS", 2)
    other = store._file.connection.cursor()
    other.execute("CREATE TABLE log.main.mine (n INTEGER); BEGIN; INSERT INTO log.main.mine VALUES (1)")
    for n in range(3):
        store.append("socket-7", [SocketRead("7", n)])
    assert size_of(wal) > 0
    other.execute("COMMIT")
    store.append("socket-7", [SocketRead("7", 3)])
    assert (size_of(wal), store.position(), store.verify()) == (0, 4, None)


def test_a_branch_does_not_write_to_its_parents_file(store, wal, monkeypatch):
    store.append("socket-7", [SocketPlugged("7")])
    before = size_of(wal)
    monkeypatch.setattr(duckdb_checkpoint, "COMMITS", 1)
    store.fork().append("socket-7", [SocketRead("7", 1)])
    assert size_of(wal) == before > 0


def test_a_file_that_cannot_be_reopened_raises_until_it_can(store, path, monkeypatch):
    store.append("socket-7", [SocketPlugged("7")])
    store._checkpoints.lost = True
    with monkeypatch.context() as full:
        full.setattr(duckdb_file, "attach", lambda *_: (_ for _ in ()).throw(DiskFull(path, "full")))
        with pytest.raises(DiskFull):
            store.append("socket-7", [SocketRead("7", 1)], 1)
    assert store.append("socket-7", [SocketRead("7", 1)], 1).positions == (2,)
    assert store.verify() is None
