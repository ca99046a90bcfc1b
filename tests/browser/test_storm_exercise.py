"""A storming exercise in a real JupyterLab: solved with mouse and keyboard, kept after a restart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.browser.lab_page import LabPage

pytestmark = pytest.mark.slow
EXERCISE = "exercises/1_2_big_picture_event_storming.ipynb"
CHECK = 'check("pivotal_events"'


@pytest.fixture
def exercise(lab: LabPage) -> LabPage:
    """Open the exercise and run it down to the board."""
    lab.open(EXERCISE)
    lab.run_above(lab.place(CHECK))
    return lab


def test_a_board_is_solved_by_hand_and_kept(exercise: LabPage) -> None:
    check = exercise.place(CHECK)
    board = exercise.cell(check - 1)
    for name in ("Charging Started", "Charging Stopped", "Invoice Issued"):
        board.locator(".note", has_text=name).click()
        exercise.page.keyboard.press("p")
        board.locator(".note.pivotal", has_text=name).wait_for()
    assert exercise.run(check).startswith("✓ solved")
    exercise.restart()
    exercise.run_above(check)
    assert exercise.run(check).startswith("✓ solved")
