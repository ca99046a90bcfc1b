"""Each kind of answer gets its outcome and a helpful sentence."""

from __future__ import annotations

import gc
import sys
import threading
from dataclasses import dataclass, replace
from functools import partial

import pandas
import pytest

from tests.workbench.classroom.demo.c9_1.checks import Started, Stopped
from tests.workbench.classroom.support import DEMO, found, function_of
from workbench.classroom.attempt import Attempt, Raised
from workbench.classroom.gap import gap_in
from workbench.classroom.outcome import Outcome
from workbench.classroom.runner import Interrupted, run
from workshop_lib import open_store


def finding_of(check):
    """Return the feedback of a task with a one-line check."""
    return run(
        replace(DEMO.find("status_in_the_demo"), check=lambda attempt, answer: check(attempt)), (right,)
    )


def right(events):
    return "charging" if events[-1:] == ["started"] else "available"


def gap(events):
    """A docstring does not count as an attempt."""
    # your code here
    ...


def forgets_return(events):
    right(events)


def yields(events):
    yield right(events)


def counts(events):
    return len(events)


def fails(events):
    status = {"started": "charging"}
    return status[events[-1]]


def changes(events):
    events.append("seen")
    return right(events[:-1])


class Agreeable(str):
    def __eq__(self, other):
        return True

    __hash__ = str.__hash__


def equals_everything(events):
    return Agreeable("broken")


def asks_the_clock(events):
    import time

    time.time()
    return right(events)


async def waits(events):
    return right(events)


def gives_a_coroutine(events):
    return waits(events)


def asks(events):
    return input("Which status? ")


class Begun:
    pass


def forgets_parentheses(events):
    match Started("socket-7"):
        case Begun:
            return Begun.status


def names_it(events, status):
    return status


SEEN = []


def remembers(events):
    SEEN.append(1)
    return right(events) if len(SEEN) < 5 else "lost"


def leaves(events):
    sys.exit()


def calls_itself(events):
    return calls_itself(events)


@pytest.mark.parametrize("answer", [right, lambda events: right(events), "".join and right])
def test_a_right_answer_passes_whatever_its_form(answer):
    assert found("status_in_the_demo", answer).outcome is Outcome.PASSED


@pytest.mark.parametrize("answer", [..., gap, lambda events: ..., [1, ...], {"a": ...}])
def test_an_untouched_gap_is_not_attempted(answer):
    finding = found("status_in_the_demo", answer)
    assert finding.outcome is Outcome.NOT_ATTEMPTED
    assert "still the gap" in finding.seen


def test_a_function_as_it_was_shipped_is_not_attempted():
    shipped = function_of("def total(events):\n    result = 0\n    ...\n    return result")
    same = function_of("\n\n# a comment\ndef total(events):\n    result = 0\n\n    ...\n    return result")
    assert gap_in([("total", same)], {"total": shipped.__code__}) is not None
    solved = function_of("def total(events):\n    result = 0\n    result += len(events)\n    return result")
    assert gap_in([("total", solved)], {"total": shipped.__code__}) is None


def test_a_class_with_an_empty_method_is_a_gap_only_where_the_task_says_so():
    class Session:
        def start(self): ...

    assert gap_in([("Session", Session)], {}) is None
    assert gap_in([("Session", Session)], {}, methods=["start"]) is not None


@pytest.mark.parametrize(
    ("answer", "outcome", "says"),
    [
        (forgets_return, Outcome.WRONG, "Is a `return` missing"),
        (yields, Outcome.WRONG, "a generator"),
        (counts, Outcome.WRONG, "an int"),
        (equals_everything, Outcome.WRONG, "an `__eq__` of its own.\nA value that defines its own equality"),
        (right([]), Outcome.WRONG, "without parentheses"),
        (lambda: "available", Outcome.WRONG, "cannot be called with 1 argument"),
        (lambda events: "available", Outcome.WRONG, "After 1 events you say `available`"),
        (fails, Outcome.ERROR, "`IndexError: list index out of range` in line"),
        (fails, Outcome.ERROR, "return status[events[-1]]"),
        (fails, Outcome.ERROR, "`fails([])`"),
        (changes, Outcome.WRONG, "`changes` changed what it was given: `['started']`"),
        (asks_the_clock, Outcome.WRONG, "read the clock"),
        (remembers, Outcome.WRONG, "and then `'lost'`"),
        (waits, Outcome.WRONG, "Remove `async`"),
        (gives_a_coroutine, Outcome.WRONG, "Remove `async`"),
        (asks, Outcome.ERROR, "Nobody can type during a check"),
        (forgets_parentheses, Outcome.ERROR, "`case Begun():` matches only that type"),
        (names_it, Outcome.WRONG, "`names_it(events, status)` as `status_of`; it cannot be called with 1"),
        (leaves, Outcome.ERROR, "It ends the program"),
        (calls_itself, Outcome.ERROR, "calls itself without end"),
    ],
)
def test_a_wrong_answer_gets_a_helpful_sentence(answer, outcome, says):
    SEEN.clear()
    finding = found("status_in_the_demo", answer)
    assert says in finding.text
    assert finding.outcome is outcome


@pytest.mark.filterwarnings("error")
def test_a_value_with_its_own_equality_is_rejected_too():
    finding = finding_of(lambda attempt: attempt.value(Agreeable("broken"), str))
    assert "Return the plain `str`" in finding.text
    assert finding.outcome is Outcome.WRONG


def test_a_coroutine_is_closed_so_that_nothing_warns_above_the_card(recwarn):
    found("status_in_the_demo", gives_a_coroutine)
    gc.collect()
    assert not recwarn.list


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("SELECT *\nFRM events", 'at or near "events" (line 2). The tables are events'),
        ("SELECT strem FROM events", 'Candidate bindings: "stream"'),
        ("FROM events WHERE stream = $name", 'Bind values by name, as in sql("FROM events WHERE stream = $n'),
    ],
)
def test_the_error_of_a_sql_query_is_one_line_that_ends_in_advice(question, says):
    with open_store() as store:
        finding = finding_of(lambda attempt: attempt.call(store.sql, question))
    assert says in finding.seen
    assert finding.seen.endswith("shows the columns`.")
    assert "\n" not in finding.seen
    assert "…" not in finding.seen


def test_the_excerpt_is_left_out_of_an_error_that_duckdb_raises():
    with open_store() as store:
        query = store.sql("SELECT\n CAST(x AS INT)\nFROM (VALUES ('seven')) AS t(x)")
        finding = finding_of(lambda attempt: attempt.call(query.fetchall))
    assert "'seven' to INT32" in finding.seen
    assert "\n" not in finding.seen
    assert "^" not in finding.seen


def test_a_call_that_raised_is_offered_to_run_if_it_is_valid_python():
    again = [finding_of(lambda attempt, one=one: attempt.call(fails, [one])).look for one in (1, object())]
    assert again == [
        "Run it yourself in a new cell: `fails([1])`.",
        "It was called as `fails([<object object>])`.",
    ]


@dataclass
class Till:
    coins: int

    def pays(self, coins):
        self.coins -= coins
        raise ValueError(self.coins)

    @classmethod
    def of(cls, coins):
        raise ValueError(coins)

    @staticmethod
    def counts(coins):
        raise ValueError(coins)

    def __call__(self, coins):
        raise ValueError(coins)


@pytest.mark.parametrize("method", [Till(9).pays, Till(9), Till.of, Till.counts, Till(9).counts])
def test_a_method_is_offered_as_a_call_that_a_cell_can_run(method):
    look = finding_of(lambda attempt: attempt.call(method, 2)).look
    call = look.removeprefix("Run it yourself in a new cell: `").removesuffix("`.")
    with pytest.raises(ValueError, match="7" if "pays" in call else "2"):
        eval(call, {"Till": Till})


def test_a_method_of_an_object_without_a_valid_repr_is_not_offered():
    class Drawer:
        def opens(self):
            raise ValueError

    for function in (Drawer().opens, Drawer.opens, partial(Till(9).pays, 2)):
        finding = finding_of(lambda attempt, function=function: attempt.call(function))
        assert "Run it yourself" not in finding.look


def test_a_lambda_is_not_offered_to_run_because_it_has_no_name():
    look = finding_of(lambda attempt: attempt.call(lambda event: event.nothing, 1)).look
    assert look == "It was called as `your_function(1)`."


def test_a_returned_error_gets_the_advice_to_raise_it():
    finding = finding_of(lambda attempt: attempt.call(lambda: ValueError("no"), returns=list))
    assert "`raise` it" in finding.look


def test_what_a_check_prints_ends_after_twenty_lines(capsys):
    def talks(events):
        for number in range(20_000):
            print("looking at", number)
        return right(events)

    assert found("status_in_the_demo", talks).outcome is Outcome.PASSED
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 21
    assert "left out" in lines[-1]


def test_only_a_right_answer_shows_what_it_proves():
    task = replace(DEMO.find("status_in_the_demo"), proven="State is a fold.")
    assert run(task, (right,)).lines == ("Every case came out right.", "State is a fold.")
    assert "State is a fold." not in run(task, (lambda events: "available",)).text


def test_the_expected_types_are_listed_with_commas():
    finding = finding_of(lambda attempt: attempt.value("3", (list, set, tuple)))
    assert finding.why == "The code that uses it relies on a list, a set or a tuple."
    assert "more than once" in finding_of(lambda attempt: attempt.value(yields([]), list)).why


def test_events_are_compared_on_a_timeline_that_does_not_reveal_the_answer():
    def decide(connector):
        return [Stopped(connector, 1), Started(connector), Started(connector)]

    finding = found("session_ends_once", decide)
    assert [row.remark for row in finding.timeline] == ["different energy_wh", "as expected", "not expected"]
    assert "9000" not in finding.text


def test_events_in_another_order_are_marked_as_out_of_order():
    finding = found("session_ends_once", lambda connector: [Stopped(connector, 9000), Started(connector)])
    assert sorted(row.remark for row in finding.timeline) == ["as expected", "out of order"]


def test_a_missing_event_shows_its_type_only():
    finding = found("session_ends_once", lambda connector: [Started(connector)])
    assert finding.text.splitlines()[-1].split() == ["–", "missing", "Stopped"]


def test_an_evolve_that_refuses_is_wrong_and_so_is_a_decide_that_does_not():
    def strict(state, event):
        if event == "stopped":
            raise ValueError("not charging")
        return state

    assert "is for `decide`" not in found("decider_in_two", right, strict).text
    assert "Rules belong in `decide`" in found("decider_in_two", right, strict).text
    assert "raised no error" in found("decider_in_two", lambda command: [], lambda state, event: state).text


def test_a_decide_that_is_a_generator_refuses_when_it_is_read():
    def decide(command):
        yield from ()
        raise ValueError("not charging")

    finding = found("decider_in_two", decide, lambda state, event: state)
    assert finding.outcome is Outcome.PASSED


def test_an_endless_loop_is_stopped_and_leaves_no_thread_behind():
    def count():
        for _ in range(3):
            try:
                while True:
                    pass
            except BaseException:
                caught.append("stop")
        return 0

    caught: list[str] = []
    finding = found("ends_in_time", count)
    assert finding.outcome is Outcome.ERROR
    assert "a loop that never ends? It was at `count()`" in finding.seen
    assert not [thread for thread in threading.enumerate() if thread.name == "check ends_in_time"]


def test_a_bug_in_a_check_is_not_blamed_on_the_participant():
    assert "The check itself stumbled, not you" in found("stumbles", lambda: 1).seen


def test_a_check_of_more_than_two_seconds_reports_how_long_it_has_run():
    reported: list[int] = []
    patient = replace(DEMO.find("ends_in_time"), seconds=2.1)
    run(patient, (lambda: [time_passes() for _ in iter(int, 1)],), waiting=reported.append)
    assert reported == [2]


def time_passes():
    threading.Event().wait(0.05)


def test_stop_ends_the_check_with_one_sentence():
    def pressed(_: int) -> None:
        raise KeyboardInterrupt

    patient = replace(DEMO.find("ends_in_time"), seconds=5)
    with pytest.raises(Interrupted, match="Nothing was recorded"):
        run(patient, (lambda: [time_passes() for _ in iter(int, 1)],), waiting=pressed)


def test_the_verdict_on_too_few_answers_shows_how_to_call_the_check():
    assert 'Write `check("decider_in_two", decide, evolve)`' in found("decider_in_two", right).look


def test_a_verdict_contains_no_memory_address_and_no_folder(tmp_path):
    def opens(events):
        return (tmp_path / "missing").read_text()

    text = found("status_in_the_demo", opens).text
    assert str(tmp_path) not in text
    assert "missing" in text


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (pandas.DataFrame({"connector": ["zoo-1"], "status": ["Faulted"]}), "with 1 row (connector, status)"),
        (pandas.DataFrame(), "a DataFrame with 0 rows`"),
        (pandas.Series([3, 4, 5]), "a Series with 3 rows`"),
    ],
)
def test_a_table_in_place_of_a_text_is_shown_by_its_size(table, words):
    finding = found("status_in_the_demo", lambda events: table)
    assert finding.outcome is Outcome.WRONG
    assert words in finding.seen
    assert "\n" not in finding.seen


def test_a_harmless_empty_method_of_ones_own_is_no_gap():
    class Session:
        def start(self):
            return 1

        def close(self):
            pass

    assert gap_in([("Session", Session)], {}, methods=["start"]) is None


def test_where_a_list_is_asked_for_a_generator_is_read_into_one():
    assert Attempt().call(lambda: (number for number in (1, 2)), returns=(list, tuple)) == [1, 2]

    def breaks():
        yield 1
        raise KeyError

    with pytest.raises(Raised):
        Attempt().call(breaks, returns=list)
