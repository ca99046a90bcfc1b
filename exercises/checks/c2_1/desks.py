"""Compare a participant's commands and queries with ours on generated calls.

Read `c2_1/checks.py` next.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from exercises.checks.small_logs import history
from workbench.classroom.agreement import agrees
from workbench.classroom.attempt import Attempt, Raised
from workbench.classroom.plain import shown
from workbench.scenarios.rush_hour import sessions_in
from workshop_lib.charging.session import ChargingStarted, ChargingStopped, MeterRead, StopReason
from workshop_lib.clock import SimulatedClock, seeded_ids
from workshop_lib.store.memory import MemoryStore

Call = tuple[str, tuple[Any, ...]]

_connectors = st.sampled_from(["zoo-1", "zoo-11", "cinema-7"])
_tokens = st.sampled_from(["NL-TNM-000001", "DE-8AA-7"])


@st.composite
def calls(draw: st.DrawFn) -> list[Call]:
    """Return calls about one to three sessions, with readings of their meters in between."""
    number = st.sampled_from([4, 42, 421][: draw(st.integers(1, 3))])
    kinds: list[st.SearchStrategy[Call]] = [
        st.tuples(st.just("start"), st.tuples(number, _connectors, _tokens)),
        st.tuples(st.just("stop"), st.tuples(number)),
        st.tuples(st.just("meter"), st.tuples(number, st.integers(0, 9_000))),
        st.tuples(st.just("energy_wh"), st.tuples(number)),
    ]
    most = st.one_of([*kinds, *kinds[2:]])
    return [draw(kinds[0]), *draw(st.lists(most, max_size=8))]


class Desk:
    """Our service: commands and queries on one log."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    def start(self, session: int, connector: str, token: str) -> None:
        """Start a session at a free connector, with a new number."""
        taken = [one.connector for one in sessions_in(seen.event for seen in self._store.read()).values()]
        if self._store.stream_version(f"session-{session}") or connector in taken:
            raise ValueError(session)
        self._store.append(f"session-{session}", [ChargingStarted(session, connector, token, "standard", 0)])

    def stop(self, session: int) -> None:
        """Stop a running session at its last reading."""
        if session not in sessions_in(seen.event for seen in self._store.read()):
            raise ValueError(session)
        stopped = ChargingStopped(session, self._register_wh(session), StopReason.REMOTE)
        self._store.append(f"session-{session}", [stopped])

    def energy_wh(self, session: int) -> int:
        """Return the energy of a session."""
        start = next(iter(self._store.read_stream(f"session-{session}"))).event
        return int(self._register_wh(session) - start.meter_start_wh)

    def _register_wh(self, session: int) -> int:
        start, *later = [seen.event for seen in self._store.read_stream(f"session-{session}")]
        return int(
            [start.meter_start_wh, *(one.energy_wh for one in later if isinstance(one, MeterRead))][-1]
        )


Ended = tuple[str, list[object]]


def _played(
    calls: Sequence[Call], make: Callable[[MemoryStore], Callable[[str], Callable[..., Any]]]
) -> list[Ended]:
    """Return for each call how it ended, and the log after it; a restart comes before each of them."""
    store = MemoryStore(SimulatedClock("2026-03-02T18:00"), seeded_ids(1))
    ended = []
    for name, passed in calls:
        known = store.stream_version(f"session-{passed[0]}") > 0
        if name == "meter" and known:
            reading = MeterRead(passed[0], "zoo-1", 1, passed[1], 11_000)
            store.append(f"session-{passed[0]}", [reading])
        elif name in ("start", "stop") or (name == "energy_wh" and known):
            ended.append((_ended(make(store)(name), name, passed), _facts(store)))
            continue
        ended.append(("", []))
    return ended


def _facts(store: MemoryStore) -> list[object]:
    """Return the log; the exercise leaves open for which reason a session stops."""
    events = [seen.event for seen in store.read()]
    return [
        replace(event, reason=StopReason.REMOTE) if isinstance(event, ChargingStopped) else event
        for event in events
    ]


def _ended(method: Callable[..., Any], name: str, passed: tuple[Any, ...]) -> str:
    try:
        answer = method(*passed)
    except (Raised, ValueError):
        return "refuses"
    return f"answers {answer}" if name == "energy_wh" else "is done"


def serves_like_ours(attempt: Attempt, commands: Callable[..., Any], queries: Callable[..., Any]) -> None:
    """Check sequences of commands and queries."""

    def make(store: MemoryStore) -> Callable[[str], Callable[..., Any]]:
        def method(name: str) -> Callable[..., Any]:
            half = attempt.call(queries if name == "energy_wh" else commands, store)
            return lambda *passed: attempt.call(getattr(half, name), *passed, may_be_none=True)

        return method

    def ours(made: list[Call]) -> list[Ended]:
        return _played(made, lambda store: lambda name: getattr(Desk(store), name))

    def differs(made: list[Call], got: list[Ended]) -> None:
        at = next(at for at, (one, right) in enumerate(zip(got, ours(made), strict=True)) if one != right)
        ended, events = got[at]
        call = _in_words(made[at : at + 1])
        attempt.refuse(
            f"After {_in_words(made[:at])} `{call}` {ended}; the log ends in {history(events[-2:])}.",
            "Commands and queries rely on the log alone: on the events of each session and connector.",
            "Compare with `Desk`: which events did it record, with which fields, and when did it refuse?",
        )

    agrees(attempt, calls(), lambda made: _played(made, make), ours, differs)


def _in_words(calls: Sequence[Call]) -> str:
    made = [f"{name}({', '.join(shown(one, 20) for one in passed)})" for name, passed in calls]
    return ", ".join(made) or "nothing"
