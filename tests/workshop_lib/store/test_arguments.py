"""Invalid arguments of an append raise an error with a clear message, in every store and branch."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime
from importlib import import_module

import pandas
import pytest

from tests.workshop_lib.store.conftest import SocketPlugged
from workshop_lib import Append, open_store
from workshop_lib.store.arguments import checked_from
from workshop_lib.store.errors import InvalidVersion, StoreError
from workshop_lib.store.port import EventStore

STORES = {
    "store": "Branch",
    "duckdb_engine.store": "DuckDBStore",
    "jetstream_engine.store": "JetStreamStore",
    "memory": "MemoryStore",
    "postgres_engine.store": "PostgresStore",
}


@pytest.fixture(params=["memory://", None])
def store(request):
    with open_store(request.param) as store:
        yield store


@pytest.mark.parametrize("keyword", ["ids", "version", "meta", "colour"])
def test_an_unknown_keyword_of_append_is_named(store, keyword):
    for one in (store, store.fork()):
        with pytest.raises(TypeError, match=f"unexpected keyword argument '{keyword}'"):
            one.append("socket-7", [SocketPlugged("7")], **{"tags": ["a"], keyword: 1})
        assert one.position() == 0


@pytest.mark.parametrize("module", STORES)
def test_append_lists_its_keywords_in_its_signature(module):
    store = getattr(import_module(f"workshop_lib.store.{module}"), STORES[module])
    assert parameters(store.append) == parameters(EventStore.append)


def parameters(method) -> list[tuple]:
    return [(each.name, each.kind, each.default) for each in inspect.signature(method).parameters.values()]


@pytest.mark.parametrize("wrong", [5, SocketPlugged("7"), None, ("socket-7", [])])
def test_a_batch_with_something_other_than_an_append_is_rejected_whole(store, wrong):
    for one in (store, store.fork()):
        with pytest.raises(StoreError, match=r"it takes appends\. Make each one with Append\(stream"):
            one.append_batch([Append("socket-7", [SocketPlugged("7")]), wrong])
        assert one.position() == 0


@pytest.mark.parametrize("wrong", [5, None, Append("socket-7", []), "socket-7"])
def test_a_batch_that_is_not_a_list_is_rejected(store, wrong):
    with pytest.raises(StoreError, match="appends are several"):
        store.append_batch(wrong)
    store.append("socket-7", [SocketPlugged("7")])
    assert store.position() == 1


def test_an_event_without_tags_has_none_whatever_else_is_given(store):
    store.append("socket-7", [SocketPlugged("7")], tags=None, metadata={"device": "phone"})
    assert next(store.read()).tags == ()


class Count:
    """A whole number of another library, as in a DataFrame."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __index__(self) -> int:
        return self.number


class Stamp(datetime):
    """A time of another library, as in a DataFrame."""


def test_numbers_and_times_of_other_libraries_are_accepted(store):
    noon = Stamp(2026, 3, 2, 12, tzinfo=UTC)
    for version in range(3):
        store.append("socket-7", [SocketPlugged("7")], Count(version), occurred_at=noon)
    assert [event.version for event in store.read_stream("socket-7", Count(2), Count(3))] == [2, 3]
    assert [event.position for event in store.read(Count(1), limit=Count(1))] == [2]
    assert store.as_of(position=Count(1)).position() == 1
    assert store.as_of(recorded_at=noon).position() in (0, 3)
    assert type(next(store.read()).occurred_at) is datetime


def test_values_from_a_data_frame_are_accepted(store):
    frame = pandas.DataFrame({"version": [0, 1], "at": pandas.to_datetime(["2026-03-02T12:00+01:00"] * 2)})
    for row in frame.itertuples():
        store.append("socket-7", [SocketPlugged("7")], frame["version"][row.Index], occurred_at=row.at)
    assert [event.occurred_at for event in store.read()] == [datetime(2026, 3, 2, 11, tzinfo=UTC)] * 2
    assert store.as_of(position=frame["version"].max()).position() == 1
    assert list(store.read_stream("socket-7", frame["version"].max()).to_df()["version"]) == [1, 2]


@pytest.mark.parametrize("wrong", [True, 1.0, "1", None, Count(0)])
def test_a_value_that_is_not_a_whole_number_in_range_is_rejected(wrong):
    with pytest.raises(InvalidVersion, match="whole number from 1 on"):
        checked_from("from_version", wrong, 1)
    assert type(checked_from("from_version", Count(1), 1)) is int
