"""Mutants show which bugs the tests catch."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.workshop_lib.modeling.bay import BAY, Bay, CarLeft, CarParked, Leave, Park, decide
from workshop_lib.modeling import Refused, given
from workshop_lib.modeling.mutants import run_mutants


def anyone_may_leave(command, bay):
    return [CarLeft(bay.car)] if isinstance(command, Leave) and bay.car else decide(command, bay)


def two_cars_at_once(command, bay):
    return decide(command, replace(bay, car=None)) if isinstance(command, Park) else decide(command, bay)


MUTANTS = {
    "a car leaves for another one": replace(BAY, decide=anyone_may_leave),
    "two cars stand in one bay": replace(BAY, decide=two_cars_at_once),
    "nobody counts the visits": replace(
        BAY, evolve=lambda bay, event: replace(BAY.evolve(bay, event), visits=0)
    ),
}


def parks_once(bay):
    given(bay, CarParked("zoe")).when(Park("beetle")).then_refused("one car")


def leaves_only_itself(bay):
    given(bay, CarParked("zoe")).when(Leave("beetle")).then_refused("only the car")


def takes_a_car(bay):
    given(bay).when(Park("zoe")).then(CarParked("zoe"))


def is_mistaken(bay):
    given(bay).when(Park("zoe")).then()


@pytest.fixture
def report():
    return run_mutants([parks_once, leaves_only_itself, takes_a_car, is_mistaken], BAY, MUTANTS)


def test_a_bug_is_caught_by_the_test_that_fails_on_it(report):
    assert report.caught["a car leaves for another one"] == ("leaves_only_itself",)
    assert report.caught["two cars stand in one bay"] == ("parks_once",)


def test_a_bug_that_no_test_catches_survives(report):
    assert report.survived == ("nobody counts the visits",)


def test_a_test_that_fails_on_the_right_decider_catches_nothing(report):
    assert list(report.wrong) == ["is_mistaken"]
    assert "CarParked (car zoe)" in report.wrong["is_mistaken"]


def test_a_test_that_catches_no_bug_is_idle(report):
    assert report.idle == ("takes_a_car",)


def test_a_test_that_crashes_on_a_bug_has_caught_it():
    crashing = replace(BAY, decide=lambda command, bay: 1 // 0)
    assert run_mutants([takes_a_car], BAY, {"it crashes": crashing}).survived == ()


def test_tests_without_a_name_are_numbered():
    assert run_mutants([takes_a_car, lambda bay: None], BAY, {}).tests == ("takes_a_car", "<lambda> (2)")


def test_two_tests_with_the_same_name_both_run():
    def passes(bay):
        pass

    passes.__name__ = "parks_once"
    assert run_mutants([parks_once, passes], BAY, MUTANTS).caught["two cars stand in one bay"]


def test_the_report_lists_bugs_and_tests_by_name(report):
    lines = repr(report).splitlines()
    assert lines[0] == "2 of 3 bugs were caught."
    assert "  ✓ two cars stand in one bay: caught by parks_once" in lines
    assert "  ✗ nobody counts the visits: survived" in lines
    assert "  · takes_a_car has caught nothing" in lines


def test_a_mutant_may_be_any_subject_of_a_specification():
    def forgetful(history, command):
        if isinstance(command, Park):
            return [CarParked(command.car)]
        raise Refused("only the car that is there can leave")

    assert run_mutants([parks_once, leaves_only_itself], BAY, {"it forgets": forgetful}).survived == ()
    assert Bay() == BAY.initial


def test_a_failed_pytest_raises_counts_as_a_caught_bug():
    def refuses(bay):
        with pytest.raises(Refused):
            bay.decide(Park("zoe"), Bay("beetle"))

    assert run_mutants([refuses], BAY, MUTANTS).caught["two cars stand in one bay"] == ("refuses",)


def test_a_keyboard_interrupt_stops_the_run():
    def interrupted(bay):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_mutants([interrupted], BAY, {})
