"""JSON holds a whole board with its ids; malformed or hostile input raises an error."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workbench.storming.any_wall import walls
from workbench.storming import Board
from workbench.storming.formats.exchange import NotABoard, from_json, to_json
from workbench.storming.gestures import decide_all
from workbench.storming.wall import EMPTY, fold

GOOD = {
    "board": "fair",
    "version": 1,
    "notes": [
        {"id": "n1", "kind": "event", "text": "A", "x": 0, "y": 0},
        {"id": "n2", "kind": "event", "text": "B", "x": 0, "y": 0},
    ],
}


@settings(max_examples=100, deadline=None, derandomize=True)
@given(walls)
def test_a_wall_survives_a_round_trip_through_json(wall):
    again = fold(decide_all(EMPTY, from_json(to_json(wall))))
    assert again.seen() == wall.seen()
    assert to_json(again) == to_json(wall)


def test_name_and_texts_of_a_board_survive_json():
    board = Board.from_text(
        "board: fair\nevent: <img src=x onerror=alert(1)> {pivotal}\nhot spot: Why? {owner: Anna}"
    )
    again = Board.from_json(board.to_json())
    assert again.name == "fair"
    assert again.wall.seen() == board.wall.seen()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"version": 2}, "version 2, and only version 1 can be read"),
        ({"extra": 1}, "unknown field `extra`"),
        ({"links": [["n1", "n9"]]}, "it is not on the wall"),
        ({"links": [["n1", "n1"]]}, "from a note to itself"),
        ({"links": [["n1"]]}, r"length 2 - at `\$.links\[0\]`"),
        ({"notes": [*GOOD["notes"], GOOD["notes"][0]]}, "it is in use"),
        ({"notes": [GOOD["notes"][0] | {"kind": "sticker"}]}, r"`\$.notes\[0\].kind`"),
        ({"notes": [GOOD["notes"][0] | {"x": 1e9}]}, "off the wall"),
        ({"notes": [GOOD["notes"][0] | {"x": "1"}]}, "Expected `float`, got `str`"),
        ({"notes": [GOOD["notes"][0] | {"owner": "Anna"}]}, "only a note of kind hot spot"),
        ({"notes": [GOOD["notes"][0] | {"text": "x" * 9_999}]}, "a note holds 2,000"),
        ({"phase": "lunch"}, r"`\$.phase`"),
    ],
)
def test_json_that_is_not_a_board_raises_an_error(change, sentence):
    with pytest.raises(NotABoard, match=sentence):
        from_json(json.dumps(GOOD | change))


@pytest.mark.parametrize(
    "text", ["", "{", "null", "[" * 100_000, '{"board":' + "[" * 100_000, "\ud800", "NaN"]
)
def test_text_that_is_not_json_raises_an_error(text):
    with pytest.raises(NotABoard, match="Compare it with"):
        from_json(text)


@settings(max_examples=50, deadline=None, derandomize=True)
@given(st.text() | st.recursive(st.none() | st.floats() | st.text(), st.lists).map(json.dumps))
def test_other_json_values_raise_an_error(text):
    with pytest.raises(NotABoard):
        from_json(text)
