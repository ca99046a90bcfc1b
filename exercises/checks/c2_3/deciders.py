"""Two judges of chapter 2.3: ten mutants for the tests that somebody wrote, and an attack on a decider.

Each function ends the check with a finding, or returns. Read `adapters.py` next: the other two.
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
"""What people raise who want to refuse and have not heard of `Refused`; other errors are bugs."""


def _says_no(error: BaseException) -> bool:
    return type(error) is Exception or isinstance(error, _SAYS_NO)


def _rows(lines: Sequence[Row]) -> tuple[Row, ...]:
    """The timeline of a specification without what would give away the answer."""
    return tuple(Row(line.part, line.mark or "·", _remark(line), _words(line)) for line in lines)


def _remark(line: Row) -> str:
    return "different" if line.mark == "≠" else line.remark or line.part.lower()


def _words(line: Row) -> str:
    if line.remark != "missing":
        return clipped(line.words, 120)
    return "a refusal" if line.words.startswith("refused:") else line.words.partition(" (")[0]


# Tests against mutants


def passes_on_the_right_one(attempt: Attempt, test: Test) -> None:
    """A test that fails where nothing is wrong is a false alarm."""
    try:
        attempt.call(test, SOCKET, may_be_none=True)
    except Raised as raised:
        if not isinstance(raised.__cause__, AssertionError):
            raise
        attempt.refuse(
            f"`{name_of(test)}` fails on the right socket, before there is any bug.",
            "A test says what the rules are; a false one sends people to look for bugs that are none.",
            "Read that case of `decide` again, and let the timeline say where they part.",
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
    """A test that passes whatever comes has no claim."""
    report = run_mutants([test], SOCKET, {str(number): one for number, one in enumerate(_NONSENSE)})
    attempt.expect(
        len(report.survived) < len(_NONSENSE),
        seen=f"`{name_of(test)}` passes on a socket that answers nonsense, too: it claims nothing.",
        why="A test that cannot fail makes everybody feel safe, and nobody is.",
        look="After `when(…)` comes `.then(…)` or `.then_refused(…)`. Does it test the socket it is given?",
    )


def catches_the_mutants(attempt: Attempt, tests: Sequence[Test]) -> None:
    """Each bug is caught by a test."""
    report = run_mutants(tests, SOCKET, {one.bug: one.decider for one in MUTANTS})
    survived = report.survived
    if not survived:
        return
    lines = [Row("Bugs", "✓", "caught", bug) for bug, names in report.caught.items() if names]
    lines += [Row("Bugs", "–", "survived", bug) for bug in survived]
    attempt.refuse(
        f"{counted(len(survived), 'bug')} of {len(MUTANTS)} would go live: {survived[0]}",
        "No test of yours noticed. A rule that no test tells is a rule until the next change.",
        "Tell that story as a test: what had happened, what is asked, how it ought to end.",
        tuple(lines),
    )


# A decider under attack


def attacked(attempt: Attempt, decider: Decider[Any, Any, Any]) -> None:
    """No sequence of commands and facts leads to another decision than the rules say."""
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
        "Follow the timeline: in which phase was the session, and what do the rules say then?",
        _rows(found.rows),
    )


def _with_facts(decider: Decider[Any, Any, Any]) -> Decider[Any, Any, Any]:
    """The same, and a reading among the commands is a fact: it is recorded as it comes."""

    def decide(command: object, state: Any) -> Iterable[object]:
        fact = isinstance(command, session.MeterRead)
        return [command] if fact else decider.decide(command, state)

    return replace(decider, decide=decide)


def _why(found: Breaking) -> str:
    return found.why.replace("it decides differently", "then it decides otherwise than the rules say")


def _shows_its_error(
    attempt: Attempt, decider: Decider[Any, Any, Any], before: Sequence[object], last: object
) -> None:
    """What is no refusal and no list of events is told by the runner, with its line."""
    history: list[object] = []
    for command in before:
        with suppress(Refused):
            history += decision(_with_facts(decider), fold(decider, history), command)
    state = decider.initial
    for event in [*history, *([last] if isinstance(last, session.MeterRead) else [])]:
        state = takes_the_fact(attempt, decider.evolve, state, event)
    if not isinstance(last, session.MeterRead):
        with suppress(_NotGranted):
            _decided(attempt, decider.decide, last, state)


# One decision


class _NotGranted(Exception):
    """A wish was refused as it is done here."""


def _decided(attempt: Attempt, decide: Test, command: object, state: object) -> Any:
    """The events that were decided. Raises `_NotGranted`, whose text is the rule."""
    try:
        return attempt.call(decide, command, state, returns=(list, tuple))
    except Raised as raised:
        cause = raised.__cause__
        if isinstance(cause, Refused):
            raise _NotGranted(cause.rule) from raised
        if cause is None or not _says_no(cause):
            raise
        attempt.refuse(
            f"`{name_of(decide)}` says no to `{in_words(command)}` with {a(type(cause))}.",
            "Whoever calls it tells a rule of the domain from a bug by the class of the error.",
            "`raise Refused(…)`, with the rule in words.",
        )


def refuses_the_wish(
    attempt: Attempt, decide: Test, command: object, state: object, *, seen: str, why: str
) -> None:
    """A rule of the domain forbids this command."""
    with suppress(_NotGranted):
        came = _decided(attempt, decide, command, state)
        attempt.refuse(
            f"{seen} `{shown(came, 100)}` came of it.",
            why,
            "`raise Refused(…)`, with the rule in words. An empty list would say: granted, nothing to do.",
        )


def grants_the_wish(attempt: Attempt, decide: Test, command: object, state: object, *, look: str) -> Any:
    """No rule forbids this command: the events that follow from it."""
    try:
        return _decided(attempt, decide, command, state)
    except _NotGranted as no:
        attempt.refuse(
            f"`{in_words(command)}` was refused in the state `{shown(state, 60)}`: {clipped(str(no), 100)}.",
            "Who is turned away without a reason rings the hotline, or drives to the competition.",
            look,
        )


def takes_the_fact(attempt: Attempt, evolve: Test, state: object, event: object, **kinds: Any) -> Any:
    """The state after a fact; `evolve` may not refuse it."""
    try:
        return attempt.call(evolve, state, event, **kinds)
    except Raised as raised:
        cause = raised.__cause__
        if cause is None or not (isinstance(cause, Refused) or _says_no(cause)):
            raise
        attempt.refuse(
            f"`{name_of(evolve)}` refuses `{in_words(event)}`, a fact that stands in the log.",
            "What was recorded has happened. Who cannot fold one event cannot read the whole stream.",
            "Rules stand in `decide`. `evolve` has no opinion: which of its lines raises?",
        )
