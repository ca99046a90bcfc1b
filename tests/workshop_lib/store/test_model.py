"""Any sequence of operations has the same result on every adapter as on the plain Python store.

Positions are compared by their index in the log, because an adapter may leave gaps; event ids only where
they were given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from itertools import count
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.workshop_lib.store import broken_readers, broken_stores
from tests.workshop_lib.store.conftest import SocketPlugged, SocketRead
from tests.workshop_lib.store.jetstream_server import fresh, program_of
from workshop_lib import ANY, EXISTS, Append, AppendCondition, Query, SimulatedClock, open_store, seeded_ids
from workshop_lib.events import RecordedEvent
from workshop_lib.store.contract.support import EIGHT_O_CLOCK, Clauses
from workshop_lib.store.errors import NotSupported, StoreError
from workshop_lib.store.memory import MemoryStore
from workshop_lib.store.port import EventStore, Reading

STREAMS = ("socket-7 at the cinema", "socket-1 at the harbour", "seat-9", "seat-10")
NOWHERE = UUID(int=0)

streams = st.sampled_from(STREAMS)
tags = st.lists(st.sampled_from(["cinema", "west", "seat-9"]), max_size=2, unique=True).map(tuple)
types = st.lists(st.sampled_from(["SocketPlugged", "SocketRead"]), max_size=1).map(tuple)
queries = st.builds(Query, types, tags) | st.builds(
    Query.__or__, st.builds(Query, types, tags), st.builds(Query, types, tags)
)
events = st.lists(
    st.builds(SocketPlugged, st.text(max_size=5)) | st.builds(SocketRead, st.just("7"), st.integers(0, 99)),
    max_size=3,
)
behind = st.integers(0, 4)
"""How many events before the end of the log something begins or ends."""

expectations = st.sampled_from([ANY, ANY, EXISTS, EXISTS, 0, "right", "right", "too low", "too high"])


class Request(msgspec.Struct, frozen=True):
    """An append as generated: versions and positions are relative to the log."""

    stream: str
    events: list[Any]
    expected: Any
    tags: tuple[str, ...]
    query: Query | None
    behind: int
    with_ids: bool
    occurred_earlier: bool


requests = st.builds(
    Request,
    streams,
    events,
    expectations,
    tags,
    st.none() | queries,
    behind,
    st.booleans(),
    st.booleans(),
)


class Verbs(RuleBasedStateMachine):
    """Runs every operation twice: on the store under test and on the plain Python store."""

    def __init__(self, opens: Callable[..., EventStore], engine: type[Clauses]) -> None:
        super().__init__()
        self.engine, self.opened = engine, ExitStack()
        self.clocks = [SimulatedClock(EIGHT_O_CLOCK) for _ in range(2)]
        self.store: EventStore = self.opened.enter_context(opens(clock=self.clocks[0], ids=seeded_ids(7)))
        self.oracle: EventStore = MemoryStore(self.clocks[1], seeded_ids(7))
        self.fresh, self.given, self.granted = count(1), set[UUID](), list[list[Append]]()
        self.parents: list[tuple[Reading, Reading]] = []
        self.followed: list[tuple[Any, Any]] = []

    def teardown(self) -> None:
        for store, oracle in [*self.parents, (self.store, self.oracle)]:
            self.agree(store.read(), oracle.read())
            assert store.verify() is None
        self.opened.close()

    @property
    def logs(self) -> tuple[EventStore, EventStore]:
        return self.store, self.oracle

    @initialize()
    def begin(self) -> None:
        """Record events to read, repeat and conflict with."""
        for stream, said, minutes in zip(
            (*STREAMS[:3], STREAMS[0]), ("cinema", "west", "seat-9", "west"), (5, 0, 9, 3), strict=True
        ):
            events = [SocketPlugged("7"), SocketRead("7", minutes)]
            self.append_batch(
                [Request(stream, events, ANY, (said, "cinema")[: minutes or 1], None, 0, True, False)]
            )
            self.time_passes(minutes)

    # Generated values, applied to one of the two logs

    def append(self, request: Request, log: Reading, ids: list[UUID] | None) -> Append:
        version = log.stream_version(request.stream)
        relative = {"right": version, "too low": max(version - 1, 0), "too high": version + 1}
        after = self.place(log, request.behind)
        happened = self.clocks[0].now - timedelta(days=1) if request.occurred_earlier else None
        return Append(
            request.stream,
            request.events,
            relative.get(request.expected, request.expected),
            request.query and AppendCondition(request.query, after),
            happened,
            request.tags,
            {"by": "model"} if request.tags else None,
            ids,
            correlation_id=ids[0] if ids else None,
        )

    def place(self, log: Reading, back: int) -> int:
        places = [0, *(event.position for event in log.read())]
        return places[max(len(places) - 1 - back, 0)]

    def ids_for(self, request: Request) -> list[UUID] | None:
        if not request.with_ids or not request.events:
            return None
        ids = [UUID(int=next(self.fresh)) for _ in request.events]
        self.given.update(ids)
        return ids

    # Comparison

    def both(self, ask: Callable[[Any, Any], Any], *pairs: tuple[Any, Any]) -> tuple[Any, Any] | None:
        """Call both; return None if both raise the same error, or if this engine may raise."""
        answers = []
        for asked in pairs:
            try:
                answers.append(ask(*asked))
            except NotSupported:
                assert not self.can_everything()
                return None
            except StoreError as refused:
                answers.append(refused)
        theirs, ours = answers
        if isinstance(ours, StoreError) or isinstance(theirs, StoreError):
            assert type(theirs) is type(ours), answers
            return None
        return theirs, ours

    def can_everything(self) -> bool:
        return self.engine.supports_conditions and self.engine.supports_batches_over_streams

    def agree(self, theirs: Iterable[RecordedEvent], ours: Iterable[RecordedEvent]) -> None:
        assert [self.comparable(event) for event in theirs] == [self.comparable(event) for event in ours]

    def comparable(self, event: RecordedEvent) -> RecordedEvent:
        known = event.event_id if event.event_id in self.given else NOWHERE
        position = event.position if self.engine.gapless_positions else 0
        return msgspec.structs.replace(event, event_id=known, position=position)

    # The operations

    @rule(requests=st.lists(requests, min_size=1, max_size=3))
    def append_batch(self, requests: list[Request]) -> None:
        ids = [self.ids_for(request) for request in requests]
        batches = [
            [self.append(request, log, some) for request, some in zip(requests, ids, strict=True)]
            for log in self.logs
        ]
        answers = self.both(lambda log, batch: log.append_batch(batch), *zip(self.logs, batches, strict=True))
        if answers:
            theirs, ours = answers
            assert [result.version for result in theirs] == [result.version for result in ours]
            assert self.placed(theirs, self.store) == self.placed(ours, self.oracle)
            self.granted.append(batches)

    def placed(self, results: list[Any], log: Reading) -> list[list[int]]:
        places = [event.position for event in log.read()]
        return [[places.index(position) for position in result.positions] for result in results]

    @rule(request=requests)
    def append_once(self, request: Request) -> None:
        self.append_batch([request])

    @precondition(lambda self: self.granted)
    @rule(data=st.data(), other=st.booleans())
    def repeat_a_batch(self, data: st.DataObject, other: bool) -> None:
        """Repeat a batch, unchanged or with other tags; with event ids it must not be recorded twice."""
        batches = data.draw(st.sampled_from(self.granted))
        if other:
            batches = [[msgspec.structs.replace(one, tags=["other"]) for one in batch] for batch in batches]
        pairs = zip(self.logs, batches, strict=True)
        answers = self.both(lambda log, batch: log.append_batch(batch), *pairs)
        assert not answers or [r.version for r in answers[0]] == [r.version for r in answers[1]]

    @rule(minutes=st.integers(-5, 60))
    def time_passes(self, minutes: int) -> None:
        for clock in self.clocks:
            clock.now += timedelta(minutes=minutes)

    @rule(back=behind, query=queries, limit=st.integers(0, 3))
    def read(self, back: int, query: Query, limit: int) -> None:
        after = [self.place(log, back) for log in self.logs]
        for how in (
            (query,),
            (query, True),
            (query, False, limit),
            (query, True, limit),
            (None, True, limit),
        ):
            self.agree(*(log.read(place, *how) for log, place in zip(self.logs, after, strict=True)))

    @rule(first=st.integers(1, 3), last=st.none() | st.integers(0, 4), limit=st.integers(0, 3))
    def read_streams(self, first: int, last: int | None, limit: int) -> None:
        for stream in STREAMS:
            for how in ((first, last), (first, last, True, limit), (first, None, False, limit)):
                self.agree(*(log.read_stream(stream, *how) for log in self.logs))

    @rule(back=behind)
    def look_back(self, back: int) -> None:
        self.look_at(*(log.as_of(position=self.place(log, back)) for log in self.logs))
        learned = [event.recorded_at for event in self.oracle.read()][-1 - back :][:1]
        for instant in learned:
            self.look_at(*(log.as_of(recorded_at=instant) for log in self.logs))

    def look_at(self, theirs: Reading, ours: Reading) -> None:
        self.agree(theirs.read(), ours.read())
        assert [theirs.stream_version(s) for s in STREAMS] == [ours.stream_version(s) for s in STREAMS]
        assert (theirs.position(), theirs.verify()) == (self.place(theirs, 0), None)

    @precondition(lambda self: len(self.parents) < 2 and self.engine.supports_forks)
    @rule(back=behind)
    def go_on_in_a_branch(self, back: int) -> None:
        """Continue in a fork; the parent is compared with its earlier content at the end."""
        places = [self.place(log, back) for log in self.logs]
        self.parents.append((self.store, self.oracle))
        self.store, self.oracle = (log.fork(place) for log, place in zip(self.logs, places, strict=True))
        self.opened.enter_context(self.store)
        self.followed.clear()

    @precondition(lambda self: len(self.followed) < 3)
    @rule(back=behind, query=st.none() | queries)
    def subscribe(self, back: int, query: Query | None) -> None:
        self.followed.append(tuple(log.subscribe(self.place(log, back), query) for log in self.logs))

    @invariant()
    def subscribers_hear_the_same(self) -> None:
        for pair in self.followed:
            self.agree(*(iter(partial(one.next, timeout=0), None) for one in pair))
            assert pair[0].position == self.store.position()

    @invariant()
    def streams_have_the_same_versions(self) -> None:
        theirs, ours = ([log.stream_version(stream) for stream in STREAMS] for log in self.logs)
        assert theirs == ours


STEADY = settings(
    max_examples=20,
    stateful_step_count=20,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)

FEW = settings(STEADY, max_examples=8)
"""For engines that are slower to open."""


def compare(
    opens: Callable[..., EventStore], engine: type[Clauses] = Clauses, how: settings = STEADY
) -> None:
    """Compare a store with the model: `opens(clock=…, ids=…)` returns a new, empty store each time."""
    run_state_machine_as_test(partial(Verbs, opens, engine), settings=how)


def test_a_duckdb_file_does_what_the_plain_python_store_does(tmp_path):
    names = count(1)
    compare(lambda **how: open_store(tmp_path / f"{next(names)}.duckdb", **how))


def test_a_postgresql_server_does_what_the_plain_python_store_does(postgres):
    compare(lambda **how: open_store(postgres.room(), **how), how=FEW)


class JetStream(Clauses):
    gapless_positions = False


class OldJetStream(JetStream):
    supports_batches_over_streams = supports_conditions = False


@pytest.mark.parametrize(("program", "engine"), [("wheel", JetStream), ("system", OldJetStream)])
def test_a_jetstream_server_does_what_the_plain_python_store_does_or_says_that_it_cannot(
    nats_servers, program, engine
):
    url = nats_servers.address(program_of(program), 1)
    compare(lambda **how: open_store(fresh(url), **how), engine, FEW)


STORES_BUT_NOT_RACES = [
    broken_stores.ConditionLooksAtTheWholeLog,
    broken_stores.IgnoresOccurredAt,
    broken_stores.NeverComparesTheContent,
    broken_stores.RecordsARetryAgain,
    broken_stores.TornBatch,
    broken_readers.MatchesAnyTag,
    broken_readers.ForksTheWholeLog,
    broken_readers.GoesLiveFromNow,
    broken_readers.IgnoresAlternatives,
    broken_readers.ReadsBeyondTheEnd,
    broken_readers.LeavesTheInstantOut,
    broken_readers.AsOfIsAView,
    broken_readers.ReversesTheOldest,
    broken_readers.WritesToItsParent,
]


@pytest.mark.parametrize("broken", STORES_BUT_NOT_RACES)
def test_the_model_finds_what_is_broken(broken, monkeypatch):
    monkeypatch.setattr(broken_stores, "PAUSE", 0)
    at_first_sight = settings(STEADY, phases=[Phase.generate], max_examples=200)
    with pytest.raises((AssertionError, StoreError)):
        compare(lambda clock, ids: broken(clock, ids), how=at_first_sight)
