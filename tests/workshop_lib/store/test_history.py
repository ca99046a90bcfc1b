"""Concurrent clients, and the check of their history for lost updates and write skew."""

from __future__ import annotations

import pytest

from tests.workshop_lib.store.broken_stores import (
    ConditionCheckedOutsideTheLock,
    ExpectedVersionCheckedOutsideTheLock,
)
from tests.workshop_lib.store.history import AppendCall, BrokenGuarantee, ReadCall, compete, prove
from tests.workshop_lib.store.jetstream_server import fresh, program_of
from workshop_lib import AppendCondition, Query, open_store
from workshop_lib.store.port import AppendResult

SEAT = Query(tags=["seat-9"])
FREE = AppendCondition(SEAT)
PLUGGED = ("SocketPlugged",)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_competing_clients_lose_no_update(store, seed):
    history = compete(store, seed)
    prove(history)
    refused = [one for one in history if isinstance(one, AppendCall) and one.result is None]
    assert refused, "no client met a conflict, so nothing was proved"


@pytest.mark.parametrize("seed", [1, 2])
def test_competing_clients_lose_no_update_on_a_postgresql_server(postgres, seed):
    with open_store(postgres.room()) as store:
        prove(compete(store, seed))


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("program", ["wheel", "system"])
def test_competing_clients_lose_no_update_on_a_jetstream_server(nats_servers, program, seed):
    with open_store(fresh(nats_servers.address(program_of(program), 1))) as store:
        prove(compete(store, seed, conditions=program == "wheel"))


@pytest.mark.parametrize("broken", [ExpectedVersionCheckedOutsideTheLock, ConditionCheckedOutsideTheLock])
def test_a_store_that_checks_outside_the_lock_is_detected_by_its_history(broken):
    with pytest.raises(BrokenGuarantee, match=r"no update is lost|no write skew"):
        prove(compete(broken(), seed=1, clients=2))


def asked(began, ended, result, stream="socket-7", types=PLUGGED, **how):
    return AppendCall(began, ended, stream, types, result=result and AppendResult(*result), **how)


GOOD = [
    asked(1, 2, (1, (1,)), expected=0),
    asked(3, 6, (2, (2,)), expected=1),
    asked(4, 5, None, expected=1),
    asked(7, 8, (1, (3,)), stream="guest-1", tags=("seat-9",), condition=FREE),
    asked(9, 10, None, stream="guest-2", tags=("seat-9",), condition=FREE),
    asked(11, 12, (2, (5,)), stream="guest-1", condition=AppendCondition(SEAT, after=3)),
    ReadCall(11, 14, (1, 2, 3)),
    ReadCall(13, 14, (1, 2), stream="socket-7"),
    ReadCall(13, 14, (3,), query=SEAT),
]


def test_a_correct_history_is_accepted_even_with_gaps_in_positions():
    prove(GOOD)


BAD = {
    "lost update": (
        "no update is lost",
        [asked(1, 4, (1, (1,)), expected=0), asked(2, 3, (2, (2,)), expected=0)],
    ),
    "version assigned twice": ("versions follow", [asked(1, 4, (1, (1,))), asked(2, 3, (1, (2,)))]),
    "version left out": ("versions follow", [asked(1, 4, (1, (1,))), asked(2, 3, (3, (2,)))]),
    "position assigned twice": (
        "a position is assigned once",
        [asked(1, 4, (1, (1,))), asked(2, 3, (1, (1,)), "b-1")],
    ),
    "event without a position": ("a position for each", [asked(1, 2, (1, (1,)), types=PLUGGED * 2)]),
    "write skew": (
        "no write skew",
        [
            asked(1, 4, (1, (1,)), "guest-1", tags=("seat-9",), condition=FREE),
            asked(2, 3, (1, (2,)), "guest-2", tags=("seat-9",), condition=FREE),
        ],
    ),
    "order against real time": ("real time", [asked(1, 2, (1, (2,)), "a-1"), asked(3, 4, (1, (1,)), "b-1")]),
    "conflict without a reason": (
        "has a reason",
        [asked(1, 2, (1, (1,)), expected=0), asked(3, 4, None, expected=1)],
    ),
    "conflict with a later event": (
        "has a reason",
        [asked(1, 2, None, condition=FREE), asked(3, 4, (1, (1,)), tags=("seat-9",))],
    ),
    "stale read": ("known before it began", [asked(1, 2, (1, (1,))), ReadCall(3, 4, ())]),
    "forgotten read": (
        "known before it began",
        [asked(1, 9, (1, (1,))), ReadCall(2, 3, (1,)), ReadCall(4, 5, ())],
    ),
    "read with a hole": (
        "skips no event",
        [asked(1, 9, (1, (1,))), asked(2, 9, (2, (2,))), ReadCall(3, 4, (2,))],
    ),
    "read of a rejected event": ("returns recorded events", [asked(1, 2, (1, (1,))), ReadCall(3, 4, (1, 2))]),
    "read out of order": (
        "returns recorded events",
        [asked(1, 2, (2, (1, 2)), types=PLUGGED * 2), ReadCall(3, 4, (2, 1))],
    ),
    "read of what comes later": ("nothing from later", [ReadCall(1, 2, (1,)), asked(3, 4, (1, (1,)))]),
    "foreign event in a stream": (
        "returns recorded events",
        [asked(1, 2, (1, (1,)), "b-1"), ReadCall(3, 4, (1,), stream="a-1")],
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_history_that_breaks_a_promise_is_rejected_and_the_promise_named(case):
    promise, history = BAD[case]
    with pytest.raises(BrokenGuarantee, match=promise):
        prove(history)
