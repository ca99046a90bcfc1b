"""A damaged file yields a prefix of the log or a clear error, never other events."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from tests.workshop_lib.store.conftest import SocketRead
from workshop_lib import open_store
from workshop_lib.store.duckdb_engine.file import DamagedLog
from workshop_lib.store.errors import NotAnEventStore

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no kill -9 on Windows")

ROOT = Path(__file__).parents[3]
NAME, WAL = "network.duckdb", "network.duckdb.wal"
CHECKPOINTED, COMMITTED = 500, 1_004
"""The number of events in the file, and in total."""


def crashed(folder: Path, first_reading: int = 0) -> Path:
    """Make a folder with a log whose owner was killed: half in the file, half in the write-ahead log."""
    folder.mkdir()
    code = """
        import os, signal, sys
        from tests.workshop_lib.store.conftest import SocketRead
        from workshop_lib import open_store
        path, start = sys.argv[1], int(sys.argv[2])
        for commits, size in ((5, 100), (52, 2)):
            store = open_store(path)
            for n in range(commits):
                store.append(f"socket-{n % 7}", [SocketRead("7", start + n) for _ in range(size)])
            if size == 2:
                store.append("socket-8", [SocketRead("8", start + n) for n in range(400)])
                os.kill(os.getpid(), signal.SIGKILL)
            store.close()
        """
    command = [sys.executable, "-c", dedent(code), str(folder / NAME), str(first_reading)]
    died = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, timeout=60, check=False)
    assert died.returncode == -9
    return folder


def events_of(path: Path) -> list:
    with open_store(path) as store:
        assert store.verify() is None
        return list(store.read())


@pytest.fixture(scope="module")
def wreck(tmp_path_factory) -> Path:
    return crashed(tmp_path_factory.mktemp("wreck") / "network")


@pytest.fixture(scope="module")
def log(wreck, tmp_path_factory) -> list:
    whole = events_of(Path(shutil.copytree(wreck, tmp_path_factory.mktemp("whole") / "log")) / NAME)
    assert (len(whole), whole[0].event) == (COMMITTED, SocketRead("7", 0))
    return whole


@pytest.fixture
def copy(wreck, tmp_path) -> Path:
    return Path(shutil.copytree(wreck, tmp_path / "copy"))


def damage(file: Path, chance: random.Random, how: str) -> bytes:
    content = bytearray(file.read_bytes())
    place = chance.randrange(len(content))
    if how == "cut":
        del content[place:]
    else:
        content[place] ^= 1 << chance.randrange(8)
    file.write_bytes(content)
    return bytes(content)


@pytest.mark.parametrize("how", ["flip", "cut"])
@pytest.mark.parametrize("name", [NAME, WAL])
def test_a_damaged_file_yields_a_prefix_of_the_log_or_an_error(wreck, log, copy, name, how):
    chance, outcomes = random.Random(f"{name} {how}"), set()
    for _ in range(30):
        for file in (NAME, WAL):
            shutil.copy(wreck / file, copy / file)
        damaged = damage(copy / name, chance, how)
        try:
            events = events_of(copy / NAME)
            assert events == log[: len(events)]
            assert len(events) >= CHECKPOINTED
            outcomes.add("a prefix")
        except (NotAnEventStore, DamagedLog) as refused:
            assert (copy / name).read_bytes() == damaged, f"the file was changed: {refused}"
            outcomes.add("an error")
    assert outcomes == ({"a prefix"} if (name, how) == (WAL, "cut") else {"an error"})


def test_the_write_ahead_log_of_another_file_is_rejected(wreck, log, copy, tmp_path):
    other = crashed(tmp_path / "other", first_reading=1_000)
    shutil.copy(other / WAL, copy / WAL)
    with pytest.raises(DamagedLog, match="not its own"):
        events_of(copy / NAME)
    shutil.copy(wreck / WAL, copy / WAL)
    assert events_of(copy / NAME) == log


def test_an_older_write_ahead_log_of_the_same_file_is_rejected(copy):
    older = (copy / WAL).read_bytes()
    events_of(copy / NAME)
    (copy / WAL).write_bytes(older)
    with pytest.raises(DamagedLog, match="older version"):
        events_of(copy / NAME)


def test_a_query_that_reads_a_damaged_block_raises_damaged_log(tmp_path):
    path = tmp_path / NAME
    with open_store(path) as store:
        store.append("socket-7", [SocketRead("7", n) for n in range(20_000)])
        first = store.sql("SELECT hash FROM events LIMIT 1").fetchall()[0][0]
    content = bytearray(path.read_bytes())
    content[content.index(first)] ^= 1
    path.write_bytes(content)
    with open_store(path) as store, pytest.raises(DamagedLog, match="a part of it is damaged"):
        store.sql("CREATE TABLE mine AS FROM events")
    assert path.read_bytes() == content


def test_without_its_write_ahead_log_the_file_is_a_prefix(log, copy):
    (copy / WAL).unlink()
    assert events_of(copy / NAME) == log[:CHECKPOINTED]
