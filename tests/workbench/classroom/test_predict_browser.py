"""A prediction in a real browser: mouse, keyboard, both themes, text from people."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.workbench.pictures.conftest import contrast, set_theme
from workbench.classroom.predict import Prediction
from workbench.classroom.progress import Outbox

EVIL = "<img src=x onerror='window.hacked = 1'>"
TRAITS = ("question", "options", "choice", "committed", "result", "right", "trouble")
STATUS = "#one .status"


@pytest.fixture
def page(open_widget):
    """A page with a question of three options."""
    asked = Prediction("who_wins", f"Who wins? {EVIL} `append`", ["Ada", "Bob", EVIL], Outbox(None))
    return open_widget(asked, *TRAITS)


def model(page, *names):
    return page.evaluate("(names) => names.map((name) => model.get(name))", list(names))


def test_a_choice_and_the_button_commit_a_guess(page):
    button = page.get_by_role("button")
    assert button.is_disabled()
    page.get_by_label("Bob").click()
    assert model(page, "choice", "committed") == [1, False]
    button.click()
    assert model(page, "choice", "committed") == [1, True]
    assert page.locator(STATUS).inner_text() == "Your guess: Bob. Run the next cells to see."
    assert page.get_by_label("Ada").is_disabled()


def test_the_keyboard_is_enough(page):
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert model(page, "choice", "committed") == [1, True]
    assert page.evaluate("document.activeElement.textContent") == "Guess again"
    page.keyboard.press("Enter")
    assert model(page, "committed") == [False]


def test_enter_without_a_choice_commits_nothing(page):
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert model(page, "choice", "committed") == [-1, False]


def test_the_result_is_shown_beside_the_guess_and_not_before_it(page):
    page.evaluate("model.set('right', 0); model.set('result', 'Ada')")
    assert page.locator(STATUS).inner_text() == ""
    assert page.locator("#one .right").count() == 0
    page.get_by_label("Bob").click()
    page.get_by_role("button").click()
    assert page.locator(STATUS).inner_text() == "Your guess: Bob. Result: Ada."
    assert page.locator("#one .mark").all_inner_texts() == ["✓ result", "your guess", ""]


def test_key_presses_do_not_reach_the_notebook(page):
    assert page.locator(".prediction").get_attribute("data-lm-suppress-shortcuts") == "true"
    page.evaluate("document.addEventListener('keydown', (event) => { window.leaked = event.key; })")
    page.get_by_label("Ada").focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("window.leaked") is None
    page.keyboard.press("Shift+Enter")  # runs the notebook's cell
    assert page.evaluate("window.leaked") == "Enter"


def test_names_and_roles_are_there_for_assistive_technology(page):
    assert page.get_by_role("group").count() == 1
    assert "Who wins?" in page.locator("legend").inner_text()
    assert page.get_by_role("radio").count() == 3
    assert page.get_by_role("status").count() == 1


def test_text_from_people_is_shown_as_text_and_code_as_code(page):
    assert page.locator("#one img").count() == 0
    assert page.evaluate("window.hacked") is None
    assert EVIL in page.locator("legend").inner_text()
    assert page.locator("legend code").inner_text() == "append"


def test_two_views_of_one_question_agree_and_close_separately(page):
    page.evaluate("() => { window.close_two = open('two'); }")
    page.locator("#one").get_by_label("Bob").click()
    assert page.locator("#two").get_by_label("Bob").is_checked()
    assert page.locator("#one").get_by_label("Bob").is_checked()
    page.evaluate("close_two()")
    page.evaluate("close()")
    assert page.evaluate("model.listeners.size") == 0


@pytest.mark.parametrize(("paper", "ink"), [("#ffffff", "#111111"), ("#111111", "#ffffff")])
def test_everything_is_legible_in_both_themes(page, paper, ink):
    set_theme(page, paper, ink)
    page.get_by_label("Bob").click()
    page.get_by_role("button").click()
    colours = page.evaluate(
        """() => ["legend", ".words", ".status"].map((name) => getComputedStyle(
          document.querySelector(`#one ${name}`)).color)"""
    )
    assert all(contrast(page, colour, paper) >= 4.5 for colour in colours)
    button = page.get_by_role("button").evaluate(
        "(node) => [getComputedStyle(node).color, getComputedStyle(node).backgroundColor]"
    )
    assert contrast(page, *button) >= 4.5


def test_the_javascript_fetches_and_evaluates_nothing():
    module = Path(sys.modules[Prediction.__module__].__file__ or "")
    text = module.with_suffix(".js").read_text(encoding="utf-8")
    assert not any(word in text for word in ("fetch(", "innerHTML", "import ", "eval(", "://"))
