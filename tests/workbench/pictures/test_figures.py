"""The contents of still pictures; pixels are not tested."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest

from workbench.pictures import figures
from workbench.pictures.sticky import broken, facts
from workbench.pictures.style import STATUSES
from workshop_lib import Append, SimulatedClock, event_type, open_store

MORNING = datetime(2026, 3, 2, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)


@event_type("KettleFilled")
class KettleFilled:
    """Water goes in."""

    litres: float


@dataclass(frozen=True)
class Kettle:
    """What is in the kettle."""

    litres: float = 0


def filled(kettle: Kettle, event: KettleFilled) -> Kettle:
    return replace(kettle, litres=kettle.litres + event.litres)


@pytest.fixture
def kettles():
    with open_store("memory://", clock=SimulatedClock(MORNING, tick=HOUR)) as store:
        store.append("kettle-1", [KettleFilled(0.5), KettleFilled(1.0)])
        store.append("kettle-2", [KettleFilled(0.25)], occurred_at=MORNING - 3 * HOUR)
        yield list(store.read())


def texts(sheet):
    """Draw a picture and return all its texts."""
    sheet.savefig(BytesIO())
    return [text.get_text() for axes in sheet.axes for text in axes.texts]


def test_a_timeline_shows_each_event_with_its_place_and_time(kettles):
    written = texts(figures.timeline(kettles))
    assert written.count("KettleFilled") == 3
    assert "kettle-1\nversion 2, 06:00:00\nposition 2" in written


def test_a_fold_strip_shows_the_state_after_each_event(kettles):
    written = texts(figures.fold_strip(kettles[:2], filled, Kettle()))
    assert [text for text in written if text.startswith("litres")] == [
        "litres: 0", "litres: 0.5", "litres: 0.5", "litres: 1.5", "litres: 1.0",
    ]  # fmt: skip


def test_a_fold_strip_accepts_plain_events():
    assert texts(figures.fold_strip([KettleFilled(2.0)], filled, Kettle())).count("Kettle") == 1


def test_a_status_map_joins_equal_neighbours_into_one_bar():
    rows = [
        (MORNING + step * HOUR, "socket-7", state)
        for step, state in enumerate(["Charging"] * 3 + ["Available"])
    ]
    bars = figures.status_map(rows).axes[0].patches
    assert [round(bar.get_width() * 24) for bar in bars] == [3]
    assert bars[0].get_facecolor() != bars[0].get_edgecolor()


def test_a_status_map_distinguishes_states_by_hatch_and_colour():
    rows = [(MORNING + step * HOUR, look.word, look.word) for look in STATUSES for step in (0, 1)]
    axes = figures.status_map(rows).axes[0]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == [look.word for look in STATUSES]
    assert len({bar.get_hatch() for bar in axes.patches}) >= 6


def test_a_key_is_blank_on_the_map_until_its_first_event():
    rows = [(MORNING, "a", "Available"), (MORNING + HOUR, "a", "Available"), (MORNING + HOUR, "b", "Faulted")]
    rows += [(MORNING + 2 * HOUR, key, "Available") for key in "ab"]
    starts = [bar.get_x() for bar in figures.status_map(rows).axes[0].patches]
    assert round((max(starts) - min(starts)) * 24) == 1


def test_late_deliveries_are_counted_separately(kettles):
    legend = figures.delays(kettles).axes[0].get_legend()
    assert [text.get_text() for text in legend.get_texts()] == ["in time: 2", "late: 1"]


def test_the_height_is_the_delay_and_a_line_separates_late_from_in_time(kettles):
    axes = figures.delays(kettles).axes[0]
    in_time, late = ([float(y) for _, y in dots.get_offsets()] for dots in axes.collections)
    [(line, _)] = [one.get_ydata() for one in axes.lines]
    assert max(in_time) < line < min(late)
    assert late == [(kettles[2].recorded_at - kettles[2].occurred_at).total_seconds()]


def test_seconds_and_days_are_both_legible_on_the_axis_of_delays():
    with open_store("memory://", clock=SimulatedClock(MORNING)) as store:
        for late in (timedelta(seconds=1), timedelta(days=1)):
            store.append("kettle-1", [KettleFilled(1.0)], occurred_at=MORNING - late)
        axes = figures.delays(store.read()).axes[0]
    to_axes = axes.transData + axes.transAxes.inverted()
    second, day = (to_axes.transform((0, seconds))[1] for seconds in (1, 86_400))
    assert {"1 s", "1 min", "1 h", "1 day"} <= {tick.get_text() for tick in axes.get_yticklabels()}
    assert 0.1 < second < 0.2 < 0.8 < day < 1


def test_days_on_an_axis_have_the_name_of_the_month():
    with open_store("memory://", clock=SimulatedClock(MORNING, tick=24 * HOUR)) as store:
        store.append_batch([Append("kettle-1", [KettleFilled(1.0)])] * 7)
        sheet = figures.delays(store.read())
    sheet.savefig(BytesIO())
    days = [tick.get_text() for tick in sheet.axes[0].get_xticklabels()]
    assert all(day.endswith(f"{MORNING:%b}") for day in days)


def test_drift_is_drawn_where_audit_and_state_differ():
    sheet = figures.drift({"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 9})
    assert [list(line.get_xdata()) for line in sheet.axes[0].lines] == [[3, 0], [2, 9]]


@pytest.mark.parametrize("draw", [figures.timeline, figures.status_map, figures.delays])
def test_the_picture_of_an_empty_log_is_empty(draw):
    assert texts(draw([])) == []


def test_dollar_signs_in_a_name_are_not_a_formula():
    rows = [(MORNING + step * HOUR, "socket $\\frac{$", "$x$ & <b>") for step in (0, 1)]
    sheet = figures.status_map(rows, "costs $5 or $6_")
    sheet.savefig(BytesIO())
    assert sheet.axes[0].get_yticklabels()[0].get_text() == "socket $\\frac{$"


def test_long_names_break_between_words_and_long_values_get_their_own_line():
    assert broken("ChargingSessionAuthorised") == "ChargingSession\nAuthorised"
    assert facts({"reason": "EVDisconnectedByTheDriver"}) == "reason:\n  EVDisconnectedBy…"
