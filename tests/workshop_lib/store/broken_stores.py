"""Event stores that each break one guarantee of appending; the contract must detect every one.

Each is the plain Python store with one realistic mistake. If the mistake is a race, the threads wait for each
other, so that it happens every time. `broken_readers.py` has the stores that read wrongly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from threading import Barrier, BrokenBarrierError, Event
from typing import TypeVar

import msgspec

from workshop_lib.store.arguments import require_version
from workshop_lib.store.errors import (
    ANY,
    EXISTS,
    AppendConditionFailed,
    EventIdTaken,
    InvalidStreamName,
    InvalidVersion,
    StoreError,
    WrongExpectedVersion,
)
from workshop_lib.store.memory import MemoryStore
from workshop_lib.store.port import Append, AppendResult

BROKEN: dict[type[MemoryStore], tuple[str, ...]] = {}
"""For each broken store, the clauses that must detect it."""

PAUSE = 0.2
"""How long a thread waits for the one it should collide with, in seconds."""

_Store = TypeVar("_Store", bound=type[MemoryStore])
changed = msgspec.structs.replace


def caught_by(*clauses: str) -> Callable[[_Store], _Store]:
    def note(store: _Store) -> _Store:
        BROKEN[store] = tuple(f"test_{clause}" for clause in clauses)
        return store

    return note


class Meeting:
    """A point where two threads wait for each other; a single thread continues after a moment."""

    def __init__(self) -> None:
        self._pair = Barrier(2)

    def meet(self) -> None:
        try:
            self._pair.wait(PAUSE)
        except BrokenBarrierError:
            self._pair.reset()


class OneByOne(MemoryStore):
    """Not broken itself: subclasses change each append before it is checked."""

    def append_batch(self, appends: Iterable[Append]) -> list[AppendResult]:
        return super().append_batch([self.broken(append) for append in appends])

    def broken(self, append: Append) -> Append:
        return append


# Races


@caught_by("of_many_appends_with_the_same_expected_version_one_succeeds", "concurrent_writers_lose_no_update")
class ExpectedVersionCheckedOutsideTheLock(OneByOne):
    def __init__(self, *how: object) -> None:
        super().__init__(*how)
        self._meeting = Meeting()

    def broken(self, append: Append) -> Append:
        require_version(append.stream, append.expected_version, self.stream_version(append.stream))
        self._meeting.meet()
        return changed(append, expected_version=ANY)


@caught_by("of_many_guests_booking_the_last_seat_one_succeeds")
class ConditionCheckedOutsideTheLock(OneByOne):
    def __init__(self, *how: object) -> None:
        super().__init__(*how)
        self._meeting = Meeting()

    def broken(self, append: Append) -> Append:
        condition = append.condition
        if condition and (found := list(self.read(condition.after, condition.query))):
            raise AppendConditionFailed(condition.query, condition.after, found)
        self._meeting.meet()
        return changed(append, condition=None)


@caught_by("a_reader_following_many_writers_misses_nothing")
class PositionsDrawnBeforeCommit(MemoryStore):
    """A position is assigned, but its transaction commits only after a reader has passed it."""

    _late, _passed = 5, False

    def read(self, after: int = 0, *how: object, **more: object) -> Iterator:
        events = list(super().read(after, *how, **more))
        if self._passed or not events or events[-1].position <= self._late:
            return iter(events)
        self._passed = True
        return iter([event for event in events if event.position != self._late])


@caught_by("concurrent_appends_without_expectation_get_distinct_positions")
class DuplicatePositions(MemoryStore):
    def __init__(self, *how: object) -> None:
        super().__init__(*how)
        self._meeting = Meeting()

    def append_batch(self, appends: Iterable[Append]) -> list[AppendResult]:
        (append,) = appends
        answer = AppendResult(self.stream_version(append.stream) + 1, (self.position() + 1,))
        self._meeting.meet()
        super().append_batch([append])
        return [answer]


@caught_by("a_conflict_affects_only_its_own_caller")
class OneErrorForTheWholeGroup(MemoryStore):
    """If one caller of a group commit fails, all its callers fail."""

    def __init__(self, *how: object) -> None:
        super().__init__(*how)
        self._refused = Event()

    def append_batch(self, appends: Iterable[Append]) -> list[AppendResult]:
        (append,) = appends
        try:
            if append.stream.startswith("own") and self._refused.wait(PAUSE):
                raise WrongExpectedVersion(append.stream, 0, 1)
            return super().append_batch([append])
        except WrongExpectedVersion:
            self._refused.set()
            raise


@caught_by(
    "a_rejected_batch_records_nothing_in_its_stream",
    "a_rejected_batch_over_several_streams_records_nothing",
    "concurrent_batches_stay_whole",
)
class TornBatch(MemoryStore):
    def __init__(self, *how: object) -> None:
        super().__init__(*how)
        self._meeting = Meeting()

    def append_batch(self, appends: Iterable[Append]) -> list[AppendResult]:
        results = []
        for append in appends:
            results += super().append_batch([append])
            self._meeting.meet()
        return results


# Batches


@caught_by("a_batch_may_append_to_one_stream_several_times")
class BatchBlindToItsOwnVersions(OneByOne):
    def broken(self, append: Append) -> Append:
        require_version(append.stream, append.expected_version, self.stream_version(append.stream))
        return append


@caught_by("a_condition_includes_earlier_appends_of_its_batch")
class BatchBlindToItsOwnEvents(OneByOne):
    def broken(self, append: Append) -> Append:
        if append.condition and list(self.read(append.condition.after, append.condition.query)):
            return append
        return changed(append, condition=None)


@caught_by("a_batch_over_several_streams_is_recorded_whole")
class OnlyTheFirstOfABatch(MemoryStore):
    def append_batch(self, appends: Iterable[Append]) -> list[AppendResult]:
        return super().append_batch(list(appends)[:1])


@caught_by(
    "the_clock_is_read_once_for_each_append_of_a_batch",
    "an_append_inside_another_append_is_rejected_and_does_not_hang",
)
class CollectsTheBatchFirst(OneByOne):
    """Reads all appends of a batch before it takes the lock."""


# Event ids


@caught_by(
    "the_same_append_again_returns_the_first_result_and_records_nothing",
    "a_repeated_append_succeeds_though_its_expected_version_is_stale",
    "a_repeated_append_succeeds_though_its_condition_fails_now",
    "a_repeated_append_may_leave_out_when_it_occurred",
    "a_repeated_batch_returns_the_first_results",
    "the_same_tags_in_another_order_are_the_same_append",
    "the_same_append_by_many_threads_at_once_is_recorded_once",
)
class RecordsARetryAgain(OneByOne):
    def broken(self, append: Append) -> Append:
        return changed(append, event_ids=None)


@caught_by(
    "an_event_id_belongs_to_one_event_for_ever",
    "the_same_id_in_another_stream_is_another_event",
    "the_same_id_with_other_tags_or_metadata_is_another_event",
    "a_known_id_with_other_content_is_answered_with_what_differs",
    "a_partly_repeated_append_is_rejected_whole",
)
class NeverComparesTheContent(MemoryStore):
    """Treats every known event id as a repeated append."""

    def append_batch(self, appends: Iterable[Append]) -> list[AppendResult]:
        try:
            return super().append_batch(appends)
        except EventIdTaken as taken:
            return [AppendResult(1, (taken.position,))]


@caught_by("each_event_needs_its_own_id")
class AcceptsAnyIds(MemoryStore):
    def append_batch(self, appends: Iterable[Append]) -> list[AppendResult]:
        appends = list(appends)
        try:
            return super().append_batch(appends)
        except StoreError:
            return super().append_batch([changed(append, event_ids=None) for append in appends])


# Expectations and conditions


@caught_by("no_stream_is_rejected_if_the_stream_exists")
class ZeroExpectsNothing(OneByOne):
    """`if expected_version:` is false for 0."""

    def broken(self, append: Append) -> Append:
        return append if append.expected_version else changed(append, expected_version=ANY)


@caught_by("a_version_that_never_existed_is_rejected_as_not_retryable")
class ExpectsAtMost(OneByOne):
    """Compares with > where it should compare with !=."""

    def broken(self, append: Append) -> Append:
        actual = self.stream_version(append.stream)
        ahead = isinstance(append.expected_version, int) and append.expected_version > actual
        return changed(append, expected_version=ANY) if ahead else append


@caught_by("any_always_matches_and_exists_requires_an_event")
class ExistsExpectsNothing(OneByOne):
    def broken(self, append: Append) -> Append:
        return changed(append, expected_version=ANY) if append.expected_version is EXISTS else append


@caught_by("an_empty_append_changes_nothing_but_checks_the_expected_version")
class SkipsTheCheckOfAnEmptyAppend(OneByOne):
    def broken(self, append: Append) -> Append:
        return append if append.events else changed(append, expected_version=ANY)


@caught_by("a_conflict_lists_the_events_since_and_suggests_a_retry")
class OmitsTheEventsSince(MemoryStore):
    def append_batch(self, appends: Iterable[Append]) -> list[AppendResult]:
        try:
            return super().append_batch(appends)
        except WrongExpectedVersion as refused:
            raise WrongExpectedVersion(refused.stream, refused.expected, refused.actual) from None


@caught_by("a_failed_condition_lists_the_new_events_and_records_nothing")
class IgnoresConditions(OneByOne):
    def broken(self, append: Append) -> Append:
        return changed(append, condition=None)


@caught_by("an_append_whose_condition_holds_is_recorded")
class FailsEveryCondition(OneByOne):
    def broken(self, append: Append) -> Append:
        if append.condition:
            raise AppendConditionFailed(append.condition.query, 0, [])
        return append


@caught_by("a_condition_checks_only_events_after_its_position")
class ConditionLooksAtTheWholeLog(OneByOne):
    def broken(self, append: Append) -> Append:
        condition = append.condition and changed(append.condition, after=0)
        return changed(append, condition=condition)


@caught_by("a_condition_and_an_expected_version_are_both_checked")
class ConditionInsteadOfVersion(OneByOne):
    def broken(self, append: Append) -> Append:
        return changed(append, expected_version=ANY) if append.condition else append


# Results and recorded fields


@caught_by("an_append_returns_the_streams_new_version", "an_append_returns_the_positions_of_its_events")
class ReturnsOldPositions(MemoryStore):
    def append_batch(self, appends: Iterable[Append]) -> list[AppendResult]:
        results = super().append_batch(appends)
        return [AppendResult(v - 1, tuple(p - 1 for p in positions)) for v, positions in results]


@caught_by("a_recorded_event_has_the_ids_tags_and_metadata_of_its_append")
class DropsTheCausationId(OneByOne):
    def broken(self, append: Append) -> Append:
        return changed(append, causation_id=None)


@caught_by("optional_fields_are_empty_unless_given")
class AddsItsOwnMetadata(OneByOne):
    def broken(self, append: Append) -> Append:
        return changed(append, metadata={**(append.metadata or {}), "by": "the store"})


@caught_by("occurred_at_and_recorded_at_are_two_times")
class IgnoresOccurredAt(OneByOne):
    def broken(self, append: Append) -> Append:
        return changed(append, occurred_at=None)


@caught_by("recorded_at_never_decreases_even_if_the_clock_does")
class TrustsTheClock(MemoryStore):
    def append_batch(self, appends: Iterable[Append]) -> list[AppendResult]:
        results = super().append_batch(appends)
        self._log.rows[-1:] = [changed(event, recorded_at=self._clock()) for event in self._log.rows[-1:]]
        return results


@caught_by("a_rejected_append_does_not_change_the_hash_chain")
class HashesRejectedAppends(MemoryStore):
    """Advances the hash for an append that is not recorded."""

    def append_batch(self, appends: Iterable[Append]) -> list[AppendResult]:
        try:
            return super().append_batch(appends)
        except WrongExpectedVersion:
            self._log.hashes[-1] = bytes(32)
            raise


@caught_by("generators_are_read_once_and_nothing_is_lost")
class ReadsGeneratorsTwice(OneByOne):
    def broken(self, append: Append) -> Append:
        return append if list(append.events) else changed(append, tags=())


@caught_by("one_event_or_tag_without_a_list_is_rejected")
class AcceptsASingleEvent(OneByOne):
    def broken(self, append: Append) -> Append:
        tags = [append.tags] if isinstance(append.tags, str) else append.tags
        return changed(append, tags=[str(tag) for tag in tags])


@caught_by(
    "a_stream_name_that_cannot_be_typed_is_rejected",
    "an_expected_version_is_a_whole_number_of_at_least_0",
    "a_condition_after_an_invalid_position_is_rejected",
)
class Lenient(MemoryStore):
    """Ignores invalid appends."""

    def append_batch(self, appends: Iterable[Append]) -> list[AppendResult]:
        appends = list(appends)
        try:
            return super().append_batch(appends)
        except (InvalidStreamName, InvalidVersion):
            rest = [Append("nameless-1", append.events) for append in appends]
            return super().append_batch(rest)


@caught_by("a_closed_store_rejects_appends_and_can_be_closed_twice")
class NeverCloses(MemoryStore):
    def close(self) -> None:
        with suppress(StoreError):
            self._wakeup.close()
