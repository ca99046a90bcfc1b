"""The film strip of a storming: its phases, and the wall at the end of each."""

from __future__ import annotations

import pytest
from matplotlib import pyplot

from workbench.storming import Board
from workbench.storming.drawing.film import film_strip, phase_ends


@pytest.fixture
def storm():
    board = Board("fair", "memory://")
    board.enter("chaotic exploration")
    board.place("event", "Car Left", 500, 100)
    board.place("event", "Coffee Sold", 100, 300)
    board.enter("timeline")
    board.enter("pivotal events")
    board.mark_pivotal("Car Left")
    return board


def test_each_phase_with_changes_is_shown_as_it_ended(storm):
    ends = [(phase, len(wall.notes), wall.phase) for phase, wall in phase_ends(storm)]
    assert ends == [
        ("chaotic exploration", 2, "chaotic exploration"),
        ("pivotal events", 2, "pivotal events"),
    ]


def test_what_was_removed_later_is_shown_in_the_phase_before(storm):
    storm.remove("Coffee Sold")
    assert [len(wall.notes) for _, wall in phase_ends(storm)] == [2, 1]


def test_a_wall_without_phases_is_one_picture():
    board = Board("fair", "memory://")
    board.place("event", "Car Left")
    assert [phase for phase, _ in phase_ends(board)] == ["before any phase"]


def test_all_pictures_of_a_strip_have_the_same_section_and_scale(storm):
    storm.place("event", "Band Played", 2_000, 900)
    strip = film_strip(storm).axes[0]
    [first, second] = strip.child_axes
    assert (first.get_xlim(), first.get_ylim()) == (second.get_xlim(), second.get_ylim())
    assert [text.get_text() for text in strip.texts] == ["1 · chaotic exploration", "2 · pivotal events"]
    pyplot.close("all")


def test_an_empty_board_has_an_empty_strip():
    assert film_strip(Board("fair", "memory://")).axes[0].child_axes == []
    pyplot.close("all")
