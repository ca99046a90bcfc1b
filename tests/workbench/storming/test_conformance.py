"""A wall compared with a log: events only on one side, and a different order."""

from __future__ import annotations

import re

import pytest

from tests.workbench.storming.test_discovery import (
    CarArrived,
    CarDroveOff,
    CoffeeSold,
    fairground,
    two_visits,
)
from workbench.city.traffic import network
from workbench.storming import Board
from workbench.storming.escaping import as_text
from workbench.storming.mining.discovery import NoSuchCase
from workshop_lib import open_store


def wall(*names):
    board = Board("fair", open_store("memory://"))
    for name in names:
        board.place("event", name)
    return board


def test_a_wall_made_from_a_log_agrees_with_it():
    store = network(seed=1, days=1, stations=4)
    assert Board.from_log(store).conformance(store).agrees


def test_spelling_does_not_make_names_different():
    found = wall("Car Arrived", "coffee-sold", "carDroveOff").conformance(two_visits())
    assert found.agrees
    assert repr(found) == "3 of 3 event types that happen are on the board fair. Wall and log agree."


def test_an_event_that_never_happened_is_listed_with_a_similar_type():
    found = wall("Car Arrived", "Cars Drove Off", "Band Played").conformance(two_visits())
    assert [(one.name, one.perhaps) for one in found.never_happened] == [
        ("Cars Drove Off", "CarDroveOff"),
        ("Band Played", ""),
    ]


def test_a_type_that_is_not_on_the_wall_is_listed_with_example_streams():
    [unseen] = wall("Car Arrived", "Car Drove Off").conformance(two_visits()).not_on_the_wall
    assert unseen == ("CoffeeSold", 2, ("visit-1",))


def test_a_different_order_is_found_by_place_or_by_arrow():
    found = wall("Car Drove Off", "Car Arrived", "Coffee Sold").conformance(two_visits()).order_differs
    assert [one[:5] for one in found] == [
        ("Car Drove Off", "Car Arrived", "place", 2, 2),
        ("Car Drove Off", "Coffee Sold", "place", 1, 1),
    ]
    board = wall("Coffee Sold", "Car Drove Off", "Car Arrived")
    board.link("Car Arrived", "Car Drove Off")
    assert [one.by for one in board.conformance(two_visits()).order_differs] == ["place"]


def test_an_arrow_through_other_notes_counts():
    board = wall("Car Drove Off")
    policy = board.place("policy", "Whenever a car left, wave", 300, 300)
    board.link("Car Drove Off", policy, board.place("event", "Car Arrived", 100, 500))
    [found] = board.conformance(two_visits()).order_differs
    assert (found.first, found.second, found.by, found.cases) == (
        "Car Drove Off", "Car Arrived", "arrow", ("visit-2", "visit-1"),
    )  # fmt: skip


def test_an_arrow_through_a_hot_spot_implies_no_order():
    board = wall("Car Arrived", "Coffee Sold", "Car Drove Off")
    spot = board.place("hot spot", "Did somebody leave before they came?")
    board.link("Car Drove Off", spot, "Car Arrived")
    assert board.conformance(two_visits()).agrees


def test_arrows_in_both_directions_imply_no_order():
    board = wall("Car Drove Off", "Car Arrived")
    board.link("Car Drove Off", "Car Arrived", "Car Drove Off")
    assert board.conformance(two_visits()).order_differs == ()


def test_only_cases_with_both_events_count():
    store = fairground(
        (1, CarArrived, 0), (1, CarDroveOff, 1), (2, CarDroveOff, 0), (3, CarDroveOff, 0), (3, CarArrived, 1)
    )
    [found] = wall("Car Arrived", "Car Drove Off").conformance(store).order_differs
    assert (found.against, found.of, found.cases) == (1, 2, ("visit-3",))


def test_several_notes_may_stand_for_one_event():
    board = wall("Car Arrived", "Coffee Sold", "Car Drove Off", "Coffee Sold")
    assert board.conformance(two_visits()).agrees


def test_contexts_are_compared_when_a_field_links_their_streams():
    store = network(seed=1, days=1, stations=4)
    board = wall("Invoice Issued", "Charging Stopped")
    assert board.conformance(store).order_differs == ()
    [found] = board.conformance(store, case="session").order_differs
    assert found.against == found.of > 100


def test_a_case_that_no_event_has_raises_no_such_case():
    with pytest.raises(NoSuchCase):
        wall("Car Drove Off").conformance(two_visits(), case="voucher")


def test_with_an_empty_log_every_event_never_happened():
    found = wall("Car Drove Off", "").conformance(open_store("memory://"))
    assert (found.known, found.types, len(found.never_happened)) == (0, 0, 1)


def test_the_text_has_a_line_for_each_difference():
    shown = repr(wall("Coffee Sold", "Car Arrived", "Band Played").conformance(two_visits()))
    assert shown.splitlines() == [
        "2 of 3 event types that happen are on the board fair.",
        "On the wall, but it never happened:",
        "  - Band Played (n3)",
        "It happens, but is not on the wall:",
        "  - CarDroveOff, 2 ×, as in visit-1, visit-2",
        "The order differs:",
        "  - Coffee Sold before Car Arrived (by its place): "
        "the other way round in 1 of 1 cases, as in visit-1",
    ]


def test_what_people_write_is_escaped_in_markdown():
    shown = wall("<img src=x onerror=alert(1)> *Car* $x$").conformance(two_visits())._repr_markdown_()
    assert as_text("<img src=x onerror=alert(1)> *Car* $x$") in shown
    assert not {"<img", "*Car*", "$"} & {*re.findall(r"<img|\*Car\*|\$", shown)}


def test_sql_and_python_find_the_same_differences():
    board = wall("Car Drove Off", "Car Arrived", "Band Played")
    assert board.conformance(two_visits(open_store())) == board.conformance(two_visits())
    assert CoffeeSold.__name__ in repr(board.conformance(two_visits(open_store())))
