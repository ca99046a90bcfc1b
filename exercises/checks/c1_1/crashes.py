"""A back office whose power fails at a chosen moment, to check the dual write of chapter 1.4.

It can write to three places: `store` (the log), `table` (rows by session) and `broker` (messages sent). All
three survive a crash; the program does not. Read `c1_1/checks.py` next.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from hypothesis import strategies as st

from exercises.checks.small_logs import Entry, counted, history, log
from workbench.classroom.agreement import agrees
from workbench.classroom.attempt import Attempt, Raised
from workbench.classroom.plain import clipped, shown
from workbench.simulation.power import Failpoint, PowerFailure
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
from workshop_lib.events import RecordedEvent
from workshop_lib.store.memory import MemoryStore
from workshop_lib.store.port import Append, AppendResult


class FailingStore:
    """The log of an office."""

    def __init__(self, log: MemoryStore, failpoint: Failpoint) -> None:
        self._log, self._failpoint = log, failpoint

    def append(self, stream: str, events: Sequence[object], *args: Any, **named: Any) -> AppendResult:
        """Append, if there is power."""
        self._failpoint.before("the append")
        result = self._log.append(stream, events, *args, **named)
        self._failpoint.done("the append")
        return result

    def append_batch(self, appends: Iterable[Append]) -> list[AppendResult]:
        """Append, if there is power."""
        self._failpoint.before("the append")
        results = self._log.append_batch(appends)
        self._failpoint.done("the append")
        return results

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)


class Table(dict[Any, Any]):
    """Rows by session."""

    def __init__(self, rows: dict[Any, Any], failpoint: Failpoint) -> None:
        super().__init__(rows)
        self._failpoint = failpoint

    def __setitem__(self, key: Any, value: Any) -> None:
        self._failpoint.before("the row")
        super().__setitem__(key, value)
        self._failpoint.done("the row")

    def update(self, *args: Any, **named: Any) -> None:
        """Write rows, if there is power."""
        self._failpoint.before("the rows")
        super().update(*args, **named)
        self._failpoint.done("the rows")


class Broker(list[Any]):
    """Messages that were sent and cannot be taken back."""

    def __init__(self, sent: list[Any], failpoint: Failpoint) -> None:
        super().__init__(sent)
        self._failpoint = failpoint

    def append(self, message: Any) -> None:
        """Send, if there is power."""
        self._failpoint.before("the message")
        super().append(message)
        self._failpoint.done("the message")

    def extend(self, messages: Iterable[Any]) -> None:
        """Send the messages one after another, as long as there is power."""
        for message in messages:
            self.append(message)


class Office:
    """The argument of the participant's `record`."""

    def __init__(self, log: MemoryStore, rows: dict[Any, Any], sent: list[Any], failpoint: Failpoint) -> None:
        self.store = FailingStore(log, failpoint)
        self.table, self.broker = Table(rows, failpoint), Broker(sent, failpoint)

    def __repr__(self) -> str:
        return "office"


class Evening(NamedTuple):
    """The result of an evening: the log, what was written beside it, and what happened, in words."""

    recorded: list[RecordedEvent]
    rows: dict[Any, Any]
    sent: list[Any]
    acknowledged: list[object]
    writes: int
    words: str


FACTS = (
    ChargingStarted(7, "cinema-7", "NL-TNM-000001", "standard", 1_000),
    ChargingStarted(8, "zoo-1", "NL-TNM-000002", "standard", 5_000),
    ChargingStopped(7, 9_000, StopReason.LOCAL),
)


class Building:
    """What survives a crash, and the power supply."""

    def __init__(self, failpoint: Failpoint) -> None:
        self.log, self.failpoint = MemoryStore(SimulatedClock("2026-03-02"), seeded_ids(1)), failpoint
        self.rows, self.sent, self.moment = dict[Any, Any](), list[Any](), ""

    def press(self, attempt: Attempt, record: Any, fact: object, event_id: UUID) -> bool:
        """Call `record` with a fact; return whether the program survived."""
        office = Office(self.log, self.rows, self.sent, self.failpoint)
        try:
            attempt.call(record, office, fact, event_id, may_be_none=True)
        except Raised as raised:
            if not isinstance(raised.__cause__, PowerFailure):
                raise
        else:
            _not_hidden(attempt, self.failpoint)
        self.rows, self.sent = dict(office.table), list(office.broker)
        return not self.failpoint.failed

    def repair(self) -> None:
        """Restore the power."""
        self.moment, self.failpoint = self.failpoint.moment, Failpoint()


def _not_hidden(attempt: Attempt, failpoint: Failpoint) -> None:
    attempt.expect(
        not failpoint.failed,
        seen=f"The power failed just {failpoint.moment}, and `record` returned as if nothing had happened.",
        why="A driver who sees a success drives off; a driver who sees a crash presses the button again.",
        look="Which `except` catches the crash? Catch only the exceptions that you mean.",
    )


def live(attempt: Attempt, record: Any, failpoint: Failpoint, again: bool = True) -> Evening:
    """Record the facts, one after another, with a power failure at the failpoint.

    After the failure the driver presses the button again, or walks away.
    """
    building, ids, acknowledged = Building(failpoint), seeded_ids(2), list[object]()
    for fact in FACTS:
        event_id = ids()
        lived = building.press(attempt, record, fact, event_id)
        if not lived:
            building.repair()
            lived = again and building.press(attempt, record, fact, event_id)
        acknowledged += [fact] * lived
    then = "the driver pressed the button again" if again else "the driver walked away"
    words = f"The power failed just {building.moment}, and {then}." if building.moment else "Nothing failed."
    recorded = list(building.log.read())
    return Evening(recorded, building.rows, building.sent, acknowledged, failpoint.writes, words)


def crashes(attempt: Attempt, record: Any) -> Iterator[Evening]:
    """Yield the evening without a crash, then one for each crash, with and without a repeat."""
    calm = live(attempt, record, Failpoint())
    yield calm
    for write in range(1, 1 + calm.writes):
        for after in (False, True):
            for again in (False, True):
                yield live(attempt, record, Failpoint(write, after), again)


Derived = tuple[dict[Any, Any], list[Any]]


def _derived(attempt: Attempt, derive: Any, recorded: Sequence[RecordedEvent]) -> Derived:
    result: Any = attempt.call(derive, list(recorded), returns=(tuple, list), copied=False)
    right = len(result) == 2 and isinstance(result[0], dict) and isinstance(result[1], (list, tuple))
    attempt.expect(
        right,
        seen=f"`derive` returned `{shown(result, 80)}`.",
        why="Two things are derived from one log: the rows of the table and the messages for the broker.",
        look="`return rows, messages`: a dict and a list.",
    )
    return dict(result[0]), [tuple(one) if isinstance(one, list) else one for one in result[1]]


def _expected(facts: Sequence[object]) -> Derived:
    changes = [change for fact in dict.fromkeys(facts) if (change := _change(fact))]
    return dict(changes), changes


def _change(fact: object) -> tuple[int, str] | None:
    match fact:
        case ChargingStarted(session=session):
            return session, "charging"
        case ChargingStopped(session=session):
            return session, "stopped"
    return None


def derives(attempt: Attempt, derive: Any) -> None:
    """Check `derive` on a log without a crash, and on every prefix of that log."""
    facts: list[Any] = [FACTS[0], MeterRead(7, "cinema-7", 1, 1_300, 18_000), *FACTS[1:]]
    entries = [Entry(f"session-{one.session}", one, f"18:{minute:02}") for minute, one in enumerate(facts)]
    recorded = list(log(*entries).read())
    for count in range(len(recorded) + 1):
        rows, messages = _derived(attempt, derive, recorded[:count])
        right_rows, right_messages = _expected(facts[:count])
        attempt.expect(
            rows == right_rows,
            seen=f"From a log of {counted(count, 'event')} `derive` makes the rows `{shown(rows, 80)}`.",
            why="The table is a fold of the log: one row for each session, with its current status.",
            look="ChargingStarted sets `charging`, ChargingStopped sets `stopped`; readings change no row.",
        )
        attempt.expect(
            messages == right_messages,
            seen=f"From a log of {counted(count, 'event')} `derive` makes the messages "
            f"`{shown(messages, 80)}`.",
            why="Sent messages cannot be taken back: a longer log may add messages, never change them.",
            look="One pair (session, status) for each change of status, in the order of the log.",
        )


def nothing_lost(attempt: Attempt, evening: Evening) -> None:
    """Check that every acknowledged fact is in the log, in its stream."""
    kept = [seen.event for seen in evening.recorded]
    attempt.expect(
        all(fact in kept for fact in evening.acknowledged),
        seen=f"{evening.words} `record` returned without an error, but the event is not in the log.",
        why="The driver goes home, but the company has no record of the charge.",
        look="What is written first, what last, and to how many places?",
    )
    for seen in evening.recorded:
        attempt.expect(
            seen.stream == f"session-{getattr(seen.event, 'session', None)}",
            seen=f"`record` wrote `{shown(seen.event, 80)}` to the stream `{clipped(seen.stream, 60)}`.",
            why="A stream is the history of one session; its readers look nowhere else.",
            look="The stream is `session-<number>`, with the number of the event's session.",
        )


def _facts_of(session: int) -> list[object]:
    """Return what may be in the log about a session."""
    place, token = f"zoo-{session}", f"NL-TNM-{session:06}"
    return [
        ChargingStarted(session, place, token, "standard", 1_000),
        MeterRead(session, place, 1, 1_300, 18_000),
        ChargingSuspended(session, SuspendedBy.EV),
        ChargingResumed(session),
        ChargingStopped(session, 9_000, StopReason.LOCAL),
        ChargingStopped(session, 9_500, StopReason.REMOTE),
    ]


LOGS = st.lists(
    st.sampled_from([fact for session in (4, 42, 7) for fact in _facts_of(session)]), max_size=9, unique=True
)
"""Any facts in any order: sessions that stop twice, never, or without a start."""


def derives_like_ours(attempt: Attempt, derive: Any) -> None:
    """Check `derive` on generated logs."""

    def recorded(facts: list[Any]) -> list[RecordedEvent]:
        store = MemoryStore(SimulatedClock("2026-03-02"), seeded_ids(4))
        for fact in facts:
            store.append(f"session-{fact.session}", [fact])
        return list(store.read())

    def ours(facts: list[Any]) -> Derived:
        changes = [change for fact in facts if (change := _change(fact))]
        return dict(changes), changes

    def differs(facts: list[Any], got: Derived) -> None:
        attempt.refuse(
            f"From {history(facts)} `derive` makes `{shown(got, 120)}`.",
            "The table and the messages are folds of the log: every change of status counts, in its order.",
            "ChargingStarted and ChargingStopped each give a pair (session, status); the last is the row.",
        )

    agrees(attempt, LOGS, lambda facts: _derived(attempt, derive, recorded(facts)), ours, differs)


SUSPENDED, RESUMED = ChargingSuspended(7, SuspendedBy.EV), ChargingResumed(7)


def counted_by_id(attempt: Attempt, record: Any) -> None:
    """Check that a car may pause twice: two equal events are two facts if their ids differ."""
    building, ids = Building(Failpoint()), seeded_ids(3)
    for fact in (FACTS[0], SUSPENDED, RESUMED, SUSPENDED):
        building.press(attempt, record, fact, ids())
    kept = [seen.event for seen in building.log.read()].count(SUSPENDED)
    attempt.expect(
        kept == 2,
        seen=f"A car paused twice, with an id for each pause; the log holds {counted(kept, 'pause')}.",
        why="Equal events may be two facts. Only the event id shows whether a request is a repeat.",
        look="How do you recognise a repeat: by the event, or by its id?",
    )


def nobody_disagrees(attempt: Attempt, evening: Evening, derive: Any) -> None:
    """Check that the table, the broker and what is derived agree with the log."""
    derived = _derived(attempt, derive, evening.recorded)
    rows, messages = _expected([seen.event for seen in evening.recorded])
    ghosts = [one for one in evening.sent if one not in messages]
    attempt.expect(
        not ghosts,
        seen=f"{evening.words} The broker has sent a ghost, `{shown(ghosts[:1], 60)}`: it is not in the log.",
        why="A message cannot be taken back; partners now act on something that never happened.",
        look="Let `record` write to the log alone; the messages are derived from it.",
    )
    attempt.expect(
        not evening.sent or list(evening.sent) == messages,
        seen=f"{evening.words} The broker has sent {counted(len(evening.sent), 'message')}, "
        f"and the log holds {counted(len(messages), 'change')}.",
        why="Whatever is written twice will differ: lost here, doubled there.",
        look="Let `record` write to the log alone; the messages are derived from it.",
    )
    attempt.expect(
        not evening.rows or evening.rows == rows,
        seen=f"{evening.words} The table says `{shown(evening.rows, 60)}`, and the log differs.",
        why="Whatever is written twice will differ, and then nobody knows which of the two to believe.",
        look="Let `record` write to the log alone; the table is derived from it.",
    )
    attempt.expect(
        derived == (rows, messages),
        seen=f"{evening.words} From the log `derive` now makes `{shown(derived[1], 100)}`.",
        why="A request that is repeated after a crash means the same event: it must count once.",
        look="The log records each event id only once: do you pass the `event_id` to the append?",
    )
