"""The directly-follows graph of a log: equal from SQL and Python, counted, drawn, turned into a wall."""

from __future__ import annotations

from base64 import b64decode
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.city.traffic import network, record, traffic
from workbench.storming import Board
from workbench.storming.mining.arcs import spelled
from workbench.storming.mining.discovery import NoShare, NoSuchCase, directly_follows, tallies
from workbench.storming.mining.layers import places
from workshop_lib import SimulatedClock, event_type, open_store, seeded_ids
from workshop_lib.store.duckdb_engine.store import DuckDBStore
from workshop_lib.store.memory import MemoryStore


@event_type("CarArrived")
class CarArrived:
    visit: int


@event_type("CoffeeSold")
class CoffeeSold:
    visit: int


@event_type("CarDroveOff")
class CarDroveOff:
    visit: int


KINDS = [CarArrived, CoffeeSold, CarDroveOff]
NINE = datetime.fromisoformat("2026-03-02T09:00:00+00:00")
BORROWED = "00000000-0000-4000-8000-{:012}"


def stores():
    return [make(clock=SimulatedClock(NINE), ids=seeded_ids(1)) for make in (DuckDBStore, MemoryStore)]


def fairground(*rows, store=None):
    """Return events as (stream, class, minute)."""
    store = store or open_store("memory://")
    for stream, kind, minute in rows:
        store.append(f"visit-{stream}", [kind(stream)], occurred_at=NINE + timedelta(minutes=minute))
    return store


def two_visits(store=None):
    first = [(1, CarArrived, 0), (1, CoffeeSold, 10), (1, CoffeeSold, 12), (1, CarDroveOff, 20)]
    return fairground((2, CarArrived, 5), *first, (2, CarDroveOff, 9), store=store)


def arrows(graph):
    return {(arc.source, arc.target): arc.frequency for arc in graph.arcs}


def test_each_stream_is_a_case_even_if_streams_are_interleaved():
    assert arrows(directly_follows(two_visits())) == {
        ("CarArrived", "CarDroveOff"): 1,
        ("CarArrived", "CoffeeSold"): 1,
        ("CoffeeSold", "CarDroveOff"): 1,
        ("CoffeeSold", "CoffeeSold"): 1,
    }


def test_cases_have_start_and_end_activities():
    graph = directly_follows(two_visits())
    assert graph.start_activities == {"CarArrived": 2}
    assert graph.end_activities == {"CarDroveOff": 2}
    assert (graph.cases, graph.events) == (2, 6)


def test_the_waiting_time_is_the_median_between_two_occurrences():
    rows = [
        (visit, kind, minute)
        for visit, wait in enumerate((3, 30, 4))
        for kind, minute in ((CarArrived, 0), (CarDroveOff, wait))
    ]
    [arc] = directly_follows(fairground(*rows)).arcs
    assert (arc.source, arc.target, arc.waiting) == ("CarArrived", "CarDroveOff", timedelta(minutes=4))


def test_an_event_that_is_recorded_late_has_a_negative_waiting_time():
    [arc] = directly_follows(fairground((1, CarDroveOff, 9), (1, CarArrived, 0))).arcs
    assert (arc.waiting, spelled(arc.waiting)) == (timedelta(minutes=-9), "9 min earlier")


event_lists = st.lists(
    st.tuples(st.integers(1, 3), st.sampled_from(KINDS), st.integers(0, 2_000), st.integers(0, 3)),
    max_size=25,
)


def linked(rows, store):
    for stream, kind, minute, link in rows:
        store.append(
            f"visit-{stream}",
            [kind(link)],
            occurred_at=NINE + timedelta(minutes=minute),
            tags=[f"hall-{number}" for number in range(link)],
            correlation_id=BORROWED.format(link) if link else None,
        )
    return store


@settings(max_examples=15, deadline=None)
@given(event_lists)
def test_sql_and_python_find_the_same_graph(rows):
    quick, slow = (linked(rows, store) for store in stores())
    some = rows and any(link for *_, link in rows)
    for case in ["stream", "visit", *(["tag", "correlation_id"] if some else [])]:
        assert directly_follows(quick, case) == directly_follows(slow, case)
        assert tallies(quick, case) == tallies(slow, case)
    quick.close()


def test_a_day_of_traffic_gives_the_same_graph_either_way():
    day = traffic(seed=3, days=1, stations=3)
    quick = network(seed=3, days=1, stations=3)
    slow = MemoryStore(clock := SimulatedClock(NINE), seeded_ids(1))
    record(slow, clock, day, progress=False)
    for case in ("stream", "session", "connector"):
        assert directly_follows(quick, case) == directly_follows(slow, case)
        assert tallies(quick, case) == tallies(slow, case)


def test_a_field_that_streams_share_links_them_across_contexts():
    store = network(seed=3, days=1, stations=3)
    assert ("ChargingStopped", "InvoiceIssued") in arrows(directly_follows(store, "session"))
    assert ("ChargingStopped", "InvoiceIssued") not in arrows(directly_follows(store))


@pytest.mark.parametrize("case", ["voucher", "correlation_id", 'x" || y', "", "tag"])
def test_a_case_that_no_event_has_raises_an_error(case):
    for store in stores():
        with pytest.raises(NoSuchCase, match="a field that several event types share"):
            directly_follows(two_visits(store), case)


def test_an_empty_log_has_an_empty_graph():
    for store in stores():
        assert directly_follows(store).arcs == ()
        assert repr(directly_follows(store)) == "0 events, 0 cases by stream"


def test_only_the_most_frequent_arcs_stay_and_ties_stay_together():
    rows = [
        (1, CarArrived, 0),
        (1, CoffeeSold, 1),
        (2, CarArrived, 0),
        (2, CoffeeSold, 1),
        (2, CarDroveOff, 2),
    ]
    graph = directly_follows(fairground(*rows, (3, CoffeeSold, 0), (3, CarArrived, 1)))
    assert [arc.frequency for arc in graph.most_frequent(0.3).arcs] == [2]
    assert [arc.frequency for arc in graph.most_frequent(0.5).arcs] == [2, 1, 1]
    assert graph.most_frequent(0).arcs == ()


@pytest.mark.parametrize("share", [float("nan"), float("inf"), -0.1, 80, "0.8", None])
def test_a_share_is_a_number_from_0_to_1(share):
    with pytest.raises(NoShare, match=r"from 0 to 1\. Write 0\.8 for four"):
        Board.from_log(fairground((1, CarArrived, 0), (1, CarDroveOff, 1)), share=share)


def test_a_surprise_is_rare_at_both_ends():
    often = [(visit, kind, 0) for visit in range(60) for kind in (CarArrived, CarDroveOff)]
    graph = directly_follows(fairground(*often, (7, CarArrived, 1), (7, CoffeeSold, 2)))
    assert [(arc.source, arc.target, arc.example) for arc in graph.surprises] == [
        ("CarDroveOff", "CarArrived", "visit-7")
    ]


def test_what_comes_first_is_on_the_left_even_in_a_circle():
    graph = directly_follows(network(seed=1, days=1, stations=4))
    where = places(graph.activities, graph.arcs)
    started, read, stopped = where["ChargingStarted"], where["MeterRead"], where["ChargingStopped"]
    assert started[0] < read[0] < stopped[0]
    assert len(set(where.values())) == len(where)


def test_the_graph_is_shown_as_a_picture_and_as_text():
    shown = directly_follows(two_visits())._repr_mimebundle_()
    assert b64decode(shown["image/png"]).startswith(b"\x89PNG")
    assert shown["text/plain"].splitlines()[:2] == [
        "6 events, 2 cases by stream",
        "        1 × CarArrived → CarDroveOff, 4 min",
    ]


def test_a_board_from_a_log_has_a_note_for_each_type_and_its_count():
    board = Board.from_log(two_visits())
    assert board.note("Coffee Sold").details == ("2 times",)
    assert board.note("Car Arrived").details == ("2 times", "begins 2")
    assert [(a.name, b.name) for a, b in board.wall.links] == [
        ("Car Arrived", "Car Drove Off"),
        ("Car Arrived", "Coffee Sold"),
        ("Coffee Sold", "Car Drove Off"),
    ]


def test_a_board_from_a_log_does_not_change_the_log():
    store = two_visits()
    Board.from_log(store)
    assert store.position() == 6
