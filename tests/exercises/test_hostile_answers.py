"""Whatever the methods of an answer do, the check ends in sentences about the answer.

The ordinary suite tries a sample; `FULL=1` tries every hostile object in every place of every task.
"""

from __future__ import annotations

import os
import random
import re
import time

import pytest

from tests.exercises.hostile import Later, answers_for
from workbench.classroom.outcome import Outcome
from workbench.classroom.runner import run
from workbench.classroom.task import TASKS, Tasks

NAMES = Tasks().names()
SAMPLE = 6
"""How many hostile answers to each task the ordinary suite tries."""


def wrong_with(task: str, answers: tuple[object, ...]) -> str:
    """Return what is wrong with the verdict on these answers, "" if nothing is."""
    before = time.monotonic()
    finding = run(TASKS.find(task), answers)
    used_up = time.monotonic() - before >= TASKS.find(task).seconds
    text = finding.text
    faults = {
        "it passed": finding.outcome is Outcome.PASSED,
        "it is called our bug": "stumbled" in text,
        "it is called slow": "Still running" in text and not used_up,
        "it shows an address": re.search(r"0x[0-9a-f]{6,}", text),
        "it is long": len(text) > 3_000,
        "it is a traceback": "Traceback" in text or "Feedback" in text,
        "it cannot be saved": not _can_be_saved(text),
    }
    found = [words for words, fault in faults.items() if fault]
    return f"{', '.join(found)}: {text[:600]!r}" if found else ""


def _can_be_saved(text: str) -> bool:
    return text.encode("utf-8", "ignore").decode() == text


@pytest.mark.parametrize("task", NAMES)
def test_a_hostile_answer_ends_in_sentences_about_the_answer(task: str, request: pytest.FixtureRequest):
    seed = request.config.getoption("randomly_seed", default=1)
    every = list(answers_for(task))
    chosen = every if os.environ.get("FULL") else random.Random(f"{seed}{task}").sample(every, SAMPLE)
    wrong = {}
    for name, answers in chosen:
        made = tuple(one.make() if type(one) is Later else one for one in answers)
        if fault := wrong_with(task, made):
            wrong[name] = fault
    assert not wrong
