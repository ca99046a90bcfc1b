"""What a participant can ask for: a check, hints, our solution, the gap back, and how far they are."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from IPython.display import DisplayHandle

from tests.workbench.classroom.support import DEMO, Room
from workbench.classroom import participant as participants
from workbench.classroom.participant import Desk
from workbench.classroom.outcome import Outcome
from workbench.classroom.progress import Outbox

TASK = "status_in_the_demo"


def right(events):
    return "charging" if events[-1:] == ["started"] else "available"


def test_hints_go_one_step_further_each_time_and_stay_at_the_third(room: Room):
    headings = [repr(room.desk.hint(TASK)).split(" ·")[0] for _ in range(4)]
    assert headings == ["Hint 1 of 3", "Hint 2 of 3", "Hint 3 of 3", "Hint 3 of 3"]


def test_hints_go_on_where_they_were_after_a_restart_and_start_anew_after_a_reset(room: Room):
    room.desk.hint(TASK)
    restarted = Desk(Outbox(room.outbox.file), DEMO, room.root)
    assert "Hint 2 of 3" in repr(restarted.hint(TASK))
    restarted.reset(TASK)
    assert "Hint 1 of 3" in repr(restarted.hint(TASK))


def test_our_solution_is_shown_after_an_attempt_and_an_untouched_gap_is_none(room: Room):
    assert room.desk.check(TASK, ...).outcome is Outcome.NOT_ATTEMPTED
    assert "Try it first" in repr(room.desk.show_solution(TASK))
    room.desk.check(TASK, lambda events: "available")
    assert 'return "charging" if' in repr(room.desk.show_solution(TASK))
    assert "BEGIN" not in repr(room.desk.show_solution(TASK))


def test_after_a_pass_ours_is_folded_away_for_comparison_in_a_workspace_only(room: Room):
    assert "<details" in room.desk.check(TASK, right)._repr_html_()
    assert "<details" not in Desk(Outbox(None), DEMO, room.root).check(TASK, right)._repr_html_()


def test_reset_puts_the_gap_in_a_cell_below_and_removes_nothing(room: Room):
    told = room.desk.reset(TASK)
    assert "your code here" not in repr(told)
    assert room.shell.rl_next_input.endswith("# your code here\n    ...")


def test_reset_outside_of_a_notebook_prints_the_gap(room: Room):
    assert "# your code here" in repr(Desk(Outbox(None), DEMO, room.root).reset(TASK))


def test_the_bar_counts_what_was_solved_once(room: Room):
    room.desk.check(TASK, right)
    verdict = room.desk.check(TASK, lambda events: "available")
    assert repr(verdict).splitlines()[-1] == "1 of 6 solved ▰▱▱▱▱▱"


def test_progress_after_a_restart_says_where_the_participant_was(room: Room):
    room.desk.check(TASK, lambda events: "available")
    assert "Last time" not in repr(room.desk.progress())
    assert "“Status is a fold” in chapter 9.1: not yet" in repr(
        Desk(Outbox(room.outbox.file), DEMO, room.root).progress()
    )


def test_a_gap_that_was_reset_says_that_the_task_was_solved_before(room: Room):
    room.desk.check(TASK, right)
    room.desk.reset(TASK)
    assert "solved this task before" not in repr(room.desk.check("ends_in_time", ...))
    assert "You solved this task before, and that still counts." in repr(room.desk.check(TASK, ...))
    room.desk.check(TASK, lambda events: "available")
    restarted = Desk(Outbox(room.outbox.file), DEMO, room.root)
    assert "“Status is a fold” in chapter 9.1: solved before." in repr(restarted.progress())


@pytest.mark.parametrize("verb", ["check", "hint", "show_solution", "reset"])
def test_an_unknown_task_is_answered_with_names_that_are_close(room: Room, verb: str):
    assert "Did you mean `status_in_the_demo`?" in repr(getattr(room.desk, verb)("status_is_fold"))


@pytest.mark.parametrize("name", [None, 7, right])
def test_something_that_is_no_name_is_answered_too(room: Room, name: object):
    assert "There is no task of that name" in repr(room.desk.check(name, right))


@pytest.mark.parametrize("verb", ["check", "hint", "show_solution", "reset"])
def test_a_verb_without_a_name_asks_which_task_is_meant(verb, room: Room, monkeypatch):
    monkeypatch.setattr(participants, "desk", lambda: room.desk)
    assert repr(getattr(participants, verb)()).startswith("? Which task\nSay its name, in quotation marks")


def test_a_mistake_of_ours_is_a_note_and_no_traceback(monkeypatch):
    def broken() -> Desk:
        raise ImportError("chapter_9_9")

    monkeypatch.setattr(participants, "desk", broken)
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
    Reads().feed(room.desk.check(TASK, evil)._repr_html_())
    assert not {"script", "img"} & tags
    assert "<script>" in repr(room.desk.check(TASK, evil))


def test_the_same_answer_gets_the_same_words_each_time(room: Room):
    other = Desk(Outbox(None), DEMO, room.root)
    assert repr(other.check(TASK, lambda events: object())) == repr(
        other.check(TASK, lambda events: object())
    )
