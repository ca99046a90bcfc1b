"""Consumers that share the work of one log, and events that lead to others."""

from __future__ import annotations

from tests.store.conftest import SocketPlugged, SocketRead
from workshop_lib import because_of

CINEMA, HARBOUR = "socket-7 at the cinema", "socket-1 at the harbour"


def chain_of_three(store):
    """A plug that led to a reading that led to another."""
    store.append(CINEMA, [SocketPlugged("7")])
    for n in range(2):
        (last,) = store.read(backwards=True, limit=1)
        store.append(HARBOUR, [SocketRead("1", n)], **because_of(last))
    return list(store.read())


def test_each_event_names_the_one_that_it_came_because_of(store):
    first, second, third = chain_of_three(store)
    assert [first.causation_id, second.causation_id, third.causation_id] == [
        None,
        first.event_id,
        second.event_id,
    ]


def test_a_chain_of_events_has_one_correlation_id_and_its_first_event_gives_it(store):
    first, second, third = chain_of_three(store)
    assert second.correlation_id == third.correlation_id == first.event_id


def test_a_correlation_id_that_was_given_is_handed_on(store):
    case = store.append(CINEMA, [SocketPlugged("7")], correlation_id="00000000-0000-4000-8000-000000000042")
    (first,) = store.read(limit=case.version)
    store.append(HARBOUR, [SocketRead("1", 1)], **because_of(first))
    assert {recorded.correlation_id for recorded in store.read()} == {first.correlation_id}
