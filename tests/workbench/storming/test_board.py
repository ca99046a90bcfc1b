"""A board survives a restart, and rejects impossible commands with a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workbench.storming.storms import Interrupted
from workbench.storming import Board
from workbench.storming.gestures import NoSuchThing, NotPossible
from workbench.storming.mining.discovery import NoSuchCase, NotALog
from workshop_lib import open_store
from workshop_lib.store.errors import InvalidVersion, StoreError


@pytest.fixture
def board():
    return Board("fair", open_store("memory://"))


def test_a_board_that_was_kept_directly_beside_the_notebook_is_opened_again(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with open_store("fair.board.duckdb") as store:
        Board("fair", store).place("event", "Car Plugged In", 10, 20)
    board = Board("fair")
    assert [note.name for note in board.wall.of()] == ["Car Plugged In"]
    board.close()


def test_boards_lie_in_one_folder_that_file_browsers_hide(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    board = Board("fair")
    board.place("event", "Car Plugged In")
    board.close()
    assert [file.name for file in tmp_path.iterdir()] == [".boards"]
    assert (tmp_path / ".boards" / "fair.duckdb").exists()


def test_a_folder_in_which_no_board_can_be_kept_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".boards").write_text("a file in the way", "utf-8")
    with pytest.raises(StoreError, match="boards"):
        Board("fair")


def test_two_boards_of_one_name_in_one_kernel_share_a_wall(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    here, there = Board("fair"), Board("fair")
    here.place("event", "Car Plugged In")
    assert there.wall == here.wall
    here.close()


def test_a_board_that_was_closed_opens_again_in_the_same_kernel(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    first = Board("fair")
    first.place("event", "Car Plugged In")
    first.close()
    again = Board("fair")
    assert len(again.wall.notes) == 1
    again.close()


def test_one_undo_reverts_a_whole_copy(board):
    first, second = board.place("command", "Start Charging"), board.place("event", "Charging Started")
    board.link(first, second)
    before = board.wall.seen()
    copies = board.copy(first, second)
    assert [(a.id, b.id) for a, b in board.wall.links][1:] == [(copies[0].id, copies[1].id)]
    board.undo()
    assert board.wall.seen() == before


@pytest.mark.parametrize("verb", ["undo", "redo"])
def test_a_slower_undo_or_redo_applies_to_the_next_gesture(verb):
    """Two cells of one person; the other one appends between decision and append."""
    store = open_store("memory://")
    mine, other = Board("fair", store), Board("fair", Interrupted(store))
    for number in range(3):
        mine.place("event", f"Car {number} Plugged In")
    if verb == "redo":
        mine.undo(), mine.undo(), mine.undo()
    other.store.first = getattr(mine, verb)
    assert getattr(other, verb)()
    assert len(mine.wall.notes) == {"undo": 1, "redo": 2}[verb]


def test_a_board_counts_its_notes_in_english(board):
    board.place("policy"), board.place("policy"), board.place("event")
    assert repr(board) == "Board 'fair': 1 event, 2 policies."


def test_a_hot_spot_retyped_to_an_event_has_no_owner_and_no_answer(board):
    note = board.place("hot spot", "Who pays?")
    board.assign(note, "Anna"), board.resolve(note, "The driver")
    board.retype(note, "event")
    assert (board.note(note.id).owner, board.note(note.id).answer) == ("", "")
    board.undo()
    assert (board.note(note.id).owner, board.note(note.id).answer) == ("Anna", "The driver")


def test_added_text_is_read_again_after_a_conflict():
    store = open_store("memory://")
    mine, other = Board("fair", store), Board("fair", Interrupted(store))
    other.store.first = lambda: mine.place("event", "Car Plugged In")
    other.add("event: Car Plugged In -> event: Charging Started")
    assert [note.name for note in mine.wall.notes.values()] == ["Car Plugged In", "Charging Started"]


def test_a_frame_around_notes_names_their_context(board):
    note = board.place("event", "Car Plugged In")
    board.frame("charging", note)
    assert board.wall.context_of(note) == "charging"


def test_an_arrow_disappears_and_returns_with_its_note(board):
    first, second = board.place("command", "Start Charging"), board.place("event", "Charging Started")
    board.link(first, second)
    board.remove(first)
    assert board.wall.links == []
    board.undo()
    assert [(a.id, b.id) for a, b in board.wall.links] == [(first.id, second.id)]


def test_cells_may_open_the_same_file_several_times(tmp_path):
    file = str(tmp_path / "walls.duckdb")
    first, again, other = Board("fair", file), Board("fair", file), Board("market", file)
    first.place("event", "Car Plugged In")
    assert len(again.wall.notes) == 1
    assert not other.wall.notes
    first.close()


@pytest.mark.parametrize("name", ["Anna's", "fair ", "a\nb", "x" * 5_000, "\ud800", 7, None])
@pytest.mark.parametrize("store", ["memory://", None])
def test_an_invalid_board_name_is_rejected(name, store, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NotPossible, match=r"You asked for a board named .{1,70}, but") as rejected:
        Board(name, store)
    assert len(str(rejected.value)) < 300
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize(
    ("gesture", "error", "sentence"),
    [
        (lambda board: board.place("event", "x" * 3_000), NotPossible, "a note holds 2,000"),
        (lambda board: board.place("event", "x", float("nan"), 0), NotPossible, "off the wall"),
        (lambda board: board.place("sticker", "x"), NotPossible, "none of: event, command"),
        (lambda board: board.move("n9", 1, 1), NoSuchThing, "somebody may have removed it"),
        (lambda board: board.link("n1", "n1"), NotPossible, "from a note to itself"),
        (lambda board: board.mark_pivotal("n1"), NotPossible, "only a note of kind event can be"),
        (lambda board: board.frame("charging"), NotPossible, "named no notes"),
        (lambda board: board.enter("lunch"), NotPossible, "none of: chaotic exploration"),
        (lambda board: board.draw("circle", "x", 0, 0, 9, 9), NotPossible, "none of: context, lane"),
        (lambda board: board.place("event", None), NotPossible, "got `null`"),
        (lambda board: board.place("event", "x", "3", 0), NotPossible, "got `str`"),
        (lambda board: board.place("event", "half a smile: \ud83d"), NotPossible, "surrogates not allowed"),
        (lambda board: board.overrule(board.check()[0], None), NotPossible, "got `null`"),
        (lambda board: board.overrule("past tens: event x", "so"), NotPossible, "below its question: orphan"),
        (lambda board: board.note(7), NoSuchThing, "the note '7', but it is not on the wall"),
        (lambda board: board.add(Path("wall.txt")), NotPossible, "that is not a text"),
        (lambda board: board.from_text(None), NotPossible, "that is not a text"),
        (lambda board: board.from_json(b"{}"), NotPossible, "that is not a text"),
        (lambda board: board.conformance("log.duckdb"), NotALog, "'log.duckdb' as a log, but"),
        (lambda board: board.from_log(None), NotALog, "None as a log, but"),
        (lambda board: board.from_log(board.store, case=None), NoSuchCase, "follow the events by None"),
        (lambda board: Board("fair", 7), NotPossible, "7 as the store of the board 'fair', but"),
        (lambda board: board.as_of("1"), InvalidVersion, "a whole number from 0 on"),
        (lambda board: board.do("place a note"), NotPossible, "no such command"),
    ],
)
def test_an_impossible_command_raises_an_error_and_changes_nothing(board, gesture, error, sentence):
    board.place("command", "Start Charging")
    before = board.wall
    with pytest.raises(error, match=sentence):
        gesture(board)
    assert board.wall == before
