"""Clauses about appending: results, positions, times, expected versions, batches, and errors."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from workshop_lib.clock import SimulatedClock
from workshop_lib.store.contract.support import (
    CINEMA,
    HARBOUR,
    Clauses,
    SocketPlugged,
    SocketRead,
    energies,
    needs,
    places,
    shown,
)
from workshop_lib.store.errors import (
    ANY,
    EXISTS,
    NO_STREAM,
    InvalidStreamName,
    InvalidVersion,
    StoreClosed,
    StoreError,
    WrongExpectedVersion,
)
from workshop_lib.store.port import Append, EventStore

ODD_NAMES = ("a-1; DROP TABLE events; --", "seat-*", "seat.>", "Straße-7 ☕", "%", "seat-1")
NO_NAMES = (
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
    "a\\b",
    "zero\u200bwidth",
)


class AppendingContract(Clauses):
    """What an append guarantees to one caller."""

    def test_an_append_returns_the_streams_new_version(self, store: EventStore) -> None:
        assert store.append(CINEMA, [SocketPlugged("7"), SocketRead("7", 10)], NO_STREAM).version == 2
        assert store.append(HARBOUR, [SocketPlugged("1")], NO_STREAM).version == 1
        assert store.append(CINEMA, [SocketRead("7", 20)], 2).version == 3

    def test_an_append_returns_the_positions_of_its_events(self, store: EventStore) -> None:
        first = store.append(CINEMA, [SocketPlugged("7"), SocketRead("7", 10)])
        second = store.append(HARBOUR, [SocketPlugged("1")])
        assert places(store) == [*first.positions, *second.positions]
        assert store.position() == second.positions[-1]

    def test_positions_increase_without_gaps_if_the_engine_promises_that(self, store: EventStore) -> None:
        for stream in (CINEMA, HARBOUR, CINEMA):
            store.append(stream, [SocketRead("7", 1), SocketRead("7", 2)])
        place = places(store)
        assert place == (list(range(1, 7)) if self.gapless_positions else sorted({*place}))
        assert place[0] >= 1

    def test_a_recorded_event_has_the_ids_tags_and_metadata_of_its_append(self, store: EventStore) -> None:
        cause, case, own = UUID(int=1), UUID(int=2), UUID(int=3)
        store.append(
            CINEMA,
            [SocketRead("7", 10)],
            tags=["socket-7", "west"],
            metadata={"device": "phone", "n": [1, {"m": None}]},
            event_ids=[own],
            correlation_id=case,
            causation_id=str(cause),
        )
        (recorded,) = store.read()
        assert (recorded.type, recorded.schema_version, recorded.event_id) == ("SocketRead", 1, own)
        assert (recorded.stream, recorded.version) == (CINEMA, 1)
        assert (recorded.correlation_id, recorded.causation_id) == (case, cause)
        assert (recorded.tags, recorded.metadata["n"]) == (("socket-7", "west"), [1, {"m": None}])

    def test_optional_fields_are_empty_unless_given(self, store: EventStore) -> None:
        store.append(CINEMA, [SocketPlugged("7"), SocketPlugged("7")])
        first, second = store.read()
        assert (first.correlation_id, first.causation_id, first.tags, first.metadata) == (None, None, (), {})
        assert isinstance(first.event_id, UUID)
        assert first.event_id != second.event_id

    def test_occurred_at_and_recorded_at_are_two_times(
        self, store: EventStore, clock: SimulatedClock
    ) -> None:
        happened = datetime(2026, 3, 1, 23, 0, tzinfo=UTC)
        store.append(CINEMA, [SocketPlugged("7")], occurred_at=happened)
        store.append(CINEMA, [SocketRead("7", 10)])
        late, at_once = store.read()
        assert (late.occurred_at, late.recorded_at) == (happened, clock.now)
        assert at_once.occurred_at == at_once.recorded_at == clock.now

    def test_recorded_at_never_decreases_even_if_the_clock_does(
        self, store: EventStore, clock: SimulatedClock
    ) -> None:
        start = clock.now
        store.append(CINEMA, [SocketPlugged("7")])
        clock.now = start - timedelta(hours=1)
        store.append(HARBOUR, [SocketRead("1", 1)])
        assert [recorded.recorded_at for recorded in store.read()] == [start, start]

    def test_the_clock_is_read_once_for_each_append_of_a_batch(
        self, store: EventStore, clock: SimulatedClock
    ) -> None:
        start = clock.now

        def deliveries() -> Iterator[Append]:
            for minute in range(3):
                clock.now = start + timedelta(minutes=minute)
                yield Append(CINEMA, [SocketRead("7", minute)])

        store.append_batch(deliveries())
        assert [(r.recorded_at - start).seconds for r in store.read()] == [0, 60, 120]

    def test_a_conflict_lists_the_events_since_and_suggests_a_retry(self, store: EventStore) -> None:
        store.append(CINEMA, [SocketPlugged("7")])
        store.append(CINEMA, [SocketRead("7", 1)])
        with pytest.raises(WrongExpectedVersion, match="In between came SocketRead") as refused:
            store.append(CINEMA, [SocketRead("7", 2)], expected_version=1)
        assert (refused.value.expected, refused.value.actual) == (1, 2)
        assert refused.value.events_since == ((2, "SocketRead"),)
        assert refused.value.retry_is_sensible
        assert store.stream_version(CINEMA) == 2

    def test_no_stream_is_rejected_if_the_stream_exists(self, store: EventStore) -> None:
        store.append(CINEMA, [SocketPlugged("7")], NO_STREAM)
        with pytest.raises(WrongExpectedVersion):
            store.append(CINEMA, [SocketPlugged("7")], NO_STREAM)
        assert store.append(HARBOUR, [SocketPlugged("1")], NO_STREAM).version == 1

    def test_a_version_that_never_existed_is_rejected_as_not_retryable(self, store: EventStore) -> None:
        with pytest.raises(WrongExpectedVersion, match="no such version was ever there") as refused:
            store.append(CINEMA, [SocketPlugged("7")], expected_version=5)
        assert not refused.value.retry_is_sensible
        assert store.position() == 0

    def test_any_always_matches_and_exists_requires_an_event(self, store: EventStore) -> None:
        with pytest.raises(WrongExpectedVersion, match="first event"):
            store.append(CINEMA, [SocketPlugged("7")], EXISTS)
        assert store.append(CINEMA, [SocketPlugged("7")], ANY).version == 1
        assert store.append(CINEMA, [SocketRead("7", 1)], EXISTS).version == 2

    def test_an_empty_append_changes_nothing_but_checks_the_expected_version(self, store: EventStore) -> None:
        assert store.append(CINEMA, []) == (0, ())
        with pytest.raises(WrongExpectedVersion):
            store.append(CINEMA, [], expected_version=3)
        assert (store.position(), store.stream_version(CINEMA)) == (0, 0)

    def test_a_batch_may_append_to_one_stream_several_times(self, store: EventStore) -> None:
        results = store.append_batch(
            [Append(CINEMA, [SocketPlugged("7")], 0), Append(CINEMA, [SocketRead("7", 1)], 1)]
        )
        assert [result.version for result in results] == [1, 2]
        assert [result.positions[0] for result in results] == places(store)

    def test_a_rejected_batch_records_nothing_in_its_stream(self, store: EventStore) -> None:
        with pytest.raises(WrongExpectedVersion):
            store.append_batch(
                [Append(CINEMA, [SocketPlugged("7")], 0), Append(CINEMA, [SocketRead("7", 1)], 7)]
            )
        assert (store.position(), store.stream_version(CINEMA), list(store.read())) == (0, 0, [])

    @needs("supports_batches_over_streams")
    def test_a_batch_over_several_streams_is_recorded_whole(self, store: EventStore) -> None:
        results = store.append_batch(
            [Append(CINEMA, [SocketPlugged("7")], 0), Append(HARBOUR, [SocketPlugged("1")], 0)]
        )
        assert [result.version for result in results] == [1, 1]
        assert shown(store.read()) == "c1 h1"

    @needs("supports_batches_over_streams")
    def test_a_rejected_batch_over_several_streams_records_nothing(self, store: EventStore) -> None:
        store.append(HARBOUR, [SocketPlugged("1")])
        with pytest.raises(WrongExpectedVersion):
            store.append_batch(
                [Append(CINEMA, [SocketPlugged("7")], 0), Append(HARBOUR, [SocketRead("1", 1)], 4)]
            )
        assert shown(store.read()) == "h1"
        assert (store.stream_version(CINEMA), store.append(CINEMA, [SocketPlugged("7")], 0).version) == (0, 1)

    def test_a_rejected_append_does_not_change_the_hash_chain(self, store: EventStore) -> None:
        store.append(CINEMA, [SocketPlugged("7")])
        with pytest.raises(WrongExpectedVersion):
            store.append(CINEMA, [SocketRead("7", 1)], 0)
        store.append(CINEMA, [SocketRead("7", 2)], tags=["a", "b"], metadata={"n": 1})
        assert store.verify() is None
        assert shown(store.read()) == "c1 c2"

    def test_any_printable_text_without_quotes_is_a_stream_name(self, store: EventStore) -> None:
        for name in ODD_NAMES:
            store.append(name, [SocketPlugged("7")], NO_STREAM)
        for name in ODD_NAMES:
            assert [recorded.stream for recorded in store.read_stream(name)] == [name]

    def test_a_stream_name_that_cannot_be_typed_is_rejected(self, store: EventStore) -> None:
        for name in NO_NAMES:
            with pytest.raises(InvalidStreamName, match="Use category-id"):
                store.append(name, [SocketPlugged("7")])  # type: ignore[arg-type]
        assert store.position() == 0

    def test_an_expected_version_is_a_whole_number_of_at_least_0(self, store: EventStore) -> None:
        for wrong in (-1, 1.5, True, "3"):
            with pytest.raises(InvalidVersion):
                store.append(CINEMA, [SocketPlugged("7")], expected_version=wrong)  # type: ignore[arg-type]
        assert store.position() == 0

    def test_one_event_or_tag_without_a_list_is_rejected(self, store: EventStore) -> None:
        for events in (SocketPlugged("7"), None):
            with pytest.raises(StoreError, match="events are several"):
                store.append(CINEMA, events)  # type: ignore[arg-type]
        for tags in ("socket-7", [7]):
            with pytest.raises(StoreError, match="tags are several"):
                store.append(CINEMA, [SocketPlugged("7")], tags=tags)  # type: ignore[arg-type]
        assert store.position() == 0

    def test_the_tags_of_a_set_are_recorded_in_one_order(self, store: EventStore) -> None:
        store.append(CINEMA, [SocketPlugged("7")], tags={"west", "cinema", "late"})  # type: ignore[arg-type]
        assert next(iter(store.read())).tags == ("cinema", "late", "west")

    def test_generators_are_read_once_and_nothing_is_lost(self, store: EventStore) -> None:
        events = (SocketRead("7", n) for n in range(2))
        tags = (tag for tag in ("a", "b"))
        store.append(CINEMA, events, tags=tags)  # type: ignore[arg-type]
        assert energies(store.read()) == [0, 1]
        assert [recorded.tags for recorded in store.read()] == [("a", "b"), ("a", "b")]

    def test_an_append_inside_another_append_is_rejected_and_does_not_hang(self, store: EventStore) -> None:
        def appends() -> Iterator[Append]:
            yield Append(CINEMA, [SocketPlugged("7")])
            store.append(HARBOUR, [SocketPlugged("1")])

        with pytest.raises(StoreError, match="in the middle of another"):
            store.append_batch(appends())
        assert store.append(CINEMA, [SocketPlugged("7")], NO_STREAM).version == 1

    def test_a_closed_store_rejects_appends_and_can_be_closed_twice(self, store: EventStore) -> None:
        store.close()
        store.close()
        with pytest.raises(StoreClosed, match=r"open_store"):
            store.append(CINEMA, [SocketPlugged("7")])
