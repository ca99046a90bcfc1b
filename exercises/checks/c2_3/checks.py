"""The tasks of `2_3_event_sourced_aggregates`: streams, events with a meaning, tests, deciders, their ports.

The story's cases are in `c2_3/cases.py`, the generated ones in `generated.py`, the bugs that tests must catch
in `workbench/scenarios/socket_mutants.py`, longer checks in the other modules.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from exercises.checks.c2_3 import adapters as ports
from exercises.checks.c2_3 import cases
from exercises.checks.c2_3.adapters import (
    archived,
    crashes,
    follows_the_rules,
    loses_to_a_rival,
    objects,
    of_object,
    offices,
    whole_evening,
)
from exercises.checks.c2_3.agreements import (
    FIELDS,
    NO_ROWS,
    WHICH_FACTS,
    decides_alike,
    folds_alike,
    same_decisions_on_readings,
    same_facts,
    shows_the_last_reading,
)
from exercises.checks.c2_3.deciders import (
    accepts_the_command,
    accepts_the_fact,
    attacked,
    refuses_the_command,
)
from exercises.checks.c2_3.evenings import same_evenings, same_in_trouble
from exercises.checks.c2_3.homes import (
    are_in_one_stream_each,
    have_the_name_of_their_owner,
    homes_of,
    share_no_stream,
)
from exercises.checks.c2_3.suites import catch_the_mutants, is_a_test
from workbench.classroom.attempt import Attempt
from workbench.classroom.patterns import changes_nothing, reads_nothing_else, same_twice
from workbench.classroom.plain import shown
from workbench.classroom.task import task
from workbench.scenarios import stream_cost as streams
from workbench.scenarios.socket_mutants import ALL_MUTANTS
from workshop_lib.charging.session import MeterRead, ReadMeter
from workshop_lib.modeling import Decider


@task(
    title="One story, one stream",
    hints=(
        "Which events do you need to decide whether session 42 may stop? Which are of no use for it?",
        "A stream holds what one decision needs to know: the story of one session, or of one connector.",
        '`if isinstance(event, StatusReported):` … and for all others `return f"session-{…}"`',
    ),
)
def one_story_one_stream(attempt: Attempt, answer: object) -> None:
    """One stream for each session and each connector."""
    stream_of = attempt.function(answer, "stream_of", parameters=1)
    homes = homes_of(attempt, stream_of)
    same_twice(attempt, stream_of, streams.day()[0].event)
    are_in_one_stream_each(attempt, homes)
    share_no_stream(attempt, stream_of, homes)
    have_the_name_of_their_owner(attempt, stream_of)


@task(
    title="Events that mean something",
    hints=(
        "Put two rows side by side. Which columns differ, and what must have happened?",
        "A new `seq_no` is a reading; each change of `phase` has its own event. No change, no event.",
        '`if before is None: return [ChargingStarted(after["session"], …)]`, then `facts = []`',
    ),
)
def events_that_mean_something(attempt: Attempt, answer: object) -> None:
    """The events behind rows that were saved as a whole."""
    facts_of = attempt.function(answer, "facts_of", parameters=2)
    for words, before, after, expected in cases.SAVES:
        got = changes_nothing(attempt, facts_of, before, after, returns=(list, tuple))
        attempt.same_events(
            got,
            expected,
            seen=f"For {words} these are not the right events.",
            why=NO_ROWS,
            look=WHICH_FACTS,
        )
    same_facts(attempt, facts_of)


@task(
    title="Where a rule lives",
    hints=(
        "A wrong number is entered tomorrow: which function can refuse it? What about last year's numbers?",
        "`decide` may refuse, `evolve` may not. Move the `if` there; the state that it needs is at hand.",
        "In `decide_reading`: `if command.energy_wh < register_wh: raise Refused(…)`",
    ),
)
def where_a_rule_lives(attempt: Attempt, decide_reading: object, evolve_reading: object) -> None:
    """A rule applies to commands, never to recorded events."""
    decide = attempt.function(decide_reading, "decide_reading", parameters=2)
    evolve = attempt.function(evolve_reading, "evolve_reading", parameters=2)
    register = 0
    for energy_wh in cases.OLD_LOG:
        register = accepts_the_fact(attempt, evolve, register, cases.was_read(energy_wh), returns=int)
        attempt.expect(
            register == energy_wh,
            seen=f"An old log says {energy_wh:,} Wh, but your register stands at {register:,}.",
            why="The meter was replaced and starts anew. A recorded reading is a fact, however odd it looks.",
            look=LAST_READING,
        )
    for before, energy_wh, allowed in cases.READINGS:
        _decides_on_a_reading(attempt, decide, before, cases.entered(energy_wh), allowed)
    shows_the_last_reading(attempt, evolve, LAST_READING)
    same_decisions_on_readings(attempt, decide, partial(_decides_on_a_reading, attempt, decide))


LAST_READING = "`evolve` compares nothing: the register is what the last reading says."


def _decides_on_a_reading(
    attempt: Attempt, decide: Callable[..., Any], before: int, command: ReadMeter, allowed: bool
) -> None:
    if not allowed:
        refuses_the_command(
            attempt,
            decide,
            command,
            before,
            seen=f"The register stands at {before:,} Wh, and somebody enters {command.energy_wh:,}.",
            why="Now it can still be refused. Once it is recorded, everybody has to live with it.",
        )
        return
    look = "Only a reading that is lower than the register runs backwards."
    if command.energy_wh == before:
        look = "A car that draws no current leaves the meter where it is: equal is not backwards."
    attempt.same_events(
        accepts_the_command(attempt, decide, command, before, look=look),
        [MeterRead(**vars(command))],
        seen=f"The register stands at {before:,} Wh, and somebody enters {command.energy_wh:,}.",
        why="A reading that no rule forbids is recorded exactly as it was entered.",
        look="The event has the fields of the command: `MeterRead(**vars(command))`.",
    )


@task(
    title="Tests that catch bugs",
    hints=(
        "Read `decide` case by case. Each case is a rule: which of your tests would fail without it?",
        "Each surviving bug is a story: write it as a test that says how it should end.",
        '`given(socket, SocketReserved("ada", "18:15")).when(Release("bob")).then_refused()`',
    ),
)
def tests_that_catch(attempt: Attempt, tests: object) -> None:
    """Tests that pass on the right socket, and fail on each wrong one."""
    several: list[Any] = attempt.value(tests, (list, tuple), "What you passed")
    attempt.expect(
        bool(several),
        seen="Your list of tests is empty.",
        why=f"Without a test all {len(ALL_MUTANTS)} bugs go live.",
        look="`tests = [my_first_test, my_second_test]`: the functions themselves, without parentheses.",
    )
    for test in several:
        attempt.function(test, "my_test", parameters=1)
        is_a_test(attempt, test)
    catch_the_mutants(attempt, several)


@task(
    title="Evolve: the state after one more fact",
    hints=(
        "For each event two questions: in which phases does it matter, and which fields does it change?",
        "`match state.phase, event:` with a case for each; any other event leaves the state as it is.",
        '`case "not started", ChargingStarted(meter_start_wh=start):`',
    ),
)
def evolve_a_session(attempt: Attempt, evolve: object, initial: object) -> None:
    """A fold that accepts every fact, in any order."""
    step = attempt.function(evolve, "evolve", parameters=2)
    attempt.expect(
        not isinstance(initial, type) and all(hasattr(initial, name) for name in FIELDS),
        seen=f"`initial` is `{shown(initial, 60)}`.",
        why="A fold begins with a state: that of a session to which nothing has happened yet.",
        look="`initial = Session()`; the fields have defaults.",
    )
    for fold in cases.FOLDS:
        _folds(attempt, step, initial, fold)
    folds_alike(attempt, step, initial)
    reads_nothing_else(attempt, step, initial, cases.FOLDS[1].events[0])


def _folds(attempt: Attempt, evolve: Callable[..., Any], initial: object, fold: cases.Fold) -> None:
    state = initial
    for event in fold.events:
        accepts_the_fact(attempt, evolve, state, event)
        state = changes_nothing(attempt, evolve, state, event)
    attempt.expect(
        all(hasattr(state, field) for field in FIELDS),
        seen=f"After {fold.words} your state is `{shown(state, 80)}`.",
        why="The next event is folded into this result, so it has to be a state again.",
        look="`evolve` returns the state itself, such as `replace(state, …)`; a list is for `decide`.",
    )
    for field in FIELDS:
        got = getattr(state, field, None)
        attempt.expect(
            got == getattr(fold, field),
            seen=f"After {fold.words} the `{field}` is `{shown(got, 40)}`.",
            why="Messages arrive late and twice. A fold accepts them all, and ignores what is out of date.",
            look="In which phases does this event change something, and which fields?",
        )


@task(
    title="Decide: the events of a command",
    hints=(
        "First the phases in which nothing is allowed: before the start, after the stop.",
        "`match state.phase, command:` as in `evolve`; the last line refuses what no case allows.",
        '`case "not started", StartCharging(): return [ChargingStarted(**vars(command))]`',
    ),
)
def decide_a_session(attempt: Attempt, decide: object, evolve: object, initial: object) -> None:
    """A decider that follows the rules in every sequence of commands."""
    chosen = attempt.function(decide, "decide", parameters=2)
    step = attempt.function(evolve, "evolve", parameters=2)
    attacked(attempt, Decider(chosen, step, initial))
    decides_alike(attempt, Decider(chosen, step, initial))


@task(
    title="The same rules, as an object",
    methods=("reserve", "plug_in", "release"),
    hints=(
        "Each case of `decide` belongs to one command: move it into the method of that name.",
        "`decide` returned events; a method passes them to `self.record(…)`. It changes `self.state`, too.",
        "In `release`: `match self.state:`, then `case Reserved(holder) if holder == driver:`",
    ),
)
def the_same_as_an_object(attempt: Attempt, answer: object) -> None:
    """The same aggregate as an object, held to the same specification."""
    attempt.expect(
        isinstance(answer, type),
        seen=f"You passed `{shown(answer, 60)}`, not a class.",
        why="The check makes a new object for each rule.",
        look="Pass `ReservableSocket` without parentheses.",
    )
    follows_the_rules(attempt, of_object(attempt, answer))  # type: ignore[arg-type]
    same_evenings(attempt, objects(attempt, answer), look=ports.EACH_CASE)  # type: ignore[arg-type]


@task(
    title="State and events in one transaction",
    hints=(
        "Load, decide, evolve, write. Which of these must be inside the `with`? What happens if one is not?",
        "The state to save is the old one with the new events folded in, by the same `evolve`.",
        "`with office.transaction():`, and in it first `state = office.load()`",
    ),
)
def state_and_events_at_once(attempt: Attempt, answer: object) -> None:
    """A row and its events: both are written, or neither."""
    handle = attempt.function(answer, "handle", parameters=2)
    follows_the_rules(attempt, archived(attempt, handle), look=ports.FROM_THE_ROW)
    whole_evening(attempt, handle)
    loses_to_a_rival(attempt, handle)
    crashes(attempt, handle)
    same_evenings(attempt, offices(attempt, handle), look=ports.FROM_DECIDE)
    same_in_trouble(attempt, handle)
