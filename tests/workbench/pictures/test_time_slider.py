"""The time slider in Python: its state, the data that it sends, and its text without widgets."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta, timezone

import pytest

from workbench.pictures.show import WIDGET, bundle
from workbench.pictures.time_slider import (
    NothingToShow,
    TimeSlider,
    TooManyStates,
    before_last_mark,
    time_slider,
)
from workshop_lib import SimulatedClock, event_type, open_store
from workshop_lib.events import NaiveDatetime
from workshop_lib.reading.temporal import evenly, life_of, state_at
from workshop_lib.store.port import Append

MORNING = datetime(2026, 3, 2, 6, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LAMPS = ("LanternReported", "lantern", "status")


@event_type("LanternReported")
class LanternReported:
    """A lantern's status."""

    lantern: str
    status: str


def evening(minutes=12):
    """Return a store of three lanterns that report in turn, one report a minute."""
    store = open_store(clock=SimulatedClock(MORNING, tick=MINUTE))
    statuses = ["Available", "Charging", "Faulted", "Charging"]
    for minute in range(minutes):
        lantern = f"pier-{minute % 3 + 1}"
        store.append(f"lantern-{minute % 3 + 1}", [LanternReported(lantern, statuses[minute % 4])])
    return store


@pytest.fixture
def slider():
    with evening() as store:
        yield time_slider(store, *LAMPS, instants=evenly(MORNING, MORNING + 11 * MINUTE, 12))


def test_each_step_has_the_state_that_the_temporal_query_returns():
    with evening() as store:
        slider = time_slider(store, *LAMPS)
        for slider.step in range(0, 100, 7):
            assert slider.state() == state_at(store, slider.instant, *LAMPS)


def test_the_slider_spans_the_log_from_its_first_to_its_last_event():
    with evening() as store:
        slider = time_slider(store, *LAMPS)
        assert (slider.instants[0], slider.instants[-1]) == life_of(store, "LanternReported")
        assert len(slider.instants) == 100


def test_a_longer_log_is_divided_at_round_times():
    with open_store(clock=SimulatedClock(MORNING, tick=timedelta(hours=7))) as store:
        for _ in range(5):
            store.append("lantern-1", [LanternReported("pier-1", "Available")])
        slider = time_slider(store, *LAMPS)
    assert slider.instants[1] - slider.instants[0] == 10 * MINUTE
    assert len(slider.instants) == 28 * 6 + 1


def test_moving_the_step_moves_the_instant(slider):
    seen = []
    slider.observe(lambda change: seen.append(change["new"]), "instant")
    slider.step = 4
    assert seen == [MORNING + 4 * MINUTE]


def test_setting_an_instant_moves_to_the_last_step_before_it(slider):
    slider.instant = (MORNING + 4.7 * MINUTE).astimezone(timezone(timedelta(hours=9)))
    assert (slider.step, slider.instant) == (4, MORNING + 4 * MINUTE)


@pytest.mark.parametrize(("asked", "step"), [(-timedelta(days=1), 0), (timedelta(days=1), 11)])
def test_an_instant_outside_the_log_moves_to_the_nearest_end(slider, asked, step):
    slider.step = 5
    slider.instant = MORNING + asked
    assert slider.step == step


def test_a_step_out_of_range_becomes_the_nearest_valid_one(slider):
    slider.step = 99
    assert slider.step == 11
    slider.step = -99
    assert slider.step == 0


def test_an_instant_without_a_time_zone_is_rejected(slider):
    with pytest.raises(NaiveDatetime):
        slider.instant = datetime(2026, 3, 2, 6, 4)


def test_a_slider_without_rows_is_rejected():
    with open_store() as store, pytest.raises(NothingToShow, match="append some events first"):
        time_slider(store, *LAMPS)


def test_more_states_than_a_byte_can_hold_are_rejected():
    with pytest.raises(TooManyStates) as raised:
        TimeSlider((MORNING, f"meter-{wh}", wh) for wh in range(256))
    assert raised.value.count == 256


def test_a_hundred_thousand_events_are_sent_as_one_byte_for_each_key_and_instant():
    statuses = ["Available", "Preparing", "Charging", "Finishing"]
    with open_store(clock=SimulatedClock(MORNING, tick=timedelta(seconds=1))) as store:
        reports = [LanternReported(f"pier-{n % 200}", statuses[n // 200 % 4]) for n in range(100_000)]
        store.append_batch(Append(f"lantern-{n}", reports[n::200]) for n in range(200))
        slider = time_slider(store, *LAMPS)
    assert len(slider.codes) == 200 * 100
    state = slider.get_state(["names", "groups", "looks", "times", "title", "noun", "step"])
    assert len(repr(state)) < 20_000


def test_a_slider_can_have_a_single_instant():
    assert TimeSlider([(MORNING, "socket-7", "Charging")]).state() == {"socket-7": "Charging"}


@pytest.mark.parametrize(
    ("key", "group"),
    [
        ("S01-4", "S01"),
        ("north/pier/2", "north/pier"),
        ("DE*ABC*E1:2", "DE*ABC*E1"),
        ("socket7", ""),
        ("-7", ""),
    ],
)
def test_connectors_of_one_station_form_a_group(key, group):
    assert before_last_mark(key) == group


def test_the_caller_can_choose_the_groups():
    slider = TimeSlider([(MORNING, "b1", "on"), (MORNING, "a2", "on")], group=lambda key: key[1:])
    assert list(zip(slider.names, slider.groups, strict=True)) == [("b1", "1"), ("a2", "2")]


def test_without_widgets_a_text_and_a_picture_are_shown(slider):
    data, _ = slider._repr_mimebundle_()
    assert data["text/plain"] == (
        "The life of the network: 3 connectors at 12 instants from 2026-03-02 06:00 to 2026-03-02 06:11 UTC. "
        "At 2026-03-02 06:00: 1 Available."
    )
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert data[WIDGET]["model_id"] == slider.model_id


def test_the_text_is_the_same_for_every_slider_of_the_same_log():
    with evening() as one, evening() as other:
        assert repr(time_slider(one, *LAMPS)) == repr(time_slider(other, *LAMPS))


def test_a_picture_shown_beside_a_widget_is_not_shown_again(slider):
    from matplotlib import pyplot

    from workbench.pictures.style import figure

    bundle(slider, "a board", figure("A board")[0])
    assert pyplot.get_fignums() == []
