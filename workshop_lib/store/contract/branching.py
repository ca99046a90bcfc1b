"""Clauses about `as_of`, which is read-only, and `fork`, which can be appended to."""

from __future__ import annotations

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
    filled,
    needs,
    places,
    shown,
)
from workshop_lib.store.errors import (
    AppendConditionFailed,
    EventIdTaken,
    InvalidVersion,
    ReadOnly,
    WrongExpectedVersion,
)
from workshop_lib.store.port import AppendCondition, EventStore, Query


class BranchingContract(Clauses):
    """What `as_of` and `fork` guarantee while the log grows."""

    def test_a_log_as_of_a_position_does_not_change_when_events_are_appended(self, store: EventStore) -> None:
        end = store.append(CINEMA, [SocketRead("7", n) for n in range(3)]).positions[-1]
        earlier = store.as_of(position=end)
        store.append(CINEMA, [SocketRead("7", 3)])
        store.append(HARBOUR, [SocketRead("1", 4)])
        assert energies(earlier.read()) == energies(earlier.read_stream(CINEMA)) == [0, 1, 2]
        assert (earlier.position(), earlier.stream_version(CINEMA), earlier.stream_version(HARBOUR)) == (
            end,
            3,
            0,
        )
        assert not earlier.wait(end, timeout=0)

    def test_a_log_as_of_a_position_is_read_only(self, store: EventStore) -> None:
        earlier = store.as_of(position=0)
        if hasattr(earlier, "append"):  # a reader may also lack the method
            with pytest.raises(ReadOnly, match="correction is a new event"):
                earlier.append(CINEMA, [SocketPlugged("7")])
        assert store.position() == 0

    @needs("supports_forks")
    def test_a_fork_reads_its_parent_up_to_its_position(
        self, store: EventStore, clock: SimulatedClock
    ) -> None:
        place = places(filled(store, clock))
        fork = store.fork(place[3])
        assert shown(fork.read()) == "c1 c2 h1 c3"
        assert (fork.position(), fork.stream_version(CINEMA)) == (place[3], 3)
        assert (
            shown(store.fork().read()) == shown(store.fork(place[-1] + 1_000).read()) == shown(store.read())
        )

    @needs("supports_forks")
    def test_an_append_to_a_fork_leaves_its_parent_unchanged(
        self, store: EventStore, clock: SimulatedClock
    ) -> None:
        filled(store, clock)
        fork = store.fork()
        fork.append(HARBOUR, [SocketRead("1", 99)])
        assert shown(fork.read()) == "c1 c2 h1 c3 h2 c4 h3"
        assert shown(store.read()) == "c1 c2 h1 c3 h2 c4"
        assert (store.stream_version(HARBOUR), store.verify()) == (2, None)

    @needs("supports_forks")
    def test_a_fork_does_not_see_later_events_of_its_parent(
        self, store: EventStore, clock: SimulatedClock
    ) -> None:
        filled(store, clock)
        fork = store.fork()
        store.append(CINEMA, [SocketRead("7", 40)])
        assert shown(fork.read_stream(CINEMA)) == "c1 c2 c3 c4"
        assert fork.append(CINEMA, [SocketRead("7", 41)], 4).version == 5
        assert energies(fork.read_stream(CINEMA, 5)) == [41]

    @needs("supports_forks")
    def test_a_fork_continues_its_parents_versions_positions_and_hash_chain(
        self, store: EventStore, clock: SimulatedClock
    ) -> None:
        place = places(filled(store, clock))
        fork = store.fork(place[3])
        result = fork.append(CINEMA, [SocketRead("7", 99), SocketRead("7", 100)], 3)
        assert result.version == 5
        assert places(fork) == [*place[:4], *result.positions] == sorted({*places(fork)})
        if self.gapless_positions:
            assert result.positions == (5, 6)
        assert fork.verify() is None

    @needs("supports_forks")
    def test_expected_versions_and_event_ids_of_the_parent_apply_in_a_fork(self, store: EventStore) -> None:
        store.append(CINEMA, [SocketPlugged("7")], event_ids=[UUID(int=11)])
        fork = store.fork()
        with pytest.raises(WrongExpectedVersion):
            fork.append(CINEMA, [SocketPlugged("7")], 0)
        with pytest.raises(EventIdTaken):
            fork.append(CINEMA, [SocketRead("7", 1)], event_ids=[UUID(int=11)])
        assert fork.position() == store.position()

    @needs("supports_forks", "supports_conditions")
    def test_a_condition_in_a_fork_includes_its_parents_events(self, store: EventStore) -> None:
        store.append(CINEMA, [SocketPlugged("7")], tags=["seat-9"])
        with pytest.raises(AppendConditionFailed):
            store.fork().append(
                HARBOUR, [SocketPlugged("1")], condition=AppendCondition(Query(tags=["seat-9"]))
            )

    @needs("supports_forks")
    def test_a_fork_can_be_subscribed_to_and_forked_again(self, store: EventStore) -> None:
        store.append(CINEMA, [SocketRead("7", 0)])
        fork = store.fork()
        subscription = fork.subscribe()
        place = fork.append(CINEMA, [SocketRead("7", 1)]).positions[-1]
        assert [subscription.next(self.patience) is not None for _ in range(2)] == [True, True]
        again = fork.fork(place)
        again.append(CINEMA, [SocketRead("7", 2)])
        assert energies(again.read()) == [0, 1, 2]
        assert energies(fork.as_of(position=place).read()) == energies(fork.read()) == [0, 1]

    @needs("supports_forks")
    def test_a_fork_at_an_invalid_position_is_rejected(self, store: EventStore) -> None:
        with pytest.raises(InvalidVersion):
            store.fork(-1)
