"""An answer that is older than what the participant wrote is called so, and no other."""

from __future__ import annotations

import nbformat
import pytest

from tests.workbench.classroom.conftest import FOLD
from workbench.classroom.outcome import Outcome

ALWAYS = 'def status_of(events):\n    return "available"\n'
RIGHT = 'def status_of(events):\n    return "charging" if events[-1:] == ["started"] else "available"\n'
TASK = "status_in_the_demo"


@pytest.fixture
def saved(room, monkeypatch):
    """A room whose kernel knows its notebook."""
    monkeypatch.setenv("JPY_SESSION_NAME", str(room.notebook))
    room.runs(ALWAYS)
    room.saves(ALWAYS, -60)
    assert room.checks(TASK, "status_of").outcome is Outcome.WRONG
    return room


def test_a_cell_whose_last_run_is_no_python_leaves_a_stale_function(room):
    room.runs(ALWAYS)
    room.runs("def status_of(events):\n    return (\n")
    assert room.checks(TASK, "status_of").outcome is Outcome.STALE


def test_a_cell_that_fails_before_its_definition_leaves_a_stale_function(room):
    room.runs(ALWAYS)
    room.runs("1 / 0\n" + RIGHT)
    assert room.checks(TASK, "status_of").outcome is Outcome.STALE


def test_a_cell_that_fails_after_its_definition_does_not(room):
    room.runs(ALWAYS)
    room.runs(RIGHT + "1 / 0")
    assert room.checks(TASK, "status_of").outcome is Outcome.PASSED


def test_running_the_cell_again_heals_it(room):
    room.runs(ALWAYS)
    room.runs("def status_of(events:\n")
    room.runs(RIGHT)
    assert room.checks(TASK, "status_of").outcome is Outcome.PASSED


def test_going_back_to_an_older_text_is_not_stale(room):
    room.runs(RIGHT)
    room.runs(ALWAYS)
    room.runs(RIGHT)
    assert room.checks(TASK, "status_of").outcome is Outcome.PASSED


def test_a_decorated_or_renamed_function_is_never_stale(room):
    room.runs("from functools import wraps")
    room.runs("def kept(f):\n    @wraps(f)\n    def inner(*a): return f(*a)\n    return inner")
    room.runs("@kept\n" + RIGHT)
    assert room.checks(TASK, "status_of").outcome is Outcome.PASSED
    room.runs("mine = status_of\n" + ALWAYS)
    assert room.checks(TASK, "mine").outcome is Outcome.PASSED


def test_an_edit_that_was_saved_and_not_run_is_stale(saved):
    saved.saves(RIGHT)
    assert saved.checks(TASK, "status_of").outcome is Outcome.STALE


def test_an_edit_that_was_run_is_not_stale_whether_saved_or_not(saved):
    saved.runs(RIGHT)
    assert saved.checks(TASK, "status_of").outcome is Outcome.PASSED
    saved.saves(RIGHT)
    assert saved.checks(TASK, "status_of").outcome is Outcome.PASSED


def test_a_half_typed_text_on_the_disk_is_not_stale_once_the_rest_was_run(saved):
    saved.saves("def status_of(events):\n    return", -30)
    saved.runs(RIGHT)
    assert saved.checks(TASK, "status_of").outcome is Outcome.PASSED


def test_a_definition_that_was_run_from_another_cell_is_not_stale(saved):
    saved.runs(RIGHT)
    saved.saves("# my notes\n" + RIGHT)
    assert saved.checks(TASK, "status_of").outcome is Outcome.PASSED


def test_without_the_notebook_nothing_is_stale(saved):
    saved.saves(RIGHT)
    saved.notebook.unlink()
    assert saved.checks(TASK, "status_of").outcome is Outcome.WRONG


def test_a_gap_that_was_reset_and_cells_in_another_order_are_not_stale(saved):
    saved.saves(saved.exercise.cells[2].source)
    saved.saves("\n".join([*FOLD.splitlines()[:2], "    # your code here", "    ..."]))
    assert saved.checks(TASK, "status_of").outcome is Outcome.WRONG
    saved.exercise.cells.insert(3, saved.exercise.cells.pop(1))
    saved.saves("scratch = 1")
    assert saved.checks(TASK, "status_of").outcome is Outcome.WRONG


def test_a_value_that_was_edited_and_not_run_is_stale(saved):
    saved.runs("energy_wh = 1")
    saved.exercise.cells[4].source = "energy_wh = 1"
    saved.saves(ALWAYS)
    assert saved.checks("energy_of_a_session", "energy_wh").outcome is Outcome.WRONG
    saved.exercise.cells[4].source = "energy_wh = 9000"
    saved.saves(ALWAYS)
    assert saved.checks("energy_of_a_session", "energy_wh").outcome is Outcome.STALE


NAMELESS = "9 * 1000"


def gap_of_energy(saved, source):
    """Save and run another text in the second gap."""
    saved.exercise.cells[-2].source = source
    saved.saves(ALWAYS)
    saved.runs(source)


def test_a_value_to_which_no_cell_gives_its_name_any_more_is_stale(saved):
    gap_of_energy(saved, "energy_wh = 9000")
    assert saved.checks("energy_of_a_session", "energy_wh").outcome is Outcome.PASSED
    gap_of_energy(saved, NAMELESS)
    verdict = saved.checks("energy_of_a_session", "energy_wh")
    assert verdict.outcome is Outcome.STALE
    assert "No cell makes `energy_wh` any more" in verdict.finding.seen


def test_a_function_that_was_given_another_name_leaves_a_stale_one(saved):
    renamed = RIGHT.replace("status_of", "status")
    saved.saves(renamed)
    saved.runs(renamed)
    assert saved.checks(TASK, "status_of").outcome is Outcome.STALE


@pytest.mark.parametrize(
    "source",
    [
        "if True:\n    energy_wh = 9000",
        "energy_wh, _ = 9000, 1",
        "(energy_wh := 9000)",
        "for energy_wh in [9000]:\n    pass",
        "%time energy_wh = 9000",
        "import math as energy_wh\nenergy_wh = 9000",
        "try:\n    1 / 0\nexcept Exception:\n    energy_wh = 9000",
    ],
)
def test_a_name_can_be_given_in_many_ways(saved, source):
    gap_of_energy(saved, "energy_wh = 1")
    gap_of_energy(saved, source)
    assert saved.checks("energy_of_a_session", "energy_wh").outcome is Outcome.PASSED


def test_a_name_that_is_given_in_another_cell_is_not_stale(saved):
    saved.exercise.cells.insert(4, nbformat.v4.new_code_cell("energy_wh = 9000"))
    saved.runs("energy_wh = 9000")
    gap_of_energy(saved, NAMELESS)
    assert saved.checks("energy_of_a_session", "energy_wh").outcome is Outcome.PASSED


def test_a_name_that_was_given_again_since_the_last_save_is_not_stale(saved):
    gap_of_energy(saved, "energy_wh = 1")
    gap_of_energy(saved, NAMELESS)
    saved.runs("energy_wh = 9000")
    assert saved.checks("energy_of_a_session", "energy_wh").outcome is Outcome.PASSED


def test_a_text_without_the_name_that_was_never_run_proves_nothing(saved):
    gap_of_energy(saved, "energy_wh = 9000")
    saved.exercise.cells[-2].source = NAMELESS
    saved.saves(ALWAYS)
    assert saved.checks("energy_of_a_session", "energy_wh").outcome is Outcome.PASSED
