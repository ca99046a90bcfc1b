"""Ctrl-C at every point of a call: the log stays sound, nobody waits, and the note on the error is true."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from itertools import count
from pathlib import Path
from threading import Event
from time import sleep
from uuid import uuid4

import pytest

from tests.workshop_lib.store.conftest import SocketRead
from tests.workshop_lib.store.injector import Outcome, at_every_point, uncounted
from tests.workshop_lib.store.jetstream_server import fresh
from workshop_lib import Append, open_store
from workshop_lib.clock import random_ids, wall_clock
from workshop_lib.store.errors import MAYBE, NOTHING, RECORDED, OutcomeUnknown
from workshop_lib.store.port import EventStore, Query
from workshop_lib.store.state_table import KeptState, state_table
from workshop_lib.store.store import Branch

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # in a __del__

ALL = os.environ.get("INTERRUPTS") == "all"
"""Interrupt at all points where a test otherwise takes some of them, to be fast."""

PATIENCE = 20.0
"""After how many seconds a thread that should not wait is considered to hang."""

STREAM = "socket-7"
READ = Query(types=["SocketRead"])
SOME = [SocketRead("7", 1), SocketRead("7", 2)]


class Opened:
    """A log under test, and how to open it once more."""

    def __init__(self, open_: Callable[[], EventStore], name: str, shared: bool = False) -> None:
        self.open, self.name, self.kept = open_, name, shared or name == "duckdb file"
        self.step = 1 if ALL or not shared else 149
        """On a server, the tests take some of the points of psycopg or nats-py, which are many."""
        self.store = open_()
        self.others = [open_()] if shared else []
        """Other programs on the same log."""

    def version(self) -> int:
        """Return the stream's version before a call; a list, which is slow when long, is new each time."""
        if self.name in ("memory", "branch"):
            self.store = self.open()
            self.store.append(STREAM, SOME)
        return self.store.stream_version(STREAM)

    def close(self) -> None:
        for store in (self.store, *self.others):
            store.close()


SERVERS = ["postgres", "nats_wheel"]


@pytest.fixture(params=["memory", "branch", "duckdb in memory", "duckdb file", *SERVERS])
def log(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opened]:
    if request.param in SERVERS:
        server = request.getfixturevalue(request.param)
        address = fresh(server) if isinstance(server, str) else server.room()
        openers = {request.param: partial(open_store, address)}
    else:
        openers = _local(tmp_path)
    opened = Opened(openers[request.param], request.param, request.param in SERVERS)
    yield opened
    opened.close()


def _local(folder: Path) -> dict[str, Callable[[], EventStore]]:
    parent = open_store()._log  # type: ignore[union-attr]
    return {
        "memory": partial(open_store, "memory://"),
        "branch": lambda: Branch(parent.until(0), wall_clock, random_ids),
        "duckdb in memory": open_store,
        "duckdb file": partial(open_store, folder / "network.duckdb"),
    }


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as pool:
        yield pool


def require_sound(log: Opened, threads: ThreadPoolExecutor, outcome: Outcome, before: int) -> None:
    """Check the log after an interrupt: it goes on from where it says that it ended, for everybody."""
    store, place = log.store, outcome.place
    if log.name == "nats_wheel" and outcome.note == MAYBE:
        sleep(0.2)  # the message may be under way
    now = store.stream_version(STREAM)
    assert now - before in (0, len(SOME)), f"a part was recorded: {place}"
    recorded = now > before
    assert not (outcome.note == NOTHING and recorded), place
    assert not (outcome.note == RECORDED and not recorded), place
    for append in (store.append, *(other.append for other in log.others)):
        in_time = threads.submit(append, STREAM, [SocketRead("7", 3)], now).result(PATIENCE)
        now += 1
        assert in_time.version == now, place
    last = store.append(STREAM, [SocketRead("7", 4)], now)
    assert (last.version, last.positions) == (now + 1, (store.position(),)), place
    assert store.verify() is None, place
    assert [*store.read(query=READ)] == [*store.read()], place
    assert gc.isenabled(), place


APPENDS: dict[str, Callable[[EventStore], object]] = {
    "some events": lambda store: store.append(STREAM, SOME),
    "a generator": lambda store: store.append(STREAM, iter(SOME)),  # type: ignore[arg-type]
    "with ids": lambda store: store.append(STREAM, SOME, event_ids=[uuid4(), uuid4()]),
    "a batch": lambda store: store.append_batch([Append(STREAM, [event]) for event in SOME]),
}


@pytest.mark.parametrize("how", APPENDS)
def test_an_append_interrupted_at_any_point_leaves_the_log_sound(log, threads, how):
    notes = set()

    def prepare() -> Callable[[], object]:
        nonlocal before
        before = log.version()
        return partial(APPENDS[how], log.store)

    before = 0
    for outcome in at_every_point(prepare, log.step):
        require_sound(log, threads, outcome, before)
        notes.add(outcome.note)
    assert notes >= ({NOTHING, RECORDED} if log.step == 1 else {NOTHING})


def test_a_leader_interrupted_at_any_point_blocks_no_other_caller(log, threads):
    """Another thread appends during the commit, and is to lead the next one."""
    before, other = 0, Future[object]()

    def prepare() -> Callable[[], object]:
        nonlocal before, other
        before, other = log.version(), Future()
        return lambda: log.store.append(STREAM, events())

    def events() -> Iterator[object]:
        nonlocal other
        with uncounted():
            other = threads.submit(log.store.append, "socket-1", SOME)
            until(lambda: queued(log.store))
        yield from SOME

    for outcome in at_every_point(prepare, log.step):
        if other.running():
            assert other.result(PATIENCE), outcome.place
        require_sound(log, threads, outcome, before)


def test_a_waiting_caller_interrupted_at_any_point_withdraws_or_is_recorded(log, threads):
    """One thread commits, this one waits for it, and a third one joins this one's group."""
    if not hasattr(log.store, "_group"):
        pytest.skip("a list commits for one caller at a time")
    before, others, ended = 0, list[Future[object]](), Event()

    def prepare() -> Callable[[], object]:
        nonlocal before, others, ended
        before, others, ended, busy = log.version(), [], Event(), Event()
        others.append(threads.submit(log.store.append, "socket-1", first(busy, ended)))
        assert busy.wait(PATIENCE)
        return lambda: log.store.append(STREAM, SOME)

    def first(busy: Event, ended: Event) -> Iterator[object]:
        busy.set()
        until(lambda: queued(log.store) or ended.is_set())
        if not ended.is_set():
            others.append(threads.submit(log.store.append, "socket-2", SOME))
            until(lambda: queued(log.store) > 1 or ended.is_set())
        yield from SOME

    for outcome in at_every_point(prepare, log.step):
        ended.set()
        for other in others:
            assert isinstance(other.exception(PATIENCE), OutcomeUnknown | None), outcome.place
        require_sound(log, threads, outcome, before)


def queued(store: EventStore) -> int:
    group = getattr(store, "_group", None)
    return len(group._queue) if group else 1


def until(holds: Callable[[], object]) -> None:
    while not holds():
        Event().wait(0.0002)


def test_a_state_table_interrupted_at_any_point_fits_its_log(log, threads):
    if not hasattr(log.store, "_transactions"):
        pytest.skip("this engine has no state tables")
    table = state_table(log.store, "socket")
    table.in_each_commit(_counted)
    before, points = 0, count()

    def prepare() -> Callable[[], object]:
        nonlocal before
        before = log.store.stream_version(STREAM)
        if next(points) % 2:
            return lambda: table.rebuild(STREAM, _counted)
        return lambda: log.store.append(STREAM, SOME)

    for outcome in at_every_point(prepare, log.step):
        require_sound(log, threads, outcome, before)
        kept = table.find(STREAM)
        assert kept is not None
        assert kept.version == log.store.stream_version(STREAM), outcome.place


def _counted(_: str, kept: KeptState | None, new: list) -> KeptState:
    return KeptState(new[-1].version, "Count", "{}")


def test_a_subscription_interrupted_at_any_point_goes_on_where_it_says(log, threads):
    for _ in range(3):
        log.store.append(STREAM, SOME)
    everything = [recorded.position for recorded in log.store.read()]
    subscription = log.store.subscribe()

    def prepare() -> Callable[[], object]:
        nonlocal subscription
        subscription = log.store.subscribe()
        assert subscription.next(0).position == everything[0]
        return lambda: (subscription.next(0), list(log.store.read()), log.store.wait(10**12, 0))

    for outcome in at_every_point(prepare, log.step):
        following = [position for position in everything if position > subscription.position]
        assert subscription.next(0).position == following[0], outcome.place
    require_sound(log, threads, outcome, log.store.stream_version(STREAM))


def test_a_wait_interrupted_at_any_point_lets_the_other_threads_wait(log, threads):
    end = 0

    def prepare() -> Callable[[], object]:
        nonlocal end
        end = log.store.position()
        return lambda: log.store.wait(end, 0.001)

    for outcome in at_every_point(prepare, log.step):
        waiting = [threads.submit(log.store.wait, end, PATIENCE) for _ in range(2)]
        log.store.append(STREAM, SOME)
        assert all(wait.result(PATIENCE) for wait in waiting), outcome.place


def test_a_close_interrupted_at_any_point_is_completed_by_a_second_one(log, threads):
    def prepare() -> Callable[[], object]:
        log.store.close()
        log.store = log.open()
        log.store.append(STREAM, SOME)
        return log.store.close

    interrupts = []
    for outcome in at_every_point(prepare, 1 if ALL else 7 * log.step):
        interrupts.append(outcome)
        threads.submit(log.store.close).result(PATIENCE)
        log.store = log.open()
        assert log.store.verify() is None, outcome.place
        assert not log.kept or log.store.position() >= 2 * len(interrupts)


def test_an_opening_interrupted_at_any_point_can_be_repeated(log, threads):
    log.store.append(STREAM, SOME)

    def prepare() -> Callable[[], object]:
        log.store.close()
        return open_it

    def open_it() -> None:
        log.store = log.open()

    for outcome in at_every_point(prepare, 1 if ALL else 23 * log.step):
        if outcome.interrupt is not None:
            threads.submit(open_it).result(PATIENCE)
        require_sound(log, threads, outcome, log.store.stream_version(STREAM))
