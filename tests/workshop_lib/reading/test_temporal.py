"""Temporal queries agree with a fold that is easy to check by hand."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workshop_lib import SimulatedClock, event_type, open_store
from workshop_lib.events import NaiveDatetime
from workshop_lib.reading.temporal import (
    STATE_AT_INSTANTS,
    TooFewInstants,
    UnknownAxis,
    evenly,
    life_of,
    on_the_clock,
    state_at,
    state_at_instants,
)
from workshop_lib.store.errors import QueryFailed

MORNING = datetime(2026, 3, 2, 6, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@event_type("LampReported")
class LampReported:
    """A lamp that reports its colour, perhaps late."""

    lamp: str
    colour: str


LAMPS = ("LampReported", "lamp", "colour")


def log_of(reports):
    """Return a store with these reports: (lamp, colour, minutes since the last report, minutes late)."""
    clock = SimulatedClock(MORNING)
    store = open_store(clock=clock)
    for lamp, colour, wait, late in reports:
        clock.now += wait * MINUTE
        store.append(f"lamp-{len(lamp)}", [LampReported(lamp, colour)], occurred_at=clock.now - late * MINUTE)
    return store


def fold(events, instant, axis):
    """Return the last report of each lamp by that instant; at equal times the later position counts."""
    known = [seen for seen in events if getattr(seen, axis) <= instant]
    in_order = sorted(known, key=lambda seen: (getattr(seen, axis), seen.position))
    return {seen.event.lamp: seen.event.colour for seen in in_order}


REPORTS = st.lists(
    st.tuples(
        st.sampled_from(["gate", "cellar", 'o\'hare "7"']),
        st.sampled_from(["red", "green", "white"]),
        st.integers(0, 3),
        st.integers(0, 9),
    ),
    max_size=12,
)


@pytest.mark.parametrize("axis", ["recorded_at", "occurred_at"])
@settings(max_examples=25, deadline=None)
@given(reports=REPORTS, offsets=st.lists(st.integers(-12, 40), max_size=5))
def test_the_state_at_many_instants_is_the_fold_of_the_events_until_each(axis, reports, offsets):
    with log_of(reports) as store:
        instants = [MORNING + offset * MINUTE for offset in offsets]
        events = list(store.read())
        rows = state_at_instants(store, *LAMPS, instants=sorted(set(instants)), axis=axis).fetchall()
        expected = [
            (instant.replace(tzinfo=None), lamp, colour)
            for instant in sorted(set(instants))
            for lamp, colour in sorted(fold(events, instant, axis).items())
        ]
        assert rows == expected


@settings(max_examples=25, deadline=None)
@given(reports=REPORTS, offset=st.integers(-1, 40))
def test_the_state_at_an_instant_is_the_last_state_of_the_log_as_of_it(reports, offset):
    instant = MORNING + offset * MINUTE
    with log_of(reports) as store:
        earlier = store.as_of(recorded_at=instant)
        newest = {seen.event.lamp: seen.event.colour for seen in earlier.read()}
        assert state_at(store, instant, *LAMPS) == newest
        assert state_at(earlier, MORNING + 99 * MINUTE, *LAMPS) == newest


def test_a_late_report_counts_from_its_recording_or_from_its_occurrence():
    with log_of([("gate", "red", 0, 0), ("gate", "green", 60, 50)]) as store:
        quarter_past = MORNING + 15 * MINUTE
        assert state_at(store, quarter_past, *LAMPS, axis="recorded_at") == {"gate": "red"}
        assert state_at(store, quarter_past, *LAMPS, axis="occurred_at") == {"gate": "green"}


def test_a_late_report_does_not_undo_a_newer_one():
    with log_of([("gate", "red", 10, 0), ("gate", "green", 1, 8)]) as store:
        assert state_at(store, MORNING + 30 * MINUTE, *LAMPS, axis="recorded_at") == {"gate": "green"}
        assert state_at(store, MORNING + 30 * MINUTE, *LAMPS, axis="occurred_at") == {"gate": "red"}


def test_both_axes_can_be_combined():
    with log_of([("gate", "red", 0, 0), ("gate", "green", 60, 50)]) as store:
        half_past = store.as_of(recorded_at=MORNING + 30 * MINUTE)
        assert state_at(half_past, MORNING + 15 * MINUTE, *LAMPS, axis="occurred_at") == {"gate": "red"}


def test_of_several_reports_at_one_instant_the_last_position_counts():
    with log_of([("gate", colour, 0, 0) for colour in ("red", "white", "green")]) as store:
        assert state_at(store, MORNING, *LAMPS) == {"gate": "green"}


def test_a_key_can_be_any_column_of_the_view():
    with log_of([("gate", "red", 0, 0)]) as store:
        assert state_at(store, MORNING, "LampReported", "stream", "version") == {"lamp-4": 1}


def test_an_instant_in_another_zone_is_the_same_instant():
    from datetime import timezone

    with log_of([("gate", "red", 0, 0)]) as store:
        assert state_at(store, MORNING.astimezone(timezone(timedelta(hours=5))), *LAMPS) == {"gate": "red"}


def test_instants_are_spread_evenly_with_both_ends_included():
    assert evenly(MORNING, MORNING + 4 * MINUTE, 3) == [MORNING + step * MINUTE for step in (0, 2, 4)]


@given(late=st.integers(0, 100_000), seconds=st.integers(0, 10**9), most=st.integers(3, 300))
def test_round_instants_cover_a_span_at_equal_distances_within_the_limit(late, seconds, most):
    start = MORNING + timedelta(seconds=late)
    end = start + timedelta(seconds=seconds)
    instants = on_the_clock(start, end, most)
    assert 1 <= len(instants) <= most
    assert len({after - before for before, after in pairwise(instants)}) <= 1
    assert all(instant.second == 0 for instant in instants)
    assert instants[0] >= start
    assert instants[-1] >= end


def test_a_day_and_a_half_is_divided_into_half_hours():
    instants = on_the_clock(MORNING + 7 * MINUTE, MORNING + timedelta(hours=36))
    assert instants[:2] == [MORNING + 30 * MINUTE, MORNING + 60 * MINUTE]


@pytest.mark.parametrize("most", [2, 0])
def test_two_round_instants_are_too_few_to_cover_a_span(most):
    with pytest.raises(TooFewInstants, match="Ask for 3 or more"):
        on_the_clock(MORNING, MORNING + MINUTE, most)


@pytest.mark.parametrize("count", [1, 0, -3])
def test_a_span_is_not_divided_into_fewer_than_two_instants(count):
    with pytest.raises(TooFewInstants, match="Ask for 2 or more"):
        evenly(MORNING, MORNING + MINUTE, count)


def test_the_life_of_a_type_runs_from_its_first_to_its_last_event_on_either_axis():
    with log_of([("gate", "red", 3, 0), ("gate", "green", 4, 6)]) as store:
        assert life_of(store, "LampReported") == (MORNING + 3 * MINUTE, MORNING + 7 * MINUTE)
        assert life_of(store, "LampReported", "occurred_at") == (MORNING + MINUTE, MORNING + 3 * MINUTE)


def test_a_type_without_events_has_no_life_yet():
    with log_of([]) as store:
        assert life_of(store, "LampReported") is None


def test_an_unknown_time_axis_is_rejected():
    with log_of([]) as store, pytest.raises(UnknownAxis, match="recorded_at and occurred_at") as caught:
        state_at(store, MORNING, *LAMPS, axis="noticed_at; DROP TABLE events")
    assert caught.value.axis == "noticed_at; DROP TABLE events"


def test_an_instant_without_a_zone_is_rejected():
    with log_of([]) as store, pytest.raises(NaiveDatetime, match="no time zone"):
        state_at(store, datetime(2026, 3, 2), *LAMPS)


@pytest.mark.parametrize(
    "names",
    [
        ("NeverHappened", "lamp", "colour"),
        ("LampReported", "wattage", "colour"),
        ("LampReported", 'lamp" FROM events --', "colour"),
    ],
)
def test_a_type_or_field_that_does_not_exist_is_rejected(names):
    with log_of([]) as store, pytest.raises(QueryFailed):
        state_at(store, MORNING, *names)


def test_the_docstring_shows_the_statement_that_runs():
    shown = STATE_AT_INSTANTS.format(
        event_type="StatusReported", key="connector", value="status", axis="recorded_at"
    )
    assert shown.strip() in inspect.getdoc(state_at_instants).replace("\n    ", "\n")
