"""Checks of chapter 2.3 that run ten mutants against a participant's tests, and search for bugs in a decider.

Each function returns, or ends the check with a finding. Read `adapters.py` next: the other checks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from exercises.checks.c2_3 import cases
from exercises.checks.small_logs import counted
from workbench.classroom.attempt import Attempt, Raised, name_of
from workbench.classroom.plain import a, clipped, shown
from workbench.scenarios.reservable_socket import (
    SOCKET,
    Reserved,
)
from workbench.scenarios.socket_mutants import MUTANTS
from workshop_lib.charging import session
from workshop_lib.modeling import Decider, Refused, fold
from workshop_lib.modeling.decider import decision
from workshop_lib.modeling.mutants import run_mutants
from workshop_lib.modeling.search import Breaking, shortest_breaking_history
from workshop_lib.modeling.specification import NotAsSpecified
from workshop_lib.modeling.timeline import Row, in_words

Test = Callable[..., Any]

_SAYS_NO = (ValueError, AssertionError, RuntimeError)
"""Errors that people raise instead of `Refused`; other errors are bugs."""


def _says_no(error: BaseException) -> bool:
    return type(error) is Exception or isinstance(error, _SAYS_NO)


def _rows(lines: Sequence[Row]) -> tuple[Row, ...]:
    """Return the timeline of a specification without the parts that give away the answer."""
    return tuple(Row(line.part, line.mark or "·", _remark(line), _words(line)) for line in lines)


def _remark(line: Row) -> str:
    return "different" if line.mark == "≠" else line.remark or line.part.lower()


def _words(line: Row) -> str:
    if line.remark != "missing":
        return clipped(line.words, 120)
    return "a refusal" if line.words.startswith("refused:") else line.words.partition(" (")[0]


# Tests against mutants


def passes_on_the_right_one(attempt: Attempt, test: Test) -> None:
    """Check that a test passes on the correct socket."""
    try:
        attempt.call(test, SOCKET, may_be_none=True)
    except Raised as raised:
        if not isinstance(raised.__cause__, AssertionError):
            raise
        attempt.refuse(
            f"`{name_of(test)}` fails on the right socket, which has no bug.",
            "A test states a rule. If it states it wrongly, people search for bugs that do not exist.",
            "Read that case of `decide` again; the timeline shows where your test differs from it.",
            _rows(raised.__cause__.rows) if isinstance(raised.__cause__, NotAsSpecified) else (),
        )


_NONSENSE = (
    replace(SOCKET, decide=lambda command, state: [cases.Odd()]),
    replace(SOCKET, decide=lambda command, state: _refuse_oddly()),
    replace(SOCKET, evolve=lambda state, event: Reserved("nobody", "never")),
)


def _refuse_oddly() -> list[object]:
    raise ZeroDivisionError("nonsense")


def claims_something(attempt: Attempt, test: Test) -> None:
    """Check that a test fails on at least one nonsensical socket."""
    report = run_mutants([test], SOCKET, {str(number): one for number, one in enumerate(_NONSENSE)})
    attempt.expect(
        len(report.survived) < len(_NONSENSE),
        seen=f"`{name_of(test)}` passes even on a socket that returns nonsense: it asserts nothing.",
        why="A test that cannot fail makes everybody feel safe, and protects nobody.",
        look="After `when(…)` comes `.then(…)` or `.then_refused(…)`. Does it test the socket it is given?",
    )


def catches_the_mutants(attempt: Attempt, tests: Sequence[Test]) -> None:
    """Check that each bug is caught by a test."""
    report = run_mutants(tests, SOCKET, {one.bug: one.decider for one in MUTANTS})
    survived = report.survived
    if not survived:
        return
    lines = [Row("Bugs", "✓", "caught", bug) for bug, names in report.caught.items() if names]
    lines += [Row("Bugs", "–", "survived", bug) for bug in survived]
    attempt.refuse(
        f"{counted(len(survived), 'bug')} of {len(MUTANTS)} would go live: {survived[0]}",
        "None of your tests fails on that one. A rule without a test holds until the next change.",
        "Write that story as a test: what had happened, the command, and how it should end.",
        tuple(lines),
    )


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
        _rows(found.rows),
    )


def _with_facts(decider: Decider[Any, Any, Any]) -> Decider[Any, Any, Any]:
    """Return the decider, extended so that a reading among the commands is recorded as a fact."""

    def decide(command: object, state: Any) -> Iterable[object]:
        fact = isinstance(command, session.MeterRead)
        return [command] if fact else decider.decide(command, state)

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
        with suppress(_CommandRefused):
            _decided(attempt, decider.decide, last, state)


# One decision


class _CommandRefused(Exception):
    """The participant's `decide` raised `Refused`; the text is the rule."""


def _decided(attempt: Attempt, decide: Test, command: object, state: object) -> Any:
    """Return the events that were decided. Raises `_CommandRefused`."""
    try:
        return attempt.call(decide, command, state, returns=(list, tuple))
    except Raised as raised:
        cause = raised.__cause__
        if isinstance(cause, Refused):
            raise _CommandRefused(cause.rule) from raised
        if cause is None or not _says_no(cause):
            raise
        attempt.refuse(
            f"`{name_of(decide)}` refuses `{in_words(command)}` with {a(type(cause))}.",
            "Callers tell a rule of the domain from a bug by the class of the error.",
            "`raise Refused(…)`, with the rule in words.",
        )


def refuses_the_command(
    attempt: Attempt, decide: Test, command: object, state: object, *, seen: str, why: str
) -> None:
    """Check that `decide` refuses a command which a rule forbids."""
    with suppress(_CommandRefused):
        events = _decided(attempt, decide, command, state)
        attempt.refuse(
            f"{seen} Your `{name_of(decide)}` returned `{shown(events, 100)}`.",
            why,
            "`raise Refused(…)`, with the rule in words. An empty list means: accepted, nothing to record.",
        )


def accepts_the_command(attempt: Attempt, decide: Test, command: object, state: object, *, look: str) -> Any:
    """Return the events of a command that no rule forbids; a refusal ends the check."""
    try:
        return _decided(attempt, decide, command, state)
    except _CommandRefused as refused:
        attempt.refuse(
            f"`{in_words(command)}` was refused in the state `{shown(state, 60)}`: "
            f"{clipped(str(refused), 100)}.",
            "A driver who is turned away without a reason rings the hotline, or drives to the competition.",
            look,
        )


def accepts_the_fact(attempt: Attempt, evolve: Test, state: object, event: object, **kinds: Any) -> Any:
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
