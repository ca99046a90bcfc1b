"""Answers to exercises: wrong ones with the verdict each must earn, and right ones that are unlike ours.

Each chapter's stand in `wrong_<chapter>.py` as the lists `WRONG` and `RIGHT`; `tests/notebooks/test_gate.py`
has them judged.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from workbench.classroom.outcome import Outcome
from workbench.classroom.task import TASKS


@dataclass(frozen=True)
class RightAnswer:
    """An answer that must pass, however unusual. A task that takes several gets a tuple of them."""

    task: str
    answer: Any

    @property
    def answers(self) -> tuple[Any, ...]:
        """What the check is called with."""
        several = isinstance(self.answer, tuple) and len(TASKS.find(self.task).answers) > 1
        return self.answer if several else (self.answer,)


@dataclass(frozen=True)
class WrongAnswer(RightAnswer):
    """An answer that must not pass: `says` stands somewhere in what the participant is told."""

    outcome: Outcome
    says: str


def wrong_answers() -> list[WrongAnswer]:
    """The wrong answers of all chapters."""
    return _all("WRONG")


def right_answers() -> list[RightAnswer]:
    """The right answers of all chapters."""
    return _all("RIGHT")


def _all(which: str) -> list[Any]:
    modules = sorted(file.stem for file in Path(__file__).parent.glob("wrong_*.py"))
    return [one for module in modules for one in getattr(import_module(f"tests.exercises.{module}"), which)]
