"""Services for chapter 2.1: some that change when they are only asked, and a mixed one that wants splitting.

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

# Services whose queries are on trial


class Kiosk:
    """Knows the sessions of an evening and answers four questions, each honestly at first."""

    def __init__(self) -> None:
        self.sessions = [7, 8, 9]
        self.prices = {7: 6, 8: 4, 9: 5}
        self.asked = 0

    def running(self) -> list[int]:
        """The sessions that run."""
        return list(self.sessions)

    def revenue(self) -> int:
        """What they cost together."""
        return sum(self.prices.values())

    def next_number(self) -> int:
        """The number that the next session will have."""
        return 10 + self.asked

    def oldest(self) -> int | None:
        """The session that runs longest."""
        return self.sessions[0] if self.sessions else None


class DrawsNumbers(Kiosk):
    """Each look at the next number draws it."""

    def next_number(self) -> int:
        self.asked += 1
        return 9 + self.asked


class TidiesUp(Kiosk):
    """Whoever asks what it earns has old sessions closed: its own answer stays the same."""

    def revenue(self) -> int:
        self.sessions = self.sessions[1:]
        return sum(self.prices.values())


class Remembers(Kiosk):
    """Remembers an answer: that is no effect, since nobody can tell."""

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[str, int] = {}

    def revenue(self) -> int:
        return self._known.setdefault("revenue", super().revenue())


class SortsInPlace(Kiosk):
    """Sorts what it holds in order to answer: another answer depends on that order."""

    def __init__(self) -> None:
        super().__init__()
        self.sessions = [9, 7, 8]

    def running(self) -> list[int]:
        self.sessions.sort()
        return list(self.sessions)


class ForgetsAndDraws(TidiesUp, DrawsNumbers):
    """Two of them at once."""


QUESTIONS = ("running", "revenue", "next_number", "oldest")
KIOSKS: tuple[tuple[str, type[Kiosk], set[str]], ...] = (
    ("in which nothing changes", Kiosk, set()),
    ("that draws a number whenever it is asked for the next", DrawsNumbers, {"next_number"}),
    ("that closes a session whenever it is asked for the revenue", TidiesUp, {"revenue"}),
    ("that remembers its answer, which nobody can tell", Remembers, set()),
    ("that sorts its sessions in order to show them", SortsInPlace, {"running"}),
    ("with two faults at once", ForgetsAndDraws, {"revenue", "next_number"}),
)


# The mixed service, split


class Split(NamedTuple):
    """The two halves on one log."""

    commands: Any
    queries: Any
    store: MemoryStore


def opened(attempt: Attempt, commands: Callable[..., Any], queries: Callable[..., Any]) -> Split:
    """The participant's classes on a log with two sessions: 1 runs at zoo-1, 2 has ended at zoo-2."""
    store = MemoryStore(SimulatedClock("2026-03-02T18:00"), seeded_ids(1))
    for number, connector in ((1, "zoo-1"), (2, "zoo-2")):
        start = ChargingStarted(number, connector, f"NL-TNM-00000{number}", "standard", 1_000)
        readings = [MeterRead(number, connector, seq, 1_000 + 300 * seq, 11_000) for seq in (1, 2)]
        store.append(f"session-{number}", [start, *readings])
    store.append("session-2", [ChargingStopped(2, 1_600, StopReason.LOCAL)])
    return Split(attempt.call(commands, store), attempt.call(queries, store), store)


def obeyed(attempt: Attempt, split: Split, words: str, method: str, *args: object) -> None:
    """A command that the rules allow: it appends one event, and answers nothing."""
    before = split.store.position()
    answer = attempt.call(_method(attempt, split.commands, method), *args, may_be_none=True)
    attempt.expect(
        answer is None or isinstance(answer, AppendResult),
        seen=f"`{method}`, told {words}, answers `{shown(answer, 60)}`.",
        why="Who wants to know asks a query. A command that answers is sent again in order to read it.",
        look="Record the event and return nothing; let a query tell what became of it.",
    )
    added = split.store.position() - before
    attempt.expect(
        added == 1,
        seen=f"`{method}`, told {words}, appended {added} events.",
        why="A command that is obeyed is one fact more in the log; what is not in the log did not happen.",
        look="Is the event appended to the `store` that the class was made with, and only once?",
    )


def refused(attempt: Attempt, split: Split, words: str, method: str, *args: object) -> None:
    """A command that the rules forbid: it raises, and appends nothing."""
    before = split.store.position()
    look = "Look at what runs, raise an error if the rule says no, and append only after that."
    attempt.refusal(
        _method(attempt, split.commands, method),
        *args,
        why=f"It was told {words}. A command may be refused, and whoever sent it must hear of it.",
        look=look,
    )
    attempt.expect(
        split.store.position() == before,
        seen=f"`{method}`, told {words}, raises, and yet an event was appended.",
        why="Refused means that nothing happened.",
        look=look,
    )


def asked(attempt: Attempt, split: Split, words: str, right: int, session: int) -> None:
    """The query: the right answer, twice, and not one event more in the log."""
    before = split.store.position()
    ask = _method(attempt, split.queries, "energy_wh")
    answers = [attempt.call(ask, session) for _ in range(2)]
    attempt.expect(
        split.store.position() == before,
        seen=f"`energy_wh` was only asked, and the log grew by {split.store.position() - before}.",
        why="A query that changes something ruins each replay, each retry and each cache.",
        look="What the query did on the side is a command: whoever wants it sends it.",
    )
    attempt.expect(
        answers[0] == answers[1],
        seen=f"`energy_wh` answers `{shown(answers[0], 50)}`, and asked again `{shown(answers[1], 50)}`.",
        why="Nothing happened in between, so nothing can be different.",
        look="What outlives the first call? Let the query look into the log and keep nothing.",
    )
    attempt.expect(
        answers[0] == right,
        seen=f"{words}, and `energy_wh` answers `{shown(answers[0], 60)}`.",
        why="What a session took is the difference of two readings, and 0 before the first.",
        look="Which readings are in the stream of the session, and where did the meter stand at its start?",
    )


def ended_at(attempt: Attempt, split: Split, session: int, meter_wh: int) -> None:
    """The event by which a session ended tells what the meter showed."""
    last = next(split.store.read_stream(f"session-{session}", backwards=True, limit=1)).event
    attempt.expect(
        isinstance(last, ChargingStopped) and last.meter_stop_wh == meter_wh,
        seen=f"Session {session} was stopped, and the last event of its stream is `{shown(last, 90)}`.",
        why="Billing will read the end of the session there, and nowhere else.",
        look="A `ChargingStopped` in the stream of that session, with the last reading of its meter.",
    )


def _method(attempt: Attempt, half: object, name: str) -> Callable[..., Any]:
    method = getattr(half, name, None)
    attempt.expect(
        callable(method),
        seen=f"`{type(half).__name__}` has no method `{name}`.",
        why="Asking and telling were to be kept apart: start and stop, energy_wh.",
        look="Each stands in the class that the text above the gap gives it.",
    )
    return method  # type: ignore[return-value]


def nothing_left_over(attempt: Attempt, half: object, names: tuple[str, ...]) -> None:
    """No method of the other half."""
    found = [name for name in names if callable(getattr(half, name, None))]
    attempt.expect(
        not found,
        seen=f"`{type(half).__name__}` has a method `{found[0] if found else ''}`.",
        why="The line between asking and telling is worth something only if nothing lies across it.",
        look="Commands: start, stop. Queries: energy_wh.",
    )
