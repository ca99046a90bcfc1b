"""Consumers that share the work of one log, and events that cause other events."""

from __future__ import annotations

import json
from collections import defaultdict
from random import Random
from threading import Lock, Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workshop_lib.store.conftest import SocketPlugged, SocketRead
from workshop_lib import Query, caused_by, open_store
from workshop_lib.events import UnreadableEvent
from workshop_lib.store.consumers import ConsumerGroup, NoLongerMember, WrongCheckpoints
from workshop_lib.store.contract.support import with_an_unreadable_event
from workshop_lib.store.errors import InvalidVersion
from workshop_lib.store.memory import MemoryStore
from workshop_lib.store.subscription import CatchUp

CINEMA, HARBOUR = "socket-7 at the cinema", "socket-1 at the harbour"
OF_PARTITION_1 = "a key of the second of two partitions"


def readings(store, count, sockets=6):
    """Append `count` readings, alternating between the sockets."""
    for n in range(count):
        store.append(f"socket-{n % sockets}", [SocketRead(str(n % sockets), n)])


def drained(*members):
    """Return what the members get in turn until nothing is left, acknowledged by `next`."""
    got = [[] for _ in members]
    went_on = True
    while went_on:
        found = [member.next(0) for member in members]
        went_on = any(found)
        for mine, recorded in zip(got, found, strict=True):
            mine += filter(None, [recorded])
    return got


def positions(events):
    return [recorded.position for recorded in events]


def in_order(versions):
    """Return whether every first delivery came after those of all earlier versions."""
    firsts = list(dict.fromkeys(versions))
    return firsts == sorted(firsts)


def by_stream(events):
    streams = defaultdict(list)
    for recorded in events:
        streams[recorded.stream].append(recorded.version)
    return streams


def test_each_event_goes_to_one_member_and_both_get_work(store):
    readings(store, 30)
    group = ConsumerGroup(store)
    first, second = drained(group.join(), group.join())
    assert first
    assert second
    assert sorted(positions(first + second)) == positions(store.read())


def test_the_events_of_one_key_go_to_one_member_in_order(store):
    readings(store, 30)
    group = ConsumerGroup(store)
    first, second = map(by_stream, drained(group.join(), group.join()))
    assert not first.keys() & second.keys()
    assert {**first, **second} == {f"socket-{n}": [1, 2, 3, 4, 5] for n in range(6)}


def test_a_key_has_the_same_partition_in_every_process(store):
    store.append(CINEMA, [SocketPlugged("7")])
    store.append(HARBOUR, [SocketPlugged("1")])
    group = ConsumerGroup(store, partitions=64)
    assert [group.partition_of(recorded) for recorded in store.read()] == [20, 35]


def test_the_key_may_be_any_property_of_an_event(store):
    readings(store, 12, sockets=3)
    group = ConsumerGroup(store, key=lambda recorded: "odd" if recorded.event.energy_wh % 2 else "even")
    shares = drained(*(group.join() for _ in range(8)))
    assert sorted(positions(share) for share in shares if share) == [
        [1, 3, 5, 7, 9, 11],
        [2, 4, 6, 8, 10, 12],
    ]


def test_a_query_selects_the_events_of_a_group(store):
    store.append(CINEMA, [SocketPlugged("7"), SocketRead("7", 1), SocketRead("7", 2)])
    member = ConsumerGroup(store, query=Query(types=["SocketRead"])).join()
    assert positions(drained(member)[0]) == [2, 3]


def test_an_unacknowledged_event_of_a_leaving_member_goes_to_another(store):
    readings(store, 3, sockets=1)
    group = ConsumerGroup(store)
    with group.join() as first:
        assert [first.next(0).version, first.next(0).version] == [1, 2]
    assert by_stream(drained(group.join())[0]) == {"socket-0": [2, 3]}


def test_an_acknowledged_event_is_not_delivered_again(store):
    readings(store, 3, sockets=1)
    group = ConsumerGroup(store)
    with group.join() as first:
        first.next(0)
        first.acknowledge()
    assert positions(drained(group.join())[0]) == [2, 3]


def test_a_partition_is_reassigned_only_between_two_events(store):
    readings(store, 3, sockets=1)
    group = ConsumerGroup(store, partitions=2, key=lambda _: OF_PARTITION_1)
    old = group.join()
    assert old.next(0).position == 1
    new = group.join()
    assert group.partitions_of(new) == ()
    assert new.next(0) is None
    old.acknowledge()
    assert positions(drained(old, new)[1]) == [2, 3]


def test_a_member_that_was_removed_cannot_acknowledge(store):
    readings(store, 2, sockets=1)
    group = ConsumerGroup(store)
    sleeper = group.join()
    sleeper.next(0)
    sleeper.close()
    with pytest.raises(NoLongerMember, match="Expect it to be processed twice"):
        sleeper.acknowledge()
    assert sleeper.next(0) is None
    assert positions(drained(group.join())[0]) == [1, 2]


def test_a_member_without_a_partition_takes_over_when_another_leaves(store):
    readings(store, 4, sockets=1)
    group = ConsumerGroup(store, partitions=1)
    first, second = group.join(), group.join()
    assert second.next(0) is None
    first.next(0)
    first.close()
    assert positions(drained(second)[0]) == [1, 2, 3, 4]


def test_checkpoints_are_saved_and_restored_after_a_restart(store):
    readings(store, 12)
    group = ConsumerGroup(store)
    member = group.join()
    before = [member.next(0) for _ in range(5)]
    saved = json.dumps(group.checkpoints)
    restarted = ConsumerGroup(store, checkpoints=json.loads(saved))
    every = positions(store.read())
    assert positions(before) == every[:5]
    assert positions(drained(restarted.join())[0]) == every[4:]


def test_the_checkpoint_of_an_idle_partition_advances(store):
    readings(store, 5, sockets=1)
    group = ConsumerGroup(store)
    drained(group.join())
    assert group.checkpoints == (5,) * 8


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"checkpoints": [1, 2]}, WrongCheckpoints),
        ({"checkpoints": [-1] * 8}, InvalidVersion),
        ({"partitions": 0}, InvalidVersion),
    ],
)
def test_an_invalid_group_is_rejected(store, wrong, error):
    with pytest.raises(error):
        ConsumerGroup(store, **wrong)


class Interfered(MemoryStore):
    """Calls `act` after a member has seen an event and before it takes it."""

    meddling = {}

    def interfere_at(self, position, act):
        self.meddling = {position: act}

    def subscribe(self, after=0, query=None):
        class Looking(CatchUp):
            def next(looking, timeout=None):
                seen = CatchUp.next(looking, timeout)
                self.meddling.pop(seen and seen.position, lambda: None)()
                return seen

        return Looking(self, after, query)


def test_partitions_lost_and_regained_between_look_and_take_lose_no_event():
    store = Interfered()
    readings(store, 8)
    group = ConsumerGroup(store)
    member = group.join()
    store.interfere_at(1, lambda: group.join().close())
    assert positions(drained(member)[0]) == list(range(1, 9))


def test_an_event_another_member_left_unacknowledged_comes_first():
    store = Interfered()
    readings(store, 2, sockets=1)
    group = ConsumerGroup(store, partitions=2, key=lambda _: OF_PARTITION_1)
    member, other = group.join(), group.join()
    assert other.next(0).position == 1
    store.interfere_at(2, other.close)
    assert positions(drained(member)[0]) == [1, 2]


def test_an_event_processed_by_another_member_meanwhile_is_not_taken_again():
    store, others = Interfered(), []
    readings(store, 3, sockets=1)
    group = ConsumerGroup(store, partitions=1)
    member = group.join()

    def interfere():
        member.close()
        others.extend(drained(group.join())[0])

    store.interfere_at(1, interfere)
    assert member.next(0) is None
    assert positions(others) == [1, 2, 3]


def test_a_waiting_member_gets_the_next_event(store):
    member, got = ConsumerGroup(store).join(), []
    waiting = Thread(target=lambda: got.append(member.next(30)))
    waiting.start()
    store.append(CINEMA, [SocketPlugged("7")])
    waiting.join()
    assert positions(got) == [1]


@pytest.mark.parametrize("closed", ["member", "store"])
def test_waiting_ends_when_the_member_or_the_store_is_closed(closed):
    store = open_store("memory://")
    member = ConsumerGroup(store).join()
    waiting = Thread(target=list, args=[member])
    waiting.start()
    {"member": member, "store": store}[closed].close()
    waiting.join(30)
    assert not waiting.is_alive()


class Ledger:
    """Records which events threads began and finished, and whether two worked on one key at once."""

    def __init__(self):
        self.lock, self.finished, self.collisions = Lock(), [], []
        self.at_work = set()

    def begin(self, recorded):
        with self.lock:
            if recorded.stream in self.at_work:
                self.collisions.append(recorded)
            self.at_work.add(recorded.stream)

    def end(self, recorded):
        with self.lock:
            self.at_work.discard(recorded.stream)
            self.finished.append(recorded)


def work_for_a_while(group, ledger, seed, total):
    """Join, process some events, leave in the middle of one, and rejoin until all are done."""
    random = Random(seed)
    while min(group.checkpoints) < total:
        with group.join() as member:
            for _ in range(random.randrange(1, 12)):
                if recorded := member.next(0.05):
                    ledger.begin(recorded)
                    ledger.end(recorded)


def test_joining_and_leaving_threads_process_every_event_and_each_key_in_order():
    store, ledger = open_store("memory://"), Ledger()
    group = ConsumerGroup(store)
    threads = [Thread(target=work_for_a_while, args=(group, ledger, seed, 300)) for seed in range(4)]
    for thread in threads:
        thread.start()
    readings(store, 300)
    for thread in threads:
        thread.join()
    assert ledger.collisions == []
    assert sorted(set(positions(ledger.finished))) == list(range(1, 301))
    assert all(in_order(versions) for versions in by_stream(ledger.finished).values())


ACTIONS = st.lists(
    st.tuples(st.sampled_from(["append", "next", "join", "close", "ack", "restart"]), st.integers(0, 5))
)


@settings(max_examples=100, deadline=None)
@given(ACTIONS)
def test_any_sequence_of_joins_and_leaves_keeps_order_and_events(actions):
    store = open_store("memory://")
    group, members, seen = ConsumerGroup(store, partitions=4), [], []
    for action, which in actions:
        member = members[which % len(members)] if members else None
        if action == "append":
            readings(store, 6)
        elif action == "restart":
            group, members = ConsumerGroup(store, partitions=4, checkpoints=group.checkpoints), []
        elif action == "join":
            members.append(group.join())
        elif member and action == "next":
            seen += filter(None, [member.next(0)])
        elif member and action == "ack":
            member.acknowledge()
        elif member:
            members.remove(member)
            member.close()
    for share in drained(group.join(), *members):
        seen += share
    assert set(positions(seen)) == set(range(1, store.position() + 1))
    assert all(in_order(versions) for versions in by_stream(seen).values())


def chain_of_three(store):
    """Append a plug that caused a reading that caused another reading."""
    store.append(CINEMA, [SocketPlugged("7")])
    for n in range(2):
        (last,) = store.read(backwards=True, limit=1)
        store.append(HARBOUR, [SocketRead("1", n)], **caused_by(last))
    return list(store.read())


def test_each_event_names_its_cause(store):
    first, second, third = chain_of_three(store)
    assert [first.causation_id, second.causation_id, third.causation_id] == [
        None,
        first.event_id,
        second.event_id,
    ]


def test_a_chain_of_events_has_its_first_events_id_as_correlation_id(store):
    first, second, third = chain_of_three(store)
    assert second.correlation_id == third.correlation_id == first.event_id


def test_a_given_correlation_id_is_passed_on(store):
    case = store.append(CINEMA, [SocketPlugged("7")], correlation_id="00000000-0000-4000-8000-000000000042")
    (first,) = store.read(limit=case.version)
    store.append(HARBOUR, [SocketRead("1", 1)], **caused_by(first))
    assert {recorded.correlation_id for recorded in store.read()} == {first.correlation_id}


def test_a_member_gets_the_events_before_an_unreadable_one_and_can_skip_it(store):
    unreadable = with_an_unreadable_event(store)
    member = ConsumerGroup(store, partitions=2).join()
    assert positions(member.next(0) for _ in range(3)) == [1, 2, 3]
    for _ in range(2):
        with pytest.raises(UnreadableEvent, match=f"position {unreadable}"):
            member.next(0)
    member.skip()
    assert (member.next(0).position, member.next(0)) == (unreadable + 1, None)
