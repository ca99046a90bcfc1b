"""The tasks of `2_1_contexts_commands_queries`: contexts, boundaries, commands and queries.

The cases are in `c2_1/cases.py` and `services.py`; what a condition must find is in `conditions.py`.
`workbench/scenarios/invariants.py` finds the rules that a boundary lets be broken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from itertools import product
from typing import Any

from exercises.checks.c2_1 import agreements, cases, conditions, services
from exercises.checks.c2_1.desks import serves_like_ours
from exercises.checks.small_logs import counted, status_text
from workbench.classroom.attempt import Attempt
from workbench.classroom.patterns import changes_nothing, never_refuses, reads_nothing_else
from workbench.classroom.plain import clipped, shown
from workbench.classroom.task import task
from workbench.scenarios.invariants import Broken
from workbench.scenarios.rush_hour import Wish
from workbench.simulation.boundaries import RushResult
from workshop_lib.charging.connector import Connector, ConnectorStatus, StatusReported, is_legal
from workshop_lib.charging.session import MeterRead
from workshop_lib.charging.station import StationWentOffline
from workshop_lib.store.arguments import checked_stream
from workshop_lib.store.errors import StoreError
from workshop_lib.store.port import Query


@task(
    title="One word, three meanings",
    hints=(
        "For charging a session exists from its first second. When is there something to bill or to report?",
        "Find the first `ChargingStarted` and the first `ChargingStopped`; without the latter return None.",
        "`start = next(seen for seen in recorded if isinstance(seen.event, ChargingStarted))`",
    ),
)
def one_word_three_meanings(attempt: Attempt, line: object, cdr: object) -> None:
    """Check the translations of a session: a line for billing, a charge detail record for roaming."""
    to_line = attempt.function(line, "line", parameters=2)
    to_cdr = attempt.function(cdr, "cdr", parameters=1)
    for case in cases.sessions():
        given = list(case.recorded)
        got_line = changes_nothing(attempt, to_line, given, cases.PRICE, may_be_none=True)
        got_cdr = changes_nothing(attempt, to_cdr, given, may_be_none=True)
        _translated(attempt, "line", case.words, got_line, case.line)
        _translated(attempt, "cdr", case.words, got_cdr, case.cdr)
    agreements.translates_like_ours(attempt, to_line, to_cdr, partial(_translated, attempt))


_CONTEXTS = {
    "session": "If a customer disputes the line, billing finds the session by its number.",
    "kwh": "Billing sells kWh. The meter counts Wh, and it was not at 0 when the car came.",
    "amount": "An amount is computed once, by the rule of the tariff, as a Decimal.",
    "id": "A partner finds the record by our id, which contains the number of the session.",
    "start_date_time": "A charge detail record has the time when it happened, not when it was recorded.",
    "end_date_time": "The record has the time of the first end, even if it was recorded late or twice.",
    "token": "The partner identifies its driver by the token.",
    "total_energy": "OCPI uses kWh. The meter counts Wh, and it was not at 0 when the car came.",
}


def _translated(attempt: Attempt, name: str, words: str, got: Any, right: dict[str, object] | None) -> None:
    attempt.expect(
        got is None or right is not None,
        seen=f"For a session {words} `{name}` returns `{shown(got, 80)}`.",
        why="Charging has running sessions. For billing and roaming a session exists only when it is over.",
        look="Return None while there is no ChargingStopped.",
    )
    if right is None:
        return
    attempt.expect(
        got is not None,
        seen=f"For a session {words} `{name}` returns None.",
        why="A session that is over has to be billed, and reported to the driver's own provider.",
        look="Is a `return` missing, or do you look for the end in one place only?",
    )
    attempt.expect(
        isinstance(got, dict) and set(got) == set(right),
        seen=f"For a session {words} `{name}` returns `{shown(got, 80)}`.",
        why="Each context has its own words, and other systems rely on them.",
        look=f"Return a dict with the keys {', '.join(f'`{key}`' for key in right)}.",
    )
    for key, value in right.items():
        exact = isinstance(got[key], Decimal) or not isinstance(value, Decimal)
        attempt.expect(
            exact and got[key] == value,
            seen=f"For a session {words} `{name}` returns `{_text(got[key])}` as `{key}`.",
            why=_CONTEXTS[key],
            look="Which field of which event, in which unit and type? 1 kWh is 1000 Wh; money is Decimal.",
        )


def _text(value: object) -> str:
    return f"{value:%H:%M:%S}" if isinstance(value, datetime) else shown(value, 60)


@task(
    title="Boundaries for rules",
    hints=(
        "For each rule: which two commands must never both get a yes? They have to share a stream.",
        "No other commands have to share one: a driver who shares it without need waits for strangers.",
        '`"connector": lambda wish: f"connector-{wish.connector}",`',
    ),
)
def boundaries_for_rules(attempt: Attempt, boundaries: object) -> None:
    """Check that each boundary is the smallest stream that keeps its rule."""
    given: dict[str, Any] = attempt.value(boundaries, dict, "`boundaries`")
    attempt.expect(
        set(given) == set(cases.RULES),
        seen=f"The keys are `{', '.join(map(str, given))}`.",
        why="Each of the three rules needs its own boundary under its own name.",
        look="Keep the keys as they are given and change the values only.",
    )
    for rule in cases.RULES:
        streams = _streams(attempt, rule, given[rule])
        outcome, broken = cases.played(streams.__getitem__)
        _holds(attempt, f"With your boundary for `{rule}`", rule, broken)
        _no_wider(attempt, rule, streams, outcome)
        agreements.bounds_like_ours(attempt, rule, given[rule], cases.RULES[rule].key)


def _streams(attempt: Attempt, rule: str, answer: object) -> dict[Wish, str]:
    attempt.expect(
        not isinstance(answer, str),
        seen=f"The boundary for `{rule}` is the same text for all commands: `{shown(answer, 40)}`.",
        why="Each command needs the stream of its own connector, station or token.",
        look="Write a function from the command to that text, in one line: `lambda wish: …`",
    )
    boundary = attempt.function(answer, f'boundaries["{rule}"]', parameters=1)
    streams = {wish: attempt.call(boundary, wish, returns=str) for wish in cases.wishes()}
    for stream in set(streams.values()):
        try:
            checked_stream(stream)
        except StoreError as refused:
            attempt.refuse(
                str(refused),
                "If the store rejects the name of the stream, nothing can be recorded there.",
                "Put the category first and then the id, as in `station-zoo`.",
            )
    for visit in cases.evening_of_the_check()[1]:
        begin, end = streams[visit.first], streams[visit.then]
        attempt.expect(
            begin == end,
            seen=f"For `{rule}` a session begins in `{clipped(begin, 40)}` and ends in `{clipped(end, 40)}`.",
            why="A decision that reads the first stream never sees an end: no session is ever over.",
            look="Which field is the same in the `PlugIn` and the `PlugOut` of one session?",
        )
    return streams


def _holds(attempt: Attempt, with_what: str, rule: str, broken: Iterable[Broken]) -> None:
    mine = [one for one in broken if one.rule == rule]
    first = mine[0].started if mine else None
    attempt.expect(
        not mine,
        seen=f"{with_what} the log shows {cases.RULES[rule].words}, {counted(len(mine), 'time')}; "
        f"first when `{first.token if first else ''}` came to `{first.connector if first else ''}`.",
        why="A decision is guarded only by the events it has read; neither of these read the other's.",
        look="Which two commands must not both get a yes? What do they have in common?",
    )


_LEAVE_OUT = "Is there more in the stream than the rule needs? Which of its commands can stay apart?"
_ONE_FOR_ALL = "All commands share it: does the name depend on the command that your function is given?"


def _no_wider(attempt: Attempt, rule: str, streams: dict[Wish, str], outcome: RushResult) -> None:
    key_of = cases.RULES[rule].key
    homes: dict[str, Wish] = {}
    for wish, stream in streams.items():
        other = homes.setdefault(stream, wish)
        attempt.expect(
            key_of(other) == key_of(wish),
            seen=f"For `{rule}`, `{other.token}` at `{other.connector}` and `{wish.token}` at "
            f"`{wish.connector}` share the stream `{clipped(stream, 40)}`. The evening had "
            f"{counted(outcome.conflicts, 'conflict')}, {outcome.needless} of them needless.",
            why="No rule concerns these two together. A boundary that is too large makes strangers wait.",
            look=_LEAVE_OUT if len(set(streams.values())) > 1 else _ONE_FOR_ALL,
        )


@task(
    title="One token, two places",
    hints=(
        "Go through the events in order and keep the running sessions, each with its token.",
        "A token may have two running sessions. One end does not free it: keep sessions, not tokens.",
        "`running = {}` from session to token, and at each start: `if event.token in running.values():`",
    ),
)
def one_token_two_places(attempt: Attempt, doubles: object) -> None:
    """Check a function that finds a broken rule in the log alone."""
    finds = attempt.function(doubles, "doubles", parameters=1)
    for words, events, right in cases.DOUBLES:
        got = list(changes_nothing(attempt, finds, events, returns=(list, set, tuple, frozenset)))
        for number in _either(got, right):
            attempt.expect(
                (number in got) == (number in list(right)),
                seen=f"In a log with {words} you {'name' if number in got else 'miss'} session "
                f"`{shown(number, 30)}`.",
                why="Only the events in their order show whether a rule was broken.",
                look="Which sessions start while another session with the same token is still running?",
            )
    agreements.finds_like_ours(
        attempt, lambda events: list(attempt.call(finds, events, returns=(list, set, tuple))), _either
    )


def _either(got: list[Any], right: Iterable[Any]) -> list[Any]:
    """Return the values in either, in a fixed order; `got` may contain values that no set can hold."""
    strange = [one for one in got if one not in list(right)]
    return [*sorted(strange, key=str), *sorted(right)]


@task(
    title="A condition for all three",
    hints=(
        "Which events does the decision depend on? Those of the station, and those of the token.",
        "An event must have all tags of a `Query`; `query | other` finds both. Which types start or end "
        "a session?",
        '`Query(["ChargingStarted", "ChargingStopped"], [f"station-{wish.station}"]) | …`',
    ),
)
def condition_for_all_three(attempt: Attempt, query_for: object) -> None:
    """Check a dynamic consistency boundary: all events that the decision depends on, and no others."""
    query_of = attempt.function(query_for, "query_for", parameters=1)
    queries: dict[Wish, Query] = {
        wish: attempt.call(query_of, wish, returns=Query) for wish in cases.wishes()
    }
    outcome, broken = cases.played(queries.__getitem__)
    coming = attempt.call(query_of, cases.WANTED, returns=Query)
    conditions.uses_known_tags(attempt, coming)
    leaving = attempt.call(query_of, cases.LEAVING, returns=Query)
    for scene in cases.SCENES:
        if scene.matters:
            conditions.must_find(attempt, coming, scene, "who wants to charge", broken)
    conditions.must_find(attempt, leaving, cases.OWN_START, "who wants to leave", broken)
    for scene in cases.SCENES:
        if not scene.matters:
            conditions.must_ignore(attempt, coming, scene, "who wants to charge", outcome)
            conditions.must_ignore(attempt, leaving, scene, "who wants to leave", outcome)
    for rule in cases.RULES:
        _holds(attempt, "With your query", rule, broken)


@task(
    title="Queries that change something",
    hints=(
        "A method is guilty if any method answers differently after it; not only the method itself.",
        "Each trial needs two fresh services: call `name` on one of them only, then compare.",
        "`def after(name, other): fresh = make(); getattr(fresh, name)(); return getattr(fresh, other)()`",
    ),
)
def guilty_queries(attempt: Attempt, suspects: object) -> None:
    """Check a function that finds side effects by behaviour."""
    finds = attempt.function(suspects, "suspects", parameters=2)
    for words, make, guilty in services.KIOSKS:
        got = attempt.call(finds, make, list(services.QUESTIONS), returns=(list, set, tuple, frozenset, dict))
        named = list(got)
        for name in _either(named, guilty):
            attempt.expect(
                name in list(guilty) or name not in named,
                seen=f"In a service {words} you name `{clipped(str(name), 40)}`.",
                why="This call changes no answer. A cache that nobody can notice is no side effect.",
                look="Does each trial begin with a fresh service, and do you call nothing else before?",
            )
            attempt.expect(
                name in named,
                seen=f"In a service {words} you do not name `{name}`.",
                why="A query that changes the answer of another one ruins a replay as well.",
                look="Call the suspect, then every method; compare with a service that you have not used.",
            )
    agreements.accuses_like_ours(attempt, finds, _either)


@task(
    title="Split the service",
    hints=(
        "Both methods of `Desk` are a command and a query in one. Which part of each is which?",
        "`running(self.store)` returns the running sessions; keep nothing but the store in `self`.",
        "`def start(self, session, connector, token):` and first `if connector in …: raise ValueError(…)`",
    ),
    methods=("start", "stop", "energy_wh"),
)
def split_the_service(attempt: Attempt, commands: object, queries: object) -> None:
    """Check that commands return nothing and may be refused, and that queries change nothing."""
    new_commands = attempt.function(commands, "Commands", parameters=1)
    new_queries = attempt.function(queries, "Queries", parameters=1)
    split = services.opened(attempt, new_commands, new_queries)
    answers, accepts, refuses = services.answers, services.accepts, services.refuses
    answers(attempt, split, "Session 1 began at 1,000 Wh and has a reading of 1,600 Wh", 600, 1)
    refuses(attempt, split, "to start where a session is running", "start", 3, "zoo-1", "NL-TNM-000003")
    refuses(attempt, split, "to start a number that was used before", "start", 2, "zoo-2", "NL-TNM-000002")
    refuses(attempt, split, "to stop a session that has ended", "stop", 2)
    refuses(attempt, split, "to stop a session that does not exist", "stop", 9)
    accepts(attempt, split, "to start at a free connector", "start", 3, "zoo-2", "NL-TNM-000003")
    answers(attempt, split, "Session 3 has no reading yet", 0, 3)
    split = split._replace(commands=attempt.call(new_commands, split.store))
    refuses(attempt, split, "after a restart, to start where a session is running", "start", 4, "zoo-2", "X")
    accepts(attempt, split, "to stop session 1", "stop", 1)
    refuses(attempt, split, "to stop session 1 once more", "stop", 1)
    services.ended_at(attempt, split, 1, 1_600)
    answers(attempt, split, "Session 1 has ended at 1,600 Wh", 600, 1)
    services.nothing_left_over(attempt, split.commands, ("energy_wh",))
    services.nothing_left_over(attempt, split.queries, ("start", "stop"))
    serves_like_ours(attempt, new_commands, new_queries)


@task(
    title="Refuse commands, accept facts",
    hints=(
        "`decide` runs before it happens, `evolve` after it has happened. Which of them may say no?",
        "`is_legal(before, after)` is a rule for `decide`. Before the first report there is no `before`.",
        "`if state.status is None or not is_legal(state.status, wanted): raise ValueError(…)`",
    ),
)
def refuse_or_accept(attempt: Attempt, decide: object, evolve: object) -> None:
    """Check that illegal commands are refused and that every event is accepted."""
    decider = attempt.function(decide, "decide", parameters=2)
    folder = attempt.function(evolve, "evolve", parameters=2)
    silent = Connector("zoo-1", "zoo", 11_000)
    states: dict[Any, Connector] = {
        status: replace(silent, status=status) for status in (None, *ConnectorStatus)
    }
    facts: list[object] = [StatusReported("zoo-1", status) for status in ConnectorStatus]
    others: list[object] = [MeterRead(1, "zoo-1", 1, 5, 7), StationWentOffline("zoo")]
    never_refuses(attempt, folder, product(states.values(), [*facts, *others]))
    for before, after in product(states, ConnectorStatus):
        _evolved(attempt, folder, states[before], after)
        _decided(attempt, decider, states[before], after)
    for state, other in product(states.values(), others):
        got = attempt.call(folder, state, other)
        attempt.expect(
            got == state,
            seen=f"After a `{type(other).__name__}` the state `{status_text(state.status)}` "
            f"is `{shown(got, 60)}`.",
            why="This event says nothing about the status, so the state must stay as it is.",
            look="What does `evolve` return when no case matches? It should be the state itself.",
        )
    reads_nothing_else(attempt, folder, silent, facts[0])
    agreements.decides_like_ours(attempt, decider)
    agreements.evolves_like_ours(attempt, folder)


def _evolved(attempt: Attempt, folder: Callable[..., Any], state: Connector, after: ConnectorStatus) -> None:
    got = changes_nothing(attempt, folder, state, StatusReported("zoo-1", after))
    attempt.expect(
        got == replace(state, status=after),
        seen=f"{_before(state)}, then the connector reported `{after}`; your state is `{shown(got, 60)}`.",
        why="Stations skip short statuses. Even a report that is no legal step says what the socket did.",
        look="Take the status from every `StatusReported`, whatever it was before; change nothing else.",
    )


def _before(state: Connector) -> str:
    return f"The last report was `{state.status}`" if state.status else "There was no report yet"


def _decided(
    attempt: Attempt, decider: Callable[..., Any], state: Connector, wanted: ConnectorStatus
) -> None:
    if state.status is None or not is_legal(state.status, wanted):
        attempt.raises(
            decider,
            wanted,
            state,
            why=f"{_before(state)}; the standard allows no change from there to {wanted}.",
            look="A command may be refused: raise an error instead of returning an event.",
        )
        return
    got = changes_nothing(attempt, decider, wanted, state, returns=(list, tuple))
    attempt.same_events(
        got,
        [StatusReported("zoo-1", wanted)],
        seen=f"From `{state.status}` to `{wanted}` is a legal change, but `decide` returned other events.",
    )
