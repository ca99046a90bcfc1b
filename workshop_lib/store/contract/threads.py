"""Clauses about concurrent callers: sixteen threads that start together."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from workshop_lib.store.contract.support import (
    CINEMA,
    THREADS,
    Clauses,
    SocketPlugged,
    SocketRead,
    energies,
    granted,
    needs,
    places,
    positions,
    together,
    versions,
)
from workshop_lib.store.errors import AppendConditionFailed, WrongExpectedVersion
from workshop_lib.store.port import Append, AppendCondition, AppendResult, EventStore, Query

ROUNDS = 10


class ConcurrencyContract(Clauses):
    """What an append guarantees to concurrent callers."""

    def test_of_many_appends_with_the_same_expected_version_one_succeeds(self, store: EventStore) -> None:
        for version in range(3):
            append = partial(store.append, CINEMA, [SocketPlugged("7")], version)
            assert len(granted(self._at_once(append), WrongExpectedVersion)) == 1
        assert versions(store.read_stream(CINEMA)) == [1, 2, 3]

    def test_concurrent_writers_lose_no_update(self, store: EventStore) -> None:
        def charge() -> int:
            won = 0
            for _ in range(ROUNDS):
                version = store.stream_version(CINEMA)
                try:
                    store.append(CINEMA, [SocketRead("7", version)], expected_version=version)
                    won += 1
                except WrongExpectedVersion:
                    pass
            return won

        won = sum(granted(self._at_once(charge)))
        recorded = list(store.read_stream(CINEMA))
        assert versions(recorded) == list(range(1, won + 1))
        assert energies(recorded) == list(range(won))

    def test_concurrent_appends_without_expectation_get_distinct_positions(self, store: EventStore) -> None:
        def charge() -> list[AppendResult]:
            return [store.append(CINEMA, [SocketRead("7", n)]) for n in range(ROUNDS)]

        results = [result for some in granted(self._at_once(charge)) for result in some]
        assert sorted(result.version for result in results) == list(range(1, THREADS * ROUNDS + 1))
        assert sorted(result.positions[0] for result in results) == places(store)
        assert versions(store.read()) == list(range(1, THREADS * ROUNDS + 1))
        assert store.verify() is None

    @needs("supports_conditions")
    def test_of_many_guests_booking_the_last_seat_one_succeeds(self, store: EventStore) -> None:
        for seat in ("seat-1", "seat-2", "seat-3"):
            free = AppendCondition(Query(tags=[seat]))
            books: list[Callable[[], AppendResult]] = [
                partial(store.append, f"guest-{n}", [SocketPlugged(seat)], tags=[seat], condition=free)
                for n in range(THREADS)
            ]
            answers = together(books, self.patience)
            assert len(granted(answers, AppendConditionFailed)) == 1
        assert len(places(store)) == 3

    def test_a_conflict_affects_only_its_own_caller(self, store: EventStore) -> None:
        store.append("shared-1", [SocketPlugged("1")])
        lose = partial(store.append, "shared-1", [SocketRead("1", 1)], 0)
        win = [partial(store.append, f"own-{n}", [SocketRead("1", n)], 0) for n in range(THREADS // 2)]
        answers = together([*win, *[lose] * (THREADS // 2)], self.patience)
        assert [result.version for result in granted(answers, WrongExpectedVersion)] == [1] * len(win)
        assert store.stream_version("shared-1") == 1

    @needs("supports_batches_over_streams")
    def test_concurrent_batches_stay_whole(self, store: EventStore) -> None:
        def charge(worker: int) -> None:
            for _ in range(ROUNDS):
                store.append_batch([Append(f"{side}-{worker}", [SocketRead("7", worker)]) for side in "ab"])

        granted(together([partial(charge, worker) for worker in range(THREADS)], self.patience))
        log = list(store.read())
        assert energies(log[::2]) == energies(log[1::2])
        assert len(log) == 2 * THREADS * ROUNDS

    def test_a_reader_following_many_writers_misses_nothing(self, store: EventStore) -> None:
        """Events become visible in the order of their positions."""
        seen: list[int] = []

        def follow() -> None:
            while len(seen) < THREADS * ROUNDS and store.wait(seen[-1] if seen else 0, self.patience):
                seen.extend(positions(store.read(after=seen[-1] if seen else 0)))

        def charge() -> None:
            for n in range(ROUNDS):
                store.append(CINEMA, [SocketRead("7", n)])

        granted(together([follow, *[charge] * THREADS], self.patience))
        assert seen == places(store)

    def _at_once(self, act: Callable[[], object]) -> list[object]:
        return together([act] * THREADS, self.patience)
