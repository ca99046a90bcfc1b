"""The Python half of the board's widget: what it shows, answers and follows."""

from __future__ import annotations

import json
import threading
from base64 import b64decode

import pytest

from tests.workbench.storming.board_page import Answering
from workbench.pictures.show import WIDGET
from workbench.pictures.style import STICKY
from workbench.storming.board import Board
from workbench.storming.commands import PlaceNote
from workbench.storming.events import Kind, Phase
from workbench.storming.widget.board import QUICK, BoardWidget, past
from workbench.storming.widget.facilitation import GUIDES
from workbench.storming.widget.live import Live
from workshop_lib.store import open_store

EVIL = "<img src=x onerror=alert(1)>"
PATIENCE = 10.0


@pytest.fixture
def board():
    board = Board("fair", "memory://")
    board.place("event", "Charging Started", 200, 200)
    yield board
    board.close()


@pytest.fixture
def widget(board):
    widget = Answering(board)
    yield widget
    widget.close()


def ask(widget, type_, **more):
    """Return the widget's answer to a message of the browser."""
    widget._handle_custom_msg({"type": type_, "id": "g1", **more}, [])
    return widget.answers[-1]


def place(text, **more):
    return {"type": "PlaceNote", "kind": "event", "text": text, "x": 1, "y": 2, **more}


def names(widget):
    return [note["text"] for note in widget.shown["notes"]]


def until(true):
    """Wait until a condition of another thread holds; return whether it did."""
    arrived = threading.Event()
    for _ in range(1000):
        if true():
            return True
        arrived.wait(PATIENCE / 1000)
    return False


def test_a_gesture_of_several_commands_is_one_message_and_one_undo(widget, board):
    moved = {"type": "MoveNote", "note": "n1", "x": 7, "y": 8}
    answer = ask(widget, "Do", commands=[place("Meter Read", note="mine"), moved])
    assert answer == {"answer": "g1", "version": 3}
    assert names(widget) == ["Charging Started", "Meter Read"]
    assert board.undo()
    assert names(ready(widget)) == ["Charging Started"]


def ready(widget):
    widget.refresh()
    return widget


def test_an_error_is_a_sentence_and_changes_nothing(widget, board):
    answer = ask(widget, "Do", commands=[place("Meter Read"), {"type": "RemoveNote", "note": "n9"}])
    assert answer["error"].startswith("You asked for the note 'n9', but it is not on the wall")
    assert names(widget) == ["Charging Started"]
    assert board.version == 1


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"type": "Do", "id": "g1"},
        {"type": "Do", "id": "g1", "commands": [{"type": "Format", "drive": "C"}]},
        {"type": "Do", "id": "g1", "commands": [place("x", kind="elephant")]},
        {"type": "Do", "id": "g1", "commands": [place(["x"])]},
        {"type": "Past", "id": "g1", "step": "yesterday"},
        ["Do"],
        None,
    ],
)
def test_an_invalid_message_is_answered_with_an_error(widget, board, content):
    widget._handle_custom_msg(content, [])
    assert "Nothing was changed" in widget.answers[-1]["error"]
    assert board.version == 1


def test_undo_and_redo_are_messages_and_the_widget_shows_whether_they_are_possible(widget):
    assert (widget.shown["undo"], widget.shown["redo"]) == (True, False)
    ask(widget, "Undo")
    assert (names(widget), widget.shown["undo"], widget.shown["redo"]) == ([], False, True)
    ask(widget, "Redo")
    assert names(widget) == ["Charging Started"]


def test_the_past_is_shown_gesture_by_gesture_and_changes_nothing(widget, board):
    board.do(PlaceNote(Kind.EVENT, "Meter Read"), PlaceNote(Kind.COMMAND, "Stop charging"))
    received = [ask(widget, "Past", step=step)["past"] for step in range(3)]
    assert [len(one["notes"]) for one in received] == [0, 1, 3]
    assert [one["what"] for one in received] == ["an empty wall", "NotePlaced", "2 NotePlaced"]
    assert len(widget.shown["notes"]) == 3


def test_steps_outside_of_the_session_show_its_ends(board):
    assert past(board.history, -5)["notes"] == []
    assert past(board.history, 99)["step"] == 1


def test_what_the_browser_gets_is_plain_json(board):
    board.frame(EVIL, board.place("hot spot", EVIL))
    board.enter("hot spots")
    news = Answering(board, "design").news()
    assert json.loads(json.dumps(news)) == news
    assert EVIL in [note["text"] for note in news["shown"]["notes"]]
    assert news["shown"]["phase"] == "hot spots"


def test_findings_are_shown_only_if_a_level_is_chosen(widget):
    assert widget.shown["findings"] == []
    widget.level = "design"
    assert "orphan event" in {finding["rule"] for finding in widget.shown["findings"]}
    widget.level = ""
    assert widget.shown["findings"] == []


def test_a_finding_is_overruled_from_the_browser(widget):
    widget.level = "design"
    key = next(one["key"] for one in widget.shown["findings"] if one["rule"] == "orphan event")
    ask(widget, "Do", commands=[{"type": "Overrule", "finding": key, "reason": "the town wants it"}])
    assert {one["key"]: one["overruled"] for one in widget.shown["findings"]}[key] == "the town wants it"


def test_two_widgets_of_two_boards_on_one_store_show_the_same(widget, board):
    other = Answering(Board("fair", board.store))
    ask(other, "Do", commands=[place("Meter Read")])
    assert until(lambda: "Meter Read" in names(widget))
    board.place("event", "Cable Unplugged")
    assert until(lambda: widget.shown == other.shown and len(names(other)) == 3)
    other.close()


def test_two_kernels_on_one_server_show_the_same(postgres):
    address = postgres.room()
    with open_store(address) as one, open_store(address) as two:
        here, there = Answering(Board("town", one)), Answering(Board("town", two))
        ask(here, "Do", commands=[place("Meter Read", note="m")])
        ask(there, "Do", commands=[place("Cable Unplugged", note="c")])
        assert until(lambda: here.shown == there.shown and len(names(here)) == 2)
        here.close(), there.close()


def test_changes_of_other_boards_do_not_refresh_the_widget(board):
    received = threading.Event()
    live = Live(board.store, board.stream, received.set, lambda error: None)
    Board("another", board.store).place("event", "Cable Unplugged")
    assert not received.wait(0.1)
    board.place("event", "Meter Read")
    assert received.wait(PATIENCE)
    live.close()


def test_following_ends_with_the_widget_and_with_the_store():
    board, gone = Board("fair", "memory://"), Board("gone", "memory://")
    first, second = Answering(board), Answering(gone)
    first.close()
    gone.close()
    assert until(lambda: not first._live.follows and not second._live.follows)
    board.close()


def test_following_keeps_no_kernel_alive(widget):
    threads = [one for one in threading.enumerate() if one.name == "follows board-fair"]
    assert [one.daemon for one in threads] == [True] * len(threads) != []


def test_a_failure_while_following_is_shown(board):
    received: list[Exception] = []
    broken = threading.Event()

    def changed():
        raise OSError("the server is gone")

    live = Live(board.store, board.stream, changed, lambda error: (received.append(error), broken.set()))
    board.place("event", "Meter Read")
    assert broken.wait(PATIENCE)
    assert str(received[0]) == "the server is gone"
    assert until(lambda: not live.follows)


def test_a_cell_that_is_run_again_stops_its_old_widget(board):
    widgets = [BoardWidget(board) for _ in range(5)]
    assert until(lambda: [widget._live.follows for widget in widgets] == [False] * 4 + [True])
    widgets[0]._view_count = 1  # the first one is shown again
    assert widgets[0]._live.follows
    board.place("event", "Meter Read")
    assert until(lambda: "Meter Read" in names(widgets[0]))
    assert "Meter Read" not in names(widgets[1])
    for widget in widgets:
        widget.close()


def test_a_board_shows_its_widget_and_a_still_picture_for_pages_without_widgets(board):
    board.place("hot spot", EVIL)
    shown, how = board._repr_mimebundle_()
    assert WIDGET in shown
    assert shown["text/plain"] == repr(board) == "Board 'fair': 1 event, 1 hot spot."
    assert shown["image/svg+xml"] == board.to_svg()
    assert b64decode(shown["image/png"]) == board.to_png()
    assert 100 < how["image/png"]["width"] < 1000
    assert "<img" not in shown["image/svg+xml"]


def test_a_large_board_is_shown_at_once_without_a_png():
    board = Board("storm", "memory://")
    board.do(*(PlaceNote(Kind.EVENT, "Car Left", n * 200, 0) for n in range(QUICK + 1)))
    shown, how = board._repr_mimebundle_()
    assert set(shown) == {WIDGET, "image/svg+xml", "text/plain"}
    assert how == {}


def test_a_new_widget_shows_the_same_board(board, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    first = Answering(Board("kept"))
    ask(first, "Do", commands=[place("Meter Read")])
    first.close()
    first.board.close()
    again = Answering(Board("kept"))
    assert names(again) == ["Meter Read"]
    again.close()
    again.board.close()


def test_every_phase_has_a_guide_with_a_question_and_minutes():
    assert list(GUIDES) == list(Phase)
    assert all(guide.prompt and 5 <= guide.minutes <= 30 and guide.kinds for guide in GUIDES.values())


def test_each_kind_has_its_colour_in_the_order_of_the_keys(widget):
    assert [(one["kind"], one["colour"]) for one in widget.kinds] == [(kind, STICKY[kind]) for kind in Kind]


def test_the_javascript_is_valid_and_fetches_nothing():
    text = BoardWidget._esm
    addresses = [part for part in text.split('"') if "://" in part]
    assert addresses == ["http://www.w3.org/2000/svg"]  # an XML namespace, never fetched
    assert not any(word in text for word in ("fetch(", "innerHTML", "insertAdjacentHTML", "import ", "eval("))
    assert "url(" not in str(BoardWidget._css)
