"""The search finds the shortest history that breaks a decider, and none for a correct decider."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.workshop_lib.modeling.bay import (
    BAY,
    Bay,
    BayClosed,
    CarLeft,
    CarParked,
    Close,
    Leave,
    Park,
    decide,
    evolve,
)
from tests.workshop_lib.modeling.test_mutants import MUTANTS
from workshop_lib.modeling import Refused
from workshop_lib.modeling.search import shortest_breaking_history

COMMANDS = [Park("zoe"), Park("beetle"), Leave("zoe"), Leave("beetle"), Close("rain")]


def search(oracle=BAY, commands=COMMANDS, **wrong):
    return shortest_breaking_history(replace(BAY, **wrong), oracle, commands)


def never_two_cars(history) -> bool:
    there = 0
    for event in history:
        there += isinstance(event, CarParked) - isinstance(event, CarLeft)
        if there > 1:
            return False
    return True


def test_a_correct_decider_is_not_broken():
    assert search() is None
    assert search(never_two_cars) is None


@pytest.mark.parametrize(
    ("bug", "commands"),
    [
        ("a car leaves for another one", (Park("zoe"), Leave("beetle"))),
        ("two cars stand in one bay", (Park("zoe"), Park("zoe"))),
    ],
)
def test_the_history_that_is_found_is_the_shortest(bug, commands):
    assert shortest_breaking_history(MUTANTS[bug], BAY, COMMANDS).commands == commands


def test_an_invariant_needs_no_correct_decider():
    found = shortest_breaking_history(MUTANTS["two cars stand in one bay"], never_two_cars, COMMANDS)
    assert found.commands == (Park("zoe"), Park("zoe"))
    assert found.why == "never two cars does not hold"


def test_an_evolve_that_ignores_events_is_found_though_the_state_stays_the_same():
    found = search(never_two_cars, evolve=lambda bay, event: bay)
    assert found.commands == (Park("zoe"), Park("zoe"))


def test_the_expected_and_the_actual_result_are_shown():
    found = shortest_breaking_history(MUTANTS["a car leaves for another one"], BAY, COMMANDS)
    lines = [" ".join(line.split()) for line in repr(found).splitlines()]
    assert lines[0] == "It breaks after 2 commands: it decides differently."
    assert lines[1:5] == ["Given:", "CarParked (car zoe)", "When:", "Leave (car beetle)"]
    assert "– missing refused: only the car that is there can leave" in lines
    assert found._repr_markdown_().startswith("**It breaks after 2 commands")


def test_a_refusal_may_have_other_words():
    def politely(command, bay):
        try:
            return decide(command, bay)
        except Refused:
            raise Refused("we are sorry") from None

    assert search(decide=politely) is None


def test_an_error_is_not_a_refusal():
    found = search(never_two_cars, decide=lambda command, bay: [][0])
    assert found.why == "an error that is not a refusal, IndexError"
    assert search(decide=lambda command, bay: [][0]).why == "it decides differently"


def test_evolve_must_not_refuse():
    def strict(bay, event):
        if isinstance(event, BayClosed):
            raise Refused("not today")
        return evolve(bay, event)

    found = search(evolve=strict)
    assert (found.commands, found.why) == (
        (Close("rain"),),
        "evolve rejects an event, Refused: You asked for that, but not today. Nothing was recorded.",
    )


class Whiteboard:
    """A state that is wiped instead of replaced."""

    def __init__(self) -> None:
        self.car = None

    def __repr__(self) -> str:
        return f"Whiteboard({self.car})"


def test_a_state_that_is_changed_in_place_is_found():
    def wipe(board, event):
        board.car = getattr(event, "car", None)
        return board

    found = search(
        never_two_cars,
        evolve=wipe,
        initial=Whiteboard(),
        decide=lambda command, board: [CarParked("zoe")] if board.car is None else [],
        is_terminal=lambda board: False,
    )
    assert found.why.startswith("evolve changes the state")


def test_a_decide_that_changes_the_state_is_found():
    def scribble(command, board):
        board.car = "zoe"
        return []

    found = search(
        never_two_cars,
        evolve=lambda board, event: board,
        initial=Whiteboard(),
        decide=scribble,
        is_terminal=lambda board: False,
    )
    assert found.why == "decide changes the state that is passed to it"


def test_a_decide_that_depends_on_more_than_its_arguments_is_found():
    moods = iter(range(1_000_000))
    found = search(never_two_cars, decide=lambda command, bay: [CarLeft(str(next(moods)))])
    assert found.why == "decide returns something else when it is called again"


def test_no_event_follows_a_terminal_state():
    def haunted(command, bay):
        return decide(command, replace(bay, closed=False))

    found = search(never_two_cars, decide=haunted)
    assert (found.commands, found.why) == (
        (Close("rain"), Park("zoe")),
        "something happens in a terminal state",
    )


def test_a_bug_deep_in_a_history_is_found_by_walks_and_shortened():
    def tired(command, bay):
        return [] if bay.visits >= 8 and isinstance(command, Park) else decide(command, bay)

    wrong, commands = replace(BAY, decide=tired), COMMANDS[:4]
    in_order = shortest_breaking_history(wrong, BAY, commands)
    by_walks = [shortest_breaking_history(wrong, BAY, commands, seed, most=9) for seed in (1, 2, 1)]
    assert [len(found.commands) for found in by_walks] == [len(in_order.commands)] * 3 == [16] * 3
    assert by_walks[0] == by_walks[2]


def test_a_mutable_initial_state_is_not_changed():
    board = Whiteboard()
    search(
        never_two_cars,
        evolve=lambda board, event: setattr(board, "car", 1) or board,
        initial=board,
        decide=lambda command, board: [CarParked("zoe")],
        is_terminal=lambda board: False,
    )
    assert board.car is None
    assert Bay() == BAY.initial


def test_commands_may_come_from_a_generator():
    found = search(
        commands=(Park(car) for car in ("zoe", "beetle")), decide=MUTANTS["two cars stand in one bay"].decide
    )
    assert found.commands == (Park("zoe"), Park("zoe"))


def test_a_decider_that_returns_a_list_in_a_list_is_checked_too():
    found = search(
        lambda history: not any(isinstance(each, list) for each in history), decide=lambda command, bay: [[]]
    )
    assert len(found.commands) == 1
