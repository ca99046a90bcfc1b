"""Clauses about append conditions: a consistency boundary around the events a decision was based on."""

from __future__ import annotations

import pytest

from workshop_lib.store.contract.support import (
    CINEMA,
    HARBOUR,
    Clauses,
    SocketPlugged,
    SocketRead,
    needs,
    shown,
)
from workshop_lib.store.errors import AppendConditionFailed, InvalidVersion, WrongExpectedVersion
from workshop_lib.store.port import Append, AppendCondition, EventStore, Query

SEAT_9 = Query(tags=["seat-9"])


class ConditionContract(Clauses):
    """What a condition guarantees to one caller; `threads.py` covers concurrent callers."""

    @needs("supports_conditions")
    def test_an_append_whose_condition_holds_is_recorded(self, store: EventStore) -> None:
        store.append(CINEMA, [SocketPlugged("7")], tags=["seat-8"])
        result = store.append(HARBOUR, [SocketPlugged("1")], condition=AppendCondition(SEAT_9))
        assert result.version == 1
        assert shown(store.read()) == "c1 h1"

    @needs("supports_conditions")
    def test_a_failed_condition_lists_the_new_events_and_records_nothing(self, store: EventStore) -> None:
        taken = store.append(CINEMA, [SocketPlugged("7")], tags=["seat-9"])
        with pytest.raises(AppendConditionFailed, match="a retry is sensible") as refused:
            store.append(HARBOUR, [SocketPlugged("1")], condition=AppendCondition(SEAT_9))
        assert refused.value.events_since == ((taken.positions[0], "SocketPlugged"),)
        assert shown(store.read()) == "c1"
        assert store.verify() is None

    @needs("supports_conditions")
    def test_a_condition_checks_only_events_after_its_position(self, store: EventStore) -> None:
        seen = store.append(CINEMA, [SocketPlugged("7")], tags=["seat-9"]).positions[-1]
        again = AppendCondition(SEAT_9, after=seen)
        assert store.append(HARBOUR, [SocketPlugged("1")], tags=["seat-9"], condition=again).version == 1
        with pytest.raises(AppendConditionFailed):
            store.append(CINEMA, [SocketRead("7", 1)], condition=again)

    @needs("supports_conditions")
    def test_a_condition_matches_types(self, store: EventStore) -> None:
        store.append(CINEMA, [SocketPlugged("7")])
        no_reading = AppendCondition(Query(types=["SocketRead"]))
        store.append(CINEMA, [SocketRead("7", 1)], condition=no_reading)
        with pytest.raises(AppendConditionFailed):
            store.append(CINEMA, [SocketRead("7", 2)], condition=no_reading)

    @needs("supports_conditions")
    def test_a_condition_matches_types_and_all_tags_together(self, store: EventStore) -> None:
        store.append(CINEMA, [SocketPlugged("7")], tags=["seat-9", "row-1"])
        store.append(CINEMA, [SocketRead("7", 1)], tags=["seat-8"])
        both = AppendCondition(Query(types=["SocketRead"], tags=["seat-9", "row-1"]))
        store.append(CINEMA, [SocketRead("7", 2)], tags=["seat-9"], condition=both)
        store.append(CINEMA, [SocketRead("7", 3)], tags=["row-1", "seat-9"], condition=both)
        with pytest.raises(AppendConditionFailed):
            store.append(CINEMA, [SocketRead("7", 4)], condition=both)

    @needs("supports_conditions")
    def test_a_condition_with_alternatives_fails_on_either(self, store: EventStore) -> None:
        either = AppendCondition(Query(tags=["seat-8"]) | Query(types=["SocketRead"], tags=["seat-9"]))
        store.append(CINEMA, [SocketPlugged("7")], tags=["seat-9"], condition=either)
        seen = store.append(CINEMA, [SocketRead("7", 1)], tags=["seat-9"], condition=either).positions[-1]
        with pytest.raises(AppendConditionFailed):
            store.append(CINEMA, [SocketRead("7", 2)], condition=either)
        later = AppendCondition(either.query, after=seen)
        store.append(CINEMA, [SocketPlugged("7")], tags=["seat-8"], condition=later)
        with pytest.raises(AppendConditionFailed):
            store.append(CINEMA, [SocketPlugged("7")], condition=later)

    @needs("supports_conditions")
    def test_a_condition_and_an_expected_version_are_both_checked(self, store: EventStore) -> None:
        store.append(CINEMA, [SocketPlugged("7")], tags=["seat-9"])
        with pytest.raises(AppendConditionFailed):
            store.append(CINEMA, [SocketRead("7", 1)], 1, condition=AppendCondition(SEAT_9))
        with pytest.raises(WrongExpectedVersion):
            store.append(CINEMA, [SocketRead("7", 1)], 0, condition=AppendCondition(Query(tags=["seat-8"])))
        assert shown(store.read()) == "c1"

    @needs("supports_conditions")
    def test_a_condition_includes_earlier_appends_of_its_batch(self, store: EventStore) -> None:
        book = [
            Append(stream, [SocketPlugged("7")], tags=["seat-9"], condition=AppendCondition(SEAT_9))
            for stream in (CINEMA, HARBOUR)
        ]
        with pytest.raises(AppendConditionFailed):
            store.append_batch(book)
        assert list(store.read()) == []
        assert [result.version for result in store.append_batch(book[:1])] == [1]

    @needs("supports_conditions")
    def test_a_condition_after_an_invalid_position_is_rejected(self, store: EventStore) -> None:
        with pytest.raises(InvalidVersion):
            store.append(CINEMA, [SocketPlugged("7")], condition=AppendCondition(SEAT_9, after=-1))
