"""The tasks of `2_1_contexts_commands_queries`: how much one decision guards, and who may say no.

What answers are tried on stands in `c2_1/cases.py` and `services.py`, what a condition must find in
`conditions.py`; whether a boundary holds is for `workbench/scenarios/invariants.py` to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from itertools import product
from typing import Any

from exercises.checks.c2_1 import cases, conditions, services
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
        "Charging knows a session from its first second. When is there something to bill, or to report?",
        "Take the first `ChargingStarted` and the first `ChargingStopped`; without the latter return None.",
        "`start = next(seen for seen in recorded if isinstance(seen.event, ChargingStarted))`",
    ),
)
def one_word_three_meanings(attempt: Attempt, line: object, cdr: object) -> None:
    """A session of charging is a line to billing and a charge detail record to roaming."""
    to_line = attempt.function(line, "line", parameters=2)
    to_cdr = attempt.function(cdr, "cdr", parameters=1)
    for telling in cases.tellings():
        given = list(telling.recorded)
        got_line = changes_nothing(attempt, to_line, given, cases.PRICE, may_be_none=True)
        got_cdr = changes_nothing(attempt, to_cdr, given, may_be_none=True)
        _translated(attempt, "line", telling.words, got_line, telling.line)
        _translated(attempt, "cdr", telling.words, got_cdr, telling.cdr)


_CONTEXTS = {
    "session": "Billing finds the session of a disputed line by its number.",
    "kwh": "Billing sells kilowatt-hours; the meter counts watt-hours, and had counted before this car came.",
    "amount": "An amount is worked out once, by the tariff's own rule, in Decimal.",
    "id": "A partner finds the record by an id that is ours and says whose it is.",
    "start_date_time": "A charge detail record tells when it happened, whenever we heard of it.",
    "end_date_time": "A charge detail record tells when it happened first, however late and often we heard.",
    "token": "The partner knows its driver by the token.",
    "total_energy": "OCPI has it in kWh; the meter counts Wh, and had counted before this car came.",
}


def _translated(attempt: Attempt, name: str, words: str, got: Any, right: dict[str, object] | None) -> None:
    attempt.expect(
        got is None or right is not None,
        seen=f"Of a session {words} `{name}` makes `{shown(got, 80)}`.",
        why="To charging a session runs; to billing and roaming it does not exist before it is over.",
        look="Return None while there is no ChargingStopped.",
    )
    if right is None:
        return
    attempt.expect(
        got is not None,
        seen=f"Of a session {words} `{name}` makes nothing.",
        why="What is over has to be billed, and reported to the partner whose driver it was.",
        look="Is a `return` missing, or do you look for the end in one place only?",
    )
    attempt.expect(
        isinstance(got, dict) and set(got) == set(right),
        seen=f"Of a session {words} `{name}` makes `{shown(got, 80)}`.",
        why="Each context has its own words, and they are its contract.",
        look=f"A dict with the keys {', '.join(f'`{key}`' for key in right)}.",
    )
    for key, value in right.items():
        exact = isinstance(got[key], Decimal) or not isinstance(value, Decimal)
        attempt.expect(
            exact and got[key] == value,
            seen=f"Of a session {words} `{name}` tells `{key}` as `{_told(got[key])}`.",
            why=_CONTEXTS[key],
            look="Which field of which event, in which unit and type? 1 kWh is 1000 Wh; money is Decimal.",
        )


def _told(value: object) -> str:
    return f"{value:%H:%M:%S}" if isinstance(value, datetime) else shown(value, 60)


@task(
    title="Boundaries for rules",
    hints=(
        "For each rule: which two commands must never both get a yes? They have to meet in one stream.",
        "And nobody else has to: whoever shares a stream without need waits for strangers.",
        '`"connector": lambda wish: f"connector-{wish.connector}",`',
    ),
)
def boundaries_for_rules(attempt: Attempt, boundaries: object) -> None:
    """The smallest stream that keeps each of three rules."""
    given: dict[str, Any] = attempt.value(boundaries, dict, "`boundaries`")
    attempt.expect(
        set(given) == set(cases.RULES),
        seen=f"The keys are `{', '.join(map(str, given))}`.",
        why="Each of the three rules gets a boundary of its own, under its own name.",
        look="Keep the keys as they stand; only the values are yours.",
    )
    for rule in cases.RULES:
        streams = _streams(attempt, rule, given[rule])
        outcome, broken = cases.played(streams.__getitem__)
        _holds(attempt, f"With your boundary for `{rule}`", rule, broken)
        _no_wider(attempt, rule, streams, outcome)


def _streams(attempt: Attempt, rule: str, answer: object) -> dict[Wish, str]:
    attempt.expect(
        not isinstance(answer, str),
        seen=f"The boundary for `{rule}` is one text for ever: `{shown(answer, 40)}`.",
        why="Each command needs the stream of its own connector, station or token, known when it comes.",
        look="A function from the command to that text, in one line: `lambda wish: …`",
    )
    boundary = attempt.function(answer, f'boundaries["{rule}"]', parameters=1)
    streams = {wish: attempt.call(boundary, wish, returns=str) for wish in cases.wishes()}
    for stream in set(streams.values()):
        try:
            checked_stream(stream)
        except StoreError as refused:
            attempt.refuse(
                str(refused),
                "A stream that no store takes keeps no rule.",
                "Name the category, then whose it is.",
            )
    for visit in cases.evening_of_the_check()[1]:
        begin, end = streams[visit.first], streams[visit.then]
        attempt.expect(
            begin == end,
            seen=f"For `{rule}` a session begins in `{clipped(begin, 40)}` and ends in `{clipped(end, 40)}`.",
            why="Who decides in the one never hears of the other: for the rule no session ever ends.",
            look="Use what `PlugIn` and `PlugOut` of one session have in common.",
        )
    return streams


def _holds(attempt: Attempt, with_what: str, rule: str, broken: Iterable[Broken]) -> None:
    mine = [one for one in broken if one.rule == rule]
    first = mine[0].started if mine else None
    attempt.expect(
        not mine,
        seen=f"{with_what} the judge finds {cases.RULES[rule].words}, {counted(len(mine), 'time')}; "
        f"first when `{first.token if first else ''}` came to `{first.connector if first else ''}`.",
        why="A decision is safe only against what it looked at. These two did not see each other.",
        look="Which two commands must not both get a yes? What do they have in common?",
    )


_LEAVE_OUT = "Leave out of the stream what the rule does not speak of."
_ONE_FOR_ALL = "All commands land there: does the name depend on the command that your function is given?"


def _no_wider(attempt: Attempt, rule: str, streams: dict[Wish, str], outcome: RushResult) -> None:
    key_of = cases.RULES[rule].key
    homes: dict[str, Wish] = {}
    for wish, stream in streams.items():
        other = homes.setdefault(stream, wish)
        attempt.expect(
            key_of(other) == key_of(wish),
            seen=f"For `{rule}`, `{other.token}` at `{other.connector}` and `{wish.token}` at "
            f"`{wish.connector}` share the stream `{clipped(stream, 40)}`. The evening had "
            f"{counted(outcome.conflicts, 'conflict')}; after {outcome.needless} the same was decided again.",
            why="No rule stands between these two. A boundary too large makes strangers wait.",
            look=_LEAVE_OUT if len(set(streams.values())) > 1 else _ONE_FOR_ALL,
        )


@task(
    title="The judge of tokens",
    hints=(
        "Go through the events in order and keep what runs: which sessions, and with which token each?",
        "A token may run twice at a time. Then one end does not make it free: keep sessions, not tokens.",
        "`running = {}` from session to token, and at each start: `if event.token in running.values():`",
    ),
)
def judge_of_tokens(attempt: Attempt, doubles: object) -> None:
    """Broken invariants, read off the log alone."""
    judge = attempt.function(doubles, "doubles", parameters=1)
    for words, events, right in cases.DOUBLES:
        got = changes_nothing(attempt, judge, events, returns=(list, set, tuple, frozenset))
        accused = list(got)
        for number in _either(accused, right):
            attempt.expect(
                (number in accused) == (number in list(right)),
                seen=f"In a log with {words} you {'name' if number in accused else 'miss'} session "
                f"`{shown(number, 30)}`.",
                why="The judge believes no simulator and no service; it has the facts, in their order.",
                look="Accused is whoever starts while another session with the same token still runs.",
            )


def _either(got: list[Any], right: Iterable[Any]) -> list[Any]:
    """What is in the one or the other, in a fixed order; an answer may hold what cannot be in a set."""
    strange = [one for one in got if one not in list(right)]
    return [*sorted(strange, key=str), *sorted(right)]


@task(
    title="A condition for all three",
    hints=(
        "Upon which events does the answer rest? Those of the station, and those of the token.",
        "A `Query` wants all its tags at once; `query | other` wants either. Which types change what runs?",
        '`Query(["ChargingStarted", "ChargingStopped"], [f"station-{wish.station}"]) | …`',
    ),
)
def condition_for_all_three(attempt: Attempt, query_for: object) -> None:
    """The dynamic consistency boundary: all that the decision rests on, and nothing else."""
    query_of = attempt.function(query_for, "query_for", parameters=1)
    queries: dict[Wish, Query] = {
        wish: attempt.call(query_of, wish, returns=Query) for wish in cases.wishes()
    }
    outcome, broken = cases.played(queries.__getitem__)
    coming = attempt.call(query_of, cases.WANTED, returns=Query)
    conditions.asks_for_what_there_is(attempt, coming)
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
        "A query is guilty if anything answers differently after it than without it; not only it itself.",
        "Each trial needs a fresh service: one that was asked only `name`, beside one that was not.",
        "`def after(name, other): fresh = make(); getattr(fresh, name)(); return getattr(fresh, other)()`",
    ),
)
def guilty_queries(attempt: Attempt, suspects: object) -> None:
    """Side effects, found by behaviour."""
    accuse = attempt.function(suspects, "suspects", parameters=2)
    for words, make, guilty in services.KIOSKS:
        got = attempt.call(
            accuse, make, list(services.QUESTIONS), returns=(list, set, tuple, frozenset, dict)
        )
        accused = list(got)
        for name in _either(accused, guilty):
            attempt.expect(
                name in list(guilty) or name not in accused,
                seen=f"In a service {words} you accuse `{clipped(str(name), 40)}`.",
                why="Who is merely asked after a culprit is none, nor is a memory that nobody can tell.",
                look="Does each trial begin with a fresh service, and do you ask nothing else before?",
            )
            attempt.expect(
                name in accused,
                seen=f"In a service {words} you do not accuse `{name}`.",
                why="It need not change its own answer. One that changes another's ruins a replay as well.",
                look="Ask the suspect, then every other question; compare with a service left alone.",
            )


@task(
    title="Split the service",
    hints=(
        "Two methods of `Desk` ask and tell at once. What of each is a command, what a query?",
        "`sessions_in(seen.event for seen in store.read())` says what runs; `self` keeps the store only.",
        "`def start(self, session, connector, token):` and first `if connector in …: raise ValueError(…)`",
    ),
    methods_are_gaps=True,
)
def split_the_service(attempt: Attempt, commands: object, queries: object) -> None:
    """Commands may be refused and answer nothing; queries answer and change nothing."""
    telling = attempt.function(commands, "Commands", parameters=1)
    asking = attempt.function(queries, "Queries", parameters=1)
    split = services.opened(attempt, telling, asking)
    services.asked(attempt, split, "Session 1 began at 1,000 Wh and was read at 1,600", 600, 1)
    services.refused(attempt, split, "to start where a session runs", "start", 3, "zoo-1", "NL-TNM-000003")
    services.refused(attempt, split, "to start a number that was used", "start", 2, "zoo-2", "NL-TNM-000002")
    services.refused(attempt, split, "to stop a session that has ended", "stop", 2)
    services.refused(attempt, split, "to stop a session that never was", "stop", 9)
    services.obeyed(attempt, split, "to start where all is quiet", "start", 3, "zoo-2", "NL-TNM-000003")
    services.asked(attempt, split, "Session 3 has no reading yet", 0, 3)
    split = split._replace(commands=attempt.call(telling, split.store))
    services.refused(
        attempt, split, "after a restart, to start where a session runs", "start", 4, "zoo-2", "X"
    )
    services.obeyed(attempt, split, "to stop session 1", "stop", 1)
    services.refused(attempt, split, "to stop session 1 once more", "stop", 1)
    services.ended_at(attempt, split, 1, 1_600)
    services.asked(attempt, split, "Session 1 has ended at 1,600 Wh", 600, 1)
    services.nothing_left_over(attempt, split.commands, ("energy_wh",))
    services.nothing_left_over(attempt, split.queries, ("start", "stop"))


@task(
    title="Refuse commands, accept facts",
    hints=(
        "`decide` is asked before it happens, `evolve` is told after it happened. Which of them may say no?",
        "`is_legal(before, after)` is a rule for `decide`. Without a report there is no before.",
        "`if state.status is None or not is_legal(state.status, wanted): raise ValueError(…)`",
    ),
)
def refuse_or_accept(attempt: Attempt, decide: object, evolve: object) -> None:
    """A command may be refused, an event may not."""
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
            why="An event that says nothing about this state leaves it as it is.",
            look="What does `evolve` return when no case matches? The state itself.",
        )
    reads_nothing_else(attempt, folder, silent, facts[0])


def _evolved(attempt: Attempt, folder: Callable[..., Any], state: Connector, after: ConnectorStatus) -> None:
    got = changes_nothing(attempt, folder, state, StatusReported("zoo-1", after))
    attempt.expect(
        got == replace(state, status=after),
        seen=f"After {_before(state)} the connector reported `{after}`; your state is `{shown(got, 60)}`.",
        why="Stations leave short statuses out. A report that does not follow is still what the socket said.",
        look="Take the status of every `StatusReported`, whatever it was before, and change nothing else.",
    )


def _before(state: Connector) -> str:
    return f"`{state.status}`" if state.status else "nothing yet"


def _decided(
    attempt: Attempt, decider: Callable[..., Any], state: Connector, wanted: ConnectorStatus
) -> None:
    if state.status is None or not is_legal(state.status, wanted):
        attempt.refusal(
            decider,
            wanted,
            state,
            why=f"The connector said {_before(state)}; the standard knows no way from there to {wanted}.",
            look="A command may be refused: raise an error, before you return an event.",
        )
        return
    got = changes_nothing(attempt, decider, wanted, state)
    attempt.same_events(
        got,
        [StatusReported("zoo-1", wanted)],
        seen=f"From `{state.status}` to `{wanted}` is a legal change, and other events came.",
    )
