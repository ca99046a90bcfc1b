"""A store in a forked child: every verb raises, and closing touches nothing of the parent's."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest

from tests.workshop_lib.store.conftest import SocketRead
from tests.workshop_lib.store.fork_child import in_child, opened_before, use_and_close
from tests.workshop_lib.store.jetstream_server import fresh
from workshop_lib import open_store
from workshop_lib.store.process import OpenedBeforeFork

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork"),
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]


@pytest.fixture(params=["memory", "DuckDB in memory", "DuckDB file", "postgres", "nats_wheel"])
def opened(request: pytest.FixtureRequest, path: Path):
    places = {"memory": "memory://", "DuckDB in memory": None, "DuckDB file": path}
    if request.param in places:
        where = places[request.param]
    else:
        server = request.getfixturevalue(request.param)
        where = fresh(server) if isinstance(server, str) else server.room()
    with open_store(where) as store:
        yield store


def test_a_child_is_refused_and_the_parent_goes_on(opened):
    opened.append("fork-1", [SocketRead("socket-1", 1)])
    [*opened.read()]
    verbs = opened_before(opened, SocketRead("socket-1", 2))
    assert in_child(lambda: use_and_close(opened, verbs)) == 0
    assert opened.append("fork-1", [SocketRead("socket-1", 3)], 1).version == 2
    assert [recorded.version for recorded in opened.read()] == [1, 2]
    assert opened.verify() is None


def test_a_lock_that_another_thread_held_does_not_block_the_child(opened):
    """The fork happens in the middle of an append, from its generator of events."""
    codes = []

    def forking():
        yield SocketRead("socket-1", 1)
        codes.append(in_child(lambda: use_and_close(opened, {"append": lambda: opened.append("fork-1", [])})))

    appending = Thread(target=lambda: opened.append("fork-1", forking()))
    appending.start()
    appending.join(60)
    assert codes == [0]
    assert (opened.position() > 0, opened.verify()) == (True, None)


def test_the_error_says_where_to_open_a_store(opened):
    def use() -> None:
        with pytest.raises(
            OpenedBeforeFork, match=rf"process {os.getpid()}, .* Open a store here, after the"
        ):
            opened.position()
        assert repr(opened) == "<a store of the parent process>"

    assert in_child(use) == 0


PROGRAM = """
import os, sys
from workshop_lib import event_type, open_store

@event_type("Ping")
class Ping:
    n: int

store = open_store(sys.argv[1])
store.append("ping-1", [Ping(1)])
child = os.fork()
if child == 0:
    sys.exit(0)  # all destructors run
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
store.append("ping-1", [Ping(2)], 1)
assert store.verify() is None
"""


def test_a_child_that_ends_normally_leaves_the_file_alone(path):
    subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM, str(path)], check=True, capture_output=True
    )
    with open_store(path) as store:
        assert (store.position(), store.verify()) == (2, None)


def _count(where: str) -> int:
    with open_store(where) as store:
        store.append("fork-1", [SocketRead("socket-1", 1)])
        return store.position()


def _use(_: object) -> str:
    try:
        return str(_shared.position())
    except OpenedBeforeFork as error:
        return str(error)


_shared = None


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_a_process_of_a_pool_opens_a_store_of_its_own(method, tmp_path):
    with multiprocessing.get_context(method).Pool(1) as pool:
        assert pool.apply(_count, (str(tmp_path / "its own.duckdb"),)) == 1


def test_a_pool_gets_an_answer_about_its_parents_store(path):
    global _shared
    with open_store(path) as _shared, multiprocessing.get_context("fork").Pool(1) as pool:
        assert "Open a store here, after the fork" in pool.apply(_use, (None,))
