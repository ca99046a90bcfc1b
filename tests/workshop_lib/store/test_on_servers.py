"""Code that uses only the port works on servers too: the conflict explainer and consumer groups."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.workshop_lib.store import test_conflict, test_consumers
from tests.workshop_lib.store.jetstream_server import fresh
from workshop_lib import open_store
from workshop_lib.store.port import EventStore

CASES = [
    test_conflict.test_a_decision_holds_if_the_events_in_between_do_not_affect_it,
    test_conflict.test_the_returned_version_is_the_one_to_append_at,
    test_conflict.test_a_decision_that_would_be_refused_now_says_why,
    test_consumers.test_each_event_goes_to_one_member_and_both_get_work,
    test_consumers.test_the_events_of_one_key_go_to_one_member_in_order,
    test_consumers.test_an_unacknowledged_event_of_a_leaving_member_goes_to_another,
    test_consumers.test_checkpoints_are_saved_and_restored_after_a_restart,
]


@pytest.fixture(params=["postgres", "nats_wheel"])
def on_a_server(request: pytest.FixtureRequest) -> Iterator[EventStore]:
    server = request.getfixturevalue(request.param)
    with open_store(fresh(server) if isinstance(server, str) else server.room()) as store:
        yield store


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__.removeprefix("test_"))
def test_the_clauses_of_the_port_hold_on_a_server(
    case: Callable[[EventStore], None], on_a_server: EventStore
) -> None:
    case(on_a_server)
