"""Grids: which test catches which bug, and four outcomes of two decisions."""

from __future__ import annotations

from workbench.pictures.grids import caught_grid, two_decisions


def words(sheet) -> list[str]:
    return [text.get_text() for text in sheet.axes[0].texts]


def test_a_bug_that_no_test_catches_is_marked_as_surviving():
    sheet = caught_grid({"two cars": ("a",), "no car": (), "$half$ a car": ()}, ["a", "b"], "One of three")
    assert words(sheet) == ["survives", "survives"]
    assert [label.get_text() for label in sheet.axes[0].get_yticklabels()][2] == "$half$ a car"


def test_each_test_has_a_column_and_the_last_is_for_nobody():
    sheet = caught_grid({"two cars": ("one_car",)}, ["one_car", "left_is_free"], "All")
    labels = [label.get_text() for label in sheet.axes[0].get_xticklabels()]
    assert labels == ["one car", "left is free", "nobody"]


def test_a_square_marks_each_test_that_catches_a_bug():
    sheet = caught_grid({"x": ("a", "c"), "y": ("b",)}, ["a", "b", "c"], "All")
    assert [part.get_offsets().tolist() for part in sheet.axes[0].collections] == [
        [[0, 0], [2, 0]],
        [[1, 1]],
    ]


def test_four_outcomes_are_drawn_in_two_rows_and_two_columns():
    outcomes = [("event", name, f"{name}!") for name in "abcd"]
    sheet = two_decisions(("left", "right"), ("top", "bottom"), outcomes, "Four")
    places = {text.get_text(): text.get_position() for text in sheet.axes[0].texts}
    assert places["a"][0] == places["c"][0] < places["b"][0] == places["d"][0]
    assert places["a"][1] == places["b"][1] > places["c"][1] == places["d"][1]
