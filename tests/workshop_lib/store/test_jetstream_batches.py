"""Appends over several streams, and conditions, on JetStream: all or none, whatever happens in between."""

from __future__ import annotations

import asyncio
from functools import partial
from threading import Timer
from urllib.parse import urlsplit

import nats
import pytest
from nats.errors import TimeoutError as NoAnswer
from nats.js.errors import APIError

from tests.workshop_lib.store.jetstream_server import fresh, program_of
from workshop_lib import AppendCondition, AppendConditionFailed, Query, event_type, open_store
from workshop_lib.store.contract.support import granted, together
from workshop_lib.store.errors import NotSupported, OutcomeUnknown, StoreError, WrongExpectedVersion
from workshop_lib.store.jetstream_engine.message import place, subject_of
from workshop_lib.store.port import Append
from workshop_lib.store.server_errors import LogTooBusy

SEAT = Query(tags=["seat-9"])


@event_type("AwningMoved")
class AwningMoved:
    text: str = ""


@pytest.fixture
def url(nats_wheel):
    return fresh(nats_wheel)


@pytest.fixture
def store(url):
    with open_store(url) as store:
        yield store


def raw(url, act):
    """Run something against the server without the library."""

    async def ask():
        async with await nats.connect(f"nats://{urlsplit(url).netloc}") as client:
            return await act(client.jetstream())

    return asyncio.run(ask())


def stream_in(url):
    return url.partition("?stream=")[2]


def move(*streams):
    return [Append(stream, [AwningMoved(stream)]) for stream in streams]


def shown(store):
    return " ".join(f"{recorded.stream}:{recorded.version}" for recorded in store.read())


def test_a_batch_keeps_the_order_of_its_appends(store):
    results = store.append_batch(move("a-1", "b-1", "b-1", "a-1"))
    assert [result.version for result in results] == [1, 1, 2, 2]
    assert [result.positions for result in results] == [
        (place(1, 0),),
        (place(2, 0),),
        (place(2, 1),),
        (place(3, 0),),
    ]
    assert shown(store) == "a-1:1 b-1:1 b-1:2 a-1:2"
    assert store.append_batch(move("b-1", "a-1"))[1].version == 3
    assert store.verify() is None


def test_a_batch_is_prepared_again_if_another_program_wrote_to_any_of_its_streams(url, store):
    store.append_batch(move("a-1", "b-1"))
    with open_store(url) as other:
        other.append("b-1", [AwningMoved()])
    with pytest.raises(WrongExpectedVersion):
        store.append_batch([*move("a-1"), Append("b-1", [AwningMoved()], 1)])
    assert [result.version for result in store.append_batch(move("a-1", "b-1"))] == [2, 3]
    assert shown(store) == "a-1:1 b-1:1 b-1:2 a-1:2 b-1:3"


@pytest.mark.parametrize("stored", [True, False])
def test_an_unanswered_batch_is_sent_again_and_stored_once(store, monkeypatch, stored):
    store.append("b-1", [AwningMoved()])
    send, lost = store._link._js.publish, []

    async def publish(*what):
        if lost:
            return await send(*what)
        lost.append(what)
        if stored:
            await send(*what)
        raise NoAnswer

    monkeypatch.setattr(store._link._js, "publish", publish)
    results = store.append_batch(move("a-1", "b-1"))
    assert [result.positions for result in results] == [(place(2, 0),), (place(3, 0),)]
    assert shown(store) == "b-1:1 a-1:1 b-1:2"


def test_an_unanswered_batch_can_be_repeated_with_the_same_ids(url, monkeypatch):
    ids = ["00000000-0000-4000-8000-000000000031", "00000000-0000-4000-8000-000000000032"]
    batch = [Append(f"a-{n}", [AwningMoved()], 0, event_ids=[id_]) for n, id_ in enumerate(ids)]
    with open_store(f"{url}&patience=0.1") as store:
        send, sent = store._link._js.publish, []

        async def publish(*what):
            if not sent:
                sent.append(await send(*what))
            raise NoAnswer

        with monkeypatch.context() as patched:
            patched.setattr(store._link._js, "publish", publish)
            with pytest.raises(OutcomeUnknown, match="same event_ids"):
                store.append_batch(batch)
        assert [result.version for result in store.append_batch(batch)] == [1, 1]
        assert shown(store) == "a-0:1 a-1:1"


def test_a_batch_that_is_too_large_is_rejected_whole(store):
    with pytest.raises(StoreError, match=r"batch is too large: 1000\. Nothing was recorded"):
        store.append_batch(move(*(f"a-{n}" for n in range(1_001))))
    assert store.position() == 0
    assert len(store.append_batch(move(*(f"a-{n}" for n in range(1_000))))) == 1_000
    assert store.verify() is None


def test_half_a_batch_is_not_visible(url, store):
    """The server stores a batch one message after another; here the second one takes a while."""
    with open_store(fresh(url)) as source:
        source.append_batch(move("a-1", "b-1"))
        first, second = (source._link.at(sequence).data for sequence in (1, 2))
    log, late = stream_in(url), {}

    def publish(stream, data):
        raw(url, lambda js: js.publish(subject_of(log, stream), data))

    publish("a-1", first)
    timer = Timer(0.3, publish, ["b-1", second])
    timer.start()
    late["version"], late["log"], late["position"] = (
        store.stream_version("a-1"),
        shown(store),
        store.position(),
    )
    timer.join()
    assert late == {"version": 1, "log": "a-1:1 b-1:1", "position": place(2, 0)}


def test_a_torn_batch_does_not_verify(url, store):
    with open_store(fresh(url)) as source:
        source.append_batch(move("a-1", "b-1"))
        first = source._link.at(1).data
    raw(url, lambda js: js.publish(subject_of(stream_in(url), "a-1"), first))
    store.append("c-1", [AwningMoved()])
    assert store.verify() == place(2, 0)


def without_batches(url):
    config = {"name": stream_in(url), "subjects": [f"{stream_in(url)}.>"], "deny_delete": True}
    raw(url, lambda js: js.add_stream(**config, deny_purge=True, description="made long ago"))


def test_a_log_of_an_older_version_of_this_library_is_made_to_take_batches(url):
    without_batches(url)
    with open_store(url) as store:
        assert [result.version for result in store.append_batch(move("a-1", "b-1"))] == [1, 1]
        store.append("a-1", [AwningMoved()], condition=AppendCondition(Query(types=["Unknown"])))
    config = raw(url, lambda js: js.stream_info(stream_in(url))).config
    assert (config.allow_atomic, config.description, config.deny_purge) == (True, "made long ago", True)


def test_if_that_is_not_permitted_the_error_says_what_to_ask_for(url, monkeypatch):
    without_batches(url)

    async def denied(_):
        raise NoAnswer

    with open_store(url) as store:
        monkeypatch.setattr(store._link._js, "update_stream", denied)
        with pytest.raises(NotSupported, match=r"nats-server \d.*allow_atomic .*administrator"):
            store.append_batch(move("a-1", "b-1"))
        assert store.position() == 0


def test_an_older_server_is_named_with_the_version_that_is_needed(nats_servers):
    url = fresh(nats_servers.address(program_of("system"), 1))
    with open_store(url) as store:
        for what in (
            partial(store.append_batch, move("a-1", "b-1")),
            partial(store.append, "a-1", [AwningMoved()], condition=AppendCondition(SEAT)),
        ):
            with pytest.raises(NotSupported, match=r"on nats-server 2\.\d+.*needs nats-server 2\.12"):
                what()
        assert store.position() == 0


@pytest.mark.parametrize("size", [1, 3])
def test_of_programs_that_race_for_a_seat_one_gets_it(nats_servers, size):
    shared = fresh(nats_servers.address(program_of("wheel"), size), replicas=size)
    stores = [open_store(shared) for _ in range(6)]

    def book(store, number):
        store.append(f"guest-{number}", [AwningMoved()], tags=["seat-9"], condition=AppendCondition(SEAT))
        return number

    answers = together([partial(book, store, number) for number, store in enumerate(stores)], 60)
    assert len(granted(answers, AppendConditionFailed)) == 1
    assert [len([*store.read(query=SEAT)]) for store in stores] == [1] * 6
    for store in stores:
        store.close()


@pytest.mark.parametrize("size", [1, 3])
def test_no_update_is_lost_among_conditions_and_plain_appends(nats_servers, size):
    """Each program adds one to the number that it read; others write to the same log without a condition."""
    shared = fresh(nats_servers.address(program_of("wheel"), size), replicas=size)
    stores = [open_store(shared) for _ in range(5)]

    def add(store, program):
        for _ in range(8):
            while True:
                known = [recorded.position for recorded in store.read(query=SEAT)]
                condition = AppendCondition(SEAT, after=known[-1] if known else 0)
                event = AwningMoved(str(len(known)))
                try:
                    store.append(f"guest-{program}", [event], tags=["seat-9"], condition=condition)
                    break
                except AppendConditionFailed:
                    continue

    def others(store, program):
        for number in range(40):
            store.append(f"other-{number % 3}", [AwningMoved()])

    acts = [partial(others if n > 2 else add, store, n) for n, store in enumerate(stores)]
    granted(together(acts, 120))
    numbers = [int(recorded.event.text) for recorded in stores[0].read(query=SEAT)]
    assert numbers == list(range(24))
    assert stores[0].verify() is None
    for store in stores:
        store.close()


def test_a_condition_that_others_keep_from_being_checked_is_an_error_in_the_end(url):
    with open_store(url) as other, open_store(f"{url}&patience=0.3") as store:
        send = store._link.publish

        def after_another(appends):
            other.append("other-1", [AwningMoved()])
            return send(appends)

        store._link.publish = after_another
        with pytest.raises(
            LogTooBusy, match=r"others appended all the time, for 0\.3 s\. Nothing was recorded"
        ):
            store.append("a-1", [AwningMoved()], condition=AppendCondition(SEAT))
        assert store.append("a-1", [AwningMoved()]).version == 1
        assert store.stream_version("a-1") == 1


def test_a_second_attempt_checks_each_condition_from_its_own_position(url):
    """The first attempt ends after the first condition, because the cached version of b-1 is outdated."""
    with open_store(url) as other, open_store(url) as store:
        store.append("b-1", [AwningMoved()])
        other.append("b-1", [AwningMoved()], tags=["seat-9"])
        free, taken = AppendCondition(Query(tags=["seat-1"])), AppendCondition(SEAT)
        first = Append("a-1", [AwningMoved()], condition=free)
        with pytest.raises(AppendConditionFailed):
            store.append_batch([first, Append("b-1", [AwningMoved()], 2, condition=taken)])
        assert store.stream_version("a-1") == 0


@pytest.mark.parametrize("code", [10176, 10210, 10211])
def test_a_batch_that_did_not_arrive_whole_is_sent_again(store, monkeypatch, code):
    send, answers = store._link._js.publish, [code]

    async def publish(*what):
        if answers:
            raise APIError(400, err_code=answers.pop(), description="atomic publish batch is incomplete")
        return await send(*what)

    monkeypatch.setattr(store._link._js, "publish", publish)
    assert [result.version for result in store.append_batch(move("a-1", "b-1"))] == [1, 1]
    assert shown(store) == "a-1:1 b-1:1"
