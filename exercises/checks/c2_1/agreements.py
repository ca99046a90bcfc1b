"""Compare the answers of chapter 2.1 with ours on generated sessions, logs, services and states.

Read `c2_1/checks.py` next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from hypothesis import strategies as st

from exercises.checks.small_logs import MONDAY, history, status_text
from workbench.classroom.agreement import agrees
from workbench.classroom.attempt import Attempt, Raised
from workbench.classroom.plain import shown
from workbench.scenarios.rush_hour import PlugIn, Wish
from workshop_lib.charging.connector import Connector, ConnectorStatus, StatusReported, is_legal
from workshop_lib.charging.session import (
    ChargingResumed,
    ChargingStarted,
    ChargingStopped,
    ChargingSuspended,
    MeterRead,
    StopReason,
    SuspendedBy,
)
from workshop_lib.charging.station import StationWentOffline
from workshop_lib.charging.tariff import TariffPublished, price_of
from workshop_lib.clock import SimulatedClock, seeded_ids
from workshop_lib.events import RecordedEvent
from workshop_lib.store.memory import MemoryStore

TOKENS = ("NL-TNM-000001", "NL-TNM-00000", "NL-TNM-000002", "DE-8AA-000001")
CONNECTORS = ("zoo-1", "zoo-11", "zoo-2", "cinema-7")
_tokens, _connectors = st.sampled_from(TOKENS), st.sampled_from(CONNECTORS)

# Sessions to be translated


class Session(NamedTuple):
    """The events of one session with their two times, and the tariff."""

    events: tuple[tuple[Any, int, int], ...]
    tariff: TariffPublished

    def recorded(self) -> list[RecordedEvent]:
        """Return the events as a store returns them."""
        clock, now = SimulatedClock(MONDAY), MONDAY
        store = MemoryStore(clock, seeded_ids(1))
        for event, occurred, late in self.events:
            clock.now = now = max(now, MONDAY + timedelta(minutes=occurred + late))
            store.append("session-1", [event], occurred_at=MONDAY + timedelta(minutes=occurred))
        return list(store.read())


@st.composite
def sessions(draw: st.DrawFn) -> Session:
    """Return a session: readings and pauses in any order, and an end that comes never, once or twice."""
    number, start = draw(st.sampled_from([4, 42, 421, 7])), draw(st.integers(0, 9_000_000))
    place, late = draw(_connectors), st.sampled_from([0, 0, 5, 300])
    begin = ChargingStarted(number, place, draw(_tokens), "standard", start)
    middle: list[Any] = [
        MeterRead(number, place, draw(st.integers(1, 9)), start + draw(st.integers(0, 9_000)), 11_000),
        ChargingSuspended(number, SuspendedBy.EV),
        ChargingResumed(number),
    ]
    events = [begin, *draw(st.lists(st.sampled_from(middle), max_size=3))]
    for wh in draw(st.lists(st.integers(0, 90_001), max_size=2)):
        events.append(ChargingStopped(number, start + wh, draw(st.sampled_from(list(StopReason)))))
        events += draw(st.lists(st.sampled_from(middle[:1]), max_size=1))
    times = [(event, draw(st.integers(0, 3_000)), draw(late)) for event in events]
    cents = st.integers(0, 99)
    price, fee = (Decimal(draw(cents)) / 100 for _ in range(2))
    return Session(tuple(times), TariffPublished("standard", price, fee, "EUR"))


def line_of(session: Session) -> dict[str, object] | None:
    """Return our line for billing."""
    start, stop = _ends(session)
    if stop is None:
        return None
    wh = stop.event.meter_stop_wh - start.event.meter_start_wh
    return {"session": start.event.session, "kwh": Decimal(wh) / 1000, "amount": price_of(wh, session.tariff)}


def cdr_of(session: Session) -> dict[str, object] | None:
    """Return our charge detail record."""
    start, stop = _ends(session)
    if stop is None:
        return None
    return {
        "id": f"CDR-{start.event.session}",
        "start_date_time": start.occurred_at,
        "end_date_time": stop.occurred_at,
        "token": start.event.token,
        "total_energy": Decimal(stop.event.meter_stop_wh - start.event.meter_start_wh) / 1000,
    }


def _ends(session: Session) -> tuple[Any, Any]:
    recorded = session.recorded()
    stops = [seen for seen in recorded if isinstance(seen.event, ChargingStopped)]
    return recorded[0], stops[0] if stops else None


Translated = Callable[[str, str, Any, dict[str, object] | None], None]


def translates_like_ours(
    attempt: Attempt, line: Callable[..., Any], cdr: Callable[..., Any], compared: Translated
) -> None:
    """Check both translations; `compared` gets the name, the words, the result and the right one."""

    def yours(session: Session) -> tuple[Any, Any]:
        recorded = session.recorded()
        got = attempt.call(line, recorded, session.tariff, may_be_none=True, copied=False)
        return got, attempt.call(cdr, recorded, may_be_none=True, copied=False)

    def ours(session: Session) -> tuple[Any, Any]:
        return line_of(session), cdr_of(session)

    def differs(session: Session, got: tuple[Any, Any]) -> None:
        words = f"with {history([event for event, *_ in session.events])}"
        for name, one, right in zip(("line", "cdr"), got, ours(session), strict=True):
            compared(name, words, one, right)

    agrees(attempt, sessions(), yours, ours, differs)


# Boundaries


_wishes = st.builds(PlugIn, st.integers(1, 99), _connectors, _tokens)


def bounds_like_ours(
    attempt: Attempt, rule: str, boundary: Callable[..., str], key: Callable[[Wish], str]
) -> None:
    """Check that two commands share a stream if, and only if, the rule is about both."""

    def yours(pair: tuple[Wish, Wish]) -> bool:
        return bool(attempt.call(boundary, pair[0]) == attempt.call(boundary, pair[1]))

    def differs(pair: tuple[Wish, Wish], shared: bool) -> None:
        one, other = pair
        attempt.refuse(
            f"For `{rule}`, `{one.token}` at `{one.connector}` and `{other.token}` at `{other.connector}` "
            f"{'share the stream' if shared else 'have streams of their own:'} "
            f"`{shown(attempt.call(boundary, one), 40)}`"
            f"{'' if shared else f' and `{shown(attempt.call(boundary, other), 40)}`'}.",
            "The boundary keeps the rule for every connector and token, also for those that begin alike.",
            "Does the name contain the whole of what the rule is about, and nothing else?",
        )

    agrees(attempt, st.tuples(_wishes, _wishes), yours, lambda pair: key(pair[0]) == key(pair[1]), differs)


# Tokens at two places


@st.composite
def evenings(draw: st.DrawFn) -> list[object]:
    """Return starts and ends of up to seven sessions in any order; an end comes never, once or twice."""
    numbers = draw(st.permutations([1, 2, 3, 4, 12, 21, 42]))[: draw(st.integers(0, 7))]
    events: list[object] = []
    started: list[int] = []
    for number in numbers:
        events.append(ChargingStarted(number, draw(_connectors), draw(_tokens), "standard", 0))
        started.append(number)
        for ended in draw(st.lists(st.sampled_from(started), max_size=2)):
            events.append(ChargingStopped(ended, 900, StopReason.LOCAL))
        events += draw(st.lists(st.just(MeterRead(number, "zoo-1", 1, 5, 7)), max_size=1))
    return events


def finds_like_ours(
    attempt: Attempt, doubles: Callable[[Sequence[object]], list[Any]], differ: Callable[..., list[Any]]
) -> None:
    """Check which sessions are found; `doubles` is checked already, `differ` puts two results together."""

    def ours(events: list[Any]) -> set[int]:
        running: dict[int, str] = {}
        found = set()
        for event in events:
            if isinstance(event, ChargingStarted):
                found |= {event.session} if event.token in running.values() else set()
                running[event.session] = event.token
            elif isinstance(event, ChargingStopped):
                running.pop(event.session, None)
        return found

    def differs(events: list[object], got: list[Any]) -> None:
        right = ours(events)
        wrong = next(one for one in differ(got, right) if (one in got) != (one in right))
        verb = "name" if wrong in got else "miss"
        attempt.refuse(
            f"In a log with {_short(events)} you {verb} session `{shown(wrong, 30)}`.",
            "Only the events in their order show whether a rule was broken.",
            "Which sessions start while another session with the same token is still running?",
        )

    agrees(attempt, evenings(), doubles, ours, differs, same=lambda got, right: set(got) == right)


def _short(events: Iterable[Any]) -> str:
    words = {ChargingStarted: "start of {0.session} ({0.token})", ChargingStopped: "end of {0.session}"}
    return ", ".join(words.get(type(event), "a reading of {0.session}").format(event) for event in events)


# Services with side effects


class Made(NamedTuple):
    """A service: the names of its methods, what each of them looks at, and what it changes."""

    names: tuple[str, ...]
    looks: tuple[int, ...]
    steps: tuple[tuple[int, int], ...]

    def __call__(self) -> Any:
        """Return a fresh service."""
        counts = [10, 1, 12]
        methods = {
            name: _method(counts, look, step)
            for name, look, step in zip(self.names, self.looks, self.steps, strict=True)
        }
        return type("Service", (), methods)()


def _method(counts: list[int], look: int, step: tuple[int, int]) -> Callable[[object], int]:
    def asked(self: object) -> int:
        counts[step[0]] += step[1]
        return counts[look]

    return asked


@st.composite
def services(draw: st.DrawFn) -> Made:
    """Return a service with up to four methods; most of them change nothing, or something nobody looks at."""
    names = tuple(
        draw(st.permutations(["next", "next_one", "total", "oldest", "free"]))[: draw(st.integers(1, 4))]
    )
    places = st.integers(0, 2)
    steps = st.tuples(places, st.sampled_from([0, 0, 0, 1, -9, -11]))
    return Made(names, tuple(draw(places) for _ in names), tuple(draw(steps) for _ in names))


def accuses_like_ours(
    attempt: Attempt, suspects: Callable[..., Any], differ: Callable[..., list[Any]]
) -> None:
    """Check which methods are named; `differ` puts two results together."""

    def yours(made: Made) -> list[Any]:
        kinds = (list, set, tuple, frozenset, dict)
        return list(attempt.call(suspects, made, list(made.names), returns=kinds, copied=False))

    def ours(made: Made) -> set[str]:
        def answers(*before: str) -> list[int]:
            results = []
            for name in made.names:
                fresh = made()
                for earlier in before:
                    getattr(fresh, earlier)()
                results.append(getattr(fresh, name)())
            return results

        return {name for name in made.names if answers(name) != answers()}

    def differs(made: Made, got: list[Any]) -> None:
        right = ours(made)
        wrong = next(one for one in differ(got, right) if (one in got) != (one in right))
        attempt.refuse(
            f"A service has the methods `{', '.join(made.names)}`; you {'name' if wrong in got else 'miss'} "
            f"`{shown(wrong, 40)}`.",
            "Guilty is whoever changes the answer of any method, and nobody else.",
            "Do you try each name that you were given, on a fresh service, and compare all answers?",
        )

    agrees(attempt, services(), yours, ours, differs, same=lambda got, right: set(map(str, got)) == right)


# Commands and facts


_statuses = st.sampled_from([None, *ConnectorStatus])
_states = st.builds(
    Connector, _connectors, st.sampled_from(["zoo", "cinema"]), st.sampled_from([11_000, 22_000]), _statuses
)


def decides_like_ours(attempt: Attempt, decide: Callable[..., Any]) -> None:
    """Check the events of a command, or its refusal, for any connector."""

    def yours(case: tuple[ConnectorStatus, Connector]) -> list[object] | None:
        try:
            return list(attempt.call(decide, *case, returns=(list, tuple)))
        except Raised:
            return None

    def ours(case: tuple[ConnectorStatus, Connector]) -> list[object] | None:
        wanted, state = case
        allowed = state.status is not None and is_legal(state.status, wanted)
        return [StatusReported(str(state.connector), wanted)] if allowed else None

    def differs(case: tuple[ConnectorStatus, Connector], got: list[object] | None) -> None:
        wanted, state = case
        attempt.refuse(
            f"{state.connector} is `{status_text(state.status)}` and shall be `{wanted}`; `decide` "
            f"{'refuses' if got is None else f'returns `{shown(got, 80)}`'}.",
            "A command is decided by the state of its own connector, and the event is about that connector.",
            "Take the connector and the status from `state`.",
        )

    agrees(attempt, st.tuples(st.sampled_from(list(ConnectorStatus)), _states), yours, ours, differs)


def evolves_like_ours(attempt: Attempt, evolve: Callable[..., Any]) -> None:
    """Check the state after several events, for any connector."""

    def yours(case: tuple[Connector, list[object]]) -> object:
        state: Any = case[0]
        for event in case[1]:
            state = attempt.call(evolve, state, event)
        return state

    def ours(case: tuple[Connector, list[Any]]) -> Connector:
        statuses = [event.status for event in case[1] if isinstance(event, StatusReported)]
        return replace(case[0], status=[case[0].status, *statuses][-1])

    def differs(case: tuple[Connector, list[object]], got: object) -> None:
        attempt.refuse(
            f"From `{shown(case[0], 120)}`, {history(case[1])} makes `{shown(got, 120)}`.",
            "The last report counts; everything else about the connector stays as it was.",
            "`replace(state, status=…)` for a report, and the state itself for every other event.",
        )

    reports = st.builds(StatusReported, _connectors, st.sampled_from(list(ConnectorStatus)))
    others = st.sampled_from([MeterRead(1, "zoo-1", 1, 5, 7), StationWentOffline("zoo")])
    events = st.lists(st.one_of(reports, others), max_size=4)
    agrees(attempt, st.tuples(_states, events), yours, ours, differs)
