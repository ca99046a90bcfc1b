"""An exercise in a real Lab: what a participant sees, from the untouched gap to the next day."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.browser.lab_page import LabPage

pytestmark = pytest.mark.slow
EXERCISE = "exercises/1_1_state_and_its_limits.ipynb"
TITLE = "Outages of a connector"
CHECK = 'check("outages_of_a_connector"'
COUNTS_ALL = """\
def outages(store, connector, start, end):
    query = "SELECT count(*) FROM events.StatusReported WHERE connector = $connector"
    return store.sql(query, connector=connector).fetchall()[0][0]"""
RIGHT = '''\
def outages(store, connector, start, end):
    query = """
        SELECT count(*) FROM events.StatusReported
        WHERE connector = $connector AND status = 'Faulted' AND occurred_at >= $start AND occurred_at < $end
    """
    return store.sql(query, connector=connector, start=start, end=end).fetchall()[0][0]'''
ENDLESS = """\
def record(office, event, event_id):
    office.store.append("session-1", [event])


def derive(recorded):
    while True:
        pass"""


@pytest.fixture
def exercise(lab: LabPage) -> LabPage:
    """The exercise, opened and run down to the gap."""
    lab.open(EXERCISE)
    lab.run_above(lab.place(CHECK) - 1)
    return lab


def answer(lab: LabPage, source: str, check: str = CHECK) -> str:
    """Fill the gap, run it, run its check; return what the check shows."""
    place = lab.place(check)
    lab.write(place - 1, source)
    lab.run(place - 1)
    return lab.run(place)


def test_every_cell_of_an_untouched_exercise_runs_and_every_check_is_not_attempted(lab: LabPage) -> None:
    lab.open(EXERCISE)
    lab.run_all()
    assert lab.errors() == []
    checks = [index for index, source in enumerate(lab.sources()) if "\ncheck(" in f"\n{source}"]
    assert len(checks) == 10
    assert {lab.text(index).partition(" · ")[0] for index in checks} == {"○ not attempted yet"}


def test_a_wrong_answer_gets_its_verdict_and_a_right_one_moves_the_bar(exercise: LabPage) -> None:
    shown = answer(exercise, COUNTS_ALL).splitlines()
    assert shown[0] == f"✗ not yet · {TITLE}"
    assert "you count" in shown[1]
    assert shown[-1].startswith("0 of ")
    shown = answer(exercise, RIGHT).splitlines()
    assert shown[0] == f"✓ solved · {TITLE}"
    assert shown[-1].startswith("1 of ")
    card = exercise.cell(exercise.place(CHECK)).locator(".jp-OutputArea-output").last
    assert "▰" in card.inner_text()


def test_an_answer_that_was_edited_and_not_run_is_out_of_date(exercise: LabPage) -> None:
    answer(exercise, COUNTS_ALL)
    check = exercise.place(CHECK)
    exercise.write(check - 1, RIGHT)
    exercise.wait_until_saved()
    shown = exercise.run(check).splitlines()
    assert shown[0] == f"↻ out of date · {TITLE}"
    assert "Its cell was edited and not run" in shown[1]


def test_a_result_that_the_gap_no_longer_defines_is_out_of_date(lab: LabPage) -> None:
    lab.open("exercises/00_start_here.ipynb")
    check = 'check("a_first_event"'
    lab.run_above(lab.place(check) - 1)
    append = 'store.append("connector-cinema-7", [StatusReported("cinema-7", ConnectorStatus.FAULTED)])'
    assert answer(lab, f"store = open_store()\nresult = {append}", check).startswith("✓ solved")
    answer(lab, f"store = open_store()\n{append}", check)
    lab.wait_until_saved()
    assert "No cell defines `result` any more" in lab.run(lab.place(check))


def test_an_endless_loop_is_stopped_and_the_kernel_keeps_working(exercise: LabPage) -> None:
    assert "a loop that never ends?" in answer(exercise, ENDLESS, 'check("one_write"')
    assert answer(exercise, RIGHT).startswith("✓ solved")


def test_progress_is_kept_after_a_restart(exercise: LabPage) -> None:
    answer(exercise, RIGHT)
    exercise.restart()
    check = exercise.place(CHECK)
    exercise.write(check, "from workbench.classroom import progress\n\nprogress()")
    shown = exercise.run(check)
    assert re.match(r"Your progress · 1 of \d+ solved\n", shown)
    assert f"Last time you were at “{TITLE}” in chapter 1.1: solved." in shown
