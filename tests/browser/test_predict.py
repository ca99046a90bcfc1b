"""A prediction in a real Lab: guessed with the keyboard, recorded, and shown beside the result."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.browser.lab_page import LabPage
    from tests.browser.room import Served

pytestmark = pytest.mark.slow
ASK = """\
from workbench.classroom.predict import predict, reveal
predict("who_wins", "Who wins?", ["Ada", "Bob"])
"""


def test_a_guess_is_recorded_and_stands_beside_the_result(lab: LabPage, served: Served) -> None:
    lab.enter()
    place = next(i for i, source in enumerate(lab.sources()) if source.startswith("from workshop_lib"))
    lab.write(place, ASK)
    assert lab.run(place).startswith("What do you expect? Who wins?")
    asked = lab.cell(place).locator(".prediction")
    asked.get_by_role("radio").first.focus()
    for key in ("Space", "ArrowDown", "Enter"):
        lab.page.keyboard.press(key)
    asked.get_by_text("Your guess: Bob.").wait_for()
    following = lab.place("log = network(events=10)")
    lab.write(following, 'reveal("who_wins", "Ada")')
    assert lab.run(following) == "✗ Not what you expected · Who wins?\nYour guess: Bob\nResult: Ada"
    asked.get_by_text("Your guess: Bob. Result: Ada.").wait_for()
    outbox = served.course / "workspace/.workshop/progress.jsonl"
    events = [json.loads(line) for line in outbox.read_text("utf-8").splitlines()]
    assert [event["data"] for event in events if event["type"] == "GuessMade"] == [
        {"prediction": "who_wins", "option": "Bob"}
    ]


def test_the_slider_of_a_log_shows_fewer_paths(lab: LabPage) -> None:
    lab.open("notebooks/1_2_big_picture_event_storming.ipynb")
    lab.run_all()
    slider = lab.page.locator(".path-slider")
    assert slider.locator(".says").inner_text().startswith("13 of 13 directly-follows pairs, 100 % of")
    slider.get_by_role("slider").focus()
    lab.page.keyboard.press("Home")
    slider.get_by_text("1 of 13 directly-follows pairs").wait_for()
    assert slider.locator("polyline").count() == 1
