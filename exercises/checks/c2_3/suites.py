"""Checks of chapter 2.3 that run a participant's tests on the right socket, on nonsense, and on its mutants.

Each function returns, or ends the check with a finding. Read `deciders.py` next.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from exercises.checks.c2_3 import cases
from exercises.checks.c2_3.timelines import without_answers
from exercises.checks.small_logs import counted
from workbench.classroom.attempt import Attempt, Raised, name_of
from workbench.classroom.plain import shown
from workbench.scenarios.reservable_socket import SOCKET, Reserved, State
from workbench.scenarios.socket_mutants import ALL_MUTANTS
from workshop_lib.modeling import Decider
from workshop_lib.modeling.mutants import run_mutants
from workshop_lib.modeling.specification import NotAsSpecified
from workshop_lib.modeling.timeline import Row

Test = Callable[..., Any]


def is_a_test(attempt: Attempt, test: Test) -> None:
    """Check that a test passes on the right socket, uses it sensibly, and can fail."""
    _passes(attempt, test, SOCKET, "the right socket, which has no bug")
    watched = _Watched()
    _passes(attempt, test, watched.socket, "a second socket that has no bug either")
    for given in watched.given:
        _is_of_this_world(attempt, test, given)
    _claims_something(attempt, test)


def _passes(attempt: Attempt, test: Test, socket: Decider[Any, Any, Any], which: str) -> None:
    try:
        attempt.call(test, socket, may_be_none=True, copied=False)
    except Raised as raised:
        error = raised.__cause__
        if not isinstance(error, AssertionError):
            raise
        rows = without_answers(error.rows) if isinstance(error, NotAsSpecified) else ()
        look = "Read that case of `decide` again"
        attempt.refuse(
            f"`{name_of(test)}` fails on {which}.",
            "A test states a rule. If it states it wrongly, people search for bugs that do not exist.",
            f"{look}; the timeline shows where your test differs from it."
            if rows
            else f"{look}. Does your test look at what the socket decides, and at nothing else?",
            rows,
        )


@dataclass
class _Watched:
    """The right socket, and the commands and events that a test gives to it."""

    given: list[object] = field(default_factory=list)

    @property
    def socket(self) -> Decider[object, State, object]:
        return replace(SOCKET, decide=self._decide, evolve=self._evolve)

    def _decide(self, command: object, state: State) -> list[object]:
        self.given.append(command)
        return list(SOCKET.decide(command, state))

    def _evolve(self, state: State, event: object) -> State:
        self.given.append(event)
        return SOCKET.evolve(state, event)


def _is_of_this_world(attempt: Attempt, test: Test, given: Any) -> None:
    """Check the times of day and the drivers in a command or an event."""
    for time in (getattr(given, name) for name in ("at", "until") if hasattr(given, name)):
        attempt.expect(
            isinstance(time, str) and re.fullmatch(r"\d\d:\d\d", time),
            seen=f"`{name_of(test)}` uses `{shown(time, 40)}` as a time of day.",
            why='Times are compared as texts: `"9:05"` would be later than `"18:05"`.',
            look='Always two digits, a colon and two digits: `"09:05"`.',
        )
    driver = getattr(given, "driver", "ada")
    attempt.expect(
        isinstance(driver, str) and driver.strip(),
        seen=f"`{name_of(test)}` uses `{shown(driver, 40)}` as a driver: `{shown(given, 80)}`.",
        why="The rules are about drivers who can be told apart by their names.",
        look="Give the driver a name, such as `ada` or `bob`.",
    )


_NONSENSE = (
    replace(SOCKET, decide=lambda command, state: [cases.Odd()]),
    replace(SOCKET, decide=lambda command, state: _refuse_oddly()),
    replace(SOCKET, evolve=lambda state, event: Reserved("nobody", "never")),
)


def _refuse_oddly() -> list[object]:
    raise ZeroDivisionError("nonsense")


def _claims_something(attempt: Attempt, test: Test) -> None:
    """Check that a test fails on at least one nonsensical socket."""
    report = run_mutants([test], SOCKET, {str(number): one for number, one in enumerate(_NONSENSE)})
    _gives_one_verdict(attempt, report.wrong)
    attempt.expect(
        len(report.survived) < len(_NONSENSE),
        seen=f"`{name_of(test)}` passes even on a socket that returns nonsense: it asserts nothing.",
        why="A test that cannot fail makes everybody feel safe, and protects nobody.",
        look="After `when(…)` comes `.then(…)` or `.then_refused(…)`. Does it test the socket it is given?",
    )


def _gives_one_verdict(attempt: Attempt, wrong: Mapping[str, str]) -> None:
    """Check that no test fails on the right socket after it has passed."""
    attempt.expect(
        not wrong,
        seen=f"`{next(iter(wrong), '')}` passed on the right socket at first, and later failed on it.",
        why="A test whose verdict depends on how often it runs says nothing about the socket.",
        look="What outlives a call: a global, a default argument that grows, a counter?",
    )


def catch_the_mutants(attempt: Attempt, tests: Sequence[Test]) -> None:
    """Check that each bug is caught by a test, and that the tests still pass on the right socket."""
    report = run_mutants(tests, SOCKET, {one.bug: one.decider for one in ALL_MUTANTS})
    _gives_one_verdict(attempt, report.wrong)
    _gives_one_verdict(attempt, run_mutants(tests, SOCKET, {}).wrong)
    survived = report.survived
    if not survived:
        return
    lines = [Row("Bugs", "✓", "caught", bug) for bug, names in report.caught.items() if names]
    lines += [Row("Bugs", "–", "survived", bug) for bug in survived]
    attempt.refuse(
        f"{counted(len(survived), 'bug')} of {len(ALL_MUTANTS)} would go live: {survived[0]}",
        "None of your tests fails on that one. A rule without a test holds until the next change.",
        "Write that story as a test: what had happened, the command, and how it should end.",
        tuple(lines),
    )
