"""Every exercise is not attempted, every solution passes, and known wrong answers get their sentence.

The verdicts are read from the stored outputs; `test_as_read.py` proves that a run gives the same ones.
"""

from __future__ import annotations

import re
from collections import Counter

import pytest

from tests.exercises.answers import RightAnswer, WrongAnswer, right_answers, wrong_answers
from tests.notebooks.library import code, names, read
from workbench.classroom.outcome import Outcome
from workbench.classroom.runner import run
from workbench.classroom.task import TASKS, Tasks
from workbench.setup.notebooks import checks_in

NAMES = Tasks().names()  # the shipped tasks; the shared registry may contain a test's tasks too
WRONG, RIGHT = wrong_answers(), right_answers()


def verdicts(folder: str) -> list[tuple[str, str]]:
    """Return each task that a notebook of this folder checks, with the first line of the stored verdict."""
    cells = [cell for name in names(folder) for cell in code(read(name))]
    return [(task, _heading(cell)) for cell in cells for task in checks_in(cell.source)]


def _heading(cell) -> str:
    texts = [output.data["text/plain"] for output in cell.outputs if "data" in output]
    return texts[-1].splitlines()[0] if texts else "nothing"


def _start_of(outcome: Outcome) -> str:
    return f"{outcome.symbol} {outcome.value} · "


@pytest.mark.parametrize(
    ("folder", "outcome"), [("exercises", Outcome.NOT_ATTEMPTED), ("solutions", Outcome.PASSED)]
)
def test_every_gap_is_open_in_the_exercise_and_passes_in_the_solution(folder: str, outcome: Outcome):
    wrong = {task: line for task, line in verdicts(folder) if not line.startswith(_start_of(outcome))}
    assert not wrong


@pytest.mark.parametrize("folder", ["exercises", "solutions"])
def test_every_task_is_checked_exactly_once(folder: str):
    assert Counter(task for task, _ in verdicts(folder)) == Counter(NAMES)


@pytest.mark.parametrize("name", [*Tasks().names("00"), *Tasks().names("1_1")])
def test_the_first_chapters_say_in_one_sentence_what_a_right_answer_proves(name: str):
    assert re.fullmatch(r"[A-Z][^.!]*\.", TASKS.find(name).proven)


@pytest.mark.parametrize("name", NAMES)
def test_a_task_has_three_wrong_answers_and_an_unusual_right_one(name: str):
    assert sum(answer.task == name for answer in WRONG) >= 3
    assert sum(answer.task == name for answer in RIGHT) >= 1


def _identified(answer: WrongAnswer | RightAnswer) -> str:
    return f"{answer.task}-{'-'.join(str(getattr(one, '__name__', 'value')) for one in answer.answers)}"


@pytest.mark.parametrize("wrong", WRONG, ids=_identified)
def test_a_wrong_answer_gets_its_outcome_and_its_sentence(wrong: WrongAnswer):
    finding = run(TASKS.find(wrong.task), wrong.answers)
    assert wrong.says in finding.text
    assert finding.outcome is wrong.outcome


@pytest.mark.parametrize("right", RIGHT, ids=_identified)
def test_an_unusual_right_answer_passes(right: RightAnswer):
    finding = run(TASKS.find(right.task), right.answers)
    assert finding.outcome is Outcome.PASSED, finding.text
