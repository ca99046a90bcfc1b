"""Clauses about event ids: an append that is repeated is recorded once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest

from workshop_lib.store.contract.support import (
    CINEMA,
    HARBOUR,
    THREADS,
    Clauses,
    SocketPlugged,
    SocketRead,
    granted,
    needs,
    shown,
    together,
)
from workshop_lib.store.errors import EventIdTaken, StoreError
from workshop_lib.store.port import Append, AppendCondition, AppendResult, EventStore, Query

ONE, TWO = UUID(int=11), UUID(int=12)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class RepeatingContract(Clauses):
    """What a store guarantees to a caller that does not know whether its append succeeded."""

    def test_the_same_append_again_returns_the_first_result_and_records_nothing(
        self, store: EventStore
    ) -> None:
        events = [SocketPlugged("7"), SocketRead("7", 1)]
        first = store.append(CINEMA, events, event_ids=[ONE, TWO])
        store.append(CINEMA, [SocketRead("7", 2)])
        assert store.append(CINEMA, events, event_ids=[str(ONE), str(TWO)]) == first
        assert shown(store.read()) == "c1 c2 c3"

    def test_a_repeated_append_succeeds_though_its_expected_version_is_stale(self, store: EventStore) -> None:
        first = store.append(CINEMA, [SocketPlugged("7")], 0, event_ids=[ONE])
        assert store.append(CINEMA, [SocketPlugged("7")], 0, event_ids=[ONE]) == first
        assert store.stream_version(CINEMA) == 1

    @needs("supports_conditions")
    def test_a_repeated_append_succeeds_though_its_condition_fails_now(self, store: EventStore) -> None:
        free = AppendCondition(Query(tags=["seat-9"]))
        for _ in range(2):
            result = store.append(
                CINEMA, [SocketPlugged("7")], condition=free, tags=["seat-9"], event_ids=[ONE]
            )
        assert (result.version, store.position()) == (1, result.positions[0])

    @needs("supports_batches_over_streams")
    def test_a_repeated_batch_returns_the_first_results(self, store: EventStore) -> None:
        batch = [
            Append(CINEMA, [SocketPlugged("7")], 0, event_ids=[ONE]),
            Append(HARBOUR, [SocketPlugged("1")], 0, event_ids=[TWO]),
        ]
        first = store.append_batch(batch)
        assert store.append_batch(batch) == first
        assert shown(store.read()) == "c1 h1"

    def test_the_same_append_by_many_threads_at_once_is_recorded_once(self, store: EventStore) -> None:
        def deliver() -> AppendResult:
            return store.append(CINEMA, [SocketPlugged("7")], event_ids=[ONE])

        results = granted(together([deliver] * THREADS, self.patience))
        assert len(set(results)) == 1
        assert shown(store.read()) == "c1"

    def test_an_event_id_belongs_to_one_event_for_ever(self, store: EventStore) -> None:
        store.append(CINEMA, [SocketPlugged("7")], event_ids=[ONE])
        with pytest.raises(EventIdTaken, match="has that id"):
            store.append(CINEMA, [SocketRead("7", 1)], event_ids=[ONE])
        assert shown(store.read()) == "c1"

    def test_the_same_id_in_another_stream_is_another_event(self, store: EventStore) -> None:
        store.append(CINEMA, [SocketPlugged("7")], event_ids=[ONE])
        with pytest.raises(EventIdTaken):
            store.append(HARBOUR, [SocketPlugged("7")], event_ids=[ONE])
        assert shown(store.read()) == "c1"

    def test_the_same_id_with_other_tags_or_metadata_is_another_event(self, store: EventStore) -> None:
        store.append(CINEMA, [SocketPlugged("7")], event_ids=[ONE], tags=["a"], metadata={"n": 1})
        with pytest.raises(EventIdTaken):
            store.append(CINEMA, [SocketPlugged("7")], event_ids=[ONE], tags=["b"], metadata={"n": 1})
        with pytest.raises(EventIdTaken):
            store.append(CINEMA, [SocketPlugged("7")], event_ids=[ONE], tags=["a"], metadata={"n": 2})

    def test_the_same_tags_in_another_order_are_the_same_append(self, store: EventStore) -> None:
        first = store.append(CINEMA, [SocketPlugged("7")], event_ids=[ONE], tags=["west", "cinema"])
        for tags in (["cinema", "west"], ("west", "cinema"), {"west", "cinema"}):
            again = store.append(CINEMA, [SocketPlugged("7")], event_ids=[ONE], tags=tags)  # type: ignore[arg-type]
            assert again == first
        assert [recorded.tags for recorded in store.read()] == [("west", "cinema")]

    def test_a_repeated_append_may_leave_out_when_it_occurred(self, store: EventStore) -> None:
        first = store.append(CINEMA, [SocketPlugged("7")], event_ids=[ONE], occurred_at=NOON)
        for when in (NOON, NOON.astimezone(timezone(timedelta(hours=1))), None):
            assert store.append(CINEMA, [SocketPlugged("7")], event_ids=[ONE], occurred_at=when) == first
        assert shown(store.read()) == "c1"

    def test_a_known_id_with_other_content_is_answered_with_what_differs(self, store: EventStore) -> None:
        store.append(CINEMA, [SocketPlugged("7")], event_ids=[ONE], tags=["a"], occurred_at=NOON)
        others: list[tuple[str, dict[str, Any]]] = [
            ("other tags", {"tags": ["b"]}),
            ("other metadata", {"tags": ["a"], "metadata": {"n": 1}}),
            ("other correlation id", {"tags": ["a"], "correlation_id": TWO}),
            ("other occurred_at", {"tags": ["a"], "occurred_at": NOON + timedelta(microseconds=1)}),
        ]
        for says, other in others:
            with pytest.raises(EventIdTaken, match=says):
                store.append(CINEMA, [SocketPlugged("7")], event_ids=[ONE], **other)
        with pytest.raises(EventIdTaken, match="other data"):
            store.append(CINEMA, [SocketPlugged("8")], event_ids=[ONE], tags=["a"])
        assert shown(store.read()) == "c1"

    def test_a_partly_repeated_append_is_rejected_whole(self, store: EventStore) -> None:
        store.append(CINEMA, [SocketPlugged("7")], event_ids=[ONE])
        with pytest.raises(EventIdTaken, match="without the other events"):
            store.append(CINEMA, [SocketPlugged("7"), SocketRead("7", 1)], event_ids=[ONE, TWO])
        assert shown(store.read()) == "c1"

    def test_each_event_needs_its_own_id(self, store: EventStore) -> None:
        events = [SocketPlugged("7"), SocketRead("7", 1)]
        several: tuple[list[UUID | str], ...] = ([], [ONE, ONE], ["not an id", TWO])
        for ids in several:
            with pytest.raises(StoreError):
                store.append(CINEMA, events, event_ids=ids)
        assert store.position() == 0
