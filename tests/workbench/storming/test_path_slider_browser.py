"""The path slider in a real browser: mouse, keyboard, themes, and text from people."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import pytest

from tests.workbench.pictures.conftest import contrast, set_theme
from workbench.storming.mining.arcs import Arc
from workbench.storming.mining.path_slider import PathSlider

EVIL = "<img src=x onerror='window.hacked = 1'>"
TYPES = ["ChargingStarted", "MeterRead", "ChargingStopped", "InvoiceIssued", EVIL]


@pytest.fixture
def page(open_widget):
    """A page with a slider over nine paths; the last one is a surprise."""
    ends = [(a, b) for a in TYPES for b in TYPES if a < b][:9]
    arcs = [Arc(a, b, 10 ** (9 - at), 1, timedelta(minutes=3), "") for at, (a, b) in enumerate(ends)]
    slider = PathSlider(dict.fromkeys(TYPES, 5), arcs, arcs[-1:], EVIL)
    return open_widget(slider, "title", "pictures", "position")


def says(page):
    return page.locator("#one .says").inner_text()


def lines(page, view="#one"):
    return page.locator(f"{view} .graph polyline").count()


def test_the_slider_shows_fewer_or_more_paths_and_counts_them(page):
    assert (lines(page), says(page).split(",")[0]) == (9, "9 of 9 directly-follows pairs")
    page.locator("#one .slider").fill("2")
    assert (lines(page), says(page).split(",")[0]) == (3, "3 of 9 directly-follows pairs")
    assert page.evaluate("[model.get('position'), model.saves]") == [2, 1]


@pytest.mark.parametrize(
    ("keys", "count"), [("Home", 1), ("Home ArrowRight ArrowRight", 3), ("ArrowLeft", 8), ("Home End", 9)]
)
def test_the_keyboard_moves_the_slider_and_not_the_notebook(page, keys, count):
    page.evaluate("document.addEventListener('keydown', (event) => { window.leaked = event.key; })")
    page.locator("#one .slider").focus()
    for key in keys.split():
        page.keyboard.press(key)
    assert lines(page) == count
    assert page.evaluate("window.leaked") is None
    assert page.locator(".path-slider").get_attribute("data-lm-suppress-shortcuts") == "true"


def test_the_slider_and_the_picture_have_words_for_assistive_technology(page):
    slider = page.get_by_role("slider", name="number of paths")
    assert slider.get_attribute("aria-valuetext") == says(page)
    assert says(page) in page.get_by_role("img").get_attribute("aria-label")


def test_names_from_people_are_shown_as_text(page):
    assert page.locator("#one img").count() == 0
    assert page.evaluate("window.hacked") is None
    assert page.locator(".title").inner_text() == EVIL


def test_two_views_of_one_slider_move_together_and_close_separately(page):
    page.evaluate("() => { window.close_two = open('two'); }")
    page.locator("#one .slider").fill("0")
    assert lines(page, "#one") == lines(page, "#two") == 1
    page.evaluate("close_two()")
    page.evaluate("close()")
    assert page.evaluate("model.listeners.size") == 0


@pytest.mark.parametrize(("paper", "ink"), [("#ffffff", "#111111"), ("#111111", "#ffffff")])
def test_words_and_lines_contrast_with_the_paper_of_each_theme(page, paper, ink):
    set_theme(page, paper, ink)
    for selector, name in [("text.label", "fill"), ("text.rare", "fill"), ("polyline.usual", "stroke")]:
        colour = page.locator(f"#one {selector}").first.evaluate(f"node => getComputedStyle(node).{name}")
        least = 3.0 if name == "stroke" else 4.5
        assert contrast(page, colour, paper) >= least, selector


def test_the_javascript_fetches_and_evaluates_nothing():
    module = Path(sys.modules[PathSlider.__module__].__file__ or "")
    text = module.with_suffix(".js").read_text(encoding="utf-8")
    assert [part for part in text.split('"') if "://" in part] == ["http://www.w3.org/2000/svg"]
    assert not any(word in text for word in ("fetch(", "innerHTML", "import ", "eval("))
