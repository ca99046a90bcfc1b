"""Answers to the tasks of chapter 2.1."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from tests.exercises.answers import RightAnswer, WrongAnswer
from workbench.classroom.outcome import Outcome
from workbench.scenarios.rush_hour import PlugIn, Wish, sessions_in
from workshop_lib import Query
from workshop_lib.charging.connector import TRANSITIONS, Connector, ConnectorStatus, StatusReported, is_legal
from workshop_lib.charging.session import ChargingStarted, ChargingStopped, MeterRead, StopReason
from workshop_lib.charging.tariff import price_of


def returns_nothing(*args: object) -> None:
    """Forget the `return`."""
    str(len(args))


# 1 one_word_three_meanings


def ends(recorded: list[Any]) -> tuple[Any, Any]:
    start = next(seen for seen in recorded if isinstance(seen.event, ChargingStarted))
    return start, next((seen for seen in recorded if isinstance(seen.event, ChargingStopped)), None)


def line(recorded: list[Any], published: Any) -> dict[str, object] | None:
    start, stop = ends(recorded)
    if stop is None:
        return None
    energy_wh = stop.event.meter_stop_wh - start.event.meter_start_wh
    amount = price_of(energy_wh, published)
    return {"session": start.event.session, "kwh": Decimal(energy_wh) / 1000, "amount": amount}


def cdr(recorded: list[Any]) -> dict[str, object] | None:
    start, stop = ends(recorded)
    if stop is None:
        return None
    return {
        "id": f"CDR-{start.event.session}",
        "start_date_time": start.occurred_at,
        "end_date_time": stop.occurred_at,
        "token": start.event.token,
        "total_energy": Decimal(stop.event.meter_stop_wh - start.event.meter_start_wh) / 1000,
    }


def cdr_matched(recorded: list[Any]) -> dict[str, object] | None:
    """Right, with match."""
    record: dict[str, object] = {}
    for seen in recorded:
        match seen.event:
            case ChargingStarted(session, _, token, _, start_wh):
                record |= {"id": f"CDR-{session}", "start_date_time": seen.occurred_at, "token": token}
            case ChargingStopped(_, stop_wh) if "end_date_time" not in record:
                energy = Decimal(stop_wh - start_wh).scaleb(-3)
                record |= {"end_date_time": seen.occurred_at, "total_energy": energy}
    return record if "end_date_time" in record else None


def changed(function: Callable[..., Any], **changes: Callable[[list[Any]], object]) -> Callable[..., Any]:
    """Return the right translation with some fields changed."""

    def translated(recorded: list[Any], *more: object) -> Any:
        right = function(recorded, *more)
        return right and right | {key: made(recorded) for key, made in changes.items()}

    if function is line:
        return lambda recorded, published: translated(recorded, published)
    return lambda recorded: translated(recorded)


def cdr_of_anything(recorded: list[Any]) -> dict[str, object]:
    start, last = recorded[0], recorded[-1]
    energy = Decimal(getattr(last.event, "meter_stop_wh", 0) - start.event.meter_start_wh) / 1000
    times = {"start_date_time": start.occurred_at, "end_date_time": last.occurred_at}
    return {"id": f"CDR-{start.event.session}", **times, "token": start.event.token, "total_energy": energy}


def cases_start() -> datetime:
    return datetime(2026, 3, 2, 17, tzinfo=UTC)


def earliest_stop(recorded: list[Any]) -> Any:
    return min(
        (seen for seen in recorded if isinstance(seen.event, ChargingStopped)), key=lambda s: s.occurred_at
    )


def last_stop(recorded: list[Any]) -> Any:
    return [seen for seen in recorded if isinstance(seen.event, ChargingStopped)][-1]


def line_that_pops(recorded: list[Any], published: Any) -> dict[str, object] | None:
    translated = line(recorded, published)
    recorded.pop(0)
    return translated


# 2 boundaries_for_rules

PER = {
    "connector": lambda wish: f"connector-{wish.connector}",
    "power": lambda wish: f"station-{wish.station}",
    "token": lambda wish: f"token-{wish.token}",
}


class Streams:
    """Right, as a class that can be called."""

    def __init__(self, field: str) -> None:
        self.field = field

    def __call__(self, wish: Wish) -> str:
        return f"guard-{getattr(wish, self.field)}"


def matched(wish: Any) -> str:
    match wish:
        case Wish(_, connector, _):
            return "site-" + connector[: connector.rindex("-")]
    raise TypeError


def for_all(boundary: Callable[[Any], object]) -> dict[str, Any]:
    return dict.fromkeys(PER, boundary)


# 3 condition_for_all_three

KINDS = ["ChargingStarted", "ChargingStopped"]


def query_for(wish: Wish) -> Query:
    return Query(KINDS, [f"station-{wish.station}"]) | Query(KINDS, [f"token-{wish.token}"])


def query_of_classes(wish: Wish) -> Query:
    kinds = (ChargingStarted, ChargingStopped)
    return Query(kinds, [f"station-{wish.station}"]) | Query(kinds, [f"token-{wish.token}"])


def query_with_more_alternatives(wish: Wish) -> Query:
    found = [Query([kind], [tag]) for kind in KINDS for tag in wish.tags]
    return found[0] | found[1] | found[2] | found[3] | found[4] | found[5] | found[6] | found[7]


def query_by_command(wish: Wish) -> Query:
    return query_for(wish) if isinstance(wish, PlugIn) else Query(tags=[f"session-{wish.session}"])


# 4 one_token_two_places


def doubles(events: list[object]) -> list[int]:
    running: dict[int, str] = {}
    found = []
    for event in events:
        match event:
            case ChargingStarted(session=session, token=token):
                found += [session] * (token in running.values())
                running[session] = token
            case ChargingStopped(session=session):
                running.pop(session, None)
    return found


def doubles_in_a_comprehension(events: list[Any]) -> set[int]:
    return {
        event.session
        for place, event in enumerate(events)
        if isinstance(event, ChargingStarted)
        and any(old.token == event.token for old in sessions_in(events[:place]).values())
    }


def doubles_by_token(events: list[Any]) -> set[int]:
    running, found = dict[str, int](), set[int]()
    for event in events:
        if isinstance(event, ChargingStarted):
            found |= {event.session} if event.token in running else set()
            running[event.token] = event.session
        elif isinstance(event, ChargingStopped):
            running = {token: session for token, session in running.items() if session != event.session}
    return found


def doubles_for_ever(events: list[Any]) -> set[int]:
    starts = [event for event in events if isinstance(event, ChargingStarted)]
    return {
        late.session
        for place, late in enumerate(starts)
        if late.token in {old.token for old in starts[:place]}
    }


def doubles_with_both(events: list[Any]) -> set[int]:
    found = doubles_in_a_comprehension(events)
    starts = [event for event in events if isinstance(event, ChargingStarted)]
    tokens = {event.token for event in starts if event.session in found}
    return {event.session for event in starts if event.token in tokens}


def doubles_side_by_side(events: list[Any]) -> set[int]:
    starts = groupby((event for event in events), key=lambda event: getattr(event, "token", None))
    return {found[-1].session for token, each in starts if token and len(found := list(each)) > 1}


def doubles_that_stop_twice(events: list[Any]) -> list[int]:
    running, found = dict[int, str](), list[int]()
    for event in events:
        if isinstance(event, ChargingStarted):
            found += [event.session] * (event.token in running.values())
            running[event.session] = event.token
        elif isinstance(event, ChargingStopped):
            del running[event.session]
    return found


def doubles_counted(events: list[Any]) -> list[int]:
    running, token_of, found = Counter[str](), dict[int, str](), list[int]()
    for event in events:
        if isinstance(event, ChargingStarted):
            found += [event.session] * (running[event.token] > 0)
            running[event.token] += 1
            token_of[event.session] = event.token
        elif isinstance(event, ChargingStopped):
            running[token_of[event.session]] -= 1
    return found


def doubles_by_prefix(events: list[Any]) -> list[int]:
    running, found = dict[int, str](), list[int]()
    for event in events:
        if isinstance(event, ChargingStarted):
            found += [event.session] * any(token.startswith(event.token) for token in running.values())
            running[event.session] = event.token
        elif isinstance(event, ChargingStopped):
            running.pop(event.session, None)
    return found


def doubles_of_the_last_two(events: list[Any]) -> list[int]:
    return [one for one in doubles(events) if one in doubles(events)[:2]]


def starts_of_doubles(events: list[Any]) -> list[object]:
    numbers = doubles(events)
    return [event for event in events if isinstance(event, ChargingStarted) and event.session in numbers]


# 5 guilty_queries


def suspects(make: Callable[[], Any], names: list[str]) -> set[str]:
    def answer(other: str, *first: str) -> object:
        fresh = make()
        for name in first:
            getattr(fresh, name)()
        return getattr(fresh, other)()

    return {name for name in names if any(answer(other) != answer(other, name) for other in names)}


def suspects_as_a_list(make: Callable[[], Any], names: Iterable[str]) -> list[str]:
    names, guilty = list(names), []
    before = {name: getattr(make(), name)() for name in names}
    for name in names:
        for other in names:
            fresh = make()
            getattr(fresh, name)()
            if getattr(fresh, other)() != before[other] and name not in guilty:
                guilty.append(name)
    return guilty


def suspects_of_themselves(make: Callable[[], Any], names: list[str]) -> set[str]:
    kiosks = {name: make() for name in names}
    return {name for name, kiosk in kiosks.items() if getattr(kiosk, name)() != getattr(kiosk, name)()}


def suspects_among_four(make: Callable[[], Any], names: list[str]) -> set[str]:
    return suspects(
        make, [name for name in ("running", "revenue", "next_number", "oldest") if hasattr(make(), name)]
    )


def suspects_who_add(make: Callable[[], Any], names: list[str]) -> set[str]:
    def grows(name: str, other: str) -> bool:
        kiosk = make()
        getattr(kiosk, name)()
        return str(getattr(kiosk, other)()) > str(getattr(make(), other)())

    return {name for name in names if any(grows(name, other) for other in names if other == name)}


def suspects_who_change_themselves_or_the_first(make: Callable[[], Any], names: list[str]) -> set[str]:
    guilty = set()
    for name in names:
        for other in {*names[:1], *names[-1:], name}:
            kiosk = make()
            getattr(kiosk, name)()
            if getattr(kiosk, other)() != getattr(make(), other)():
                guilty.add(name)
    return guilty


def suspects_on_one_service(make: Callable[[], Any], names: list[str]) -> set[str]:
    kiosk = make()
    before = {name: getattr(make(), name)() for name in names}
    return {name for name in names if getattr(kiosk, name)() != before[name]}


def suspects_by_their_fields(make: Callable[[], Any], names: list[str]) -> set[str]:
    guilty = set()
    for name in names:
        kiosk = make()
        before = repr(vars(kiosk))
        getattr(kiosk, name)()
        guilty |= {name} if repr(vars(kiosk)) != before else set()
    return guilty


def suspects_never(make: Callable[[], Any], names: list[str]) -> list[str]:
    return []


# 6 split_the_service


def running(store: Any) -> dict[int, ChargingStarted]:
    return sessions_in(seen.event for seen in store.read())


def register_wh(store: Any, session: int) -> int:
    first, *later = [seen.event for seen in store.read_stream(f"session-{session}")]
    return [first.meter_start_wh, *(one.energy_wh for one in later if isinstance(one, MeterRead))][-1]


class OnStore:
    def __init__(self, store: Any) -> None:
        self.store = store

    def add(self, session: int, event: object) -> Any:
        return self.store.append(f"session-{session}", [event])


class Commands(OnStore):
    def start(self, session: int, connector: str, token: str) -> Any:
        if connector in {start.connector for start in running(self.store).values()}:
            raise ValueError("a session runs there")
        if self.store.stream_version(f"session-{session}"):
            raise ValueError("that number was used")
        self.add(session, ChargingStarted(session, connector, token, "standard", 0))

    def stop(self, session: int) -> Any:
        if session not in running(self.store):
            raise ValueError("it does not run")
        self.add(session, ChargingStopped(session, register_wh(self.store, session), StopReason.LOCAL))


class Queries(OnStore):
    def energy_wh(self, session: int) -> int:
        first = next(self.store.read_stream(f"session-{session}")).event
        return register_wh(self.store, session) - first.meter_start_wh


class CommandsWithPosition(Commands):
    """Right: the store's result says where the event was recorded, nothing else."""

    def stop(self, session: int) -> Any:
        start = running(self.store)[session]
        last = register_wh(self.store, start.session)
        return self.add(session, ChargingStopped(session, last, StopReason.REMOTE))


class FoldedQueries(OnStore):
    """Right, with a lambda and a fold of the whole log."""

    def __init__(self, store: Any) -> None:
        super().__init__(store)
        self.energy_wh = lambda session: self._readings(session)[-1] - self._readings(session)[0]

    def _readings(self, session: int) -> list[int]:
        events = [seen.event for seen in self.store.read() if getattr(seen.event, "session", 0) == session]
        fields = [vars(one) for one in events]
        return [one[key] for one in fields for key in ("meter_start_wh", "energy_wh") if key in one]


class CommandsThatAnswer(Commands):
    def start(self, session: int, connector: str, token: str) -> Any:
        super().start(session, connector, token)
        return True


class CommandsThatKeepQuiet(Commands):
    def start(self, session: int, connector: str, token: str) -> Any:
        with suppress(ValueError):
            super().start(session, connector, token)


class CommandsForAda(Commands):
    def start(self, session: int, connector: str, token: str) -> Any:
        super().start(session, connector, "NL-TNM-000001")


class CommandsOfOneTariff(Commands):
    def add(self, session: int, event: Any) -> Any:
        if isinstance(event, ChargingStarted):
            event = replace(event, tariff="fast", meter_start_wh=100)
        return super().add(session, event)


class CommandsThatKnowPrefixes(Commands):
    def start(self, session: int, connector: str, token: str) -> Any:
        if any(one.connector.startswith(connector) for one in running(self.store).values()):
            raise ValueError("a session runs there")
        super().start(session, connector, token)


class CommandsThatStopAnything(Commands):
    def stop(self, session: int) -> Any:
        self.add(session, ChargingStopped(session, 0, StopReason.LOCAL))


class CommandsThatStopAtNothing(Commands):
    def stop(self, session: int) -> Any:
        if session not in running(self.store):
            raise ValueError
        self.add(session, ChargingStopped(session, 0, StopReason.LOCAL))


class CommandsThatComplainAfterwards(Commands):
    def start(self, session: int, connector: str, token: str) -> Any:
        before = [start.connector for start in running(self.store).values()]
        self.add(session, ChargingStarted(session, connector, token, "standard", 0))
        if connector in before:
            raise ValueError("too late")


class CommandsWithAMemory(Commands):
    def __init__(self, store: Any) -> None:
        super().__init__(store)
        self.taken = {"zoo-1"}

    def start(self, session: int, connector: str, token: str) -> Any:
        if connector in self.taken or self.store.stream_version(f"session-{session}"):
            raise ValueError("a session runs there")
        self.taken.add(connector)
        self.add(session, ChargingStarted(session, connector, token, "standard", 0))


class CommandsAndMore(Commands):
    def energy_wh(self, session: int) -> int:
        return 0


class QueriesThatStop(Queries):
    def energy_wh(self, session: int) -> int:
        energy = super().energy_wh(session)
        if session in running(self.store):
            self.add(session, ChargingStopped(session, energy, StopReason.LOCAL))
        return energy


class QueriesThatCount(Queries):
    def energy_wh(self, session: int) -> int:
        self.asked = getattr(self, "asked", 0) + 1
        return super().energy_wh(session) + self.asked


class QueriesOfTheMost(OnStore):
    def energy_wh(self, session: int) -> int:
        start, *later = [seen.event for seen in self.store.read_stream(f"session-{session}")]
        readings = [event.energy_wh for event in later if isinstance(event, MeterRead)]
        return max(readings, default=start.meter_start_wh) - start.meter_start_wh


class QueriesOfTheRegister(Queries):
    def energy_wh(self, session: int) -> int:
        return register_wh(self.store, session)


class OpenQueries(OnStore):
    def energy_wh(self, session: int) -> None: ...


# 7 refuse_or_accept


def decide(wanted: Any, state: Connector) -> list[object]:
    if state.status is None or not is_legal(state.status, wanted):
        raise ValueError(f"{state.connector} is {state.status}")
    return [StatusReported(str(state.connector), wanted)]


def evolve(state: Connector, event: object) -> Connector:
    match event:
        case StatusReported(status=status):
            return replace(state, status=status)
    return state


def decide_by_table(wanted: Any, state: Any) -> list[object]:
    """Right; a KeyError refuses."""
    allowed = {(before, after): after for before, afters in TRANSITIONS.items() for after in afters}
    return [StatusReported(state.connector, allowed[state.status, wanted])]


def decide_anything(wanted: Any, state: Connector) -> list[object]:
    return [StatusReported(str(state.connector), wanted)]


def decide_without_a_report(wanted: Any, state: Connector) -> list[object]:
    if state.status is not None and not is_legal(state.status, wanted):
        raise ValueError
    return decide_anything(wanted, state)


def decide_nothing(wanted: Any, state: Connector) -> list[object]:
    return decide_anything(wanted, state) if state.status and is_legal(state.status, wanted) else []


def decide_never(wanted: Any, state: Connector) -> list[object]:
    raise ValueError("no")


def decide_twice(wanted: Any, state: Connector) -> list[object]:
    return decide(wanted, state) * 2


def decide_about_zoo_1(wanted: Any, state: Connector) -> list[object]:
    decide(wanted, state)
    return [StatusReported("zoo-1", wanted)]


def decide_the_same(wanted: Any, state: Connector) -> list[object]:
    return [StatusReported(str(state.connector), wanted)] if state.status == wanted else decide(wanted, state)


def evolve_to_faulted(state: Connector, event: object) -> Connector:
    return state if state.status == ConnectorStatus.FAULTED else evolve(state, event)


def evolve_if_new(state: Connector, event: Any) -> Connector:
    other = (
        isinstance(event, StatusReported)
        and event.connector != "zoo-1"
        and event.connector != state.connector
    )
    return state if other else evolve(state, event)


def decide_lazily(wanted: Any, state: Connector) -> Any:
    yield from decide(wanted, state)


def evolve_strictly(state: Connector, event: object) -> Connector:
    if isinstance(event, StatusReported) and state.status and not is_legal(state.status, event.status):
        raise ValueError("impossible")
    return evolve(state, event)


def evolve_deaf(state: Connector, event: object) -> Connector:
    if isinstance(event, StatusReported) and state.status and not is_legal(state.status, event.status):
        return state
    return evolve(state, event)


def evolve_anything(state: Connector, event: Any) -> Connector:
    return replace(state, status=getattr(event, "status", None))


def evolve_by_the_clock(state: Connector, event: object) -> Connector:
    return evolve(state, event) if datetime.now(UTC).year > 2000 else state


def evolve_afresh(state: Connector, event: object) -> Connector:
    return Connector(status=event.status) if isinstance(event, StatusReported) else state


def evolve_in_place(state: Any, event: object) -> Connector:
    if isinstance(event, StatusReported):
        state.status = event.status
    return state


def evolve_any_event(state: Connector, event: Any) -> Connector:
    return replace(state, status=event.status)


def wrong(task: str, *cases: tuple[Any, str] | tuple[Any, Outcome, str]) -> list[WrongAnswer]:
    """Cases of (answer, sentence), or (answer, outcome, sentence) where the outcome is not WRONG."""
    return [WrongAnswer(task, answer, (*outcome, Outcome.WRONG)[0], says) for answer, *outcome, says in cases]


def right(task: str, *answers: object) -> list[RightAnswer]:
    return [RightAnswer(task, answer) for answer in answers]


WRONG = [
    *wrong(
        "one_word_three_meanings",
        ((line, cdr_of_anything), "a session exists only when it is over"),
        (
            (line, changed(cdr, end_date_time=lambda r: ends(r)[1].recorded_at)),
            "recorded four hours late `cdr` returns `22:00:00` as `end_date_time`",
        ),
        ((line, changed(cdr, end_date_time=lambda r: last_stop(r).occurred_at)), "delivered twice"),
        ((line, changed(cdr, total_energy=lambda r: Decimal(12_500))), "OCPI uses kWh"),
        (
            (line, changed(cdr, start_date_time=lambda r: r[0].recorded_at)),
            "when it happened, not when it was",
        ),
        ((line, changed(cdr, start_date_time=lambda r: cases_start())), "when it happened, not when it was"),
        ((changed(line, amount=lambda r: Decimal("6.13")), cdr), "by the rule of the tariff"),
        ((changed(line, session=lambda r: 7), cdr), "by its number"),
        ((line, changed(cdr, id=lambda r: "CDR-7")), "contains the number of the session"),
        (
            (line, changed(cdr, end_date_time=lambda r: earliest_stop(r).occurred_at)),
            "the time of the first end",
        ),
        ((line, changed(cdr, total_energy=lambda r: 12.5)), "OCPI uses kWh"),
        ((changed(line, kwh=lambda r: Decimal("3012.5")), cdr), "it was not at 0 when the car came"),
        ((changed(line, amount=lambda r: 6.13), cdr), "as a Decimal"),
        ((changed(line, total=lambda r: 1), cdr), "a dict with the keys `session`, `kwh`, `amount`"),
        ((line, returns_nothing), "`cdr` returns None"),
        ((line_that_pops, cdr), "`line_that_pops` changed what it was given"),
        ((cdr, line), "cannot be called with 2 arguments"),
    ),
    *wrong(
        "boundaries_for_rules",
        (for_all(lambda wish: "network-all"), "share the stream `network-all`"),
        (for_all(lambda wish: wish.stream), "two sessions at one connector"),
        (for_all(PER["connector"]), "more power than the station has"),
        (for_all(PER["power"]), "For `connector`"),
        (PER | {"token": PER["power"]}, "one token at two places"),
        (
            PER | {"power": lambda wish: f"station-{wish.station.split('-')[0]}"},
            "share the stream `station-town`",
        ),
        (PER | {"token": lambda wish: f"{type(wish).__name__}-{wish.token}"}, "For `token` a session begins"),
        (PER | {"token": lambda wish: wish.token[:-1]}, "share the stream"),
        (PER | {"token": lambda wish: f"token-{wish.token[:12]}"}, "share the stream"),
        (PER | {"connector": lambda wish: f"connector-{wish.connector.split('-')[-1]}"}, "share the stream"),
        (PER | {"token": lambda wish: f"token-{wish.session % 7}"}, "one token at two places"),
        (PER | {"power": lambda wish: f"'{wish.station}'"}, "You named a stream"),
        (PER | {"power": lambda wish: 7}, "an int: `7`"),
        (PER | {"power": returns_nothing}, "Is a `return` missing"),
        (PER | {"power": ...}, Outcome.NOT_ATTEMPTED, "1 of 3"),
        (PER | {"power": "station-zoo"}, "is the same text for all commands: `'station-zoo'`"),
        (for_all(lambda wish: "connector-{wish.connector}"), "does the name depend on the command"),
        ({"connector": PER["connector"]}, "The keys are `connector`"),
    ),
    *wrong(
        "one_token_two_places",
        (doubles_by_token, "whose second session ended while the first is still running"),
        (doubles_for_ever, "one after the other"),
        (doubles_with_both, "you name session `1`"),
        (doubles_side_by_side, "you miss session"),
        (doubles_that_stop_twice, Outcome.ERROR, "KeyError"),
        (lambda events: [], "you miss session `2`"),
        (lambda events: [[event.session] for event in events[:1]], "you name session `[1]`"),
        (starts_of_doubles, "you name session `ChargingStarted("),
        (doubles_counted, "In a log with start of"),
        (doubles_by_prefix, "In a log with start of"),
        (doubles_of_the_last_two, "In a log with start of"),
        (lambda events: len(events), "an int: `0`"),
        (returns_nothing, "Is a `return` missing"),
    ),
    *wrong(
        "condition_for_all_three",
        (lambda wish: Query(KINDS, [f"station-{wish.station}", f"token-{wish.token}"]), "does not find"),
        (lambda wish: Query(KINDS, [f"station-{wish.station}"]), "with the same token at another station"),
        (lambda wish: Query(KINDS, [f"token-{wish.token}"]), "at the same connector"),
        (
            lambda wish: (
                Query(KINDS, [f"connector-{wish.connector}"]) | Query(KINDS, [f"token-{wish.token}"])
            ),
            "at another connector of the same station",
        ),
        (
            lambda wish: Query(KINDS[:1], wish.tags[2:3]) | Query(KINDS[:1], wish.tags[3:]),
            "does not find the end of a session",
        ),
        (lambda wish: Query(KINDS), "of a stranger at another station"),
        (lambda wish: Query(), "of them needless"),
        (
            lambda wish: Query(tags=[f"station-{wish.station}"]) | Query(tags=[f"token-{wish.token}"]),
            "finds a meter reading",
        ),
        (lambda wish: query_for(wish) if isinstance(wish, PlugIn) else Query(["None"]), "who wants to leave"),
        (lambda wish: Query([PlugIn], wish.tags[2:3]), Outcome.ERROR, "not an event type"),
        (lambda wish: Query([f"station-{wish.station}"], KINDS), "asks for the tag `'ChargingStarted'`"),
        (lambda wish: Query(KINDS, [wish.station]), "asks for the tag `'zoo'`"),
        (lambda wish: Query(KINDS, ["token-NL-TNM-000042"]), "of the command that is given"),
        (lambda wish: f"station-{wish.station}", "a str: `'station-"),
    ),
    *wrong(
        "guilty_queries",
        (suspects_of_themselves, "you do not name `revenue`"),
        (suspects_on_one_service, "at the next one you do not name `next_number`"),
        (suspects_by_their_fields, "you name `revenue`"),
        (suspects_never, "you do not name `next_number`"),
        (suspects_among_four, "Do you try each name that you were given"),
        (suspects_who_add, "you do not name `revenue`"),
        (suspects_who_change_themselves_or_the_first, "A service has the methods"),
        (lambda make, names: [{"name": "next"}], "you name `{'name': 'next'}`"),
        (lambda make, names: names, "in which nothing changes you name"),
        (returns_nothing, "Is a `return` missing"),
    ),
    *wrong(
        "split_the_service",
        ((CommandsThatAnswer, Queries), "returned `True`"),
        ((CommandsThatKeepQuiet, Queries), "raised no error"),
        ((CommandsThatStopAnything, Queries), "raised no error"),
        ((CommandsThatComplainAfterwards, Queries), "but it also appended an event"),
        ((CommandsWithAMemory, Queries), "after a restart"),
        ((CommandsAndMore, Queries), "`CommandsAndMore` has a method `energy_wh`"),
        ((Commands, QueriesThatStop), "the log grew by 1"),
        ((Commands, QueriesThatCount), "and when called again"),
        ((Commands, QueriesOfTheRegister), "`energy_wh` answers `1600`"),
        ((CommandsThatStopAtNothing, Queries), "with the last reading of its meter"),
        ((CommandsForAda, Queries), "Compare with `Desk`"),
        ((CommandsOfOneTariff, Queries), "Compare with `Desk`"),
        ((CommandsThatKnowPrefixes, Queries), "Compare with `Desk`"),
        ((Commands, QueriesOfTheMost), "Compare with `Desk`"),
        ((Commands, OnStore), "has no method `energy_wh`"),
        ((Commands, OpenQueries), Outcome.NOT_ATTEMPTED, "`OpenQueries.energy_wh` is still the gap"),
    ),
    *wrong(
        "refuse_or_accept",
        ((decide_anything, evolve), "raised no error"),
        ((decide_without_a_report, evolve), "There was no report yet"),
        ((decide_nothing, evolve), "raised no error; it returned `[]`"),
        ((decide_never, evolve), Outcome.ERROR, "ValueError"),
        ((decide_about_zoo_1, evolve), "Take the connector and the status from `state`"),
        ((decide_the_same, evolve), "raised no error"),
        ((decide, evolve_to_faulted), "says what the socket did"),
        ((decide, evolve_if_new), "The last report counts"),
        ((decide_twice, evolve), "is a legal change, but `decide` returned other events"),
        ((decide, evolve_strictly), "Rules belong in `decide`"),
        ((decide, evolve_deaf), "says what the socket did"),
        ((decide, evolve_anything), "must stay as it is"),
        ((decide, evolve_afresh), "change nothing else"),
        ((decide, evolve_in_place), Outcome.ERROR, "`replace(value, field=…)` makes the next one"),
        ((decide, evolve_any_event), Outcome.ERROR, "'MeterRead' object has no attribute 'status'"),
        ((decide, evolve_by_the_clock), "read the clock"),
    ),
]

RIGHT = [
    *right("one_word_three_meanings", (line, cdr), (line, cdr_matched)),
    *right(
        "boundaries_for_rules",
        PER,
        {"connector": Streams("connector"), "power": matched, "token": Streams("token")},
    ),
    *right("one_token_two_places", doubles, doubles_in_a_comprehension),
    *right(
        "condition_for_all_three", query_for, query_of_classes, query_with_more_alternatives, query_by_command
    ),
    *right("guilty_queries", suspects, suspects_as_a_list),
    *right("split_the_service", (Commands, Queries), (CommandsWithPosition, FoldedQueries)),
    *right("refuse_or_accept", (decide, evolve), (decide_by_table, evolve), (decide_lazily, evolve)),
]

EQUIVALENT = {
    "guilty_queries": dict.fromkeys(
        [
            "for name in asked_before: -> for name in list(asked_before)[:1]:",
            "for name in asked_before: -> for name in list(asked_before)[::-1]:",
        ],
        "one name is asked at most",
    ),
    "split_the_service": {"StopReason.REMOTE -> StopReason.SOC_LIMIT_REACHED": "no reason is named"},
    "refuse_or_accept": {
        "state.status is None or not  … tatus, wanted) -> not is_legal(state.status, wanted)": "KeyError"
    },
}
