"""The boards that storming exercises begin with.

Their notes are text in `exercises/checks/c<chapter>/boards.py`; `workbench/storming/formats/text.py` explains
the notation.
"""

from __future__ import annotations

from functools import cache

from workbench.classroom.progress import outbox_here
from workbench.classroom.task import TASKS
from workbench.storming.board import Board
from workbench.storming.commands import Command, Overrule, RemoveArea, RemoveNote
from workbench.storming.wall import Wall
from workshop_lib.events import WorkshopError

__all__ = ["NoBoardGiven", "board_for", "given_wall"]


class NoBoardGiven(WorkshopError):
    """The task does not begin with a board."""

    def __init__(self, task: str) -> None:
        self.task = task
        super().__init__(
            f"You asked for the board of {task!r}, but that task begins without one. Make one of your own: "
            'Board("storm"), or look above the gap for what the task gives you.'
        )


def board_for(task: str, *, anew: bool = False) -> Board:
    """Return the board that a task begins with.

    In a workspace it is stored in `.boards` beside the notebook and keeps your changes; elsewhere it lives in
    memory. `anew` removes everything from the board and then adds the given notes: two gestures, which can
    be undone. Raises `UnknownTask` or `NoBoardGiven`.
    """
    text = _text(task)
    board = Board(task, None if outbox_here() else "memory://")
    if anew:
        board.do(*_taken_down(board.wall))
    if anew or not board.version:
        board.add(text)
    return board


@cache
def given_wall(task: str) -> Wall:
    """Return the wall that a task begins with."""
    return Board.from_text(_text(task)).wall


def _text(task: str) -> str:
    chapter = TASKS.find(task).chapter
    boards = TASKS.key(chapter, "boards").BOARDS
    if task not in boards:
        raise NoBoardGiven(task)
    return str(boards[task])


def _taken_down(wall: Wall) -> list[Command]:
    reopened = [Overrule(finding, "") for finding in wall.overruled]
    return [*map(RemoveNote, wall.notes), *map(RemoveArea, wall.areas), *reopened]
