"""Mutation testing: run tests against deciders that are wrong on purpose.

A mutant is a decider with one bug, named in words of the domain. A test that fails on it has caught the bug;
a bug that no test catches would go live. Read `search.py` next, which looks for bugs without any test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from textwrap import indent
from typing import Any

from workshop_lib.modeling.specification import Subject

Test = Callable[[Any], object]
"""A function that takes the subject under test and raises if a rule does not hold."""


@dataclass(frozen=True, repr=False)
class MutantReport:
    """Which bugs were caught by which tests, and which tests are wrong or idle."""

    caught: dict[str, tuple[str, ...]]
    """For each bug, the names of the tests that caught it."""
    wrong: dict[str, str]
    """The tests that fail on the correct decider, with their errors; they do not count."""
    tests: tuple[str, ...]

    @property
    def survived(self) -> tuple[str, ...]:
        """The bugs that no test has caught."""
        return tuple(bug for bug, tests in self.caught.items() if not tests)

    @property
    def idle(self) -> tuple[str, ...]:
        """The correct tests that have caught no bug."""
        busy = {name for tests in self.caught.values() for name in tests} | set(self.wrong)
        return tuple(name for name in self.tests if name not in busy)

    def __repr__(self) -> str:
        lines = [f"{len(self.caught) - len(self.survived)} of {len(self.caught)} bugs were caught."]
        lines += [f"  ✓ {bug}: caught by {', '.join(tests)}" for bug, tests in self.caught.items() if tests]
        lines += [f"  ✗ {bug}: survived" for bug in self.survived]
        for name, error in self.wrong.items():
            lines += [f"  ! {name} fails on the correct decider:", indent(error, "    ")]
        lines += [f"  · {name} has caught nothing" for name in self.idle]
        return "\n".join(lines)


def run_mutants(tests: Iterable[Test], right: Subject, mutants: Mapping[str, Subject]) -> MutantReport:
    """Run each test against the correct subject, then against each mutant, listed by its bug."""
    named: dict[str, Test] = {}
    for number, test in enumerate(tests, 1):
        name = getattr(test, "__name__", "<lambda>")
        named[name if name not in named and name != "<lambda>" else f"{name} ({number})"] = test
    errors = {name: _error(test, right) for name, test in named.items()}
    wrong = {name: error for name, error in errors.items() if error is not None}
    sound = {name: test for name, test in named.items() if name not in wrong}
    caught = {
        bug: tuple(name for name, test in sound.items() if _error(test, mutant) is not None)
        for bug, mutant in mutants.items()
    }
    return MutantReport(caught, wrong, tuple(named))


def _error(test: Test, subject: Subject) -> str | None:
    try:
        test(subject)
    except BaseException as error:
        if not isinstance(error, Exception) and not hasattr(error, "pytrace"):  # failures of pytest have it
            raise
        return f"{type(error).__name__}: {error}"
    return None
