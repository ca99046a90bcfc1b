"""A store that is closed while other threads read: every caller gets `StoreClosed`."""

from __future__ import annotations

from itertools import repeat
from threading import Event, Thread

import pytest

from tests.workshop_lib.store.conftest import SocketRead
from workshop_lib import open_store
from workshop_lib.store.errors import StoreClosed

READINGS = [SocketRead("socket-7", energy) for energy in range(2_000)]


def test_a_store_can_be_closed_while_other_threads_read(path):
    store = open_store(path)
    store.append("socket-7", READINGS)
    ends: list[BaseException] = []

    def read(reading: Event) -> None:
        try:
            for _ in repeat(None):
                assert len(list(store.read_stream("socket-7"))) == len(READINGS)
                reading.set()
        except Exception as error:
            ends.append(error)

    started = [Event() for _ in range(3)]
    readers = [Thread(target=read, args=(reading,)) for reading in started]
    for reader in readers:
        reader.start()
    for reading in started:
        reading.wait()
    store.close()
    for reader in readers:
        reader.join()
    assert [type(error) for error in ends] == [StoreClosed] * 3
    with open_store(path) as again:
        assert (again.position(), again.verify()) == (len(READINGS), None)


@pytest.fixture
def store(path):
    with open_store(path) as opened:
        opened.append("socket-7", READINGS[:5])
        yield opened


def databases(store) -> list[str]:
    names = "SELECT database_name FROM duckdb_databases() WHERE NOT internal ORDER BY ALL"
    return [name for (name,) in store._file.ask(names)]


def test_a_closed_branch_leaves_no_database_behind(store):
    before = databases(store)
    for _ in range(2):
        with store.fork(3) as branch:
            branch.append("socket-7", READINGS[:2])
            assert branch.as_of(position=4).sql("SELECT count(*) FROM events").fetchall() == [(4,)]
            assert databases(store) != before
    assert databases(store) == before
    assert (store.position(), store.verify()) == (5, None)


def test_a_closed_branch_raises_and_can_be_closed_twice(store):
    branch = store.fork()
    begun, earlier = branch.read(), branch.as_of(position=2)
    branch.close()
    branch.close()
    for ask in (
        lambda: list(branch.read_stream("socket-7")),
        lambda: list(begun),
        lambda: list(earlier.read()),
        lambda: earlier.sql("FROM events"),
        lambda: branch.sql("FROM events"),
        lambda: branch.append("socket-7", READINGS[:1]),
        branch.verify,
        branch.fork,
    ):
        with pytest.raises(StoreClosed, match="of this branch"):
            ask()
    assert "position 5" in repr(branch)


def test_a_branch_of_a_branch_outlives_it(store):
    before = databases(store)
    branch = store.fork(3)
    branch.append("socket-7", READINGS[:2])
    with branch.fork(4) as twig:
        branch.close()
        assert twig.append("socket-7", READINGS[:1]).version == 5
        assert (len(list(twig.read())), twig.verify()) == (5, None)
        assert twig.sql("SELECT count(*) FROM events").fetchall() == [(5,)]
    assert databases(store) == before


def test_a_branch_may_be_closed_after_its_log(path):
    store = open_store(path)
    branch = store.fork()
    store.close()
    branch.close()
    with pytest.raises(StoreClosed):
        list(branch.read_stream("socket-7"))
