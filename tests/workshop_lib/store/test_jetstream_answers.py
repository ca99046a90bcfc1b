"""What a store makes of each answer of the server: the error says only what is certain."""

from __future__ import annotations

import pytest
from nats.js.errors import APIError

from tests.workshop_lib.store.jetstream_server import fresh
from workshop_lib import event_type, open_store
from workshop_lib.store.errors import OutcomeUnknown, StoreError

IDS = ["00000000-0000-4000-8000-000000000021"]
NOT_YET = {
    "the id is in process": (409, 10158, "duplicate message id is in process"),
    "another message is in process": (400, 10164, "wrong last sequence"),
    "a new leader": (503, 10163, "expected last sequence per subject temporarily unavailable"),
    "not the leader": (503, None, "raft: not leader"),
    "too many requests": (429, 10167, "too many requests"),
    "no room on one replica": (503, 10077, "maximum bytes exceeded"),
}
TOO_LARGE = (400, 10054, "message size exceeds maximum allowed")


@event_type("GateRead")
class GateRead:
    text: str = ""


@pytest.fixture
def store(nats_server):
    with open_store(fresh(nats_server, patience=0.2)) as store:
        store.append("gate-1", [GateRead("1")])
        yield store


def answers(monkeypatch, store, *errors, stored=()):
    """Let the next requests get these errors; those whose number is in `stored` are stored all the same."""
    send, waiting = store._link._js.publish, list(enumerate(errors))

    async def publish(*what):
        if not waiting:
            return await send(*what)
        number, (code, err_code, description) = waiting.pop(0)
        if number in stored:
            await send(*what)
        APIError.from_error({"code": code, "err_code": err_code, "description": description})

    monkeypatch.setattr(store._link._js, "publish", publish)


def texts(store):
    return [recorded.event.text for recorded in store.read()]


@pytest.mark.parametrize("error", NOT_YET.values(), ids=NOT_YET)
def test_an_error_that_decides_nothing_is_followed_by_the_same_message(monkeypatch, store, error):
    answers(monkeypatch, store, error, error)
    assert store.append("gate-1", [GateRead("2")], 1).version == 2
    assert texts(store) == ["1", "2"]


@pytest.mark.parametrize("error", NOT_YET.values(), ids=NOT_YET)
def test_an_error_that_decides_nothing_may_come_although_the_message_is_stored(monkeypatch, store, error):
    answers(monkeypatch, store, error, error, stored=[0])
    assert store.append("gate-1", [GateRead("2")], 1).version == 2
    assert texts(store) == ["1", "2"]


@pytest.mark.parametrize("error", NOT_YET.values(), ids=NOT_YET)
def test_if_it_does_not_end_the_outcome_is_unknown_and_the_append_can_be_repeated(monkeypatch, store, error):
    with monkeypatch.context() as patched:
        answers(patched, store, *[error] * 100, stored=[0])
        with pytest.raises(OutcomeUnknown, match="same event_ids"):
            store.append("gate-1", [GateRead("2")], 1, event_ids=IDS)
    assert store.append("gate-1", [GateRead("2")], 1, event_ids=IDS).version == 2
    assert texts(store) == ["1", "2"]


def test_a_final_error_says_that_nothing_was_recorded(monkeypatch, store):
    answers(monkeypatch, store, TOO_LARGE)
    with pytest.raises(StoreError, match=r"rejects it: message size .* Nothing was recorded"):
        store.append("gate-1", [GateRead("2")], 1)
    assert texts(store) == ["1"]


def test_a_final_error_after_an_unanswered_try_does_not_say_so(monkeypatch, store):
    answers(monkeypatch, store, NOT_YET["not the leader"], TOO_LARGE)
    with pytest.raises(OutcomeUnknown, match="message size exceeds"):
        store.append("gate-1", [GateRead("2")], 1)


def test_a_final_error_after_a_stored_try_is_no_error(monkeypatch, store):
    answers(monkeypatch, store, NOT_YET["not the leader"], TOO_LARGE, stored=[0])
    assert store.append("gate-1", [GateRead("2")], 1).version == 2
    assert texts(store) == ["1", "2"]
