"""The time slider in a real browser: mouse, keyboard and display."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from workbench.pictures.time_slider import TimeSlider

MORNING = datetime(2026, 3, 2, 6, tzinfo=UTC)
EVIL = "<img src=x onerror='window.hacked = 1'>"


@pytest.fixture
def page(open_widget):
    """A page with a slider over twelve instants of three connectors; S1-2 has a state from the fifth on."""
    rows = [(MORNING + n * timedelta(hours=1), "S1-1", ["Available", "Charging"][n % 2]) for n in range(12)]
    rows += [(MORNING + n * timedelta(hours=1), "S1-2", "Faulted") for n in range(4, 12)]
    rows += [(MORNING + n * timedelta(hours=1), EVIL, f"{EVIL}{n // 6}") for n in range(12)]
    slider = TimeSlider(rows, EVIL)
    return open_widget(
        slider, "title", "noun", "names", "groups", "looks", "times", "step", codes=slider.codes
    )


def symbols(page, view="#one"):
    """Return the symbols on the tiles, in the order of the names: the evil one, S1-1, S1-2."""
    return page.locator(f"{view} .map .tile").all_inner_texts()


def step(page):
    return page.evaluate("model.get('step')")


def drag(page, start, end):
    """Press at one fraction of the track's width and release at another."""
    page.locator("#one .track").hover()  # waits until the layout is stable
    box = page.locator("#one .track").bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * start, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * end, middle, steps=8)
    page.mouse.up()


def test_dragging_the_slider_changes_map_time_and_legend(page):
    before = symbols(page), page.locator(".hour").inner_text(), page.locator(".legend").inner_text()
    drag(page, 0.04, 0.62)
    after = symbols(page), page.locator(".hour").inner_text(), page.locator(".legend").inner_text()
    assert step(page) == 7
    assert before[0] == ["<", "○", ""]
    assert after[0] == ["<", "●", "✕"]
    assert (before[1], after[1]) == ("06:00", "13:00")
    assert before[2] != after[2]


def test_dragging_past_the_ends_stays_at_the_ends(page):
    drag(page, 0.5, 1.2)
    assert step(page) == 11
    drag(page, 0.5, -0.2)
    assert step(page) == 0


@pytest.mark.parametrize(
    ("keys", "there"),
    [
        ("ArrowRight", 1),
        ("ArrowRight ArrowUp ArrowLeft", 1),
        ("End", 11),
        ("End ArrowDown", 10),
        ("End Home", 0),
        ("ArrowLeft", 0),
        ("PageUp PageUp", 2),
    ],
)
def test_the_keyboard_moves_the_slider(page, keys, there):
    page.locator("#one .track").focus()
    for key in keys.split():
        page.keyboard.press(key)
    assert step(page) == there


def test_the_space_bar_plays_to_the_end_and_stops(page):
    page.evaluate("model.set('step', 9)")
    page.locator("#one .track").focus()
    page.keyboard.press(" ")
    assert page.locator(".play").get_attribute("aria-label") == "Pause"
    page.wait_for_function("model.get('step') === 11")
    page.wait_for_selector(".play[aria-label=Play]")


def test_the_slider_reports_its_value_to_assistive_technology(page):
    page.locator("#one .track").focus()
    page.keyboard.press("End")
    slider = page.get_by_role("slider", name="instant")
    assert slider.get_attribute("aria-valuenow") == slider.get_attribute("aria-valuemax") == "11"
    assert "Monday 2 March 17:00: 1 Charging, 1 Faulted" in slider.get_attribute("aria-valuetext")


def test_a_drag_sends_only_a_few_messages(page):
    drag(page, 0.0, 1.0)
    page.wait_for_timeout(150)
    assert 1 <= page.evaluate("model.saves") <= 8


def test_names_and_states_from_people_are_shown_as_text(page):
    assert page.locator("#one img").count() == 0
    assert page.evaluate("window.hacked") is None
    assert page.locator(".title").inner_text() == EVIL
    assert f"{EVIL}0" in page.locator(".legend").inner_text()
    page.locator("#one .map .tile").first.hover()
    assert page.locator(".readout").inner_text() == f"{EVIL}: {EVIL}0 since 06:00 or before"


def test_the_readout_of_a_connector_without_an_event_says_so(page):
    page.locator("#one .map .tile").nth(2).hover()
    assert page.locator(".readout").inner_text() == "S1-2: no event yet"


def test_two_views_of_one_slider_move_together_and_close_separately(page):
    page.evaluate("() => { window.close_two = open('two'); }")
    drag(page, 0.0, 0.62)
    assert symbols(page, "#one") == symbols(page, "#two") == ["<", "●", "✕"]
    page.evaluate("close_two()")
    assert page.evaluate("model.listeners.size") == 1
    page.evaluate("close()")
    assert page.evaluate("model.listeners.size") == 0
    page.locator("#one .track").focus()
    page.keyboard.press("Home")
    assert step(page) == 7


def test_key_presses_in_the_slider_do_not_reach_the_notebook(page):
    assert page.locator(".time-slider").get_attribute("data-lm-suppress-shortcuts") == "true"
    page.evaluate("document.addEventListener('keydown', (event) => { window.leaked = event.key; })")
    page.locator("#one .track").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("window.leaked") is None


def test_a_step_is_painted_immediately(page, capsys):
    spent = page.evaluate(
        """() => new Promise((done) => {
          const start = performance.now();
          model.set("step", 7);
          requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
        })"""
    )
    with capsys.disabled():
        print(f"\na step of the time slider: {spent:.0f} ms from choosing to painted (aim: under 100 ms)")
    assert symbols(page) == ["<", "●", "✕"]


def test_the_javascript_fetches_and_evaluates_nothing():
    text = (
        Path(sys.modules[TimeSlider.__module__].__file__ or "").with_suffix(".js").read_text(encoding="utf-8")
    )
    addresses = [part for part in text.split('"') if "://" in part]
    assert addresses == ["http://www.w3.org/2000/svg"]  # the name of a namespace, not an address to fetch
    assert not any(word in text for word in ("fetch(", "innerHTML", "import ", "eval("))
