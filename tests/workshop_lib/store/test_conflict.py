"""The conflict explainer: which events were appended first, and whether the decision still holds."""

from __future__ import annotations

import pytest

from tests.workshop_lib.store.conftest import SocketPlugged, SocketRead
from workshop_lib import EXISTS, AppendCondition, AppendConditionFailed, Query, WrongExpectedVersion
from workshop_lib.store.conflict import NothingWon, explain

CINEMA = "socket-7 at the cinema"
CINEMAS_PLUGS = Query(types=["SocketPlugged"], tags=["cinema"])


class SocketTaken(Exception):
    """The socket is occupied."""


def plug_in(history):
    """Plug in one car per socket; meter readings do not matter."""
    if any(isinstance(event, SocketPlugged) for event in history):
        raise SocketTaken("another car is plugged in")
    return [SocketPlugged("7")]


def read_on(history):
    """Record a reading ten higher than the last one."""
    return [SocketRead("7", 10 + max((event.energy_wh for event in history[1:]), default=0))]


def stop_at_the_limit(history):
    """Record another reading if there are fewer than two."""
    return [SocketRead("7", 1)] if len(history) < 2 else []


def lost(store, decide, winners, expected=0, **how):
    """Return the error of an append that was decided before the winners were appended."""
    decided = list(decide([recorded.event for recorded in store.read_stream(CINEMA)]))
    store.append(CINEMA, winners, **how)
    with pytest.raises(WrongExpectedVersion) as refused:
        store.append(CINEMA, decided, expected_version=expected)
    return refused.value


def test_a_decision_holds_if_the_events_in_between_do_not_affect_it(store):
    conflict = explain(lost(store, plug_in, [SocketRead("7", 5)]), store, plug_in)
    assert conflict.still_holds
    assert conflict.decision_before == conflict.decision_now == (SocketPlugged("7"),)
    assert [recorded.event for recorded in conflict.events_since] == [SocketRead("7", 5)]
    assert str(conflict).endswith("The decision still holds. Append it again at version 1.")


def test_the_returned_version_is_the_one_to_append_at(store):
    conflict = explain(lost(store, plug_in, [SocketRead("7", 5)]), store, plug_in)
    assert store.append(CINEMA, conflict.decision_now, expected_version=conflict.now).version == 2


def test_a_decision_that_would_be_refused_now_says_why(store):
    conflict = explain(lost(store, plug_in, [SocketPlugged("7")]), store, plug_in)
    assert not conflict.still_holds
    assert isinstance(conflict.decision_now, SocketTaken)
    assert str(conflict) == (
        "You decided upon socket-7 at the cinema as of version 0: SocketPlugged(socket='7').\n"
        "Since then came:\n"
        "  version 1, socket-7 at the cinema: SocketPlugged(socket='7')\n"
        "The decision no longer holds; now it is refused (SocketTaken: another car is plugged in). "
        "Do not append it; report this to the caller."
    )


def test_a_decision_that_would_differ_now_shows_both(store):
    store.append(CINEMA, [SocketPlugged("7")])
    conflict = explain(lost(store, read_on, [SocketRead("7", 50)], expected=1), store, read_on)
    assert (conflict.decision_before, conflict.decision_now) == (
        (SocketRead("7", 10),),
        (SocketRead("7", 60),),
    )
    assert not conflict.still_holds
    assert str(conflict).endswith(
        "now it is SocketRead(socket='7', energy_wh=60). If that is still wanted, append it at version 2."
    )


def test_a_decision_may_have_nothing_left_to_record(store):
    winners = [SocketRead("7", 1), SocketRead("7", 1)]
    conflict = explain(lost(store, stop_at_the_limit, winners), store, stop_at_the_limit)
    assert (conflict.decision_now, conflict.still_holds) == ((), False)
    assert "nothing left to record. Append nothing." in str(conflict)


def test_a_function_that_would_have_refused_from_the_start_is_noticed(store):
    store.append(CINEMA, [SocketPlugged("7")])
    refused = lost(store, read_on, [SocketRead("7", 50)], expected=1)
    conflict = explain(refused, store, plug_in)
    assert isinstance(conflict.decision_before, SocketTaken)
    assert not conflict.still_holds
    assert "would have refused from the start" in str(conflict)


def test_many_events_in_between_are_counted_not_listed(store):
    winners = [SocketRead("7", n) for n in range(8)]
    message = str(explain(lost(store, plug_in, winners), store, plug_in))
    assert "version 5" in message
    assert "version 6" not in message
    assert "… and 3 more" in message


def lost_condition(store):
    store.append("socket-1", [SocketRead("1", 1)], tags=["cinema"])
    condition = AppendCondition(CINEMAS_PLUGS, after=store.position())
    store.append("socket-1", [SocketPlugged("1")], tags=["harbour"])
    store.append("socket-2", [SocketPlugged("2")], tags=["cinema"])
    with pytest.raises(AppendConditionFailed) as refused:
        store.append("socket-7", [SocketPlugged("7")], condition=condition)
    return refused.value


def test_a_condition_is_explained_across_streams_with_what_its_query_finds(store):
    conflict = explain(lost_condition(store), store, plug_in)
    assert [(since.stream, since.position) for since in conflict.events_since] == [("socket-2", 3)]
    assert isinstance(conflict.decision_now, SocketTaken)
    assert str(conflict).startswith(
        "You decided upon the events of type SocketPlugged tagged cinema as of position 1: SocketPlugged("
    )
    assert "  position 3, socket-2: SocketPlugged(socket='2')" in str(conflict)


def test_an_irrelevant_conflict_can_be_retried_at_the_returned_position(store):
    conflict = explain(lost_condition(store), store, lambda history: [SocketPlugged("7")])
    assert conflict.still_holds
    renewed = AppendCondition(CINEMAS_PLUGS, after=conflict.now)
    assert store.append("socket-7", conflict.decision_now, condition=renewed).positions == (4,)


def test_a_query_with_alternatives_is_described_in_words(store):
    query = Query(types=["SocketPlugged", "SocketRead"]) | Query(tags=["west", "cinema"])
    store.append(CINEMA, [SocketPlugged("7")])
    with pytest.raises(AppendConditionFailed) as refused:
        store.append(CINEMA, [SocketPlugged("7")], condition=AppendCondition(query))
    upon = explain(refused.value, store, plug_in).upon
    assert upon == (
        "the events of type SocketPlugged or SocketRead, or the events of all types tagged west and cinema"
    )


@pytest.mark.parametrize("expected", [4, EXISTS])
def test_an_error_without_a_concurrent_append_is_not_explained(store, expected):
    with pytest.raises(WrongExpectedVersion) as refused:
        store.append(CINEMA, [SocketPlugged("7")], expected_version=expected)
    with pytest.raises(NothingWon, match="but nobody was"):
        explain(refused.value, store, plug_in)
