"""Given, when, then: what holds passes silently, what does not is shown as one timeline."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.workshop_lib.modeling.bay import (
    BAY,
    BayClosed,
    BayOccupied,
    CarLeft,
    CarParked,
    Close,
    Leave,
    Park,
)
from workshop_lib.modeling import Refused, given
from workshop_lib.modeling.decider import decision, fold
from workshop_lib.modeling.specification import EventsInAList, NotAsSpecified


def refusal_of(specification) -> str:
    with pytest.raises(NotAsSpecified) as caught:
        specification()
    return str(caught.value)


def lines_of(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines()]


def test_a_rule_that_holds_passes():
    assert given(BAY).when(Park("beetle")).then(CarParked("beetle"))
    assert given(BAY, CarParked("zoe")).when(Close("rain")).then(CarLeft("zoe"), BayClosed("rain"))


def test_no_events_expected_means_that_nothing_happens():
    given(BAY, CarParked("zoe")).when(Park("zoe")).then()
    assert "+ not expected CarParked (car zoe)" in lines_of(
        refusal_of(lambda: given(BAY).when(Park("zoe")).then())
    )


@pytest.mark.parametrize("because", [Refused, BayOccupied, "one car", "A bay holds one car at a time"])
def test_a_refusal_is_expected_by_its_words_or_its_type(because):
    given(BAY, CarParked("zoe")).when(Park("beetle")).then_refused(because)


@pytest.mark.parametrize("because", ["a closed bay", "nothing was recorded", ZeroDivisionError])
def test_a_refusal_for_another_reason_does_not_pass(because):
    told = refusal_of(lambda: given(BAY, CarParked("zoe")).when(Park("beetle")).then_refused(because))
    assert "✗ came refused: a bay holds one car at a time" in lines_of(told)


def test_events_instead_of_a_refusal_are_shown():
    told = lines_of(refusal_of(lambda: given(BAY).when(Park("zoe")).then_refused("one car")))
    assert told[-2:] == ["– missing refused: one car", "+ came CarParked (car zoe)"]


def test_a_refusal_instead_of_events_is_shown():
    told = lines_of(refusal_of(lambda: given(BAY).when(Leave("zoe")).then(CarLeft("zoe"))))
    assert told == [
        "The rule does not hold.",
        "Given:",
        "nothing",
        "When:",
        "Leave (car zoe)",
        "Then:",
        "– missing CarLeft (car zoe)",
        "✗ came refused: only the car that is there can leave",
    ]


def test_a_bug_is_no_refusal():
    broken = replace(BAY, decide=lambda command, bay: 1 // 0)
    told = refusal_of(lambda: given(broken).when(Park("zoe")).then_refused())
    assert "✗ came an error, ZeroDivisionError: integer division or modulo by zero" in lines_of(told)
    given(broken).when(Park("zoe")).then_refused(ZeroDivisionError)


def story(*came):
    return given(lambda history, command: came).when(Park("zoe"))


def test_a_missing_event_is_named():
    told = lines_of(refusal_of(lambda: story(CarLeft("zoe")).then(CarLeft("zoe"), BayClosed("rain"))))
    assert told[-2:] == ["✓ as expected CarLeft (car zoe)", "– missing BayClosed (reason rain)"]


def test_the_wrong_order_is_called_by_its_name():
    told = lines_of(
        refusal_of(lambda: story(BayClosed("rain"), CarLeft("zoe")).then(CarLeft("zoe"), BayClosed("rain")))
    )
    assert told[-2:] == ["✓ as expected BayClosed (reason rain)", "↕ out of order CarLeft (car zoe)"]


def test_an_event_that_was_expected_twice_is_missing_once():
    twice = CarLeft("zoe")
    told = lines_of(refusal_of(lambda: story(BayClosed("rain"), twice).then(twice, twice, BayClosed("rain"))))
    assert [line for line in told if "missing" in line] == ["– missing CarLeft (car zoe)"]


def test_a_different_field_is_named_with_what_was_expected():
    told = lines_of(refusal_of(lambda: story(CarLeft("beetle")).then(CarLeft("zoe"))))
    assert told[-1] == "≠ expected car zoe CarLeft (car beetle)"


def test_the_same_event_twice_is_one_too_many():
    told = lines_of(refusal_of(lambda: story(CarLeft("zoe"), CarLeft("zoe")).then(CarLeft("zoe"))))
    assert sorted(told[-2:]) == ["+ not expected CarLeft (car zoe)", "✓ as expected CarLeft (car zoe)"]


def test_a_function_from_history_and_command_is_specified_alike():
    def subject(history, command):
        return decision(BAY, fold(BAY, history), command)

    given(subject, CarParked("zoe")).when(Leave("zoe")).then(CarLeft("zoe"))


def test_an_outcome_shows_itself_before_anything_is_expected():
    outcome = given(BAY, CarParked("zoe")).when(Leave("zoe"))
    assert lines_of(repr(outcome))[-1] == "CarLeft (car zoe)"
    refused = given(BAY, CarParked("zoe")).when(Park("beetle"))
    assert lines_of(repr(refused))[-1] == "refused: a bay holds one car at a time"
    assert "| **When** |   | <code>Leave (car zoe)</code> |" in outcome._repr_markdown_()


@pytest.mark.parametrize("expected", [(), (CarLeft("$x$ | `<i>` \\(y\\)"),)])
def test_what_people_wrote_stays_text_in_markdown(expected):
    with pytest.raises(NotAsSpecified) as caught:
        story(CarLeft("<b>`|$x$\n|")).then(*expected)
    *_, row = caught.value._repr_markdown_().splitlines()
    for tag in ("<code>", "</code>", "<span>", "</span>"):
        row = row.replace(tag, "")
    assert not set("<`$\\") & set(row)
    assert row.count("|") == 4


def test_pytest_takes_it_for_a_failed_assertion():
    assert issubclass(NotAsSpecified, AssertionError)


def test_a_list_of_events_is_not_taken_for_an_event():
    with pytest.raises(EventsInAList, match=r"a star before it"):
        given(BAY, [CarParked("zoe")])
    with pytest.raises(EventsInAList, match=r"it is a list"):
        given(BAY).when(Park("zoe")).then([CarParked("zoe")])


def test_an_endless_name_does_not_drown_the_story():
    assert len(repr(given(BAY).when(Park("z" * 100_000)))) < 1_000


def test_an_evolve_that_refuses_does_not_pass_for_a_rule():
    def strict(bay, event):
        raise Refused("one car at a time")

    told = refusal_of(
        lambda: given(replace(BAY, evolve=strict), CarParked("zoe")).when(Park("beetle")).then_refused()
    )
    assert "EvolveRefused" in told
