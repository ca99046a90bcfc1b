"""Clauses about subscriptions: existing events first, then new ones, each once and in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread

import pytest

from workshop_lib.events import RecordedEvent, UnreadableEvent
from workshop_lib.store.contract.support import (
    CINEMA,
    HARBOUR,
    Clauses,
    SocketPlugged,
    SocketRead,
    energies,
    granted,
    places,
    positions,
    together,
    with_an_unreadable_event,
)
from workshop_lib.store.errors import InvalidArgument, InvalidVersion, StoreClosed
from workshop_lib.store.port import EventStore, Query, Subscription

MANY = 120

AFTER_CLOSING: dict[str, Callable[[EventStore], object]] = {
    "append": lambda store: store.append(CINEMA, [SocketPlugged("7")]),
    "append_batch": lambda store: store.append_batch([]),
    "read": lambda store: [*store.read()],
    "read_stream": lambda store: [*store.read_stream(CINEMA)],
    "stream_version": lambda store: store.stream_version(CINEMA),
    "position": lambda store: store.position(),
    "wait": lambda store: store.wait(0, 0),
    "verify": lambda store: store.verify(),
    "as_of": lambda store: store.as_of(position=1),
    "fork": lambda store: store.fork(),
}


class SubscribingContract(Clauses):
    """What a subscription guarantees."""

    def test_a_subscription_catches_up_and_then_follows_live(self, store: EventStore) -> None:
        store.append(CINEMA, [SocketRead("7", n) for n in range(3)])
        subscription = store.subscribe()
        assert energies(self._taken(subscription, 3)) == [0, 1, 2]
        store.append(HARBOUR, [SocketRead("1", 3)])
        store.append(CINEMA, [SocketRead("7", 4)])
        assert energies(self._taken(subscription, 2)) == [3, 4]
        assert subscription.position == store.position()

    def test_a_subscription_begins_after_its_position(self, store: EventStore) -> None:
        result = store.append(CINEMA, [SocketRead("7", n) for n in range(3)])
        subscription = store.subscribe(after=result.positions[0])
        assert energies(self._taken(subscription, 2)) == [1, 2]
        assert subscription.next(timeout=0) is None

    def test_a_subscription_to_no_query_or_with_no_timeout_is_rejected(self, store: EventStore) -> None:
        with pytest.raises(InvalidArgument, match=r"Write Query\(types=\['SocketRead'\]\)"):
            store.subscribe(query="SocketRead")  # type: ignore[arg-type]
        for wrong in (-1, float("nan"), "3", True):
            with pytest.raises(InvalidArgument, match="seconds from 0 on"):
                store.subscribe().next(timeout=wrong)  # type: ignore[arg-type]
            with pytest.raises(InvalidArgument, match="seconds from 0 on"):
                store.wait(0, timeout=wrong)  # type: ignore[arg-type]

    def test_next_returns_none_on_timeout_and_later_events_afterwards(self, store: EventStore) -> None:
        subscription = store.subscribe()
        assert subscription.next(timeout=0) is None
        assert subscription.next(timeout=0.01) is None
        store.append(CINEMA, [SocketRead("7", 1)])
        assert energies(self._taken(subscription, 1)) == [1]

    def test_no_event_is_skipped_or_repeated_between_catching_up_and_live(self, store: EventStore) -> None:
        """Another thread appends before, while and after the subscription catches up."""
        store.append(CINEMA, [SocketRead("7", n) for n in range(MANY)])
        subscription = store.subscribe()

        def write() -> list[int]:
            return [store.append(HARBOUR, [SocketRead("1", n)]).version for n in range(MANY)]

        def follow() -> list[int]:
            return positions(self._taken(subscription, 2 * MANY))

        _, seen = granted(together([write, follow], self.patience))
        assert seen == places(store)
        assert subscription.next(timeout=0) is None

    def test_a_subscription_skips_events_its_query_does_not_match(self, store: EventStore) -> None:
        subscription = store.subscribe(query=Query(types=["SocketRead"], tags=["west"]))
        for n in range(4):
            store.append(CINEMA, [SocketPlugged("7")], tags=["west"])
            store.append(CINEMA, [SocketRead("7", n)], tags=["west"] if n % 2 else [])
        assert energies(self._taken(subscription, 2)) == [1, 3]
        store.append(CINEMA, [SocketPlugged("7")])
        assert subscription.next(timeout=0) is None
        assert subscription.position == store.position()

    def test_each_subscriber_gets_every_event(self, store: EventStore) -> None:
        early = store.subscribe()
        store.append(CINEMA, [SocketRead("7", 0)])
        late = store.subscribe()
        store.append(CINEMA, [SocketRead("7", 1)])
        assert energies(self._taken(early, 2)) == energies(self._taken(late, 2)) == [0, 1]

    def test_a_slow_consumer_loses_nothing_and_delays_nobody(self, store: EventStore) -> None:
        slow = store.subscribe()
        seen = []
        for n in range(MANY):
            store.append(CINEMA, [SocketRead("7", n) for _ in range(10)])
            if n % 40 == 0:
                seen += self._taken(slow, 1)
        seen += self._taken(slow, 10 * MANY - len(seen))
        assert positions(seen) == places(store)

    def test_an_append_wakes_a_waiting_subscriber(self, store: EventStore) -> None:
        subscription = store.subscribe()
        with self._meanwhile(lambda: store.append(CINEMA, [SocketRead("7", 1)])):
            assert energies(self._taken(subscription, 1)) == [1]

    def test_the_events_before_an_unreadable_one_are_delivered(self, store: EventStore) -> None:
        unreadable = with_an_unreadable_event(store)
        subscription = store.subscribe()
        assert energies(self._taken(subscription, 3)) == [1, 2, 3]
        for _ in range(2):  # it does not skip the event by itself
            with pytest.raises(UnreadableEvent, match=rf"position {unreadable} \({CINEMA}\)") as caught:
                subscription.next(self.patience)
            assert (caught.value.position, subscription.position < unreadable) == (unreadable, True)

    def test_an_unreadable_event_can_be_skipped(self, store: EventStore) -> None:
        unreadable = with_an_unreadable_event(store)
        subscription = store.subscribe()
        assert energies(self._taken(subscription, 3)) == [1, 2, 3]
        with pytest.raises(UnreadableEvent):
            subscription.next(self.patience)
        subscription.skip()
        assert subscription.position == unreadable
        assert energies(self._taken(subscription, 1)) == [5]
        subscription.skip()  # nothing to skip: no event is lost
        store.append(HARBOUR, [SocketRead("1", 6)])
        assert energies(self._taken(subscription, 1)) == [6]

    def test_a_query_that_does_not_match_an_unreadable_event_passes_it(self, store: EventStore) -> None:
        with_an_unreadable_event(store)
        subscription = store.subscribe(query=Query(types=["SocketRead"]))
        assert energies(self._taken(subscription, 4)) == [1, 2, 3, 5]

    def test_an_append_wakes_a_waiting_caller(self, store: EventStore) -> None:
        first = store.append(CINEMA, [SocketPlugged("7")]).positions[-1]
        assert not store.wait(first, timeout=0.01)
        with self._meanwhile(lambda: store.append(CINEMA, [SocketPlugged("7")])):
            assert store.wait(first, self.patience)

    def test_waiting_returns_at_once_if_the_log_has_grown_since(self, store: EventStore) -> None:
        first = store.append(CINEMA, [SocketPlugged("7")]).positions[-1]
        assert store.wait(0, self.patience)
        store.append(CINEMA, [SocketPlugged("7")])
        assert store.wait(first, self.patience)

    def test_a_closed_subscription_ends(self, store: EventStore) -> None:
        store.append(CINEMA, [SocketRead("7", 1), SocketRead("7", 2)])
        subscription = store.subscribe()
        assert energies(self._taken(subscription, 1)) == [1]
        subscription.close()
        assert subscription.next(timeout=self.patience) is None
        assert list(subscription) == []

    def test_closing_from_another_thread_ends_the_wait(self, store: EventStore) -> None:
        subscription = store.subscribe()
        self._require_end(subscription, subscription.close)

    def test_closing_the_store_ends_the_wait_of_its_subscribers(self, store: EventStore) -> None:
        self._require_end(store.subscribe(), store.close)

    def test_a_closed_store_raises_store_closed(self, store: EventStore) -> None:
        store.append(CINEMA, [SocketPlugged("7")])
        store.close()
        store.close()
        for verb, use in AFTER_CLOSING.items():
            with pytest.raises(StoreClosed):
                pytest.fail(f"{verb} returned {use(store)!r}")
        assert repr(store)

    def test_a_subscription_after_an_invalid_position_is_rejected(self, store: EventStore) -> None:
        with pytest.raises(InvalidVersion):
            store.subscribe(after=-1)

    def _taken(self, subscription: Subscription, count: int) -> list[RecordedEvent]:
        """Return the next events, fewer if one did not arrive in time."""
        coming = (subscription.next(self.patience) for _ in range(count))
        return list(iter(lambda: next(coming, None), None))

    def _require_end(self, subscription: Subscription, end: object) -> None:
        """Check that an iteration without a timeout ends after `end` was called."""
        seen: list[RecordedEvent] = []
        waiting = Thread(target=lambda: seen.extend(subscription), daemon=True)
        waiting.start()
        assert callable(end)
        end()
        waiting.join(self.patience)
        assert not waiting.is_alive(), "the subscriber is still waiting"
        assert seen == []

    @contextmanager
    def _meanwhile(self, act: object) -> Iterator[None]:
        """Call `act` in another thread, most likely while the block is already waiting."""
        assert callable(act)
        later = Thread(target=act, daemon=True)
        later.start()
        yield
        later.join(self.patience)
