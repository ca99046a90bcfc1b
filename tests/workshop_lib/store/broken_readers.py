"""Event stores that each break one guarantee of reading, subscribing, `as_of` or `fork`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from fnmatch import fnmatch
from threading import Event

import msgspec

from tests.workshop_lib.store.broken_stores import BROKEN, PAUSE, caught_by
from workshop_lib.events import RecordedEvent, UnreadableEvent
from workshop_lib.store.errors import (
    InvalidArgument,
    InvalidStreamName,
    InvalidVersion,
    StoreClosed,
    StoreError,
)
from workshop_lib.store.memory import MemoryReader, MemoryStore
from workshop_lib.store.port import Append, AppendResult, Query, Subscription
from workshop_lib.store.subscription import CatchUp

__all__ = ["BROKEN"]  # the stores of both files

changed = msgspec.structs.replace


# Reading


@caught_by("the_log_is_read_in_the_global_order")
class ReadsStreamByStream(MemoryStore):
    def read(self, *how: object, **more: object) -> Iterator[RecordedEvent]:
        return iter(sorted(super().read(*how, **more), key=lambda event: event.stream))


@caught_by("events_are_read_as_they_were_appended")
class RoundsTheEnergy(MemoryStore):
    def read(self, *how: object, **more: object) -> Iterator[RecordedEvent]:
        for recorded in super().read(*how, **more):
            energy = getattr(recorded.event, "energy_wh", 0)
            kind = type(recorded.event)
            yield changed(recorded, event=kind(recorded.event.socket, energy + 1)) if energy else recorded


@caught_by("positions_increase_without_gaps_if_the_engine_promises_that")
class LeavesGaps(MemoryStore):
    def read(self, *how: object, **more: object) -> Iterator[RecordedEvent]:
        return (changed(event, position=2 * event.position) for event in super().read(*how, **more))


@caught_by("reading_begins_after_a_position")
class ReadsFromThePosition(MemoryStore):
    def read(self, after: int = 0, *how: object, **more: object) -> Iterator[RecordedEvent]:
        return super().read(max(after - 1, 0), *how, **more)


@caught_by(
    "a_limit_returns_the_first_events",
    "a_query_combines_with_after_limit_and_backwards",
    "a_stream_is_read_backwards_and_up_to_a_limit",
)
class LimitsBeforeItChooses(MemoryStore):
    """Treats limit=0 as no limit, and counts rows that the query excludes."""

    def read(self, after: int = 0, query=None, backwards=False, limit=None) -> Iterator[RecordedEvent]:
        events = super().read(after, None, backwards, limit or None)
        return (event for event in events if query is None or query.matches(event))

    def read_stream(self, stream, from_version=1, to_version=None, backwards=False, limit=None) -> Iterator:
        return super().read_stream(stream, from_version, to_version, backwards, limit or None)


@caught_by("reading_backwards_starts_with_the_newest_event")
class ReversesTheOldest(MemoryStore):
    """Takes the oldest events and reverses them."""

    def read(self, after: int = 0, query=None, backwards=False, limit=None) -> Iterator[RecordedEvent]:
        events = list(super().read(after, query, False, limit))
        return reversed(events) if backwards else iter(events)


class ChangesQueries(MemoryStore):
    """Not broken itself: subclasses change the query of reads and conditions."""

    def read(self, after: int = 0, query: Query | None = None, *how, **more) -> Iterator[RecordedEvent]:
        return super().read(after, query and self.broken(query), *how, **more)

    def append_batch(self, appends: Iterable[Append]) -> list[AppendResult]:
        return super().append_batch([self.with_a_changed_condition(append) for append in appends])

    def with_a_changed_condition(self, append: Append) -> Append:
        asks = append.condition and changed(append.condition, query=self.broken(append.condition.query))
        return changed(append, condition=asks)

    def broken(self, query: Query) -> Query:
        return query


@caught_by(
    "a_query_matches_any_of_its_types",
    "a_query_with_types_and_tags_requires_both",
    "a_condition_matches_types",
    "a_condition_matches_types_and_all_tags_together",
)
class IgnoresTypes(ChangesQueries):
    def broken(self, query: Query) -> Query:
        return Query((), query.tags, query.alternatives)


@caught_by("a_query_matches_all_of_its_tags", "a_condition_matches_types_and_all_tags_together")
class MatchesAnyTag(ChangesQueries):
    def broken(self, query: Query) -> Query:
        first, *others = [Query(query.types, [tag]) for tag in query.tags] or [query]
        return Query(first.types, first.tags, (*others, *query.alternatives))


@caught_by(
    "a_query_with_alternatives_returns_each_event_once",
    "a_condition_with_alternatives_fails_on_either",
)
class IgnoresAlternatives(ChangesQueries):
    def broken(self, query: Query) -> Query:
        return Query(query.types, query.tags)


@caught_by("a_stream_is_read_between_two_versions_both_included")
class LeavesTheLastVersionOut(MemoryStore):
    def read_stream(self, stream: str, from_version=1, to_version=None, *how, **more) -> Iterator:
        upper = to_version and to_version - 1
        return super().read_stream(stream, from_version, upper, *how, **more)


@caught_by("any_printable_text_without_quotes_is_a_stream_name")
class NamesArePatterns(MemoryStore):
    def read_stream(self, stream: str, *how: object, **more: object) -> Iterator[RecordedEvent]:
        return (event for event in self.read() if fnmatch(event.stream, stream))


@caught_by("a_streams_version_is_the_number_of_its_events")
class CountsTheWholeLog(MemoryStore):
    def stream_version(self, stream: str) -> int:
        return self.position()


@caught_by("a_stream_that_does_not_exist_is_empty_and_has_version_0")
class NoStreamIsMinusOne(MemoryStore):
    def stream_version(self, stream: str) -> int:
        return super().stream_version(stream) or -1


@caught_by("the_position_is_that_of_the_last_event")
class PositionsFromZero(MemoryStore):
    def position(self) -> int:
        return max(super().position() - 1, 0)


@caught_by("an_unchanged_log_verifies", "the_tags_of_a_set_are_recorded_in_one_order")
class HashesOtherContent(MemoryStore):
    """Stores different content from what it hashed: the tags in another order."""

    def append_batch(self, appends: Iterable[Append]) -> list[AppendResult]:
        results = super().append_batch(appends)
        self._log.rows[:] = [changed(each, tags=tuple(sorted(each.tags)[::-1])) for each in self._log.rows]
        return results


@caught_by("a_number_below_its_minimum_is_rejected", "an_invalid_stream_name_is_rejected_when_reading")
class IgnoresInvalidArguments(MemoryStore):
    def read_stream(self, *how: object, **more: object) -> Iterator[RecordedEvent]:
        with suppress(InvalidVersion, InvalidStreamName):
            return super().read_stream(*how, **more)
        return iter(())


# Other times


@caught_by("as_of_a_position_the_log_ends_there", "as_of_a_position_every_stream_ends_there")
class ReadsBeyondTheEnd(MemoryStore):
    """Reports the right end, but reads beyond it."""

    def as_of(self, *, position: int | None = None, recorded_at: datetime | None = None) -> MemoryReader:
        earlier = super().as_of(position=position, recorded_at=recorded_at)
        end, earlier._end = earlier.position(), self._end
        earlier.position = lambda: end
        return earlier


@caught_by("as_of_an_instant_the_log_holds_what_was_recorded_by_then")
class LeavesTheInstantOut(MemoryStore):
    def as_of(self, *, position: int | None = None, recorded_at: datetime | None = None) -> MemoryReader:
        before = recorded_at and recorded_at - timedelta(microseconds=1)
        return super().as_of(position=position, recorded_at=before)


@caught_by("the_earlier_of_two_as_of_limits_applies")
class IgnoresTheSecondLimit(MemoryStore):
    def as_of(self, *, position: int | None = None, recorded_at: datetime | None = None) -> MemoryReader:
        return super().as_of(position=position, recorded_at=None if position else recorded_at)


@caught_by("as_of_no_moment_is_rejected_with_what_to_give")
class AsOfNowByDefault(MemoryStore):
    def as_of(self, *, position: int | None = None, **other: object) -> MemoryReader:
        return super().as_of(position=self.position() if position is None else position)


@caught_by(
    "something_other_than_a_query_is_rejected",
    "a_subscription_to_no_query_or_with_no_timeout_is_rejected",
)
class ReadsEverythingInDoubt(MemoryStore):
    def read(self, *how: object, **more: object) -> Iterator[RecordedEvent]:
        with suppress(InvalidArgument):
            return super().read(*how, **more)
        return super().read()

    def subscribe(self, after: int = 0, query: Query | None = None) -> CatchUp:
        return super().subscribe(after)


@caught_by("as_of_a_future_moment_is_the_current_log")
class TheFutureIsEmpty(MemoryStore):
    def as_of(self, *, position: int | None = None, recorded_at: datetime | None = None) -> MemoryReader:
        known = position is None or position <= self.position()
        return super().as_of(position=position if known else 0, recorded_at=recorded_at)


@caught_by("a_log_as_of_a_position_does_not_change_when_events_are_appended")
class AsOfIsAView(MemoryStore):
    def as_of(self, *, position: int | None = None, recorded_at: datetime | None = None) -> MemoryReader:
        earlier = super().as_of(position=position, recorded_at=recorded_at)
        earlier.read, earlier.read_stream, earlier.position = self.read, self.read_stream, self.position
        return earlier


@caught_by("a_log_as_of_a_position_is_read_only", "an_append_to_a_fork_leaves_its_parent_unchanged")
class WritesToItsParent(MemoryStore):
    def as_of(self, *, position: int | None = None, recorded_at: datetime | None = None) -> MemoryReader:
        return self

    def fork(self, position: int | None = None) -> MemoryStore:
        return self


@caught_by("a_fork_reads_its_parent_up_to_its_position")
class ForksTheWholeLog(MemoryStore):
    def fork(self, position: int | None = None) -> MemoryStore:
        return super().fork()


@caught_by("a_fork_does_not_see_later_events_of_its_parent")
class ForkFollowsItsParent(MemoryStore):
    def fork(self, position: int | None = None) -> MemoryStore:
        fork = super().fork(position)
        fork.read_stream = self.read_stream
        return fork


@caught_by(
    "a_fork_continues_its_parents_versions_positions_and_hash_chain",
    "expected_versions_and_event_ids_of_the_parent_apply_in_a_fork",
    "a_condition_in_a_fork_includes_its_parents_events",
    "a_fork_can_be_subscribed_to_and_forked_again",
)
class ForkIsEmpty(MemoryStore):
    def fork(self, position: int | None = None) -> MemoryStore:
        return MemoryStore(self._clock, self._ids)


@caught_by(
    "a_fork_at_an_invalid_position_is_rejected", "a_subscription_after_an_invalid_position_is_rejected"
)
class CountsFromTheEnd(MemoryStore):
    """Treats a negative position like a Python index."""

    def fork(self, position: int | None = None) -> MemoryStore:
        return super().fork(position and position % (self.position() + 1))

    def subscribe(self, after: int = 0, query: Query | None = None) -> Subscription:
        return super().subscribe(after % (self.position() + 1), query)


# Waiting and subscriptions


@caught_by(
    "waiting_returns_at_once_if_the_log_has_grown_since",
    "waiting_for_an_existing_event_returns_at_once",
)
class WakesOnlySleepers(MemoryStore):
    """Signals only current waiters: a caller that waits a moment later misses the event."""

    def wait(self, after: int, timeout: float | None = None) -> bool:
        return super().wait(max(after, self.position()), timeout)


@caught_by("an_append_wakes_a_waiting_caller")
class NeverWakes(MemoryStore):
    def wait(self, after: int, timeout: float | None = None) -> bool:
        return super().wait(2**40, timeout)


@caught_by("a_closed_store_raises_store_closed")
class SleepsThroughTheEnd(MemoryStore):
    def wait(self, after: int, timeout: float | None = None) -> bool:
        with suppress(StoreClosed):
            return super().wait(after, timeout)
        return False


@caught_by("a_closed_store_raises_store_closed")
class AnswersAfterClosing(MemoryStore):
    """Closes, and still returns what it had read."""

    def close(self) -> None:
        log = self._log
        super().close()
        self._log = log


class ChangesSubscriptions(MemoryStore):
    """Not broken itself: subclasses use a broken subscription."""

    kind: type[CatchUp] = CatchUp

    def subscribe(self, after: int = 0, query: Query | None = None) -> CatchUp:
        return self.kind(self, after, query)


@caught_by("an_append_wakes_a_waiting_subscriber")
class LosesAWakeup(ChangesSubscriptions):
    """Misses an event appended between the subscriber's check and its wait."""

    def __init__(self, *how: object) -> None:
        super().__init__(*how)
        self.looked = Event()

    class kind(CatchUp):
        def _wait(self, deadline: float | None) -> bool:
            self._log.looked.set()
            Event().wait(2 * PAUSE)
            return False

    def append(self, *how: object, **more: object) -> AppendResult:
        self.looked.wait(50 * PAUSE)
        return super().append(*how, **more)


@caught_by("a_subscription_catches_up_and_then_follows_live")
class GoesLiveFromNow(ChangesSubscriptions):
    """Continues from the current position after catching up, so events in between are skipped."""

    class kind(CatchUp):
        def _turn_page(self) -> bool:
            if self._end and self.position == self._end:
                self.position = self._log.position()
            return super()._turn_page()


@caught_by("no_event_is_skipped_or_repeated_between_catching_up_and_live")
class RepeatsAtTheSeam(ChangesSubscriptions):
    """Reads the last event of the last page again."""

    class kind(CatchUp):
        _live = False

        def _turn_page(self) -> bool:
            if self._end and not self._live:
                self._live, self.position = True, self.position - 1
            return super()._turn_page()


@caught_by("a_subscription_begins_after_its_position")
class BeginsAtItsPosition(ChangesSubscriptions):
    def subscribe(self, after: int = 0, query: Query | None = None) -> CatchUp:
        return super().subscribe(max(after - 1, 0), query)


@caught_by("next_returns_none_on_timeout_and_later_events_afterwards")
class EndsWhenNothingComes(ChangesSubscriptions):
    class kind(CatchUp):
        def next(self, timeout: float | None = None) -> RecordedEvent | None:
            recorded = super().next(timeout)
            if recorded is None:
                self.close()
            return recorded


@caught_by("a_subscription_skips_events_its_query_does_not_match")
class KeepsThePositionOfTheLastMatch(ChangesSubscriptions):
    """Its position does not advance past filtered events, so a checkpoint reads them again and again."""

    class kind(CatchUp):
        def next(self, timeout: float | None = None) -> RecordedEvent | None:
            before = self.position
            recorded = super().next(timeout)
            if recorded is None:
                self.position = before
            return recorded


@caught_by("each_subscriber_gets_every_event")
class SharesOneSubscription(ChangesSubscriptions):
    def subscribe(self, after: int = 0, query: Query | None = None) -> CatchUp:
        self._shared = getattr(self, "_shared", None) or super().subscribe(after, query)
        return self._shared


@caught_by("a_slow_consumer_loses_nothing_and_delays_nobody")
class DropsOldEvents(ChangesSubscriptions):
    """Buffers a hundred events; slower consumers lose the oldest."""

    class kind(CatchUp):
        def _turn_page(self) -> bool:
            self.position = max(self.position, self._log.position() - 100)
            return super()._turn_page()


@caught_by(
    "the_events_before_an_unreadable_one_are_delivered",
    "an_unreadable_event_can_be_skipped",
    "a_query_that_does_not_match_an_unreadable_event_passes_it",
)
class ReadsEveryPageWhole(ChangesSubscriptions):
    """Decodes every event of a page before it filters and delivers them."""

    class kind(CatchUp):
        def _turn_page(self) -> bool:
            with suppress(UnreadableEvent):
                [*self._log.read(self.position)]
                return super()._turn_page()
            raise StoreError("An event could not be decoded.")


@caught_by("the_events_before_an_unreadable_one_are_delivered")
class SkipsTheUnreadable(ChangesSubscriptions):
    """Raises once, then goes on after the event."""

    class kind(CatchUp):
        def next(self, timeout: float | None = None) -> RecordedEvent | None:
            try:
                return super().next(timeout)
            except UnreadableEvent:
                self.skip()
                raise


@caught_by("an_unreadable_event_can_be_skipped")
class CannotSkip(ChangesSubscriptions):
    class kind(CatchUp):
        def skip(self) -> None:
            """Nothing."""


@caught_by("a_closed_subscription_ends", "closing_from_another_thread_ends_the_wait")
class IgnoresClosing(ChangesSubscriptions):
    class kind(CatchUp):
        def close(self) -> None:
            """Nothing."""


@caught_by("closing_the_store_ends_the_wait_of_its_subscribers")
class LeavesSubscribersBehind(ChangesSubscriptions):
    def close(self) -> None:
        self._closed = True
