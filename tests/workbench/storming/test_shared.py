"""Several people on one wall: after concurrent gestures all see the same wall."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from threading import Barrier, Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workbench.storming.storm_child import looks, storm
from tests.workbench.storming.storms import FIRST_NOTES, GESTURES, STEADY, Interrupted, play
from workbench.storming import Board
from workbench.storming.wall import fold
from workshop_lib import open_store

ROOT = Path(__file__).parents[3]


def replicas(store, *names):
    boards = [Board("fair", Interrupted(store), by=name) for name in names]
    for gesture in FIRST_NOTES:
        play(boards[0], gesture)
    return boards


@STEADY
@given(st.lists(st.tuples(GESTURES, GESTURES), max_size=10))
def test_conflicting_gestures_end_in_one_wall(pairs):
    """In each pair the second gesture happens between decision and append of the first."""
    store = open_store("memory://")
    slow, fast = replicas(store, "Ada", "Ben")
    for first, second in pairs:
        slow.store.first = lambda second=second: play(fast, second)
        play(slow, first)
        slow.store.first = None
    events = [recorded.event for recorded in store.read_stream("board-fair")]
    assert slow.wall == fast.wall == Board("fair", store).wall == fold(events)


@STEADY
@given(st.lists(st.tuples(st.booleans(), GESTURES), max_size=20))
def test_a_board_that_is_rarely_read_ends_in_the_same_wall(played):
    store = open_store("memory://")
    often, seldom = replicas(store, "Ada", "Ben")
    for looked, gesture in played:
        play(often, gesture)
        assert not looked or seldom.wall == often.wall
    assert seldom.wall == often.wall
    assert seldom.version == often.version


def test_a_note_moved_by_two_people_at_once_is_in_one_place():
    slow, fast = replicas(open_store("memory://"), "Ada", "Ben")
    slow.store.first = lambda: fast.move("n1", 700, 70)
    slow.move("n1", 300, 30)
    assert [(board.wall.notes["n1"].x, board.version) for board in (slow, fast)] == [(300, 5), (300, 5)]


def test_two_people_who_place_a_note_at_once_place_two_notes():
    slow, fast = replicas(open_store("memory://"), "Ada", "Ben")
    slow.store.first = lambda: fast.place("event", "Cable Locked")
    assert slow.place("event", "Charging Started").id == "n5"
    assert [fast.wall.notes[id_].name for id_ in ("n4", "n5")] == ["Cable Locked", "Charging Started"]


def test_moving_a_note_that_was_just_removed_raises_an_error():
    slow, fast = replicas(open_store("memory://"), "Ada", "Ben")
    slow.store.first = lambda: fast.remove("n1")
    with pytest.raises(Exception, match="somebody may have removed it"):
        slow.move("n1", 300, 30)
    assert slow.wall == fast.wall


@pytest.mark.parametrize(
    ("gesture", "spoils"),
    [
        (lambda board: board.place("event", "Cable Locked"), lambda other: other.remove("n4")),
        (lambda board: board.copy("n1")[0], lambda other: other.remove("n4")),
        (lambda board: board.frame("charging", "n1"), lambda other: other.erase("c1")),
    ],
)
def test_placing_returns_the_note_even_if_it_is_removed_at_once(gesture, spoils):
    slow, fast = replicas(open_store("memory://"), "Ada", "Ben")
    slow.store.then = lambda: spoils(fast)
    assert gesture(slow).id in {"n4", "c1"}
    assert len(slow.wall.notes) == 3
    assert not slow.wall.areas


def in_threads(boards):
    """Run one thread per person; all begin when all are ready."""
    barrier = Barrier(len(boards))
    errors = []

    def work(board, seed):
        barrier.wait()
        try:
            storm(board, seed, 25)
        except Exception as error:
            errors.append(error)

    threads = [Thread(target=work, args=(board, seed)) for seed, board in enumerate(boards)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors


@pytest.mark.parametrize("where", ["memory://", None])
def test_three_people_at_once_in_one_kernel_converge(where):
    with open_store(where) as store:
        boards = [Board("fair", store, by=name) for name in ("Ada", "Ben", "Cem")]
        play(boards[0], FIRST_NOTES[0])
        in_threads(boards)
        assert {looks(board) for board in boards} == {looks(Board("fair", store))}
        assert {gesture.by for gesture in boards[0].history} == {"Ada", "Ben", "Cem"}


def test_one_board_can_be_used_by_several_threads():
    """Use one object in several threads, as two cells with callbacks do."""
    board = Board("fair", open_store("memory://"))
    play(board, FIRST_NOTES[0])
    in_threads([board] * 3)
    assert looks(board) == looks(Board("fair", board.store))


def test_two_kernels_on_one_server_converge(postgres):
    """Run two processes on the same few notes of a PostgreSQL store."""
    address = postgres.room()
    with open_store(address) as store:
        board = Board("fair", store)
        play(board, FIRST_NOTES[0])
        children = [child(address, name, seed) for seed, name in enumerate(["Ada", "Ben"])]
        answers = [[answer_of(one) for one in children] for _ in say_to(children, "storm", "look")]
        ends = [json.loads(line) for line in answers[-1]]
        assert ends == [looks(board), looks(board)]
        assert {gesture.by for gesture in board.history} == {"", "Ada", "Ben"}
    for one in children:
        one.stdin.close()
        assert one.wait(30) == 0


def child(address, name, seed):
    """Start a process at the board; it is ready when this returns."""
    how = [sys.executable, "-m", "tests.workbench.storming.storm_child", address, name, str(seed)]
    process = subprocess.Popen(how, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert answer_of(process) == "ready"
    return process


def answer_of(process):
    return process.stdout.readline().strip()


def say_to(processes, *words):
    for word in words:
        for process in processes:
            process.stdin.write(word + "\n")
            process.stdin.flush()
        yield word


@settings(STEADY, max_examples=10)
@given(st.lists(st.tuples(GESTURES, GESTURES), max_size=6))
def test_conflicting_gestures_on_a_database_end_in_one_wall(pairs):
    with open_store(None) as store:
        slow, fast = replicas(store, "Ada", "Ben")
        for first, second in pairs:
            slow.store.first = lambda second=second: play(fast, second)
            play(slow, first)
            slow.store.first = None
        assert slow.wall == fast.wall == Board("fair", store).wall
