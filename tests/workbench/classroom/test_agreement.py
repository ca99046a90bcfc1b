"""An answer is compared with ours on generated cases, and a wrong one is met with the smallest case."""

from __future__ import annotations

import random
import subprocess
import sys
from contextvars import copy_context
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import strategies as st

from tests.notebooks.library import ROOT
from workbench.classroom.agreement import CASES, agrees
from workbench.classroom.attempt import Attempt
from workbench.classroom.outcome import Feedback, Outcome
from workbench.classroom.runner import run
from workbench.classroom.task import Task

NUMBERS = st.lists(st.integers(0, 100), max_size=8)


def total(numbers: list[int]) -> int:
    return sum(numbers)


def _check(attempt: Attempt, answer: object) -> None:
    add = attempt.function(answer, "add", parameters=1)

    def differs(numbers: list[int], got: object) -> None:
        attempt.refuse(f"{numbers} gives {got}", "why", "look")

    agrees(attempt, NUMBERS, lambda numbers: attempt.call(add, numbers, returns=int), total, differs)


ADD = Task("add", "0", "Add", ("a", "b", "c"), _check)


def found(answer: object) -> Feedback:
    return run(ADD, (answer,))


def test_a_right_answer_passes():
    assert found(lambda numbers: sum(reversed(numbers))).outcome is Outcome.PASSED


def test_the_message_is_about_the_smallest_case():
    finding = found(lambda numbers: sum(numbers[:2]))
    assert (finding.outcome, finding.seen) == (Outcome.WRONG, "[0, 0, 1] gives 0")


def test_an_error_is_shown_with_the_smallest_case_that_raises_it():
    finding = found(lambda numbers: 1 // (max(numbers, default=0) < 50) and sum(numbers))
    assert finding.outcome is Outcome.ERROR
    assert "[50]" in finding.text


def test_a_result_of_another_type_is_met_with_its_own_sentence():
    assert "a str" in found(lambda numbers: sum(numbers) if len(numbers) < 3 else "many").seen


def test_an_answer_that_remembers_its_calls_gets_a_sentence_of_its_own():
    calls: list[int] = []

    def every_seventh(numbers: list[int]) -> int:
        calls.append(1)
        return -1 if len(calls) % 7 == 0 else sum(numbers)

    assert "two results for the same input" in found(every_seventh).seen


def test_every_check_generates_the_same_cases_and_leaves_random_numbers_alone():
    def seen() -> list[list[int]]:
        cases: list[list[int]] = []
        found(lambda numbers: cases.append(numbers) or sum(numbers))
        return cases

    random.seed(7)
    expected = random.random()
    random.seed(7)
    assert seen() == seen()
    assert len(seen()) >= 200
    assert random.random() == expected


def test_a_thorough_comparison_generates_more():
    cases = []
    context = copy_context()
    context.run(CASES.set, 1_000)
    context.run(found, lambda numbers: cases.append(1) or sum(numbers))
    assert len(cases) >= 1_000


def test_an_endless_loop_in_a_generated_case_is_stopped():
    def endless(numbers: list[int]) -> int:
        while len(numbers) > 3:
            pass
        return sum(numbers)

    finding = run(Task("add", "0", "Add", ("a", "b", "c"), _check, seconds=0.3), (endless,))
    assert "Still running" in finding.seen


def test_a_comparison_writes_nothing_where_the_notebook_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    found(total)
    assert list(tmp_path.iterdir()) == []


def test_the_cases_do_not_depend_on_the_modules_that_are_loaded(tmp_path: Path):
    """Hypothesis would mix the numbers of a module of one's own into the cases."""
    lines = """
        import hashlib
        from hypothesis import strategies as st
        from workbench.classroom.agreement import agrees
        cases = []
        numbers = st.lists(st.integers(0, 10**6))
        agrees(None, numbers, lambda case: cases.append(case), lambda case: None, print)
        print(hashlib.sha256(repr(cases).encode()).hexdigest())
    """
    (tmp_path / "mine.py").write_text("\n".join(f"N{n} = {n * 997}" for n in range(300)), "utf-8")

    def printed(first: str) -> str:
        code = f"import sys\nsys.path.insert(0, {str(tmp_path)!r})\n{first}\n{dedent(lines)}"
        command = [sys.executable, "-c", code]
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
        return run.stdout or run.stderr

    assert printed("import mine") == printed("")
