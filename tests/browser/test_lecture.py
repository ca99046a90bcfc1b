"""The lectures in a real Lab: the first page opens, every cell runs, the widgets react."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Locator, LocatorAssertions

    from tests.browser.lab_page import LabPage

pytestmark = pytest.mark.slow
FIRST = "notebooks/00_start_here.ipynb"
STATE = "notebooks/1_1_state_and_its_limits.ipynb"
CHAPTERS = sorted(Path(__file__).parents[2].glob("notebooks/[1-6]_*.ipynb"))


def test_the_printed_address_opens_the_first_page_and_all_its_cells_run(lab: LabPage) -> None:
    lab.enter()
    lab.run_all()
    assert lab.errors() == []
    stepper = lab.page.locator(".event-stepper")
    assert stepper.locator(".count").inner_text() == "0 of 4"
    stepper.get_by_role("button", name="One event further").click()
    assert stepper.locator(".count").inner_text() == "1 of 4"
    assert "ChargingStarted" in stepper.locator(".note.event").inner_text()


def test_the_time_slider_follows_mouse_and_keyboard(lab: LabPage) -> None:
    lab.open(STATE)
    lab.run_all()
    assert lab.errors() == []
    slider = lab.page.locator(".time-slider")
    when(slider).to_contain_text("18:00Thursday")
    thursday = what_it_shows(slider)
    drag(slider.locator(".track"), 0.5, 0.1)
    when(slider).to_contain_text("Monday 2 March")
    assert what_it_shows(slider) != thursday
    lab.page.keyboard.press("End")
    when(slider).to_contain_text("00:00Monday 9 March")
    lab.page.keyboard.press("ArrowLeft")
    when(slider).to_contain_text("23:00Sunday 8 March")
    lab.page.keyboard.press("Home")
    when(slider).to_contain_text("Monday 2 March")
    assert what_it_shows(slider) != thursday


def test_cell_numbers_up_to_four_digits_fit_the_prompt(lab: LabPage) -> None:
    lab.open(FIRST)
    place = lab.place("log = network(events=10)")
    lab.page.evaluate("index => { hand.cells()[index].model.executionCount = 9999; }", place)
    prompt = lab.cell(place).locator(".jp-InputPrompt")
    assert prompt.inner_text() == "[9999]:"
    assert prompt.evaluate("shown => shown.scrollWidth <= shown.clientWidth")


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_runs_from_top_to_bottom(lab: LabPage, chapter: Path) -> None:
    lab.open(f"notebooks/{chapter.name}")
    lab.run_all()
    assert lab.errors() == []
    assert lab.unfinished() == []


def when(slider: Locator) -> LocatorAssertions:
    """Return assertions on the displayed instant that wait for it."""
    from playwright.sync_api import expect

    return expect(slider.locator(".when"))


def what_it_shows(slider: Locator) -> list[str]:
    """Return the symbols on the tiles."""
    return slider.locator(".map .tile").all_inner_texts()


def drag(track: Locator, start: float, end: float) -> None:
    """Press at one fraction of the track's width and release at another."""
    track.hover()  # scrolls there, and waits until the layout is stable
    box = track.bounding_box()
    assert box
    middle, mouse = box["y"] + box["height"] / 2, track.page.mouse
    mouse.move(box["x"] + box["width"] * start, middle)
    mouse.down()
    mouse.move(box["x"] + box["width"] * end, middle, steps=8)
    mouse.up()


def test_a_lecture_sends_no_request_to_another_machine(lab: LabPage) -> None:
    lab.enter()
    lab.run_all()
    assert any("/api/kernels/" in one for one in lab.requests)
    assert lab.foreign_requests == []


def test_printed_text_wraps_between_words(lab: LabPage) -> None:
    lab.enter()
    lab.run_all()
    printed = lab.cell(lab.place("except WrongExpectedVersion")).locator(".jp-OutputArea-output pre")
    assert printed.evaluate("element => getComputedStyle(element).wordBreak") == "normal"


def test_prose_and_code_are_large_enough_for_a_projector(lab: LabPage) -> None:
    lab.enter()
    size = "element => parseFloat(getComputedStyle(element).fontSize)"
    assert lab.page.locator(".jp-RenderedMarkdown p").first.evaluate(size) == 16
    assert lab.page.locator(".jp-Cell .cm-content").first.evaluate(size) == 15
