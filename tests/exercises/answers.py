"""Known answers to the tasks: wrong ones with the sentence that each must get, and unusual right ones.

`tests/exercises/wrong_<chapter>.py` holds two lists for the tasks of its chapter:

    WRONG = [WrongAnswer("status_is_a_fold", last_event_wins, says="the last one says alone"), …]
    RIGHT = [RightAnswer("status_is_a_fold", with_reduce), …]

At least three wrong and one unusual right answer for each task. A task of several answers takes them one
after the other: `RightAnswer("session_decider", decide, evolve)`. The gap itself (`...`) needs no entry.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from workshop_lib.classroom.outcome import Outcome


class WrongAnswer:
    """Answers to a task, the outcome they must get, and a part of the sentence that matters."""

    def __init__(self, task: str, *answers: object, says: str, outcome: Outcome = Outcome.WRONG) -> None:
        self.task, self.answers, self.says, self.outcome = task, answers, says, outcome


class RightAnswer:
    """Answers to a task that differ from ours and are right all the same."""

    def __init__(self, task: str, *answers: object) -> None:
        self.task, self.answers = task, answers


def wrong_answers() -> list[WrongAnswer]:
    return [one for module in _modules() for one in import_module(module).WRONG]


def right_answers() -> list[RightAnswer]:
    return [one for module in _modules() for one in import_module(module).RIGHT]


def _modules() -> list[str]:
    return [f"tests.exercises.{file.stem}" for file in sorted(Path(__file__).parent.glob("wrong_*.py"))]
