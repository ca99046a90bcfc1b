"""A wall is rearranged in one gesture: causes left of effects, notes in their frames, nothing lost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from tests.workbench.storming.any_wall import walls
from workbench.storming import Board
from workbench.storming.drawing.tidy import tidied
from workbench.storming.events import AreaKind
from workbench.storming.gestures import decide_all
from workbench.storming.wall import fold

CROWDED = """
context: front desk
  actor: Guest {at 900 100} -> command: Book Room {at 700 100} -> aggregate: Booking {at 500 100}
  aggregate: Booking -> event: Room Booked {at 300 100} -> read model: Free Rooms {at 100 100} -> actor: Guest
event: Room Booked {in front desk} -> policy: Whenever booked, clean {at 100 500}
lane: cellar {at 0 900, size 500 200}
  hot spot: Who has the key? {at 100 1000}
"""


@pytest.fixture
def board():
    return Board.from_text(CROWDED)


def test_tidying_puts_causes_left_of_their_effects(board):
    assert len(board.check().of("backward arrow")) == 4
    board.tidy()
    assert not board.check().of("backward arrow")
    assert not board.check("big picture").of("backward arrow")


def frames_of_notes(board):
    """Return for each note the names of its context and its lane."""
    around = {
        note.id: [board.wall.frame_of(note, kind) for kind in (AreaKind.CONTEXT, AreaKind.LANE)]
        for note in board.wall.of()
    }
    return {id_: [area and area.name for area in areas] for id_, areas in around.items()}


def test_each_frame_keeps_exactly_its_notes(board):
    before = frames_of_notes(board)
    board.tidy()
    assert frames_of_notes(board) == before
    assert before[board.note("Who has the key?").id] == [None, "cellar"]


def test_one_undo_restores_the_old_places(board):
    before = board.wall.seen()
    board.tidy()
    assert board.wall.seen() != before
    board.undo()
    assert board.wall.seen() == before


def test_the_upper_story_stays_on_top():
    board = Board.from_text("""
        actor: Guest -> command: Book Room -> aggregate: Booking -> event: Room Booked
        event: Week Ended -> command: Send Bill -> aggregate: Bill -> event: Bill Sent
    """)
    board.unlink("Week Ended", "Send Bill")
    board.add("event: Week Ended -> policy: Whenever a week is over -> command: Send Bill")
    board.tidy()
    assert board.note("Room Booked").y == board.note("Book Room").y < board.note("Send Bill").y
    assert board.note("Send Bill").y == board.note("Whenever a week is over").y


def test_notes_without_arrows_keep_their_order(board):
    names = ["Bill Sent", "Bill Lost", "Bill Paid"]
    for place, name in enumerate(names):
        board.place("event", name, 500 + 200 * place, 3_000 - 700 * place)
    board.tidy()
    assert sorted(names, key=lambda name: board.note(name).x) == names


def test_frames_of_one_name_become_one(board):
    board.frame("front desk", board.place("event", "Bill Paid", 3_000, 3_000))
    board.tidy()
    assert sorted(area.name for area in board.wall.areas.values()) == ["cellar", "front desk"]
    assert board.wall.context_of(board.note("Bill Paid")) == "front desk"


@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(walls)
def test_tidying_any_wall_changes_only_places(wall):
    tidy = fold(decide_all(wall, tidied(wall)), wall)
    assert {note.id: note.text for note in tidy.of()} == {note.id: note.text for note in wall.of()}
    assert tidy.arrows == wall.arrows
    for note in wall.of():
        frame = wall.frame_of(note, AreaKind.CONTEXT)
        there = tidy.frame_of(tidy.notes[note.id], AreaKind.CONTEXT)
        assert (frame and frame.name) == (there and there.name)
