"""The tests of a board's code run at once, and say which decision is missing or another one."""

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
def _nothing_is_left_behind(monkeypatch):
    monkeypatch.setitem(sys.modules, "board_decider", None)
    for name in ("_by_class", "_by_name"):
        monkeypatch.setattr(REGISTRY, name, dict(getattr(REGISTRY, name)))


@pytest.fixture
def code():
    return to_code(STAY)


def test_a_board_that_nobody_decided_about_says_so_in_each_test(code):
    trial = code.run()
    assert [ran.ended for ran in trial] == ["not decided"] * 3
    assert not trial.passed
    assert repr(trial).splitlines()[:2] == [
        "0 of 3 tests pass.",
        "○ not decided “Book Room” → “Room” → “Room Booked”.",
    ]


def test_a_decision_that_is_filled_in_passes_its_test_and_no_other(code):
    hotel = code.load()
    trial = code.run(hotel, decide=lambda command, state: [hotel.RoomBooked(command.guest)])
    assert [(ran.ended, ran.why) for ran in trial] == [
        ("passes", ""),
        ("fails", "the result differs"),
        ("not decided", ""),
    ]


def test_a_decision_that_raises_says_what(code):
    [ran, *_] = code.run(decide=lambda command, state: 1 / 0)
    assert (ran.ended, ran.why) == ("fails", "ZeroDivisionError: division by zero")


def test_a_decision_that_ends_without_an_answer_is_none(code):
    [ran, *_] = code.run(decide=lambda command, state: None)
    assert (ran.ended, ran.why) == ("not decided", "decide returned None")


def test_all_pass_when_all_is_decided(code):
    hotel = code.load()

    def decide(command, state):
        return [hotel.RoomBooked(command.guest), hotel.BookingRefused(command.guest)]

    assert code.run(hotel, decide=decide, whenever_booked_clean=lambda event: [hotel.CleanRoom()]).passed


def test_what_is_not_filled_in_stays_as_it_is(code):
    assert code.run(decide=None) == code.run()


def test_a_trial_is_a_table_in_which_text_is_text(code):
    told = to_code(wall("A:G > C:Do <b>it</b> > G:It > E:It | Done")).run()._repr_markdown_()
    assert "<b>" not in told
    assert code.run()._repr_markdown_().count("| ○ not decided |") == 3
