"""Undo records new events that revert one's own visible changes, also after a restart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workbench.storming.storms import FIRST_NOTES, GESTURES, HANDS, STEADY, hour, play
from workbench.storming import Board
from workbench.storming.events import Kind
from workshop_lib import open_store


def people(*names):
    store = open_store("memory://")
    return [Board("fair", store, by=name) for name in names]


def played(board, gestures):
    """Return the visible wall at the start and after each gesture that changed it."""
    seen = [board.wall.seen()]
    for gesture in gestures:
        version = board.version
        play(board, gesture)
        if board.version > version:
            seen.append(board.wall.seen())
    return seen


def after_an_hour_of(hour_of_gestures):
    """Return Ada's board after gestures of Ada and Ben on one wall."""
    ada, ben = people("Ada", "Ben")
    for who, gesture in hour_of_gestures:
        play(ada if who == "Ada" else ben, gesture)
    return ada


@STEADY
@given(st.lists(HANDS, max_size=15))
def test_undo_and_redo_go_step_by_step(gestures):
    [board] = people("Ada")
    seen = played(board, FIRST_NOTES + gestures)
    for before in reversed(seen[:-1]):
        assert board.undo()
        assert board.wall.seen() == before
    assert not board.undo()
    for after in seen[1:]:
        assert board.redo()
        assert board.wall.seen() == after
    assert not board.redo()


@STEADY
@given(st.lists(GESTURES, max_size=20))
def test_no_event_is_removed_from_the_stream(gestures):
    [board] = people("Ada")
    facts = []
    for gesture in FIRST_NOTES + gestures:
        play(board, gesture)
        before, facts = facts, [*board.store.read_stream(board.stream)]
        assert facts[: len(before)] == before


@STEADY
@given(st.lists(GESTURES, max_size=15), st.lists(st.sampled_from(["undo", "redo"]), max_size=12))
def test_undo_works_after_a_restart(gestures, second_thoughts):
    """A board that is opened anew for each step behaves like one that stays open."""
    [stayed], [first] = people("Ada"), people("Ada")
    for gesture in FIRST_NOTES + gestures:
        play(stayed, gesture), play(first, gesture)
    for verb in second_thoughts:
        again = Board("fair", first.store, by="Ada")
        assert getattr(stayed, verb)() == getattr(again, verb)()
        assert stayed.wall.seen() == again.wall.seen()


@STEADY
@given(hour("Ada", "Ben"))
def test_redo_restores_the_wall_before_the_undo(hour_of_gestures):
    ada = after_an_hour_of([("Ada", one) for one in FIRST_NOTES] + hour_of_gestures)
    before = ada.wall.seen()
    if ada.undo():
        assert ada.wall.seen() != before
        assert ada.redo()
    assert ada.wall.seen() == before


@STEADY
@given(hour("Ada", "Ben", gestures=HANDS))
def test_undo_reverts_only_ones_own_notes(hour_of_gestures):
    ada = after_an_hour_of(hour_of_gestures)
    placed = {
        event.note: gesture.by
        for gesture in ada.history
        for event in gesture.events
        if hasattr(event, "text")
    }
    before = set(ada.wall.notes)
    while ada.undo():
        pass
    assert {note for note in before if placed[note] == "Ben"} <= set(ada.wall.notes)


@STEADY
@given(hour("Ada", "Ben", gestures=HANDS))
def test_everything_of_ones_own_can_be_undone(hour_of_gestures):
    ada = after_an_hour_of(hour_of_gestures)
    undone = 0
    while ada.undo():
        undone += 1
        assert undone <= len(hour_of_gestures)
    redone = 0
    while ada.redo():
        redone += 1
    assert redone == undone


def test_undo_skips_a_gesture_without_visible_effect():
    ada, ben = people("Ada", "Ben")
    first, second = ada.place(Kind.EVENT, "Car Plugged In"), ada.place(Kind.EVENT, "Charging Started")
    ada.move(second, 500, 500)
    ben.remove(second)
    assert ada.undo()
    assert first.id not in ada.wall.notes


@pytest.mark.parametrize("verb", ["undo", "redo"])
def test_without_gestures_there_is_nothing_to_undo(verb):
    ada, ben = people("Ada", "Ben")
    ada.place(Kind.EVENT, "Car Plugged In")
    assert not getattr(ben, verb)()
    assert ben.version == 1


def test_a_new_gesture_clears_redo():
    [ada] = people("Ada")
    ada.place(Kind.EVENT, "Car Plugged In")
    ada.undo()
    ada.place(Kind.EVENT, "Cable Locked")
    assert not ada.redo()
    assert [note.name for note in ada.wall.of()] == ["Cable Locked"]


def test_undoing_a_retype_leaves_only_events_pivotal():
    ada, ben = people("Ada", "Ben")
    note = ada.place(Kind.COMMAND, "Start Charging")
    ada.retype(note, Kind.EVENT)
    ben.mark_pivotal(note)
    ada.undo()
    assert not ada.wall.notes[note.id].pivotal
    ada.redo()
    assert ada.wall.notes[note.id].pivotal
