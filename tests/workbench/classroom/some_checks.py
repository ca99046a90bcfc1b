"""Checks for the tests of hostile answers, in a module of their own as those of the course are."""

from __future__ import annotations

from workbench.classroom.attempt import Attempt
from workbench.classroom.plain import shown


def compares(attempt: Attempt, answer: object) -> None:
    got = attempt.call(answer)  # type: ignore[arg-type]
    attempt.expect(got == 3, seen=f"You say `{shown(got)}`.", why="-", look="-")


def quotes(attempt: Attempt, answer: object) -> None:
    attempt.expect(False, seen=f"You say `{attempt.call(answer)}`.", why="-", look="-")  # type: ignore[arg-type]


def reads(attempt: Attempt, answer: object) -> None:
    list(attempt.call(answer))  # type: ignore[arg-type]


def reads_a_list(attempt: Attempt, answer: object) -> None:
    attempt.call(answer, returns=list)  # type: ignore[arg-type]


def has_a_bug(attempt: Attempt, answer: object) -> None:
    attempt.call(answer)  # type: ignore[arg-type]
    rows: dict[str, int] = {}
    rows["missing"] += 1
