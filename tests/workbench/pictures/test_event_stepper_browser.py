"""The event stepper in a real browser."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from workbench.pictures.event_stepper import EventStepper
from workshop_lib import event_type

EVIL = "<img src=x onerror='window.hacked = 1'>"


@event_type("CupPoured")
class CupPoured:
    """Tea for somebody."""

    guest: str


@dataclass(frozen=True)
class Pot:
    """How many cups are left, and who got the last one."""

    cups: int = 5
    last: str = "nobody"


def pour(pot: Pot, event: CupPoured) -> Pot:
    return replace(pot, cups=pot.cups - 1, last=event.guest)


@pytest.fixture
def page(open_widget):
    return open_widget(
        EventStepper([CupPoured("Ada"), CupPoured("Ada"), CupPoured(EVIL)], pour, Pot()),
        "title", "pages", "colours", "step",
    )  # fmt: skip


def changed(page):
    return page.locator(".state .changed").all_inner_texts()


def test_each_event_shows_what_it_changed_and_only_that(page):
    assert changed(page) == []
    page.get_by_role("button", name="One event further").click()
    assert changed(page) == ["4was 5", "Adawas nobody"]
    page.get_by_role("button", name="One event further").click()
    assert changed(page) == ["3was 4"]


@pytest.mark.parametrize(
    ("keys", "there"),
    [("ArrowRight ArrowDown", 2), ("End", 3), ("End ArrowLeft ArrowUp", 1), ("End Home", 0)],
)
def test_the_keyboard_turns_the_pages(page, keys, there):
    page.locator(".strip").focus()
    for key in keys.split():
        page.keyboard.press(key)
    assert page.evaluate("model.get('step')") == there
    assert page.locator(".count").inner_text() == f"{there} of 3"


def test_a_click_on_an_event_moves_to_it(page):
    page.locator(".chip").nth(2).click()
    assert page.get_by_role("slider").get_attribute("aria-valuetext") == "2 of 3: CupPoured"


def test_the_buttons_are_disabled_at_the_ends(page):
    assert page.get_by_role("button", name="One event back").is_disabled()
    page.locator(".strip").focus()
    page.keyboard.press("End")
    assert page.get_by_role("button", name="One event further").is_disabled()


def test_values_from_people_are_shown_as_text(page):
    page.locator(".strip").focus()
    page.keyboard.press("End")
    assert page.locator(".event .value").inner_text() == EVIL
    assert page.locator("img").count() == 0
    assert page.evaluate("window.hacked") is None


def test_a_closed_view_removes_its_listeners(page):
    page.evaluate("close()")
    assert page.evaluate("model.listeners.size") == 0
