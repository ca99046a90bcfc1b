"""The board is there again, and what it refuses it refuses with a sentence."""

from __future__ import annotations

import pytest

from workshop_lib import open_store
from workshop_lib.storming import Board
from workshop_lib.storming.gestures import NoSuchThing, NotPossible


@pytest.fixture
def board():
    return Board("fair", open_store("memory://"))


def test_a_board_is_there_again_after_it_was_closed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with open_store("fair.board.duckdb") as store:
        Board("fair", store).place("event", "Car Plugged In", 10, 20)
    board = Board("fair")
    assert [note.name for note in board.wall.of()] == ["Car Plugged In"]
    board.close()


def test_two_boards_of_one_name_in_one_kernel_are_one_wall(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    here, there = Board("fair"), Board("fair")
    here.place("event", "Car Plugged In")
    assert there.wall == here.wall
    here.close()


def test_a_frame_around_notes_names_their_context(board):
    note = board.place("event", "Car Plugged In")
    board.frame("charging", note)
    assert board.wall.context_of(note) == "charging"


def test_an_arrow_is_gone_with_its_note_and_back_with_it(board):
    first, second = board.place("command", "Start Charging"), board.place("event", "Charging Started")
    board.link(first, second)
    board.remove(first)
    assert board.wall.links == []
    board.undo()
    assert [(a.id, b.id) for a, b in board.wall.links] == [(first.id, second.id)]


@pytest.mark.parametrize(
    ("gesture", "error", "sentence"),
    [
        (lambda board: board.place("event", "x" * 3_000), NotPossible, "a note holds 2,000"),
        (lambda board: board.place("event", "x", float("nan"), 0), NotPossible, "off the wall"),
        (lambda board: board.place("sticker", "x"), NotPossible, "there are: event, command"),
        (lambda board: board.move("n9", 1, 1), NoSuchThing, "somebody may have removed it"),
        (lambda board: board.link("n1", "n1"), NotPossible, "from a note to itself"),
        (lambda board: board.mark_pivotal("n1"), NotPossible, "only a note of kind event can be"),
        (lambda board: board.frame("charging"), NotPossible, "around no notes"),
    ],
)
def test_nonsense_is_refused_with_a_sentence_and_changes_nothing(board, gesture, error, sentence):
    board.place("command", "Start Charging")
    before = board.wall
    with pytest.raises(error, match=sentence):
        gesture(board)
    assert board.wall == before
