"""The wall is a fold of its stream: the same events give the same wall."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workbench.storming.storms import FIRST_NOTES, HANDS, HOSTILE, NOTES, STEADY, hour, play
from workbench.storming import Board
from workbench.storming.events import Kind, NotePlaced, Phase, PhaseEntered
from workbench.storming.wall import EMPTY, evolve, fold
from workshop_lib import open_store
from workshop_lib.events import WorkshopError


def stormed(made, *people):
    """Return each person's board of one wall, after their gestures."""
    store = open_store("memory://")
    boards = {name: Board("fair", store, by=name) for name in people}
    for gesture in FIRST_NOTES:
        play(boards[people[0]], gesture)
    for who, gesture in made:
        play(boards[who], gesture)
    return boards


def stream_of(board):
    return [recorded.event for recorded in board.store.read_stream(board.stream)]


@STEADY
@given(hour("Ada", "Ben"))
def test_a_wall_is_the_replay_of_its_stream(made):
    boards = stormed(made, "Ada", "Ben")
    events = stream_of(boards["Ada"])
    assert boards["Ada"].wall == fold(events) == boards["Ben"].wall
    assert boards["Ada"].version == len(events)
    assert [event for gesture in boards["Ben"].history for event in gesture.events] == events


@STEADY
@given(hour("Ada", "Ben"))
def test_as_of_is_the_fold_of_what_had_happened_by_then(made):
    board = stormed(made, "Ada", "Ben")["Ada"]
    events = stream_of(board)
    for version in range(len(events) + 2):
        assert board.as_of(version) == fold(events[:version])
    assert board.as_of(0) == EMPTY


@STEADY
@given(hour("Ada", "Ben"))
def test_a_wall_is_consistent_after_any_gestures(made):
    wall = stormed(made, "Ada", "Ben")["Ada"].wall
    assert not set(wall.notes) & set(wall.notes_off)
    assert not set(wall.areas) & set(wall.areas_off)
    assert {note.kind for note in wall.notes.values() if note.pivotal} <= {Kind.EVENT}
    assert {note.kind for note in wall.notes.values() if note.answer or note.owner} <= {Kind.HOT_SPOT}
    assert all(source.id != target.id and source.id in wall.notes for source, target in wall.links)


@STEADY
@given(hour("Ada"), HANDS)
def test_a_gesture_is_recorded_if_and_only_if_it_changes_the_wall(made, gesture):
    board = stormed(made, "Ada")["Ada"]
    before, version = board.wall, board.version
    play(board, gesture)
    assert (board.version > version) is (board.wall != before)


@STEADY
@given(hour("Ada"), hour("Ada"))
def test_evolve_never_raises_even_for_events_of_another_wall(here, there):
    wall = stormed(here, "Ada")["Ada"].wall
    foreign = stream_of(stormed(there, "Ada")["Ada"])
    assert fold(foreign, wall) == fold(foreign, wall)
    assert wall == stormed(here, "Ada")["Ada"].wall


def test_an_event_about_a_removed_note_changes_nothing():
    board = stormed([("Ada", ("remove", "n1"))], "Ada")["Ada"]
    for event in stream_of(stormed([("Ada", ("move", "n1", 7.0, 7.0))], "Ada")["Ada"]):
        if not isinstance(event, NotePlaced):
            assert evolve(board.wall, event) == board.wall


def test_an_unknown_event_changes_nothing():
    assert evolve(EMPTY, "a coffee was drunk") == EMPTY
    assert evolve(EMPTY, PhaseEntered(Phase.TIMELINE)).phase is Phase.TIMELINE


@pytest.mark.parametrize("where", ["memory://", None, "postgres"])
def test_hostile_text_is_kept_as_written(where, request):
    where = request.getfixturevalue("postgres").room() if where == "postgres" else where
    with open_store(where) as store:
        board = Board("fair", store)
        said = [board.place(Kind.EVENT, text).text for text in HOSTILE]
        assert said == [text.replace("\r\n", "\n").replace("\r", "\n").strip() for text in HOSTILE]
        assert [Board("fair", store).wall.notes[f"n{n}"].text for n in range(1, len(said) + 1)] == said


@pytest.mark.parametrize("verb", ["place", "reword", "assign", "frame", "overrule"])
def test_half_a_character_raises_an_error_and_changes_nothing(verb):
    board = stormed([("Ada", ("place", Kind.HOT_SPOT, "Why?", 0.0, 0.0))], "Ada")["Ada"]
    before, half = board.wall, "Car \ud800"
    details = {"place": [Kind.EVENT, half], "frame": [half, "n1"]}.get(verb, ["n4", half])
    with pytest.raises(WorkshopError):
        getattr(board, verb)(*details)
    assert board.wall == before


@STEADY
@given(st.lists(NOTES, min_size=2, max_size=3, unique=True))
def test_copies_have_only_the_arrows_among_them(chosen):
    board = stormed([("Ada", ("link", "n1", "n2", "n3", "n4"))], "Ada")["Ada"]
    board.place(Kind.EVENT, "Car 4 Plugged In")
    board.link("n1", "n2", "n3", "n4")
    among = [(a.id, b.id) for a, b in board.wall.links if a.id in chosen and b.id in chosen]
    twins = dict(zip(chosen, (copy.id for copy in board.copy(*chosen)), strict=True))
    new = [(a.id, b.id) for a, b in board.wall.links if {a.id, b.id} & set(twins.values())]
    assert sorted(new) == sorted((twins[a], twins[b]) for a, b in among)
