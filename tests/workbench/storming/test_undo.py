"""Undo is a new fact: it brings back what was seen, of one's own, also after a restart."""

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
    """What was to be seen after each gesture that changed something, what was there first included."""
    seen = [board.wall.seen()]
    for gesture in gestures:
        version = board.version
        play(board, gesture)
        if board.version > version:
            seen.append(board.wall.seen())
    return seen


def after_an_hour_of(told):
    """The board of Ada, after what she and Ben did at one wall."""
    ada, ben = people("Ada", "Ben")
    for who, gesture in told:
        play(ada if who == "Ada" else ben, gesture)
    return ada


@STEADY
@given(st.lists(HANDS, max_size=15))
def test_undo_goes_back_step_by_step_and_redo_forth_again(gestures):
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
def test_no_fact_is_taken_from_the_stream(gestures):
    [board] = people("Ada")
    facts = []
    for gesture in FIRST_NOTES + gestures:
        play(board, gesture)
        before, facts = facts, [*board.store.read_stream(board.stream)]
        assert facts[: len(before)] == before


@STEADY
@given(st.lists(GESTURES, max_size=15), st.lists(st.sampled_from(["undo", "redo"]), max_size=12))
def test_after_a_restart_undo_goes_on_where_it_was(gestures, second_thoughts):
    """A board that is opened anew for each step does what one that stayed open does."""
    [stayed], [first] = people("Ada"), people("Ada")
    for gesture in FIRST_NOTES + gestures:
        play(stayed, gesture), play(first, gesture)
    for verb in second_thoughts:
        again = Board("fair", first.store, by="Ada")
        assert getattr(stayed, verb)() == getattr(again, verb)()
        assert stayed.wall.seen() == again.wall.seen()


@STEADY
@given(hour("Ada", "Ben"))
def test_redo_brings_back_what_was_seen_before_the_undo_whoever_had_a_hand_in_it(told):
    ada = after_an_hour_of([("Ada", one) for one in FIRST_NOTES] + told)
    before = ada.wall.seen()
    if ada.undo():
        assert ada.wall.seen() != before
        assert ada.redo()
    assert ada.wall.seen() == before


@STEADY
@given(hour("Ada", "Ben", gestures=HANDS))
def test_undo_takes_back_ones_own_notes_and_leaves_those_of_others(told):
    ada = after_an_hour_of(told)
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
def test_one_can_always_undo_until_nothing_of_ones_own_is_left(told):
    ada = after_an_hour_of(told)
    undone = 0
    while ada.undo():
        undone += 1
        assert undone <= len(told)
    redone = 0
    while ada.redo():
        redone += 1
    assert redone == undone


def test_a_gesture_that_nobody_can_see_any_more_does_not_bar_the_way():
    ada, ben = people("Ada", "Ben")
    first, second = ada.place(Kind.EVENT, "Car Plugged In"), ada.place(Kind.EVENT, "Charging Started")
    ada.move(second, 500, 500)
    ben.remove(second)
    assert ada.undo()
    assert first.id not in ada.wall.notes


@pytest.mark.parametrize("verb", ["undo", "redo"])
def test_who_did_nothing_has_nothing_to_take_back(verb):
    ada, ben = people("Ada", "Ben")
    ada.place(Kind.EVENT, "Car Plugged In")
    assert not getattr(ben, verb)()
    assert ben.version == 1


def test_a_new_gesture_ends_what_could_be_done_again():
    [ada] = people("Ada")
    ada.place(Kind.EVENT, "Car Plugged In")
    ada.undo()
    ada.place(Kind.EVENT, "Cable Locked")
    assert not ada.redo()
    assert [note.name for note in ada.wall.of()] == ["Cable Locked"]


def test_only_an_event_is_pivotal_even_when_somebody_takes_back_what_it_was():
    ada, ben = people("Ada", "Ben")
    note = ada.place(Kind.COMMAND, "Start Charging")
    ada.retype(note, Kind.EVENT)
    ben.mark_pivotal(note)
    ada.undo()
    assert not ada.wall.notes[note.id].pivotal
    ada.redo()
    assert ada.wall.notes[note.id].pivotal
