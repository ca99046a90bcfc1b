"""Invalid arguments of an append raise an error with a clear message, in every store and branch."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime, timedelta, timezone
from importlib import import_module

import numpy
import pandas
import pytest

from tests.workshop_lib.store.conftest import SocketPlugged
from workshop_lib import Append, AppendCondition, Query, event_type, open_store
from workshop_lib.events import InvalidEvent
from workshop_lib.store.arguments import checked_from
from workshop_lib.store.errors import InvalidArgument, InvalidVersion, StoreError
from workshop_lib.store.port import EventStore

EAST = timezone(timedelta(hours=9))

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
        with pytest.raises(StoreError, match=r"takes appends\. Write Append\(stream"):
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


class Word(str):
    """A text of another library, such as NumPy's."""

    def encode(self, *_: object, **__: object) -> bytes:
        raise AssertionError("it is used as plain text")


def test_text_of_other_libraries_becomes_plain_text(store):
    store.append(
        numpy.str_("socket-7"), [SocketPlugged(numpy.str_("7"))], tags=[numpy.str_("west"), Word("a")]
    )
    query = Query(types=[numpy.str_("SocketPlugged")], tags=[Word("a")])
    (recorded,) = store.read(query=query)
    (again,) = store.read_stream(numpy.str_("socket-7"))
    assert [type(text) for text in (again.stream, *again.tags, *query.types, *query.tags)] == [str] * 5
    assert recorded == again


def test_a_time_of_pandas_is_recorded_as_a_plain_time(store):
    noon = pandas.Timestamp("2026-03-02T12:00+01:00")
    store.append("socket-7", [SocketPlugged("7")], occurred_at=noon)
    (recorded,) = store.read()
    assert (type(recorded.occurred_at), recorded.occurred_at) == (datetime, noon)
    for wrong in (pandas.NaT, numpy.datetime64("2026-03-02"), datetime.min.replace(tzinfo=EAST)):
        with pytest.raises(StoreError, match=r"datetime\(2026, 3, 2, 18, 5, tzinfo=UTC\)"):
            store.append("socket-7", [SocketPlugged("7")], occurred_at=wrong)


@event_type("SocketPainted")
class SocketPainted:
    socket: str


@pytest.mark.parametrize("types", [[SocketPainted], [SocketPainted, "SocketMoved"], (SocketPainted,)])
def test_a_query_takes_a_class_for_its_name(types):
    assert Query(types=types).types[0] == "SocketPainted"
    assert Query(types=types) == Query(types=["SocketPainted", *types[1:]])


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Query(types="SocketPlugged"), "types are several texts"),
        (lambda: Query(types=SocketPainted), "types are several texts"),
        (lambda: Query(types=None), "types are several texts"),
        (lambda: Query(types=[SocketPainted("7")]), "types are several texts"),
        (lambda: Query(types=[Count]), r'not an event type. Write @event_type\("Count"\) above it'),
        (lambda: Query(tags=[7]), r'You gave 7, but tags .* Write tags=\["connector-7"\]'),
        (lambda: Query(tags=[SocketPainted]), "tags are several texts"),
        (lambda: Query(tags=["\ud800"]), "whole characters"),
        (lambda: Query(tags={"a": 1}), "tags are several texts"),
        (lambda: Query() | "SocketPlugged", r"Write Query\(types=\['SocketPlugged'\]\)"),
        (lambda: Query(alternatives=(Query(), SocketPainted)), r"Write Query\(types=\[SocketPainted\]\)"),
        (lambda: AppendCondition("SocketPlugged"), r"Write Query\(types=\['SocketPlugged'\]\)"),
    ],
)
def test_a_query_of_something_else_is_rejected(make, says):
    with pytest.raises(InvalidArgument, match=says):
        make()


def test_a_condition_is_a_condition_after_a_position(store):
    for wrong in (Query(), "SocketPlugged", 7):
        with pytest.raises(InvalidArgument, match=r"Write AppendCondition\(Query\(…\), after=…\)"):
            store.append("socket-7", [SocketPlugged("7")], condition=wrong)
    with pytest.raises(InvalidVersion, match="after='3'"):
        store.append("socket-7", [SocketPlugged("7")], condition=AppendCondition(Query(), after="3"))
    store.append("socket-7", [SocketPlugged("7")], condition=AppendCondition(Query(), after=Count(0)))
    assert store.position() == 1


@pytest.mark.parametrize("given", [{"events": {1, 2}}, {"events": "ab"}, {"events": list}, {"event_ids": 7}])
def test_several_things_without_an_order_are_rejected(store, given):
    with pytest.raises(StoreError, match=r"are several\. Put them into a list"):
        store.append(**{"stream": "socket-7", "events": [SocketPlugged("7")], **given})


@pytest.mark.parametrize("metadata", [[], "", 0, pandas.DataFrame(), ("device", "phone")], ids=repr)
def test_metadata_that_is_no_mapping_is_rejected_even_if_it_is_empty(store, metadata):
    with pytest.raises(InvalidEvent, match="Metadata is a mapping"):
        store.append("socket-7", [SocketPlugged("7")], metadata=metadata)


def test_a_timeout_of_any_length_is_a_number_of_seconds(store):
    store.append("socket-7", [SocketPlugged("7")])
    for long in (float("inf"), 1e300, numpy.float64(3), numpy.int64(3), None):
        assert store.wait(0, long)
        assert store.subscribe().next(long).position == 1
