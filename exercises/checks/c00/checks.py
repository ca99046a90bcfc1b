"""The tasks of `00_start_here`: append, read back, lose a race with dignity. Read `c1_1/checks.py` next."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from exercises.checks.small_logs import Entry, counted, log
from workbench.classroom.attempt import Attempt
from workbench.classroom.plain import shown
from workbench.classroom.task import task
from workshop_lib.charging.connector import ConnectorStatus, StatusReported
from workshop_lib.charging.session import ChargingStarted, ChargingStopped, MeterRead, StopReason
from workshop_lib.clock import SimulatedClock, seeded_ids
from workshop_lib.events import RecordedEvent, WorkshopError
from workshop_lib.store.duckdb_engine.reader import DuckDBReader
from workshop_lib.store.errors import ANY, ExpectedVersion
from workshop_lib.store.memory import MemoryStore
from workshop_lib.store.port import AppendResult, EventStore

SOCKET = "connector-cinema-7"


@task(
    title="A first event",
    hints=(
        "The cell above the gap shows `store.append` at work; only stream and status are different here.",
        "An append names a stream and a *list* of events, and answers where they stand in the log.",
        '`result = store.append("connector-cinema-7", [StatusReported(…, ConnectorStatus.FAULTED)])`',
    ),
    proven="The fact stands in the log once; its receipt names version and position, where all can read it.",
)
def a_first_event(attempt: Attempt, store: object, result: object) -> None:
    """One report in the stream of cinema-7, and the answer of the append."""
    attempt.expect(
        isinstance(result, AppendResult),
        seen=f"`result` is `{shown(result, 80)}`, not what `append` answers.",
        why="Whoever appends is told where the event stands, and may rely on it from then on.",
        look="`result = store.append(…)`; and `check` takes the store first, the result second.",
    )
    _one_event(attempt, _read(attempt, store))
    attempt.expect(
        result == AppendResult(1, (1,)),
        seen=f"`result` is `{shown(result)}`, and that is not what the append of this event answered.",
        why="The version and the position are the receipt: whoever reads later can ask for exactly this.",
        look="Is `result` the value of the very call that appended?",
    )


def _read(attempt: Attempt, store: object) -> list[RecordedEvent]:
    attempt.expect(
        isinstance(store, EventStore),
        seen=f"The first thing passed is `{shown(store, 80)}`, and that is no event store.",
        why="An event is kept by a store; the check reads it there.",
        look="Pass `store` and `result`, in this order.",
    )

    def read_the_store() -> list[RecordedEvent]:
        return list(store.read())  # type: ignore[attr-defined]

    kept: list[RecordedEvent] = attempt.call(read_the_store)
    return kept


def _one_event(attempt: Attempt, kept: Sequence[RecordedEvent]) -> None:
    attempt.expect(
        kept,
        seen="The log of `store` is empty: in this store the append did not happen.",
        why="An append that was refused leaves nothing behind; `result` is the receipt of an older one.",
        look="Did the cell above end in an error? An append takes a stream and a *list* of events.",
    )
    attempt.expect(
        len(kept) == 1,
        seen=f"The log holds {len(kept)} events.",
        why="One thing happened, so one event is recorded: readers count events, not intentions.",
        look="Does the cell make a new store each time it runs, and append once?",
    )
    attempt.expect(
        kept[0].stream == SOCKET,
        seen=f"The event stands in the stream `{kept[0].stream}`.",
        why="A stream is the life of one thing; in another stream nobody looks for this socket.",
        look="A stream is named category, hyphen, id. What is the category, and what is the id?",
    )
    attempt.expect(
        kept[0].event == StatusReported("cinema-7", ConnectorStatus.FAULTED),
        seen=f"The log says `{shown(kept[0].event)}`.",
        why="It will say so for ever. An event is not corrected by editing it, only by a further event.",
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
    ("that has no reading yet", "session-3", (1, None)),
    ("that nobody has ever appended to", "session-404", (0, None)),
)


@task(
    title="Read it back",
    hints=(
        "`store.read_stream(stream)` gives recorded events; `store.stream_version(stream)` gives a number.",
        "Not every event is a reading: keep those whose `.event` is a `MeterRead`, and take the last.",
        "`readings = [seen.event for seen in store.read_stream(stream) if seen.type == 'MeterRead']`",
    ),
    proven="A stream is read by itself, in the order of its versions; no reading is not a reading of 0 Wh.",
)
def read_it_back(attempt: Attempt, answer: object) -> None:
    """The version of a stream and the energy of its last reading."""
    last_reading = attempt.function(answer, "last_reading", parameters=2)
    for which, stream, (version, energy_wh) in READ_BACK:
        got = attempt.call(last_reading, _evening(), stream, returns=(tuple, list))
        attempt.expect(
            len(got) == 2,
            seen=f"`last_reading` gave {counted(len(got), 'value')}: `{shown(got)}`.",
            why="The caller wants two: the version to append after, and the meter to show.",
            look="`return version, energy_wh`",
        )
        attempt.expect(
            got[0] == version,
            seen=f"Of a stream {which} your function says that its version is `{shown(got[0])}`.",
            why="The version counts all events of this stream and of no other; a stream of none has 0.",
            look="What do you count: events of one stream, readings, or positions of the whole log?",
        )
        attempt.expect(
            got[1] is not None or not energy_wh,
            seen=f"In a stream {which} your function finds none at all.",
            why="What a store hands out is a recorded event: the fact itself is its `.event`.",
            look="`seen.type` is a name, `'MeterRead'`; `seen.event` is what `isinstance` and `match` know.",
        )
        attempt.expect(
            got[1] == energy_wh,
            seen=f"Of a stream {which} your function says that the last reading is `{shown(got[1])}`.",
            why="A stream tells many kinds of facts; no reading is `None`, since 0 Wh would be a claim.",
            look="Which events do you look at, in which order, and what if none of them is a reading?",
        )


class RacingStore:
    """A store in which a rival appends first, in the moment between your look and your append."""

    def __init__(self, stream: str, rival: object) -> None:
        self._store = MemoryStore(SimulatedClock("2026-03-02"), seeded_ids(1))
        self._stream, self._rival = stream, rival

    def append(
        self, stream: str, events: Sequence[object], expected_version: ExpectedVersion = ANY, **more: Any
    ) -> AppendResult:
        """Append, just after the rival."""
        if self._rival is not None:
            self._store.append(self._stream, [self._rival])
            self._rival = None
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
        "`store.append` takes a third argument: the version that you saw when you decided.",
        "Do not look before you leap: only the append itself can compare and write in one step.",
        "`try: store.append(stream, [event], seen_version)` and then `except WrongExpectedVersion:`",
    ),
    proven="The append compares and writes in one step: a decision upon an old version leaves no event.",
)
def recorded_or_too_late(attempt: Attempt, answer: object) -> None:
    """An append that loses a race without losing its head."""
    record = attempt.function(answer, "record_if_unchanged", parameters=4)
    _alone(attempt, record)
    _second(attempt, record)
    _raced(attempt, record)
    attempt.refusal(
        record,
        RacingStore(SOCKET, None),
        SOCKET,
        0,
        "a text is no event",
        of=WorkshopError,
        why="That was no race but a bug, and a caller who is told `too late` tries again, for ever.",
        look="Which exceptions does your `except` catch? Name the one that you mean.",
    )


def _told(attempt: Attempt, record: Any, store: RacingStore) -> object:
    got = attempt.call(record, store, SOCKET, 0, RESERVED)
    attempt.expect(
        isinstance(got, str) and got in ("recorded", "too late"),
        seen=f"Your answer is `{shown(got, 60)}`, neither of the two words that the exercise asks for.",
        why="The caller compares with these words; with any other the driver is told nothing.",
        look='Return "recorded" or "too late", letter by letter.',
    )
    return got


def _alone(attempt: Attempt, record: Any) -> None:
    store = RacingStore(SOCKET, None)
    got = _told(attempt, record, store)
    attempt.expect(
        got == "recorded" and store.stream_version(SOCKET) == 1,
        seen=f"Nobody was in the way; your answer is `{shown(got)}`, "
        f"and the stream has {counted(store.stream_version(SOCKET), 'event')}.",
        why="Without a rival the first try must succeed, once, and say so: the driver waits at the socket.",
        look="What is appended and what is returned when `append` raises nothing?",
    )


def _second(attempt: Attempt, record: Any) -> None:
    store = RacingStore(SOCKET, None)
    store.append(SOCKET, [PLUGGED_IN])
    got = _told(attempt, record, store)
    attempt.expect(
        got == "too late" and store.stream_version(SOCKET) == 1,
        seen=f"The stream had moved on from 0 to 1; your answer is `{shown(got)}`, "
        f"and the stream has {counted(store.stream_version(SOCKET), 'event')}.",
        why="A decision that was made upon an old version must not be recorded upon a newer one.",
        look="Which version does `append` compare: the one you were given, or one that you asked for now?",
    )


def _raced(attempt: Attempt, record: Any) -> None:
    store = RacingStore(SOCKET, PLUGGED_IN)
    got = _told(attempt, record, store)
    attempt.expect(
        got == "too late" and store.stream_version(SOCKET) == 1,
        seen=f"A car plugged in between your look and your append; your answer is `{shown(got)}`, "
        f"and the stream has {counted(store.stream_version(SOCKET), 'event')}.",
        why="Looking first and appending then leaves a gap, and at rush hour somebody always stands in it.",
        look="Let the append itself compare: it has a parameter for what you expect.",
    )
