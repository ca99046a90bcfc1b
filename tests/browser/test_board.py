"""The board in a real JupyterLab: place, type, drag, undo, and reload."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.browser.lab_page import LabPage
    from tests.browser.room import Served

pytestmark = pytest.mark.slow
EVIL = "<img src=x onerror='window.hacked = 1'>"
OPEN = "from workbench.storming import Board\nboard = Board('fair')\nboard"
AGAIN = "again = Board('fair')\nagain"
SHOW = "print(*(note.name for note in board.wall.of()), board.wall.links != [], sep=', ')"


@pytest.fixture
def notebook(served: Served, lab: LabPage) -> Callable[..., LabPage]:
    """Open a new notebook with these cells."""

    def notebook(*cells: str, path: str = "notebooks/board.ipynb") -> LabPage:
        for file in (served.course / "workspace/notebooks").glob(".boards/*"):
            file.unlink()
        made = [
            {"cell_type": "code", "id": f"c{at}", "metadata": {}, "source": cell}
            | {"outputs": [], "execution_count": None}
            for at, cell in enumerate(cells)
        ]
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        book = {"cells": made, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
        (served.course / "workspace" / path).write_text(json.dumps(book), "utf-8")
        lab.open(path)
        return lab

    return notebook


def boards(lab: LabPage) -> Locator:
    return lab.page.locator(".storming-board")


def write(board: Locator, x: float, y: float, text: str) -> None:
    """Double-click on the wall, type, press Enter, and wait for the note."""
    board.locator(".viewport").dblclick(position={"x": x, "y": y})
    board.page.keyboard.type(text)
    board.page.keyboard.press("Enter")
    note(board, text).wait_for()


def note(board: Locator, text: str) -> Locator:
    return board.locator(".note").filter(has=board.page.get_by_text(text, exact=True))


def drag(held: Locator, to: Locator) -> None:
    """Drag from the middle of one thing to the middle of another."""
    start, end = held.bounding_box(), to.bounding_box()
    assert start
    assert end
    mouse = held.page.mouse
    mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    mouse.down()
    mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2, steps=6)
    mouse.up()


def test_a_board_is_edited_undone_and_kept(notebook: Callable[..., LabPage]) -> None:
    lab = notebook(OPEN, SHOW)
    lab.run(0)
    board = boards(lab)
    write(board, 120, 90, "Cable Plugged In")
    write(board, 420, 90, "dd Charging Started")  # "dd" would delete a cell
    note(board, "Cable Plugged In").hover()
    drag(note(board, "Cable Plugged In").locator(".handle"), note(board, "dd Charging Started"))
    board.locator(".arrow").wait_for(state="attached")
    assert lab.run(1) == "Cable Plugged In, dd Charging Started, True\n"
    board.locator(".viewport").click(position={"x": 120, "y": 300})
    lab.page.keyboard.press("Control+z")
    board.locator(".arrow").wait_for(state="detached")
    assert lab.run(1) == "Cable Plugged In, dd Charging Started, False\n"
    board.get_by_role("button", name="History").click()
    for _ in range(3):  # back to before the arrow (drawn and undone) and the second note
        lab.page.keyboard.press("ArrowLeft")
    note(board, "dd Charging Started").wait_for(state="detached")
    board.get_by_role("button", name="Back to now").click()
    lab.restart()
    lab.run(0)
    note(boards(lab), "dd Charging Started").wait_for()
    lab.wait_until_saved()
    lab.open("notebooks/board.ipynb")
    lab.run(0)
    note(boards(lab), "dd Charging Started").wait_for()
    assert lab.sources() == [OPEN, SHOW]
    assert lab.errors() == []


def test_two_cells_on_one_board_converge(notebook: Callable[..., LabPage]) -> None:
    lab = notebook(OPEN, AGAIN, "board.place('command', 'Stop charging', 500, 400)")
    lab.run(0)
    write(boards(lab).first, 120, 90, "Cable Plugged In")
    lab.run(1)
    second = boards(lab).nth(1)
    second.scroll_into_view_if_needed()
    note(second, "Cable Plugged In").focus()
    for key in ("Space", "ArrowRight", "ArrowRight"):
        lab.page.keyboard.press(key)
    lab.page.wait_for_function(
        """() => {
          const notes = [...document.querySelectorAll(".storming-board .note")];
          const [one, two] = notes.map((note) => note.style.translate);
          return two && one === two;
        }"""
    )
    lab.run(2)
    lab.page.wait_for_function("document.querySelectorAll('.note[data-kind=command]').length === 2")
    assert lab.errors() == []


def test_text_of_notes_is_escaped_in_lab(notebook: Callable[..., LabPage]) -> None:
    lab = notebook(OPEN, f'board.place("hot spot", "{EVIL}")\nboard.frame("{EVIL}", "{EVIL}")')
    lab.run(0)
    lab.run(1)
    note(boards(lab), EVIL).wait_for()
    assert boards(lab).locator("img").count() == 0
    assert lab.page.evaluate("window.hacked") is None


def test_two_pages_on_one_board_see_each_other(notebook: Callable[..., LabPage], served: Served) -> None:
    from tests.browser.lab_page import LabPage

    lab = notebook(OPEN)
    lab.run(0)
    write(boards(lab), 120, 90, "Cable Plugged In")
    lab.wait_until_saved()
    other = LabPage(lab.page.context.new_page(), served.url)
    other.open("notebooks/board.ipynb")
    note(boards(other), "Cable Plugged In").wait_for()
    write(boards(other), 420, 90, "Charging Started")
    note(boards(lab), "Charging Started").wait_for()
    write(boards(lab), 120, 300, "Session Paid")
    note(boards(other), "Session Paid").wait_for()
    other.page.close()
    assert other.foreign_requests == []
