"""Answers to exercises: wrong ones with the outcome each must get, and right ones that are unlike ours.

The answers of a chapter are the lists `WRONG` and `RIGHT` in `wrong_<chapter>.py`;
`tests/notebooks/test_gate.py` checks them.
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
    """An answer that must pass, however unusual; a tuple for a task that takes several answers."""

    task: str
    answer: Any

    @property
    def answers(self) -> tuple[Any, ...]:
        """The arguments of the check."""
        several = isinstance(self.answer, tuple) and len(TASKS.find(self.task).answers) > 1
        return self.answer if several else (self.answer,)


@dataclass(frozen=True)
class WrongAnswer(RightAnswer):
    """An answer that must not pass: `says` is a part of the message that the participant sees."""

    outcome: Outcome
    says: str


def wrong_answers() -> list[WrongAnswer]:
    """Return the wrong answers of all chapters."""
    return _all("WRONG")


def right_answers() -> list[RightAnswer]:
    """Return the right answers of all chapters."""
    return _all("RIGHT")


def _all(which: str) -> list[Any]:
    modules = sorted(file.stem for file in Path(__file__).parent.glob("wrong_*.py"))
    return [one for module in modules for one in getattr(import_module(f"tests.exercises.{module}"), which)]
