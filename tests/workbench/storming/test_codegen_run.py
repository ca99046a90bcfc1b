"""The tests of a board's code run in memory and report missing and wrong decisions."""

from __future__ import annotations

import sys

import pytest

from tests.workbench.storming.stories import wall
from workbench.storming.codegen.generate import to_code
from workshop_lib.events import REGISTRY

STAY = wall(
    "A:Guest > C:Book Room|guest: str > G:Room > E:Room Booked|guest: str",
    "G:Room > E:Booking Refused|guest: str",
    "E:Room Booked|guest: str > P:Whenever booked, clean > C:Clean Room > S:Cleaners > E:Room Cleaned",
)


@pytest.fixture(autouse=True)
def _loaded_modules_are_removed(monkeypatch):
    monkeypatch.setitem(sys.modules, "board_decider", None)
    for name in ("_by_class", "_by_name"):
        monkeypatch.setattr(REGISTRY, name, dict(getattr(REGISTRY, name)))


@pytest.fixture
def code():
    return to_code(STAY)


def test_each_test_reports_a_missing_decision(code):
    trial = code.run()
    assert [ran.ended for ran in trial] == ["not decided"] * 3
    assert not trial.passed
    assert repr(trial).splitlines()[:2] == [
        "0 of 3 tests pass.",
        "○ not decided “Book Room” → “Room” → “Room Booked”.",
    ]


def test_a_filled_in_decision_passes_only_its_own_test(code):
    hotel = code.load()
    trial = code.run(hotel, decide=lambda command, state: [hotel.RoomBooked(command.guest)])
    assert [(ran.ended, ran.why) for ran in trial] == [
        ("passes", ""),
        ("fails", "the result differs"),
        ("not decided", ""),
    ]


def test_a_decision_that_raises_fails_with_its_error(code):
    [ran, *_] = code.run(decide=lambda command, state: 1 / 0)
    assert (ran.ended, ran.why) == ("fails", "ZeroDivisionError: division by zero")


def test_a_decision_that_returns_none_is_not_decided(code):
    [ran, *_] = code.run(decide=lambda command, state: None)
    assert (ran.ended, ran.why) == ("not decided", "decide returned None")


def test_all_pass_when_all_is_decided(code):
    hotel = code.load()

    def decide(command, state):
        return [hotel.RoomBooked(command.guest), hotel.BookingRefused(command.guest)]

    assert code.run(hotel, decide=decide, whenever_booked_clean=lambda event: [hotel.CleanRoom()]).passed


def test_functions_that_are_not_replaced_stay_as_they_are(code):
    assert code.run(decide=None) == code.run()


def test_a_trial_is_shown_as_a_table_with_escaped_text(code):
    table = to_code(wall("A:G > C:Do <b>it</b> > G:It > E:It | Done")).run()._repr_markdown_()
    assert "<b>" not in table
    assert code.run()._repr_markdown_().count("| ○ not decided |") == 3
