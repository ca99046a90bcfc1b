"""The commands of a participant: check, hint, show_solution, reset and progress."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from IPython.display import DisplayHandle

from tests.workbench.classroom.support import DEMO, Room
from workbench.classroom import participant as participants
from workbench.classroom.outcome import Outcome
from workbench.classroom.participant import Participant
from workbench.classroom.progress import Outbox

TASK = "status_in_the_demo"


def right(events):
    return "charging" if events[-1:] == ["started"] else "available"


def test_each_call_shows_the_next_hint_and_the_third_is_repeated(room: Room):
    headings = [repr(room.participant.hint(TASK)).split(" ·")[0] for _ in range(4)]
    assert headings == ["Hint 1 of 3", "Hint 2 of 3", "Hint 3 of 3", "Hint 3 of 3"]


def test_hints_continue_after_a_restart_and_start_again_after_a_reset(room: Room):
    room.participant.hint(TASK)
    restarted = Participant(Outbox(room.outbox.file), DEMO, room.root)
    assert "Hint 2 of 3" in repr(restarted.hint(TASK))
    restarted.reset(TASK)
    assert "Hint 1 of 3" in repr(restarted.hint(TASK))


def test_our_solution_is_shown_only_after_an_attempt_and_an_untouched_gap_is_not_one(room: Room):
    assert room.participant.check(TASK, ...).outcome is Outcome.NOT_ATTEMPTED
    assert "Try it first" in repr(room.participant.show_solution(TASK))
    room.participant.check(TASK, lambda events: "available")
    assert 'return "charging" if' in repr(room.participant.show_solution(TASK))
    assert "BEGIN" not in repr(room.participant.show_solution(TASK))


def test_our_solution_is_folded_into_a_passing_verdict_only_in_a_workspace(room: Room):
    assert "<details" in room.participant.check(TASK, right)._repr_html_()
    assert "<details" not in Participant(Outbox(None), DEMO, room.root).check(TASK, right)._repr_html_()


def test_reset_puts_the_gap_in_a_cell_below_and_removes_nothing(room: Room):
    notice = room.participant.reset(TASK)
    assert "your code here" not in repr(notice)
    assert room.shell.rl_next_input.endswith("# your code here\n    ...")


def test_reset_outside_of_a_notebook_prints_the_gap(room: Room):
    assert "# your code here" in repr(Participant(Outbox(None), DEMO, room.root).reset(TASK))


def test_a_task_that_was_solved_once_stays_counted(room: Room):
    room.participant.check(TASK, right)
    verdict = room.participant.check(TASK, lambda events: "available")
    assert repr(verdict).splitlines()[-1] == "1 of 6 solved ▰▱▱▱▱▱"


def test_progress_after_a_restart_shows_the_last_task(room: Room):
    room.participant.check(TASK, lambda events: "available")
    assert "Last time" not in repr(room.participant.progress())
    assert "“Status is a fold” in chapter 9.1: not yet" in repr(
        Participant(Outbox(room.outbox.file), DEMO, room.root).progress()
    )


def test_a_verdict_after_a_reset_says_that_the_task_was_solved_before(room: Room):
    room.participant.check(TASK, right)
    room.participant.reset(TASK)
    assert "solved this task before" not in repr(room.participant.check("ends_in_time", ...))
    assert "You solved this task before, and that still counts." in repr(room.participant.check(TASK, ...))
    room.participant.check(TASK, lambda events: "available")
    restarted = Participant(Outbox(room.outbox.file), DEMO, room.root)
    assert "“Status is a fold” in chapter 9.1: solved before." in repr(restarted.progress())


@pytest.mark.parametrize("verb", ["check", "hint", "show_solution", "reset"])
def test_an_unknown_name_gets_similar_names_as_suggestions(room: Room, verb: str):
    assert "Did you mean `status_in_the_demo`?" in repr(getattr(room.participant, verb)("status_is_fold"))


@pytest.mark.parametrize("name", [None, 7, right])
def test_an_object_that_is_not_a_name_gets_a_message_too(room: Room, name: object):
    assert "There is no task with that name" in repr(room.participant.check(name, right))


@pytest.mark.parametrize("verb", ["check", "hint", "show_solution", "reset"])
def test_a_command_without_a_name_says_where_to_find_it(verb, room: Room, monkeypatch):
    monkeypatch.setattr(participants, "participant", lambda: room.participant)
    assert repr(getattr(participants, verb)()).startswith("? Which task\nPass its name in quotation marks")


def test_a_bug_of_the_workbench_is_a_card_and_not_a_traceback(monkeypatch):
    def broken() -> Participant:
        raise ImportError("chapter_9_9")

    monkeypatch.setattr(participants, "participant", broken)
    assert "stumbled, not you" in repr(participants.check(TASK, right))


def test_a_check_that_is_stopped_while_its_card_appears_still_empties_it(monkeypatch):
    def stopped(handle, card):
        raise KeyboardInterrupt

    emptied = []
    monkeypatch.setattr(DisplayHandle, "display", stopped)
    monkeypatch.setattr(DisplayHandle, "update", lambda handle, data, **how: emptied.append(data))
    card = participants.StillChecking()
    with pytest.raises(KeyboardInterrupt):
        card(2)
    card.clear()
    assert emptied == [{"text/plain": "", "text/html": ""}]


def test_what_a_participant_writes_is_escaped(room: Room):
    class Reads(HTMLParser):
        def handle_starttag(self, tag, attrs):
            tags.add(tag)

    def evil(events):
        raise ValueError("<script>alert(1)</script><img src=x onerror=alert(1)>")

    tags: set[str] = set()
    Reads().feed(room.participant.check(TASK, evil)._repr_html_())
    assert not {"script", "img"} & tags
    assert "<script>" in repr(room.participant.check(TASK, evil))


def test_the_same_answer_gets_the_same_text_each_time(room: Room):
    other = Participant(Outbox(None), DEMO, room.root)
    assert repr(other.check(TASK, lambda events: object())) == repr(
        other.check(TASK, lambda events: object())
    )


@pytest.mark.parametrize(
    ("task", "call"),
    [("read_it_back", "last_reading"), ("one_write", "record, derive"), ("the_timeline", "board")],
)
def test_a_check_without_answers_shows_the_call_of_its_cell(task: str, call: str):
    assert f'Write `check("{task}", {call})`.' in repr(Participant(Outbox(None)).check(task))
