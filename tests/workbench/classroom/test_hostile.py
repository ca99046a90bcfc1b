"""Answers that raise anything, call `check` or print without end get one sentence, and leave nothing."""

from __future__ import annotations

import builtins
import logging
import sys
import threading
import time
from dataclasses import replace
from decimal import Decimal
from itertools import count

import matplotlib.pyplot as plt
import numpy
import pytest

from tests.workbench.classroom.some_checks import compares, has_a_bug, quotes, reads, reads_a_list
from tests.workbench.classroom.support import DEMO, Room, found
from workbench.classroom import participant as participants
from workbench.classroom.outcome import Outcome
from workbench.classroom.runner import run
from workbench.classroom.running import LEFT_OUT, known


def finding_of(check, answer=lambda: 1):
    return run(replace(DEMO.find("stumbles"), check=check), (answer,))


def right(events):
    return "charging" if events[-1:] == ["started"] else "available"


class Silent(Exception):
    def __str__(self):
        raise SystemExit


class Unequal:
    def __eq__(self, other):
        raise SystemExit

    __hash__ = object.__hash__


class Unprintable:
    def __repr__(self):
        raise KeyboardInterrupt


def raises(error):
    raise error


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda: raises(Silent()), "raised `Silent: <Silent whose text raises SystemExit>` in line"),
        (lambda: raises(BaseException("\ud800")), "raised `BaseException: \\ud800` in line"),
        (Unequal, "raised `SystemExit` in line"),
        (lambda: numpy.array([1, 2]), "ndarray: `array([1, 2])`"),
        (lambda: Decimal("sNaN"), "from you, a Decimal: `Decimal('sNaN')`"),
        (Unprintable, "You say `<Unprintable whose repr raises KeyboardInterrupt>`"),
    ],
)
def test_an_error_is_blamed_on_the_answer_wherever_it_is_raised(answer, says):
    finding = finding_of(compares, answer)
    assert says in finding.seen
    assert "stumbled" not in finding.text


def test_an_answer_may_lie_about_its_class_before_the_check_begins(room: Room):
    class Lies:
        @property
        def __class__(self):
            raise SystemExit

    room.shell.user_ns["lies"] = Lies()
    verdict = room.checks("status_in_the_demo", "lies")
    assert verdict.outcome is Outcome.ERROR
    assert "Your code raised `SystemExit`" in verdict.finding.seen


def test_a_bug_of_a_check_stays_ours_although_the_answer_was_called():
    assert "The check itself stumbled, not you" in finding_of(has_a_bug, object).seen


def test_what_equals_everything_is_not_a_right_answer():
    class Agrees:
        def __eq__(self, other):
            return True

        __hash__ = object.__hash__

    for answer in (Agrees, lambda: [Agrees()], lambda: {"a": Agrees()}):
        finding = finding_of(compares, answer)
        assert "that equals everything" in finding.seen


def test_an_iterator_without_end_fills_no_memory():
    for check in (reads, reads_a_list):
        finding = finding_of(check, count)
        assert "more than 100,000 items" in finding.seen


def test_a_long_quotation_is_cut_and_can_be_saved():
    finding = finding_of(quotes, lambda: "\udcff" + "x" * 1_000_000)
    assert len(finding.seen) < 1_000
    assert finding.seen.encode()


def test_a_check_inside_the_checked_function_ends_at_once(room: Room, monkeypatch):
    monkeypatch.setattr(participants, "participant", lambda: room.participant)
    calls = []

    def status_of(events):
        calls.append(events)
        participants.check("status_in_the_demo", status_of)
        return right(events)

    before = threading.active_count()
    verdict = participants.check("status_in_the_demo", status_of)
    assert "it called `check(…)`" in verdict.finding.seen
    assert 'Is the line `check("status_in_the_demo", …)` indented' in verdict.finding.look
    assert len(calls) == 1
    assert threading.active_count() == before
    assert len(room.outbox.events()) == 1


@pytest.mark.parametrize("in_a_thread", [False, True])
def test_it_ends_even_if_the_function_catches_everything(room: Room, monkeypatch, in_a_thread):
    monkeypatch.setattr(participants, "participant", lambda: room.participant)

    def again():
        participants.check("status_in_the_demo", status_of)

    def status_of(events):
        try:
            thread = threading.Thread(target=again)
            thread.run() if not in_a_thread else [thread.start(), thread.join()]
        except BaseException:
            pass
        return right(events)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(threading, "excepthook", lambda args: None)
        verdict = participants.check("status_in_the_demo", status_of)
    assert "it called `check(…)`" in verdict.finding.seen
    assert len(room.outbox.events()) == 1


def test_streams_and_input_are_as_before_when_checks_overlap():
    while known():  # another test's last thread
        time.sleep(0.01)
    found("status_in_the_demo", right)
    streams = sys.stdout, sys.stderr, builtins.input
    methods = [vars(one).get("write") for one in streams[:2]]
    first, second = threading.Event(), threading.Event()

    def slow(events):
        first.set()
        second.wait(10)
        return right(events)

    def quick(events):
        first.wait(10)
        return right(events)

    def releases():
        verdicts.append(found("status_in_the_demo", quick))
        second.set()

    verdicts = []
    one = threading.Thread(target=lambda: verdicts.append(found("status_in_the_demo", slow)))
    two = threading.Thread(target=releases)
    for thread in (one, two):
        thread.start()
    for thread in (one, two):
        thread.join()
    assert [verdict.outcome for verdict in verdicts] == [Outcome.PASSED] * 2
    assert (sys.stdout, sys.stderr, builtins.input) == streams
    assert [vars(one).get("write") for one in streams[:2]] == methods
    assert known() == []


def test_what_a_check_writes_to_both_streams_and_logs_has_one_allowance(capsys):
    handler = logging.StreamHandler(sys.stderr)  # holds on to the stream
    log = logging.getLogger("a participant's")
    log.addHandler(handler)

    def talks():
        for number in range(5_000):
            print("out", number)
            print("err", number, file=sys.stderr)
            log.error("log")
        return 3

    try:
        assert finding_of(compares, talks).outcome is Outcome.PASSED
    finally:
        log.removeHandler(handler)
    out, err = capsys.readouterr()
    assert len((out + err).splitlines()) == 21
    assert (out + err).count(LEFT_OUT) == 1
    print("afterwards")
    assert capsys.readouterr().out == "afterwards\n"


def test_a_thread_of_the_answer_shares_the_allowance(capsys):
    def talks(events):
        thread = threading.Thread(target=lambda: [print(number) for number in range(5_000)])
        thread.start()
        thread.join()
        return right(events)

    assert found("status_in_the_demo", talks).outcome is Outcome.PASSED
    assert len(capsys.readouterr().out.splitlines()) == 21


def test_a_thread_that_is_started_after_a_check_prints_although_one_of_the_check_is_left(capsys):
    def count():
        threading.Thread(target=done.wait, daemon=True).start()
        return 3

    def prints():
        print("later")

    done = threading.Event()
    assert finding_of(compares, count).outcome is Outcome.PASSED
    later = threading.Thread(target=prints)
    later.start()
    later.join()
    done.set()
    assert capsys.readouterr().out == "later\n"


def test_figures_that_a_check_leaves_open_are_closed():
    before = plt.get_fignums()

    def draws(events):
        plt.figure()
        return right(events)

    found("status_in_the_demo", draws)
    assert plt.get_fignums() == before


def test_a_thread_that_cannot_be_stopped_stops_printing(capsys):
    def prints():
        while True:
            try:
                print("still here")
                printed.append(1)
            except BaseException:
                ended.append(1)

    def count():
        while True:  # the error may be raised between the two lines of the inner loop
            try:
                prints()
            except BaseException:
                ended.append(1)

    printed, ended = [], []
    finding = run(replace(DEMO.find("ends_in_time"), name="prints"), (count,))
    assert "restart the kernel" in finding.look
    so_far = len(printed)
    capsys.readouterr()
    time.sleep(0.1)
    assert len(printed) == so_far
    assert capsys.readouterr() == ("", "")
    print("others print")
    assert capsys.readouterr().out == "others print\n"
