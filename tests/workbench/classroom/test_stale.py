"""Answers that are older than what the participant wrote are stale; no others are."""

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
    """A room whose kernel has the path of its notebook."""
    monkeypatch.setenv("JPY_SESSION_NAME", str(room.notebook))
    room.runs(ALWAYS)
    room.saves(ALWAYS, -60)
    assert room.checks(TASK, "status_of").outcome is Outcome.WRONG
    return room


def test_a_cell_with_a_syntax_error_leaves_a_stale_function(room):
    room.runs(ALWAYS)
    room.runs("def status_of(events):\n    return (\n")
    assert room.checks(TASK, "status_of").outcome is Outcome.STALE


def test_a_cell_that_fails_before_its_definition_leaves_a_stale_function(room):
    room.runs(ALWAYS)
    room.runs("1 / 0\n" + RIGHT)
    assert room.checks(TASK, "status_of").outcome is Outcome.STALE


def test_a_cell_that_fails_after_its_definition_leaves_no_stale_function(room):
    room.runs(ALWAYS)
    room.runs(RIGHT + "1 / 0")
    assert room.checks(TASK, "status_of").outcome is Outcome.PASSED


def test_a_function_is_no_longer_stale_after_its_cell_ran_again(room):
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


def test_a_half_typed_saved_text_is_not_stale_once_the_whole_was_run(saved):
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
    """Save and run a new text in the second gap."""
    saved.exercise.cells[-2].source = source
    saved.saves(ALWAYS)
    saved.runs(source)


def test_a_value_whose_name_no_cell_defines_any_more_is_stale(saved):
    gap_of_energy(saved, "energy_wh = 9000")
    assert saved.checks("energy_of_a_session", "energy_wh").outcome is Outcome.PASSED
    gap_of_energy(saved, NAMELESS)
    verdict = saved.checks("energy_of_a_session", "energy_wh")
    assert verdict.outcome is Outcome.STALE
    assert "No cell defines `energy_wh` any more" in verdict.finding.seen


def test_renaming_a_function_makes_the_old_one_stale(saved):
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
def test_every_way_to_bind_a_name_counts_as_a_definition(saved, source):
    gap_of_energy(saved, "energy_wh = 1")
    gap_of_energy(saved, source)
    assert saved.checks("energy_of_a_session", "energy_wh").outcome is Outcome.PASSED


def test_a_name_that_is_defined_in_another_cell_is_not_stale(saved):
    saved.exercise.cells.insert(4, nbformat.v4.new_code_cell("energy_wh = 9000"))
    saved.runs("energy_wh = 9000")
    gap_of_energy(saved, NAMELESS)
    assert saved.checks("energy_of_a_session", "energy_wh").outcome is Outcome.PASSED


def test_a_name_that_was_defined_again_since_the_last_save_is_not_stale(saved):
    gap_of_energy(saved, "energy_wh = 1")
    gap_of_energy(saved, NAMELESS)
    saved.runs("energy_wh = 9000")
    assert saved.checks("energy_of_a_session", "energy_wh").outcome is Outcome.PASSED


def test_a_saved_text_without_the_name_does_not_count_until_it_was_run(saved):
    gap_of_energy(saved, "energy_wh = 9000")
    saved.exercise.cells[-2].source = NAMELESS
    saved.saves(ALWAYS)
    assert saved.checks("energy_of_a_session", "energy_wh").outcome is Outcome.PASSED


@pytest.fixture
def scratched(saved):
    """A room whose notebook has a cell of the participant's between each gap and its check."""
    for source, place in (("status_of([])", 3), ("energy_wh + 1", 6)):
        saved.exercise.cells.insert(place, nbformat.v4.new_code_cell(source))
    saved.saves(ALWAYS, -60)
    return saved


def test_a_scratch_cell_hides_no_edit_that_was_not_run(scratched):
    scratched.saves(RIGHT)
    assert scratched.checks(TASK, "status_of").outcome is Outcome.STALE
    scratched.runs(RIGHT)
    scratched.runs("status_of([])")
    assert scratched.checks(TASK, "status_of").outcome is Outcome.PASSED


def energy_with_scratch(scratched, source):
    scratched.exercise.cells[5].source = source
    scratched.saves(ALWAYS)
    scratched.runs(source)
    scratched.runs("energy_wh + 1")


def test_a_scratch_cell_hides_no_name_that_was_dropped(scratched):
    energy_with_scratch(scratched, "energy_wh = 9000")
    assert scratched.checks("energy_of_a_session", "energy_wh").outcome is Outcome.PASSED
    energy_with_scratch(scratched, NAMELESS)
    assert scratched.checks("energy_of_a_session", "energy_wh").outcome is Outcome.STALE


def test_a_scratch_cell_that_ran_again_makes_nothing_stale(scratched):
    energy_with_scratch(scratched, NAMELESS)
    energy_with_scratch(scratched, "energy_wh = 9000")
    scratched.exercise.cells[5].source = NAMELESS  # the last saved text; the answer is not saved yet
    scratched.saves(ALWAYS)
    scratched.runs("energy_wh + 1")
    assert scratched.checks("energy_of_a_session", "energy_wh").outcome is Outcome.PASSED
