"""Event ids are looked up once in a commit, and a filter knows most new ones without a search."""

from __future__ import annotations

from uuid import UUID, uuid5

import pytest

from tests.workshop_lib.store.conftest import SocketRead
from workshop_lib import Append, open_store
from workshop_lib.store.duckdb_engine import ids as event_ids
from workshop_lib.store.duckdb_engine.log import DuckDBLog
from workshop_lib.store.errors import EventIdTaken

NAMES = UUID(int=2026)
READ = [SocketRead("7", 1)]


def id_of(number: int) -> UUID:
    return uuid5(NAMES, str(number))


@pytest.fixture
def searches(monkeypatch):
    """The ids of each search in a DuckDB log."""
    found: list[list[UUID]] = []
    search = DuckDBLog.rows_with_ids
    monkeypatch.setattr(DuckDBLog, "rows_with_ids", lambda log, ids: found.append([*ids]) or search(log, ids))
    return found


def appends(numbers) -> list[Append]:
    return [Append(f"socket-{n}", READ, event_ids=[id_of(n)]) for n in numbers]


def test_new_ids_need_no_search(path, searches):
    with open_store(path) as store:
        store.append_batch(appends(range(300)))
        store.append("socket-7", READ, event_ids=[id_of(1_000)])
    with open_store(path) as store:
        store.append_batch(appends(range(300, 600)))
    assert searches == []


def test_repeated_ids_are_searched_once_in_a_commit(path, searches):
    with open_store(path) as store:
        first = store.append_batch(appends(range(300)))
        assert store.append_batch(appends(range(300))) == first
    assert [len(ids) for ids in searches] == [300]


def test_appends_of_a_generator_and_ids_as_text_are_recognized_too(store):
    first = store.append_batch(appends(range(3)))
    repeated = (Append(f"socket-{n}", READ, event_ids=[str(id_of(n))]) for n in range(3))
    assert store.append_batch(repeated) == first


def test_an_id_is_recognized_among_ids_with_the_same_bits(store):
    same_bits = [UUID(int=(high << 64) | (high ^ 77)) for high in range(1, 9)]
    results = [store.append(f"socket-{n}", READ, event_ids=[id_]) for n, id_ in enumerate(same_bits)]
    for number, (event_id, result) in enumerate(zip(same_bits, results, strict=True)):
        assert store.append(f"socket-{number}", READ, event_ids=[event_id]) == result
        with pytest.raises(EventIdTaken):
            store.append("socket-100", READ, event_ids=[event_id])
    assert store.position() == len(same_bits)


@pytest.mark.parametrize("many", [1, 2, 7])
def test_the_filter_is_loaded_again_after_many_new_ids(path, monkeypatch, many):
    monkeypatch.setattr(event_ids, "MANY", many)
    with open_store(path) as store:
        for number in range(10):
            store.append(f"socket-{number}", READ, event_ids=[id_of(number)])
            for earlier in range(number + 1):
                result = store.append(f"socket-{earlier}", READ, event_ids=[id_of(earlier)])
                assert result.positions == (earlier + 1,)


def test_ids_that_the_log_drew_itself_are_recognized(store):
    for _ in range(2):
        store.append("socket-1", READ)
        drawn = [recorded.event_id for recorded in store.read()]
        for event_id in drawn:
            with pytest.raises(EventIdTaken):
                store.append("socket-2", READ, event_ids=[event_id])


def test_ids_of_a_failed_commit_are_new(path, monkeypatch):
    with open_store(path) as store:
        store.append("socket-1", READ, event_ids=[id_of(1)])
        with monkeypatch.context() as patched:
            patched.setattr(store._writer, "commit", lambda *_: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                store.append("socket-2", READ, event_ids=[id_of(2)])
        assert store.append("socket-3", READ, event_ids=[id_of(2)]).positions == (2,)


def test_a_branch_knows_the_ids_of_its_parent(store):
    store.append("socket-1", READ, event_ids=[id_of(1)])
    with store.fork() as branch:
        branch.append("socket-2", READ, event_ids=[id_of(2)])
        for event_id in (id_of(1), id_of(2)):
            with pytest.raises(EventIdTaken):
                branch.append("socket-3", READ, event_ids=[event_id])
    assert store.append("socket-3", READ, event_ids=[id_of(2)]).positions == (2,)


def test_within_a_batch_an_id_is_recognized_and_a_failed_batch_leaves_none(store):
    one = Append("socket-1", READ, event_ids=[id_of(1)])
    assert [result.positions for result in store.append_batch([one, one])] == [(1,), (1,)]
    other = Append("socket-2", READ, event_ids=[id_of(2)])
    with pytest.raises(EventIdTaken):
        store.append_batch([other, Append("socket-3", READ, event_ids=[id_of(2)])])
    assert store.append_batch([other, other])[1].positions == (2,)
