"""The board in a real browser: what a hand on the mouse, a finger or a keyboard does to a wall."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.room import browser_in
from tests.storming.board_page import BoardPage
from workshop_lib.storming.board import Board

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

EVIL = "<img src=x onerror='window.hacked = 1'>"


@pytest.fixture(scope="module")
def browser(require_tool: Callable[..., str]) -> Iterator[BrowserContext]:
    pytest.importorskip("playwright.sync_api")
    program = require_tool("chromium", "google-chrome", "chrome", why="the board is tried in a browser")
    with tempfile.TemporaryDirectory() as folder, browser_in(Path(folder), program) as context:
        context.set_default_timeout(5000)
        yield context


@pytest.fixture
def board() -> Board:
    """Two events and a command between them, left to right."""
    board = Board("fair", "memory://")
    board.place("event", "Cable Plugged In", 200, 200)
    board.place("command", "Start charging", 500, 200)
    board.place("event", "Charging Started", 800, 200)
    return board


@pytest.fixture
def open_board(browser: BrowserContext) -> Iterator[Callable[..., BoardPage]]:
    """Open a board in a page, at one pixel for a board unit, with its origin in the wall's corner."""
    pages: list[BoardPage] = []

    def open_board(board: Board, level: str = "") -> BoardPage:
        pages.append(opened := BoardPage(browser.new_page(), board, level))
        return opened

    yield open_board
    troubles = [trouble for one in pages for trouble in one.troubles]
    for one in pages:
        one.close()
    assert troubles == []


@pytest.fixture
def view(open_board: Callable[..., BoardPage], board: Board) -> BoardPage:
    return open_board(board)


def names(board: Board) -> list[str]:
    return [note.name for note in board.wall.of()]


def arrows(board: Board) -> list[tuple[str, str]]:
    return [(source.name, target.name) for source, target in board.wall.links]


def test_a_double_click_on_the_wall_places_a_note_with_what_is_typed(view, board):
    view.double_click(view.at(500, 340))
    view.page.keyboard.type("Meter Read")
    view.page.keyboard.press("Enter")
    view.note("Meter Read").wait_for()
    [note] = [note for note in board.wall.notes.values() if note.name == "Meter Read"]
    assert (note.kind, round(note.x, -1), round(note.y, -1)) == ("event", 500, 340)


def test_a_note_without_a_word_is_not_placed(view, board):
    view.double_click(view.at(500, 340))
    view.page.keyboard.press("Enter")
    assert len(board.history) == 3


def test_a_double_click_on_a_note_rewords_it(view, board):
    view.double_click(view.at(200, 200))
    view.page.keyboard.type("Cable Locked")
    view.page.keyboard.press("Enter")
    view.note("Cable Locked").wait_for()
    assert names(board) == ["Cable Locked", "Start charging", "Charging Started"]


def test_escape_leaves_the_words_as_they_were(view, board):
    view.double_click(view.at(200, 200))
    view.page.keyboard.type("Nonsense")
    view.page.keyboard.press("Escape")
    assert names(board)[0] == "Cable Plugged In"
    assert len(board.history) == 3


def test_a_drag_moves_a_note_in_one_gesture(view, board):
    view.drag(view.at(200, 200), view.at(260, 330))
    view.until_heard()
    note = board.note("Cable Plugged In")
    assert (note.x, note.y) == (260, 330)
    assert len(board.history) == 4
    assert view.sent() == ["Do"]


def test_what_the_rubber_band_meets_moves_together(view, board):
    view.drag(view.at(80, 100), view.at(560, 300))
    view.drag(view.at(500, 200), view.at(500, 320))
    view.until_heard()
    assert [note.y for note in board.wall.of()] == [320, 320, 200]
    assert board.undo()
    assert [note.y for note in board.wall.of()] == [200, 200, 200]


def test_an_arrow_is_drawn_from_the_handle_to_another_note(view, board):
    view.page.mouse.move(*view.at(200, 200))
    view.drag(view.at(275, 200), view.at(500, 200))
    view.until_heard()
    assert arrows(board) == [("Cable Plugged In", "Start charging")]


def test_an_arrow_that_ends_nowhere_is_none(view, board):
    view.page.mouse.move(*view.at(200, 200))
    view.drag(view.at(275, 200), view.at(300, 420))
    assert view.page.get_by_role("status").inner_text().startswith("An arrow leads from one note to another")
    assert arrows(board) == []


def test_undo_and_redo_go_through_the_store(view, board):
    view.drag(view.at(200, 200), view.at(260, 330))
    view.press("Control+z")
    view.until_heard()
    assert board.note("Cable Plugged In").x == 200
    view.press("Control+Shift+z")
    view.until_heard()
    assert board.note("Cable Plugged In").x == 260


def test_the_board_is_worked_at_with_the_keyboard_alone(view, board):
    page = view.page
    page.locator("#one .viewport").focus()
    view.press("Home", "l", "ArrowRight", "Enter")  # an arrow from the first note to the next
    view.press("End", "n")
    page.keyboard.type("Meter Read")
    view.press("Enter", "ArrowDown")  # what was just written is chosen: it moves
    view.press("p", "Escape", "ArrowLeft", "Delete", "Space", "Delete")
    view.until_heard()
    assert arrows(board) == [("Cable Plugged In", "Start charging")]
    assert names(board) == ["Cable Plugged In", "Start charging", "Meter Read"]
    note = board.note("Meter Read")
    assert (note.x, note.y, note.pivotal) == (990, 220, True)


def test_words_from_people_are_shown_as_text_everywhere(open_board):
    board = Board("fair", "memory://")
    board.place("event", f"{EVIL}\n{EVIL}")
    board.frame(EVIL, *board.wall.notes)
    board.assign(board.place("hot spot", EVIL).id, EVIL)
    board.link(*board.wall.notes)
    view = open_board(board, "design")
    view.page.locator("#one .note .badge").first.click()
    view.press("Control+a")
    assert view.page.locator("#one img").count() == 0
    assert view.page.evaluate("window.hacked") is None
    assert view.page.locator("#one .note .name").first.inner_text() == EVIL
