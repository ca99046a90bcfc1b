"""The decider: a state is a fold, a decision is a list of events."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.workshop_lib.modeling.bay import BAY, Bay, BayClosed, BayOccupied, CarLeft, CarParked, Park
from workshop_lib.modeling.decider import Decider, NoDecision, Refused, decision, fold


def test_the_state_is_the_fold_of_what_happened():
    assert fold(BAY, [CarParked("beetle"), CarLeft("beetle"), CarParked("zoe")]) == Bay("zoe", visits=2)


def test_without_events_the_state_is_the_initial_one():
    assert fold(BAY, []) == BAY.initial


def test_the_decider_defines_which_states_are_terminal():
    assert [BAY.is_terminal(fold(BAY, events)) for events in ([], [BayClosed("rain")])] == [False, True]
    assert not Decider(BAY.decide, BAY.evolve, BAY.initial).is_terminal(Bay(closed=True))


def test_a_decision_may_come_from_a_generator():
    lazy = replace(BAY, decide=lambda command, bay: (CarParked(car) for car in ("a", "b")))
    assert decision(lazy, Bay(), Park("a")) == [CarParked("a"), CarParked("b")]


@pytest.mark.parametrize("given", [None, CarParked("beetle"), "CarParked", b"CarParked", {"car": "beetle"}])
def test_a_decision_that_is_no_list_of_events_is_rejected(given):
    with pytest.raises(NoDecision, match=r"decide returned .*Return a list of events"):
        decision(replace(BAY, decide=lambda command, bay: given), Bay(), Park("beetle"))


def test_a_refusal_says_what_was_asked_which_rule_forbids_it_and_what_to_do():
    assert str(BayOccupied("zoe")) == (
        "You asked to park a car, but a bay holds one car at a time. Wait until zoe has left."
    )
    assert str(Refused("it rains.")) == "You asked for that, but it rains. Nothing was recorded."
