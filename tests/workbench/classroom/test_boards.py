"""The boards that exercises begin with: where they are stored, and how to start again."""

from __future__ import annotations

from pathlib import Path

import pytest

from exercises.checks.c1_2 import boards as boards_1_2
from exercises.checks.c2_2 import boards as boards_2_2
from workbench.classroom.boards import NoBoardGiven, board_for, given_wall
from workbench.classroom.outcome import Outcome
from workbench.classroom.runner import run
from workbench.classroom.task import TASKS
from workbench.storming import Board
from workbench.storming.formats.text import to_text

BOARDS = [task for task in boards_1_2.BOARDS | boards_2_2.BOARDS if TASKS.find(task).answers == ("board",)]


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".workshop").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_outside_of_a_workspace_a_board_lives_in_memory_and_leaves_no_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    board_for("the_timeline").remove("Session Updated")
    assert not [*tmp_path.iterdir()]
    assert board_for("the_timeline").note("Session Updated")


def test_in_a_workspace_a_board_is_there_again_after_a_restart(workspace):
    board = board_for("the_timeline")
    board.remove("Session Updated")
    board.close()
    assert "Session Updated" not in {note.name for note in board_for("the_timeline").wall.of()}


def test_a_cell_that_is_run_again_shows_the_same_work(workspace):
    board_for("the_timeline").move("Meter Read", 500, 500)
    assert board_for("the_timeline").note("Meter Read").x == 500


def test_a_fresh_start_restores_the_given_notes_and_can_be_undone(workspace):
    board_for("where_contexts_part").frame("billing", "Invoice Issued")
    board = board_for("where_contexts_part", anew=True)
    assert to_text(board.wall) == to_text(given_wall("where_contexts_part"))
    board.undo(), board.undo()
    assert board.area("billing")


def test_a_fresh_start_reopens_overruled_findings(workspace):
    board = board_for("right_to_overrule")
    board.overrule(board.check()[0].key, "it is fine as it is")
    assert not any(finding.overruled for finding in board_for("right_to_overrule", anew=True).check())


def test_asking_for_the_board_of_a_task_without_one_is_an_error():
    with pytest.raises(NoBoardGiven, match="begins without one"):
        board_for("what_follows_what")


@pytest.mark.parametrize("task", BOARDS)
def test_a_board_as_it_was_given_is_not_attempted_yet(task):
    finding = run(TASKS.find(task), (board_for(task),))
    assert finding.outcome is Outcome.NOT_ATTEMPTED


@pytest.mark.parametrize("task", BOARDS)
def test_a_single_further_note_does_not_solve_a_board(task):
    board = board_for(task)
    board.place("hot spot", "And now?", 100, 900)
    assert run(TASKS.find(task), (board,)).outcome is Outcome.WRONG


@pytest.mark.parametrize("task", BOARDS)
def test_an_empty_board_is_a_wrong_answer(task):
    assert run(TASKS.find(task), (Board("mine", "memory://"),)).outcome is Outcome.WRONG
