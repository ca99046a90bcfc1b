"""The tasks of `00_start_here`: append, read back, lose a race with dignity. Read `c1_1/checks.py` next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from random import Random
from typing import Any, NamedTuple

from hypothesis import strategies as st

from exercises.checks.small_logs import Entry, counted, history, log
from workbench.classroom.agreement import agrees
from workbench.classroom.attempt import Attempt
from workbench.classroom.plain import shown
from workbench.classroom.task import task
from workshop_lib.charging.connector import ConnectorStatus, StatusReported
from workshop_lib.charging.session import (
    ChargingResumed,
    ChargingStarted,
    ChargingStopped,
    ChargingSuspended,
    MeterRead,
    StopReason,
    SuspendedBy,
)
from workshop_lib.clock import SimulatedClock, seeded_ids
from workshop_lib.events import RecordedEvent, WorkshopError
from workshop_lib.store.copying import to_duckdb
from workshop_lib.store.duckdb_engine.reader import DuckDBReader
from workshop_lib.store.duckdb_engine.store import DuckDBStore
from workshop_lib.store.errors import ANY, ExpectedVersion, WrongExpectedVersion
from workshop_lib.store.memory import MemoryStore
from workshop_lib.store.port import AppendResult, EventStore

SOCKET = "connector-cinema-7"


@task(
    title="A first event",
    hints=(
        "The cells above show `zoo.append` at work; only the stream and the report are different here.",
        "An append takes a stream and a *list* of events; it returns the version and the positions.",
        '`result = store.append("connector-cinema-7", [StatusReported(…, ConnectorStatus.FAULTED)])`',
    ),
    proven="The event is in the log once, and the receipt gives its version and its position.",
)
def a_first_event(attempt: Attempt, store: object, result: object) -> None:
    """Check that cinema-7's stream holds one report, and that `result` is the result of that append."""
    attempt.expect(
        isinstance(result, AppendResult),
        seen=f"`result` is `{shown(result, 80)}`, not the result of an `append`.",
        why="The result of an append is your receipt: it says where in the log the event is.",
        look="`result = store.append(…)`; and `check` takes the store first, the result second.",
    )
    _one_event(attempt, _read(attempt, store))
    attempt.expect(
        result == AppendResult(1, (1,)),
        seen=f"`result` is `{shown(result)}`, but the append of this event returned something else.",
        why="The receipt gives version and position: with them, anybody can find exactly this event later.",
        look="Is `result` the value of the call that appended this event?",
    )


def _read(attempt: Attempt, store: object) -> list[RecordedEvent]:
    attempt.expect(
        isinstance(store, EventStore),
        seen=f"The first argument is `{shown(store, 80)}`, which is not an event store.",
        why="Events are kept in a store, and the check reads them from there.",
        look="Pass `store` and `result`, in this order: the store first.",
    )

    def read_the_store() -> list[RecordedEvent]:
        return list(store.read())  # type: ignore[attr-defined]

    kept: list[RecordedEvent] = attempt.call(read_the_store)
    return kept


def _one_event(attempt: Attempt, kept: Sequence[RecordedEvent]) -> None:
    attempt.expect(
        kept,
        seen="The log of `store` is empty: in this store the append did not happen.",
        why="An append that raises an error records nothing; `result` is the receipt of an earlier one.",
        look="Did the cell above end with an error? An append takes a stream and a *list* of events.",
    )
    attempt.expect(
        len(kept) == 1,
        seen=f"The log holds {len(kept)} events.",
        why="One thing happened, so one event is recorded: every reader counts the events.",
        look="Does the cell open a new store each time it runs, and append once?",
    )
    attempt.expect(
        kept[0].stream == SOCKET,
        seen=f"The event is in the stream `{kept[0].stream}`.",
        why="A stream is the history of one thing; nobody looks for this socket in another stream.",
        look="A stream name is category, hyphen, id. What is the category here, and what is the id?",
    )
    attempt.expect(
        kept[0].event == StatusReported("cinema-7", ConnectorStatus.FAULTED),
        seen=f"The log says `{shown(kept[0].event)}`.",
        why="It will say so for ever. An event is never edited; only another event can correct it.",
        look="Which connector, and which of the nine statuses, does the story name?",
    )


@cache
def _evening() -> DuckDBReader:
    def start(session: int) -> ChargingStarted:
        return ChargingStarted(session, f"cinema-{session}", "NL-TNM-000001", "standard", 100)

    return log(
        Entry("session-1", start(1), "18:00"),
        Entry("session-2", start(2), "18:01"),
        Entry("session-1", MeterRead(1, "cinema-1", 1, 400, 18_000), "18:02"),
        Entry("session-3", start(3), "18:03"),
        Entry("session-1", MeterRead(1, "cinema-1", 2, 700, 18_000), "18:04"),
        Entry("session-2", MeterRead(2, "cinema-2", 1, 900, 22_000), "18:05"),
        Entry("session-1", ChargingStopped(1, 700, StopReason.LOCAL), "18:06"),
        Entry("session-4", start(4), "18:07"),
        Entry("session-4", MeterRead(4, "cinema-4", 1, 300, 18_000), "18:08"),
        Entry("session-4", MeterRead(4, "cinema-4", 2, 0, 18_000), "18:09"),
    )


READ_BACK = (
    ("whose last event is not a reading", "session-1", (4, 700)),
    ("with one reading", "session-2", (2, 900)),
    ("whose meter was replaced and begins again at 0 Wh", "session-4", (3, 0)),
    ("with no reading yet", "session-3", (1, None)),
    ("that nobody has ever appended to", "session-404", (0, None)),
)


@task(
    title="Read it back",
    hints=(
        "`store.read_stream(stream)` returns its recorded events, `store.stream_version(stream)` a number.",
        "Not every event is a reading: keep those whose `.event` is a `MeterRead`, and take the last one.",
        "`readings = [seen.event for seen in store.read_stream(stream) if seen.type == 'MeterRead']`",
    ),
    proven="A stream is read in the order of its versions, and without a reading the energy is None.",
)
def read_it_back(attempt: Attempt, answer: object) -> None:
    """Check the version of each stream and the energy of its last reading."""
    last_reading = attempt.function(answer, "last_reading", parameters=2)
    for which, stream, (version, energy_wh) in READ_BACK:
        got = attempt.call(last_reading, _evening(), stream, returns=(tuple, list))
        attempt.expect(
            len(got) == 2,
            seen=f"`last_reading` returned {counted(len(got), 'value')}: `{shown(got)}`.",
            why="The caller needs two values: the version for the next append, and the reading to show.",
            look="`return version, energy_wh`",
        )
        attempt.expect(
            got[0] == version,
            seen=f"For a stream {which} your function returns the version `{shown(got[0])}`.",
            why="The version is the number of events in this stream alone; without events it is 0.",
            look="What do you count: events of one stream, readings, or positions of the whole log?",
        )
        attempt.expect(
            got[1] is not None or not energy_wh,
            seen=f"In a stream {which} your function finds no reading at all.",
            why="A store returns recorded events: the event itself is in the field `.event`.",
            look="`seen.type` is a name, `'MeterRead'`; use `seen.event` with `isinstance` or `match`.",
        )
        attempt.expect(
            got[1] == energy_wh,
            seen=f"For a stream {which} your function says that the last reading is `{shown(got[1])}`.",
            why="A stream holds events of many types; no reading is `None`, since 0 Wh would be a claim.",
            look="Which events do you look at, in which order, and what if none of them is a reading?",
        )
    _reads_like_ours(attempt, last_reading)


@cache
def _crowded(seed: int) -> DuckDBStore:
    """Return a log of many sessions: readings in any order of number and energy, streams that begin alike."""
    random, clock = Random(seed), SimulatedClock("2026-03-02T18:00")
    store = MemoryStore(clock, seeded_ids(seed))
    for _ in range(400):
        session = random.choice(SESSIONS)
        reading = MeterRead(session, "zoo-1", random.randrange(9), random.randrange(5) * 300, 18_000)
        others = (ChargingSuspended(session, SuspendedBy.EV), ChargingResumed(session))
        late = timedelta(minutes=random.choice([0, 0, 5, 90]))
        event = random.choice([reading, *others])
        store.append(f"session-{session}", [event], occurred_at=clock.now - late)
        clock.now += timedelta(seconds=random.choice([0, 30]))
    return to_duckdb(store)


@cache
def _crowded_until(seed: int, position: int) -> DuckDBReader:
    return _crowded(seed).as_of(position=position)


SESSIONS = (1, 2, 3, 4, 7, 11, 12, 17, 42, 117, 421)
_MOMENTS = (0, 5, 21, 77, 150, 233, 310, 400)


def _reads_like_ours(attempt: Attempt, last_reading: Any) -> None:
    """Check any stream of two crowded logs, and of any moment in them."""

    def log_of(case: tuple[int, int, int]) -> DuckDBReader:
        return _crowded_until(*case[:2])

    def ours(case: tuple[int, int, int]) -> tuple[int, int | None]:
        seen = list(log_of(case).read_stream(f"session-{case[2]}"))
        readings = [one.event.energy_wh for one in seen if isinstance(one.event, MeterRead)]
        return len(seen), readings[-1] if readings else None

    def differs(case: tuple[int, int, int], got: object) -> None:
        stream = f"session-{case[2]}"
        events = [seen.event for seen in log_of(case).read_stream(stream)]
        attempt.refuse(
            f"In a log of {counted(case[1], 'event')} your function returns `{shown(got, 40)}` for "
            f"`{stream}`, which ends in {history(events[-3:])}.",
            "The last reading is the one that was recorded last in this stream, whatever its number or time.",
            "Do you look at this stream only, and at its order, not at fields of the events?",
        )

    def yours(case: tuple[int, int, int]) -> tuple[Any, ...]:
        got = attempt.call(last_reading, log_of(case), f"session-{case[2]}", returns=(tuple, list))
        return tuple(got)

    cases = st.tuples(st.sampled_from([1, 2]), st.sampled_from(_MOMENTS), st.sampled_from([*SESSIONS, 5]))
    agrees(attempt, cases, yours, ours, differs)


class RacingStore:
    """A store in which a rival appends just before your first append."""

    def __init__(self, stream: str, rival: object) -> None:
        self._store = MemoryStore(SimulatedClock("2026-03-02"), seeded_ids(1))
        self._stream, self.rival = stream, rival

    def append(
        self, stream: str, events: Sequence[object], expected_version: ExpectedVersion = ANY, **more: Any
    ) -> AppendResult:
        """Append, after the rival."""
        if self.rival is not None:
            rival, self.rival = self.rival, None
            self._store.append(self._stream, [rival])
        return self._store.append(stream, events, expected_version, **more)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def __repr__(self) -> str:
        return "store"


RESERVED = StatusReported("cinema-7", ConnectorStatus.RESERVED)
PLUGGED_IN = StatusReported("cinema-7", ConnectorStatus.PREPARING)


@task(
    title="Recorded, or too late",
    hints=(
        "`store.append` takes a third argument: the version that the caller has seen.",
        "Do not compare the version yourself: only the append can compare and write in one step.",
        "`try: store.append(stream, [event], seen_version)` and then `except WrongExpectedVersion:`",
    ),
    proven="The append compares and writes in one step: a decision on an old version records nothing.",
)
def recorded_or_too_late(attempt: Attempt, answer: object) -> None:
    """Check an append without a rival, after one, in a race, and with a value that is not an event."""
    record = attempt.function(answer, "record_if_unchanged", parameters=4)
    _alone(attempt, record)
    _second(attempt, record)
    _raced(attempt, record)
    _records_like_ours(attempt, record)
    attempt.raises(
        record,
        RacingStore(SOCKET, None),
        SOCKET,
        0,
        "a text is not an event",
        of=WorkshopError,
        why="This is a bug, not a race, and a caller that gets `too late` would try again for ever.",
        look="Which exceptions does your `except` catch? Name only the one that you mean.",
    )


class Tried(NamedTuple):
    """An append: how many events its stream and another one have, the seen version, whether a rival comes."""

    stream: str
    events: int
    seen: int
    others: int
    rival: bool
    event: StatusReported


TRIALS = st.builds(
    Tried,
    st.sampled_from([SOCKET, "connector-cinema-77", "connector-zoo-1"]),
    st.integers(0, 12),
    st.integers(0, 13),
    st.integers(0, 12),
    st.booleans(),
    st.sampled_from([StatusReported("zoo-1", status) for status in ConnectorStatus]),
)


def _records_like_ours(attempt: Attempt, record: Any) -> None:
    """Check appends with any seen version to streams of any length."""

    def after(one: Tried, record: Any) -> tuple[object, list[object]]:
        store = RacingStore(one.stream, None)
        for stream, length in ((one.stream, one.events), ("connector-opera-1", one.others)):
            for _ in range(length):
                store.append(stream, [PLUGGED_IN])
        store.rival = RESERVED if one.rival else None
        result = record(store, one.stream, one.seen, one.event)
        return result, [(seen.stream, seen.event) for seen in store.read()]

    def yours(one: Tried) -> tuple[object, list[object]]:
        return after(one, lambda *passed: attempt.call(record, *passed))

    def ours(one: Tried) -> tuple[object, list[object]]:
        def record(store: RacingStore, stream: str, seen_version: int, event: object) -> str:
            try:
                store.append(stream, [event], seen_version)
            except WrongExpectedVersion:
                return "too late"
            return "recorded"

        return after(one, record)

    def differs(one: Tried, got: tuple[object, list[object]]) -> None:
        rival = ", and somebody appends just before you" if one.rival else ""
        attempt.refuse(
            f"`{one.stream}` is at version {one.events}, the caller has seen version {one.seen}{rival}. Your "
            f"function returns `{shown(got[0], 40)}`, and the log has {counted(len(got[1]), 'event')}, "
            f"the last of them `{shown(got[1][-1:], 120)}`.",
            "The version that the caller has seen is compared with the version of this stream, for equality.",
            "Do you pass on the stream, the version and the event that you were given?",
        )

    agrees(attempt, TRIALS, yours, ours, differs)


def _result(attempt: Attempt, record: Any, store: RacingStore) -> object:
    got = attempt.call(record, store, SOCKET, 0, RESERVED)
    attempt.expect(
        isinstance(got, str) and got in ("recorded", "too late"),
        seen=f"Your function returns `{shown(got, 60)}`, neither of the two texts of the exercise.",
        why="The caller compares the result with these two; any other tells the driver nothing.",
        look='Return "recorded" or "too late", exactly as they are written here.',
    )
    return got


def _alone(attempt: Attempt, record: Any) -> None:
    store = RacingStore(SOCKET, None)
    got = _result(attempt, record, store)
    attempt.expect(
        got == "recorded" and store.stream_version(SOCKET) == 1,
        seen=f"Nobody else appended; your function returns `{shown(got)}`, "
        f"and the stream has {counted(store.stream_version(SOCKET), 'event')}.",
        why="Without a rival the event must be recorded once, and the driver waits for the answer.",
        look="What is appended, and what is returned, when `append` raises no error?",
    )


def _second(attempt: Attempt, record: Any) -> None:
    store = RacingStore(SOCKET, None)
    store.append(SOCKET, [PLUGGED_IN])
    got = _result(attempt, record, store)
    attempt.expect(
        got == "too late" and store.stream_version(SOCKET) == 1,
        seen=f"The stream had moved on from version 0 to 1; your function returns `{shown(got)}`, "
        f"and the stream has {counted(store.stream_version(SOCKET), 'event')}.",
        why="A decision that is based on an old version must not be recorded after a newer one.",
        look="Which version do you pass to `append`: the one the caller has seen, or one read just now?",
    )


def _raced(attempt: Attempt, record: Any) -> None:
    store = RacingStore(SOCKET, PLUGGED_IN)
    got = _result(attempt, record, store)
    attempt.expect(
        got == "too late" and store.stream_version(SOCKET) == 1,
        seen=f"A car plugged in just before your append; your function returns `{shown(got)}`, "
        f"and the stream has {counted(store.stream_version(SOCKET), 'event')}.",
        why="Between a check and an append there is a gap, and at rush hour somebody always slips in.",
        look="Let the append itself compare: it has a parameter for the version that you expect.",
    )
