"""Services for chapter 2.1: some have queries with side effects, one mixes commands and queries.

Read `c2_1/checks.py` next.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from workbench.classroom.attempt import Attempt
from workbench.classroom.plain import shown
from workshop_lib.charging.session import ChargingStarted, ChargingStopped, MeterRead, StopReason
from workshop_lib.clock import SimulatedClock, seeded_ids
from workshop_lib.store.memory import MemoryStore
from workshop_lib.store.port import AppendResult

# Services with and without side effects


class Kiosk:
    """A service with four queries about the sessions of an evening, all of them without side effects."""

    def __init__(self) -> None:
        self.sessions = [7, 8, 9]
        self.prices = {7: 6, 8: 4, 9: 5}
        self.calls = 0

    def running(self) -> list[int]:
        """Return the running sessions."""
        return list(self.sessions)

    def revenue(self) -> int:
        """Return what the sessions cost together."""
        return sum(self.prices.values())

    def next_number(self) -> int:
        """Return the number that the next session will have."""
        return 10 + self.calls

    def oldest(self) -> int | None:
        """Return the session that has been running longest."""
        return self.sessions[0] if self.sessions else None


class DrawsNumbers(Kiosk):
    """A service that uses up a number each time somebody looks at the next one."""

    def next_number(self) -> int:
        self.calls += 1
        return 9 + self.calls


class TidiesUp(Kiosk):
    """A service that removes a session when it computes the revenue; the revenue stays the same."""

    def revenue(self) -> int:
        self.sessions = self.sessions[1:]
        return sum(self.prices.values())


class Remembers(Kiosk):
    """A service that caches an answer: no side effect, because no answer changes."""

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[str, int] = {}

    def revenue(self) -> int:
        return self._known.setdefault("revenue", super().revenue())


class SortsInPlace(Kiosk):
    """A service that sorts its sessions in place; the answer of `oldest` depends on their order."""

    def __init__(self) -> None:
        super().__init__()
        self.sessions = [9, 7, 8]

    def running(self) -> list[int]:
        self.sessions.sort()
        return list(self.sessions)


class ForgetsAndDraws(TidiesUp, DrawsNumbers):
    """A service with two side effects."""


QUESTIONS = ("running", "revenue", "next_number", "oldest")
KIOSKS: tuple[tuple[str, type[Kiosk], set[str]], ...] = (
    ("in which nothing changes", Kiosk, set()),
    ("that uses up a number when somebody looks at the next one", DrawsNumbers, {"next_number"}),
    ("that closes a session when it computes the revenue", TidiesUp, {"revenue"}),
    ("that caches an answer", Remembers, set()),
    ("that sorts its sessions in place to list them", SortsInPlace, {"running"}),
    ("with two side effects", ForgetsAndDraws, {"revenue", "next_number"}),
)


# The service that the participant has split


class Split(NamedTuple):
    """The participant's two objects and the store that they share."""

    commands: Any
    queries: Any
    store: MemoryStore


def opened(attempt: Attempt, commands: Callable[..., Any], queries: Callable[..., Any]) -> Split:
    """Make both objects on a log with two sessions: 1 is running at zoo-1, 2 has ended at zoo-2."""
    store = MemoryStore(SimulatedClock("2026-03-02T18:00"), seeded_ids(1))
    for number, connector in ((1, "zoo-1"), (2, "zoo-2")):
        start = ChargingStarted(number, connector, f"NL-TNM-00000{number}", "standard", 1_000)
        readings = [MeterRead(number, connector, seq, 1_000 + 300 * seq, 11_000) for seq in (1, 2)]
        store.append(f"session-{number}", [start, *readings])
    store.append("session-2", [ChargingStopped(2, 1_600, StopReason.LOCAL)])
    return Split(attempt.call(commands, store), attempt.call(queries, store), store)


def accepts(attempt: Attempt, split: Split, words: str, method: str, *args: object) -> None:
    """Check a command that the rules allow: it appends one event and returns nothing."""
    before = split.store.position()
    answer = attempt.call(_method(attempt, split.commands, method), *args, may_be_none=True)
    attempt.expect(
        answer is None or isinstance(answer, AppendResult),
        seen=f"`{method}` was called {words} and returned `{shown(answer, 60)}`.",
        why="If a command returned information, somebody would send it again just to read that.",
        look="Record the event and return nothing; the result can be read with a query.",
    )
    added = split.store.position() - before
    attempt.expect(
        added == 1,
        seen=f"`{method}` was called {words} and appended {added} events.",
        why="An accepted command is one new fact in the log; what is not in the log did not happen.",
        look="Is the event appended to the `store` that the class was made with, and only once?",
    )


def refuses(attempt: Attempt, split: Split, words: str, method: str, *args: object) -> None:
    """Check a command that the rules forbid: it raises an error and appends nothing."""
    before = split.store.position()
    look = "Read the running sessions, raise an error if a rule says no, and append only after that."
    attempt.raises(
        _method(attempt, split.commands, method),
        *args,
        why=f"It was called {words}. A command may be refused, and then its sender must be informed.",
        look=look,
    )
    attempt.expect(
        split.store.position() == before,
        seen=f"`{method}` was called {words} and raised an error, but it also appended an event.",
        why="If a command is refused, nothing has happened.",
        look=look,
    )


def answers(attempt: Attempt, split: Split, words: str, right: int, session: int) -> None:
    """Check the query: it gives the right answer twice and appends no event."""
    before = split.store.position()
    ask = _method(attempt, split.queries, "energy_wh")
    got = [attempt.call(ask, session) for _ in range(2)]
    attempt.expect(
        split.store.position() == before,
        seen=f"`energy_wh` is a query, but the log grew by {split.store.position() - before}.",
        why="A query that changes something ruins every replay, every retry and every cache.",
        look="Move that change into a command, so that it happens only when somebody sends it.",
    )
    attempt.expect(
        got[0] == got[1],
        seen=f"`energy_wh` answers `{shown(got[0], 50)}`, and when called again `{shown(got[1], 50)}`.",
        why="Nothing happened in between, so the answer must be the same.",
        look="What is left over from the first call? Let the query read the log and keep nothing.",
    )
    attempt.expect(
        got[0] == right,
        seen=f"{words}, and `energy_wh` answers `{shown(got[0], 60)}`.",
        why="The energy of a session is the last reading minus the meter at its start; 0 without a reading.",
        look="Which readings are in the stream of the session, and what did the meter show at its start?",
    )


def ended_at(attempt: Attempt, split: Split, session: int, meter_wh: int) -> None:
    """Check that the event which ended the session contains the last reading of the meter."""
    last = next(split.store.read_stream(f"session-{session}", backwards=True, limit=1)).event
    attempt.expect(
        isinstance(last, ChargingStopped) and last.meter_stop_wh == meter_wh,
        seen=f"Session {session} was stopped, and the last event of its stream is `{shown(last, 90)}`.",
        why="Billing will read the end of the session in this event, and nowhere else.",
        look="Append a `ChargingStopped` to that session's stream, with the last reading of its meter.",
    )


def _method(attempt: Attempt, half: object, name: str) -> Callable[..., Any]:
    method = getattr(half, name, None)
    attempt.expect(
        callable(method),
        seen=f"`{type(half).__name__}` has no method `{name}`.",
        why="The service was to be split into commands (start, stop) and queries (energy_wh).",
        look="Put each method into the class in which the exercise shows it.",
    )
    return method  # type: ignore[return-value]


def nothing_left_over(attempt: Attempt, half: object, names: tuple[str, ...]) -> None:
    """Check that an object has none of the other's methods."""
    found = [name for name in names if callable(getattr(half, name, None))]
    attempt.expect(
        not found,
        seen=f"`{type(half).__name__}` has a method `{found[0] if found else ''}`.",
        why="The split is only useful if no class has both commands and queries.",
        look="Commands have `start` and `stop`; queries have `energy_wh`.",
    )
