"""Checks of chapter 2.3 that search for bugs in a decider, and check one decision or one fact.

Each function returns, or ends the check with a finding. Read `adapters.py` next: the other checks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from typing import Any

from exercises.checks.c2_3 import cases
from exercises.checks.c2_3.timelines import without_answers
from exercises.checks.small_logs import counted
from workbench.classroom.attempt import Attempt, Raised, name_of
from workbench.classroom.plain import a, clipped, shown
from workshop_lib.charging import session
from workshop_lib.modeling import Decider, Refused, fold
from workshop_lib.modeling.decider import decision
from workshop_lib.modeling.search import Breaking, shortest_breaking_history
from workshop_lib.modeling.timeline import in_words

Function = Callable[..., Any]

_SAYS_NO = (ValueError, AssertionError, RuntimeError)
"""Errors that people raise instead of `Refused`; other errors are bugs."""


def _says_no(error: BaseException) -> bool:
    return type(error) is Exception or isinstance(error, _SAYS_NO)


# The search for a bug in a decider


def attacked(attempt: Attempt, decider: Decider[Any, Any, Any]) -> None:
    """Check that every sequence of commands and facts leads to the decisions of the rules."""
    attempt.calling = "your decide and evolve, with all sequences of commands"
    found = shortest_breaking_history(
        _with_facts(decider), _with_facts(session.decider), cases.ATTACKS, most=600
    )
    if found is None:
        return
    *before, last = found.commands
    _shows_its_error(attempt, decider, before, last)
    attempt.refuse(
        f"The shortest story that breaks it takes {counted(len(found.commands), 'step')}: {_why(found)}.",
        "Nobody wrote this test: a machine tried all sequences, the short ones first.",
        "Follow the timeline. In which phase is the session, and what do the rules say for it?",
        without_answers(found.rows),
    )


def _with_facts(decider: Decider[Any, Any, Any]) -> Decider[Any, Any, Any]:
    """Return the decider, extended so that a reading among the commands is recorded as a fact.

    Of what a command leads to the first ten events are enough: no rule asks for two, and a list without end
    would fill the memory.
    """

    def decide(command: object, state: Any) -> Iterable[object]:
        if isinstance(command, session.MeterRead):
            return [command]
        decided = decider.decide(command, state)
        return list(islice(decided, 10)) if isinstance(decided, (list, tuple, Iterator)) else decided

    return replace(decider, decide=decide)


def _why(found: Breaking) -> str:
    return found.why.replace("it decides differently", "then it decides differently from the rules")


def _shows_its_error(
    attempt: Attempt, decider: Decider[Any, Any, Any], before: Sequence[object], last: object
) -> None:
    """Run the story once more, so that an error of the participant's code is reported with its line."""
    history: list[object] = []
    for command in before:
        with suppress(Refused):
            history += decision(_with_facts(decider), fold(decider, history), command)
    state = decider.initial
    for event in [*history, *([last] if isinstance(last, session.MeterRead) else [])]:
        state = accepts_the_fact(attempt, decider.evolve, state, event)
    if not isinstance(last, session.MeterRead):
        with suppress(CommandRefused):
            decided_by(attempt, decider.decide, last, state)


# One decision


class CommandRefused(Exception):
    """The participant's `decide` raised `Refused`; the text is the rule."""


def decided_by(attempt: Attempt, decide: Function, command: object, state: object) -> Any:
    """Return the events that were decided. Raises `CommandRefused`."""
    try:
        return attempt.call(decide, command, state, returns=(list, tuple))
    except Raised as raised:
        cause = raised.__cause__
        if isinstance(cause, Refused):
            gives_a_reason(attempt, raised.call, cause)
            raise CommandRefused(cause.rule) from raised
        if cause is None or not _says_no(cause):
            raise
        attempt.refuse(
            f"`{name_of(decide)}` refuses `{in_words(command)}` with {a(type(cause))}.",
            "Callers tell a rule of the domain from a bug by the class of the error.",
            "`raise Refused(…)`, with the rule in words.",
        )


def gives_a_reason(attempt: Attempt, call: str, refused: Refused) -> None:
    """Check that a refusal has the rule in words."""
    attempt.expect(
        sum(map(str.isalpha, refused.rule)) > 1,
        seen=f"`{clipped(call, 120)}` refuses with `Refused({shown(refused.rule, 40)})`, without a reason.",
        why="The driver reads this text, and so does the hotline: it is all they learn about the rule.",
        look='`raise Refused("…")`, with the rule in words between the quotes.',
    )


def refuses_the_command(
    attempt: Attempt, decide: Function, command: object, state: object, *, seen: str, why: str
) -> None:
    """Check that `decide` refuses a command which a rule forbids."""
    with suppress(CommandRefused):
        events = decided_by(attempt, decide, command, state)
        attempt.refuse(
            f"{seen} Your `{name_of(decide)}` returned `{shown(events, 100)}`.",
            why,
            "`raise Refused(…)`, with the rule in words. An empty list means: accepted, nothing to record.",
        )


def accepts_the_command(
    attempt: Attempt, decide: Function, command: object, state: object, *, look: str
) -> Any:
    """Return the events of a command that no rule forbids; a refusal ends the check."""
    try:
        return decided_by(attempt, decide, command, state)
    except CommandRefused as refused:
        attempt.refuse(
            f"`{in_words(command)}` was refused in the state `{shown(state, 60)}`: "
            f"{clipped(str(refused), 100)}.",
            "A driver who is turned away without a reason rings the hotline, or drives to the competition.",
            look,
        )


def accepts_the_fact(attempt: Attempt, evolve: Function, state: object, event: object, **kinds: Any) -> Any:
    """Return the state after a fact; `evolve` may not refuse it."""
    try:
        return attempt.call(evolve, state, event, **kinds)
    except Raised as raised:
        cause = raised.__cause__
        if cause is None or not (isinstance(cause, Refused) or _says_no(cause)):
            raise
        attempt.refuse(
            f"`{name_of(evolve)}` refuses `{in_words(event)}`, an event that is already in the log.",
            "A recorded event has happened. If one cannot be folded, the whole stream cannot be read.",
            "Rules belong in `decide`. Which line of `evolve` raises?",
        )
