"""What every event store promises, whatever engine keeps the promise."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from tests.store.conftest import SocketPlugged, SocketRead
from workshop_lib import ANY, EXISTS, NO_STREAM, Append, Query, WrongExpectedVersion
from workshop_lib.store.refusals import (
    EventIdTaken,
    InvalidStreamName,
    InvalidVersion,
    ReadOnly,
    StoreError,
)

CINEMA, HARBOUR = "socket-7 at the cinema", "socket-1 at the harbour"


def versions(events):
    return [recorded.version for recorded in events]


def positions(events):
    return [recorded.position for recorded in events]


def test_an_append_tells_the_new_version_and_the_positions(store):
    assert store.append(CINEMA, [SocketPlugged("7"), SocketRead("7", 10)], NO_STREAM) == (2, (1, 2))
    assert store.append(HARBOUR, [SocketPlugged("1")], NO_STREAM) == (1, (3,))
    assert store.append(CINEMA, [SocketRead("7", 20)], 2) == (3, (4,))


def test_what_was_appended_is_what_is_read(store):
    store.append(CINEMA, [SocketPlugged("7"), SocketRead("7", 10)])
    assert [recorded.event for recorded in store.read_stream(CINEMA)] == [
        SocketPlugged("7"),
        SocketRead("7", 10),
    ]


def test_a_recorded_event_knows_its_place_and_its_times(store):
    happened = datetime(2026, 3, 1, 23, 0, tzinfo=UTC)
    cause, case = UUID(int=1), UUID(int=2)
    store.append(
        CINEMA,
        [SocketRead("7", 10)],
        occurred_at=happened,
        tags=["socket-7"],
        metadata={"device": "phone"},
        correlation_id=case,
        causation_id=str(cause),
    )
    (recorded,) = store.read()
    assert (recorded.type, recorded.schema_version) == ("SocketRead", 1)
    assert (recorded.stream, recorded.version, recorded.position) == (CINEMA, 1, 1)
    assert (recorded.occurred_at, recorded.recorded_at) == (happened, datetime(2026, 3, 2, 8, 0, tzinfo=UTC))
    assert (recorded.correlation_id, recorded.causation_id) == (case, cause)
    assert (recorded.tags, recorded.metadata) == (("socket-7",), {"device": "phone"})


def test_an_event_that_is_told_no_time_occurred_when_it_was_recorded(store):
    store.append(CINEMA, [SocketPlugged("7")])
    (recorded,) = store.read()
    assert recorded.occurred_at == recorded.recorded_at


def test_a_stream_is_read_between_two_versions_both_included(store):
    store.append(CINEMA, [SocketRead("7", n) for n in range(5)])
    assert versions(store.read_stream(CINEMA, 2, 4)) == [2, 3, 4]
    assert versions(store.read_stream(CINEMA, 2, 4, backwards=True)) == [4, 3, 2]
    assert versions(store.read_stream(CINEMA, limit=2)) == [1, 2]
    assert versions(store.read_stream(CINEMA, backwards=True, limit=2)) == [5, 4]
    assert versions(store.read_stream(CINEMA, limit=0)) == []


def test_a_stream_that_does_not_exist_is_empty(store):
    assert store.stream_version(CINEMA) == 0
    assert list(store.read_stream(CINEMA)) == []


def test_the_log_is_read_in_the_global_order_after_a_position(store):
    for n in range(3):
        store.append(CINEMA, [SocketRead("7", n)])
        store.append(HARBOUR, [SocketRead("1", n)])
    assert positions(store.read()) == [1, 2, 3, 4, 5, 6]
    assert positions(store.read(after=4)) == [5, 6]
    assert positions(store.read(after=2, backwards=True, limit=2)) == [6, 5]
    assert store.position() == 6


def test_a_query_chooses_by_type_and_by_all_of_its_tags(store):
    store.append(CINEMA, [SocketPlugged("7")], tags=["cinema", "west"])
    store.append(CINEMA, [SocketRead("7", 1)], tags=["cinema"])
    store.append(HARBOUR, [SocketRead("1", 1)])
    assert positions(store.read(query=Query(types=["SocketRead"]))) == [2, 3]
    assert positions(store.read(query=Query(tags=["cinema"]))) == [1, 2]
    assert positions(store.read(query=Query(tags=["west", "cinema"]))) == [1]
    assert positions(store.read(query=Query(types=["SocketRead"], tags=["cinema"]), limit=1)) == [2]
    assert positions(store.read(query=Query(types=["SocketPlugged"], tags=["north"]))) == []


def test_a_lost_race_says_what_came_in_between_and_that_a_retry_is_sensible(store):
    store.append(CINEMA, [SocketPlugged("7")])
    store.append(CINEMA, [SocketRead("7", 1)])
    with pytest.raises(WrongExpectedVersion) as refused:
        store.append(CINEMA, [SocketRead("7", 2)], expected_version=1)
    assert (refused.value.expected, refused.value.actual) == (1, 2)
    assert refused.value.events_since == ((2, "SocketRead"),)
    assert refused.value.retry_is_sensible
    assert "expecting version 1, but it has version 2. In between came SocketRead (version 2)" in str(
        refused.value
    )
    assert store.position() == 2


@pytest.mark.parametrize(
    ("expected", "sentence"), [(5, "no such version was ever there"), (EXISTS, "first event")]
)
def test_an_expectation_that_can_never_come_true_says_that_a_retry_cannot_help(store, expected, sentence):
    with pytest.raises(WrongExpectedVersion, match=sentence) as refused:
        store.append(CINEMA, [SocketPlugged("7")], expected_version=expected)
    assert not refused.value.retry_is_sensible


def test_any_expects_nothing_and_exists_expects_a_first_event(store):
    store.append(CINEMA, [SocketPlugged("7")], ANY)
    assert store.append(CINEMA, [SocketRead("7", 1)], EXISTS).version == 2


def test_a_batch_is_recorded_whole_or_not_at_all(store):
    with pytest.raises(WrongExpectedVersion):
        store.append_batch(
            [Append(CINEMA, [SocketPlugged("7")], 0), Append(HARBOUR, [SocketPlugged("1")], 4)]
        )
    assert (store.position(), store.stream_version(CINEMA)) == (0, 0)
    results = store.append_batch(
        [Append(CINEMA, [SocketPlugged("7")], 0), Append(CINEMA, [SocketRead("7", 1)], 1)]
    )
    assert results == [(1, (1,)), (2, (2,))]


def test_a_refused_append_leaves_no_trace_in_the_chain(store):
    store.append(CINEMA, [SocketPlugged("7")])
    with pytest.raises(WrongExpectedVersion):
        store.append_batch([Append(HARBOUR, [SocketPlugged("1")]), Append(CINEMA, [SocketRead("7", 1)], 0)])
    store.append(CINEMA, [SocketRead("7", 1)])
    assert store.verify() is None
    assert positions(store.read()) == [1, 2]


def test_the_same_append_again_returns_the_first_result_and_records_nothing(store):
    ids = [UUID(int=11), UUID(int=12)]
    first = store.append(CINEMA, [SocketPlugged("7"), SocketRead("7", 1)], NO_STREAM, event_ids=ids)
    again = store.append(
        CINEMA, [SocketPlugged("7"), SocketRead("7", 1)], NO_STREAM, event_ids=[str(i) for i in ids]
    )
    assert again == first
    assert store.position() == 2


def test_an_event_id_names_one_event_for_ever(store):
    store.append(CINEMA, [SocketPlugged("7")], event_ids=[UUID(int=11)])
    with pytest.raises(EventIdTaken, match="position 1 has that id"):
        store.append(CINEMA, [SocketRead("7", 1)], event_ids=[UUID(int=11)])
    with pytest.raises(EventIdTaken):
        store.append(CINEMA, [SocketPlugged("7"), SocketRead("7", 1)], event_ids=[UUID(int=11), UUID(int=12)])
    assert store.position() == 1


@pytest.mark.parametrize("ids", [[], [UUID(int=1), UUID(int=1)], ["not an id", UUID(int=2)]])
def test_each_event_has_one_id_of_its_own(store, ids):
    with pytest.raises(StoreError):
        store.append(CINEMA, [SocketPlugged("7"), SocketRead("7", 1)], event_ids=ids)
    assert store.position() == 0


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "a'b",
        'a"b',
        "a\nb",
        "a\x00b",
        "x" * 10_000,
        "tail ",
        None,
        7,
        "back\\slash",
        "zero\u200bwidth",
    ],
    ids=repr,
)
def test_a_stream_name_that_nobody_could_type_again_is_refused(store, name):
    with pytest.raises(InvalidStreamName, match="Use category-id"):
        store.append(name, [SocketPlugged("7")])
    with pytest.raises(InvalidStreamName):
        list(store.read_stream(name))
    with pytest.raises(InvalidStreamName):
        store.stream_version(name)
    assert store.position() == 0


@pytest.mark.parametrize(
    "name", ["a-1; DROP TABLE events; --", "seat-*", "seat.>", "Straße-7 ☕", "%", "seat-1"]
)
def test_any_other_name_is_data(store, name):
    store.append(name, [SocketPlugged("7")])
    assert [recorded.stream for recorded in store.read_stream(name)] == [name]


@pytest.mark.parametrize("wrong", [-1, 1.5, True, "3"])
def test_a_version_is_a_whole_number_that_does_not_count_below_its_beginning(store, wrong):
    with pytest.raises(InvalidVersion):
        store.append(CINEMA, [SocketPlugged("7")], expected_version=wrong)
    for ask in (
        lambda: store.read_stream(CINEMA, from_version=wrong),
        lambda: store.read_stream(CINEMA, to_version=wrong),
        lambda: store.read_stream(CINEMA, limit=wrong),
        lambda: store.read(after=wrong),
        lambda: store.read(limit=wrong),
        lambda: store.as_of(position=wrong),
    ):
        with pytest.raises(InvalidVersion):
            list(ask().read() if hasattr(ask(), "read") else ask())


def test_one_event_alone_is_told_to_stand_in_a_list(store):
    with pytest.raises(StoreError, match="Put them into a list"):
        store.append(CINEMA, SocketPlugged("7"))
    with pytest.raises(StoreError, match=r"event_ids=.* Put them into a list"):
        store.append(CINEMA, [SocketPlugged("7")], event_ids=UUID(int=1))
    assert store.position() == 0


def test_generators_are_read_once_and_nothing_is_lost(store):
    ids = [UUID(int=1), UUID(int=2)]
    store.append(
        CINEMA,
        (SocketRead("7", n) for n in range(2)),
        event_ids=(one for one in ids),
        tags=(tag for tag in ("a", "b")),
    )
    assert [(r.event.energy_wh, r.event_id, r.tags) for r in store.read()] == [
        (0, ids[0], ("a", "b")),
        (1, ids[1], ("a", "b")),
    ]


def test_the_same_id_with_other_tags_or_metadata_is_another_event(store):
    store.append(CINEMA, [SocketPlugged("7")], event_ids=[UUID(int=11)], tags=["a"], metadata={"n": 1})
    for other in ({"tags": ["b"], "metadata": {"n": 1}}, {"tags": ["a"], "metadata": {"n": 2}}):
        with pytest.raises(EventIdTaken):
            store.append(CINEMA, [SocketPlugged("7")], event_ids=[UUID(int=11)], **other)


def test_an_append_in_the_middle_of_an_append_is_refused_and_does_not_hang(store):
    def appends():
        yield Append(CINEMA, [SocketPlugged("7")])
        store.append(HARBOUR, [SocketPlugged("1")])

    with pytest.raises(StoreError, match="in the middle of another"):
        store.append_batch(appends())
    assert store.append(CINEMA, [SocketPlugged("7")], NO_STREAM).version == 1


def test_tags_are_several_texts(store):
    for tags in ("socket-7", [7]):
        with pytest.raises(StoreError, match="tags are several"):
            store.append(CINEMA, [SocketPlugged("7")], tags=tags)
    with pytest.raises(TypeError, match="several types"):
        Query(types="SocketRead")


def test_as_of_a_position_the_log_ends_there(store):
    store.append(CINEMA, [SocketRead("7", n) for n in range(3)])
    past = store.as_of(position=2)
    store.append(CINEMA, [SocketRead("7", 3)])
    assert (past.position(), past.stream_version(CINEMA)) == (2, 2)
    assert positions(past.read()) == [1, 2]
    assert versions(past.read_stream(CINEMA, backwards=True)) == [2, 1]
    assert past.verify() is None
    assert positions(past.as_of(position=9).read()) == [1, 2]
    assert positions(past.as_of(position=1).read()) == [1]


def test_as_of_an_instant_the_log_holds_what_was_recorded_by_then(store):
    start = store.test_clock.now
    for minute in range(3):
        store.test_clock.now = start + timedelta(minutes=minute)
        store.append(CINEMA, [SocketRead("7", minute)], occurred_at=start - timedelta(days=1))
    assert positions(store.as_of(recorded_at=start).read()) == [1]
    assert positions(store.as_of(recorded_at=start + timedelta(seconds=90)).read()) == [1, 2]
    assert positions(store.as_of(recorded_at=start - timedelta(seconds=1)).read()) == []
    assert positions(store.as_of(recorded_at=start + timedelta(hours=1)).read()) == [1, 2, 3]


def test_the_past_takes_nothing_in(store):
    past = store.as_of(position=0)
    if not hasattr(past, "append"):
        return  # a reader that has no such method refuses it well enough
    with pytest.raises(ReadOnly, match="correction is a new event"):
        past.append(CINEMA, [SocketPlugged("7")])


def test_a_clock_that_goes_backwards_does_not_reorder_what_was_recorded(store):
    start = store.test_clock.now
    store.append(CINEMA, [SocketPlugged("7")])
    store.test_clock.now = start - timedelta(hours=1)
    store.append(CINEMA, [SocketRead("7", 1)])
    assert [recorded.recorded_at for recorded in store.read()] == [start, start]


def test_the_clock_is_read_once_for_each_append_of_a_batch_as_it_is_taken(store):
    start = store.test_clock.now

    def deliveries():
        for minute in range(3):
            store.test_clock.now = start + timedelta(minutes=minute)
            yield Append(CINEMA, [SocketRead("7", minute)])

    store.append_batch(deliveries())
    assert [(r.recorded_at - start).seconds for r in store.read()] == [0, 60, 120]


def test_no_events_change_nothing_but_the_expectation_is_still_checked(store):
    assert store.append(CINEMA, []) == (0, ())
    with pytest.raises(WrongExpectedVersion):
        store.append(CINEMA, [], expected_version=3)


def test_the_chain_of_an_untouched_log_holds(store):
    assert store.verify() is None
    store.append(
        CINEMA, [SocketRead("7", n) for n in range(25)], tags=["a", "b"], metadata={"n": [1, {"m": None}]}
    )
    store.append(HARBOUR, [SocketPlugged("1")])
    assert store.verify() is None


def test_sixteen_threads_get_every_position_once_and_no_stream_loses_an_update(store):
    from concurrent.futures import ThreadPoolExecutor

    def charge(worker: int) -> int:
        lost = 0
        for _ in range(10):
            version = store.stream_version("shared-1")
            try:
                store.append("shared-1", [SocketRead(str(worker), version)], expected_version=version)
            except WrongExpectedVersion:
                lost += 1
        return lost

    with ThreadPoolExecutor(16) as workers:
        lost = sum(workers.map(charge, range(16)))
    recorded = list(store.read_stream("shared-1"))
    assert len(recorded) == 160 - lost
    assert [r.version for r in recorded] == [r.event.energy_wh + 1 for r in recorded]
    assert positions(store.read()) == list(range(1, len(recorded) + 1))
