"""The board as an aggregate, and its use cases under conflicts."""

from __future__ import annotations

import pytest

from workbench.storming import Board
from workbench.storming.commands import MoveNote, PlaceNote
from workbench.storming.decider import Change, RedoLast, UndoLast, decider
from workbench.storming.events import Kind, NoteMoved, NotePlaced, NoteRemoved, NoteRestored
from workbench.storming.gestures import NoSuchThing, decide_all
from workbench.storming.undo import Gesture
from workshop_lib import open_store
from workshop_lib.modeling.decider import decision, fold

PLACED = Gesture(1, "Ada", (NotePlaced("n1", Kind.EVENT, "Car Plugged In", 0.0, 0.0),))
MOVED = Gesture(2, "Ben", (NoteMoved("n1", 300.0, 0.0),))
UNDONE = Gesture(3, "Ada", (NoteRemoved("n1"),), undoes=1)


def change(by, *commands):
    return Change(by, lambda wall: decide_all(wall, commands))


@pytest.mark.parametrize(
    ("given", "when", "then"),
    [
        ([], change("Ada", PlaceNote(Kind.EVENT, "Car Plugged In")), [PLACED]),
        ([PLACED], change("Ben", MoveNote("n1", 300.0, 0.0)), [MOVED]),
        ([PLACED, MOVED], change("Ada", MoveNote("n1", 300.0, 0.0)), []),
        ([PLACED, MOVED], UndoLast("Ada"), [UNDONE]),
        ([PLACED, MOVED], UndoLast("Cem"), []),
        ([PLACED, MOVED, UNDONE], UndoLast("Ada"), []),
        ([PLACED, MOVED, UNDONE], RedoLast("Ada"), [Gesture(4, "Ada", (NoteRestored("n1"),), redoes=1)]),
        ([PLACED, MOVED], RedoLast("Ada"), []),
    ],
)
def test_a_request_leads_to_one_gesture_or_none(given, when, then):
    assert decision(decider, fold(decider, given), when) == then


def test_an_impossible_request_raises_an_error():
    with pytest.raises(NoSuchThing):
        decision(decider, fold(decider, [PLACED, MOVED, UNDONE]), change("Ben", MoveNote("n1", 0.0, 0.0)))


def test_the_version_counts_events_not_gestures():
    copied = Gesture(2, "Ada", (NoteMoved("n1", 1.0, 1.0), NoteMoved("n1", 2.0, 2.0)))
    assert fold(decider, [PLACED, copied]).version == 3


class Busy:
    """A store in which others move a note before each append; it counts the events read."""

    def __init__(self, store, others=0):
        self._store, self.others, self.read = store, others, 0

    def __getattr__(self, name):
        return getattr(self._store, name)

    def append(self, *args, **kwargs):
        if self.others:
            self.others -= 1
            Board("fair", self._store, by="Ben").move("n1", 0.0, self.others + 1.0)
        return self._store.append(*args, **kwargs)

    def read_stream(self, *args, **kwargs):
        for recorded in self._store.read_stream(*args, **kwargs):
            self.read += 1
            yield recorded


@pytest.fixture
def busy():
    store = open_store("memory://")
    Board("fair", store).place(Kind.EVENT, "Car Plugged In", 0.0, 0.0)
    return Busy(store)


def test_a_gesture_is_recorded_after_any_number_of_conflicts(busy):
    board = Board("fair", busy, by="Ada")
    busy.others = 200
    board.move("n1", 300.0, 0.0)
    assert (board.wall.notes["n1"].x, board.version) == (300.0, 202)
    assert [gesture.by for gesture in board.history[-2:]] == ["Ben", "Ada"]


def test_a_board_reads_each_event_only_once(busy):
    board = Board("fair", busy)
    for x in range(1, 11):
        board.move("n1", x * 10.0, 0.0)
        assert board.wall.notes["n1"].x == x * 10.0
    assert busy.read == board.version == 11
