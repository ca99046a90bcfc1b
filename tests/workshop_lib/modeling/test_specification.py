"""Given, when, then: a rule that holds passes; a broken one is shown as a timeline."""

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


def message_of(specification) -> str:
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
        message_of(lambda: given(BAY).when(Park("zoe")).then())
    )


@pytest.mark.parametrize("because", [Refused, BayOccupied, "one car", "A bay holds one car at a time"])
def test_a_refusal_is_expected_by_its_words_or_its_type(because):
    given(BAY, CarParked("zoe")).when(Park("beetle")).then_refused(because)


@pytest.mark.parametrize("because", ["a closed bay", "nothing was recorded", ZeroDivisionError])
def test_a_refusal_for_another_reason_does_not_pass(because):
    message = message_of(lambda: given(BAY, CarParked("zoe")).when(Park("beetle")).then_refused(because))
    assert "✗ actual refused: a bay holds one car at a time" in lines_of(message)


def test_events_instead_of_a_refusal_are_shown():
    lines = lines_of(message_of(lambda: given(BAY).when(Park("zoe")).then_refused("one car")))
    assert lines[-2:] == ["– missing refused: one car", "+ actual CarParked (car zoe)"]


def test_a_refusal_instead_of_events_is_shown():
    lines = lines_of(message_of(lambda: given(BAY).when(Leave("zoe")).then(CarLeft("zoe"))))
    assert lines == [
        "The rule does not hold.",
        "Given:",
        "nothing",
        "When:",
        "Leave (car zoe)",
        "Then:",
        "– missing CarLeft (car zoe)",
        "✗ actual refused: only the car that is there can leave",
    ]


def test_a_bug_is_not_a_refusal():
    broken = replace(BAY, decide=lambda command, bay: 1 // 0)
    message = message_of(lambda: given(broken).when(Park("zoe")).then_refused())
    assert "✗ actual an error, ZeroDivisionError: integer division or modulo by zero" in lines_of(message)
    given(broken).when(Park("zoe")).then_refused(ZeroDivisionError)


def story(*actual):
    return given(lambda history, command: actual).when(Park("zoe"))


def test_a_missing_event_is_named():
    lines = lines_of(message_of(lambda: story(CarLeft("zoe")).then(CarLeft("zoe"), BayClosed("rain"))))
    assert lines[-2:] == ["✓ as expected CarLeft (car zoe)", "– missing BayClosed (reason rain)"]


def test_an_event_out_of_order_is_marked():
    lines = lines_of(
        message_of(lambda: story(BayClosed("rain"), CarLeft("zoe")).then(CarLeft("zoe"), BayClosed("rain")))
    )
    assert lines[-2:] == ["✓ as expected BayClosed (reason rain)", "↕ out of order CarLeft (car zoe)"]


def test_an_event_that_is_expected_twice_and_happens_once_is_missing_once():
    twice = CarLeft("zoe")
    lines = lines_of(
        message_of(lambda: story(BayClosed("rain"), twice).then(twice, twice, BayClosed("rain")))
    )
    assert [line for line in lines if "missing" in line] == ["– missing CarLeft (car zoe)"]


def test_a_different_field_is_named_with_what_was_expected():
    lines = lines_of(message_of(lambda: story(CarLeft("beetle")).then(CarLeft("zoe"))))
    assert lines[-1] == "≠ expected car zoe CarLeft (car beetle)"


def test_the_same_event_twice_is_one_too_many():
    lines = lines_of(message_of(lambda: story(CarLeft("zoe"), CarLeft("zoe")).then(CarLeft("zoe"))))
    assert sorted(lines[-2:]) == ["+ not expected CarLeft (car zoe)", "✓ as expected CarLeft (car zoe)"]


def test_a_function_from_history_and_command_can_be_specified():
    def subject(history, command):
        return decision(BAY, fold(BAY, history), command)

    given(subject, CarParked("zoe")).when(Leave("zoe")).then(CarLeft("zoe"))


def test_a_result_is_shown_without_an_expectation():
    outcome = given(BAY, CarParked("zoe")).when(Leave("zoe"))
    assert lines_of(repr(outcome))[-1] == "CarLeft (car zoe)"
    refused = given(BAY, CarParked("zoe")).when(Park("beetle"))
    assert lines_of(repr(refused))[-1] == "refused: a bay holds one car at a time"
    assert "| **When** |   | <code>Leave (car zoe)</code> |" in outcome._repr_markdown_()


@pytest.mark.parametrize("expected", [(), (CarLeft("$x$ | `<i>` \\(y\\)"),)])
def test_text_in_an_event_is_escaped_in_markdown(expected):
    with pytest.raises(NotAsSpecified) as caught:
        story(CarLeft("<b>`|$x$\n|")).then(*expected)
    *_, row = caught.value._repr_markdown_().splitlines()
    for tag in ("<code>", "</code>", "<span>", "</span>"):
        row = row.replace(tag, "")
    assert not set("<`$\\") & set(row)
    assert row.count("|") == 4


def test_not_as_specified_is_a_failed_assertion():
    assert issubclass(NotAsSpecified, AssertionError)


def test_a_list_of_events_is_rejected():
    with pytest.raises(EventsInAList, match=r"a star before it"):
        given(BAY, [CarParked("zoe")])
    with pytest.raises(EventsInAList, match=r"it is a list"):
        given(BAY).when(Park("zoe")).then([CarParked("zoe")])


def test_a_very_long_name_is_shortened():
    assert len(repr(given(BAY).when(Park("z" * 100_000)))) < 1_000


def test_an_evolve_that_refuses_is_not_a_rule():
    def strict(bay, event):
        raise Refused("one car at a time")

    message = message_of(
        lambda: given(replace(BAY, evolve=strict), CarParked("zoe")).when(Park("beetle")).then_refused()
    )
    assert "EvolveRefused" in message
