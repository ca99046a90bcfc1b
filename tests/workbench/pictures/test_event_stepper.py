"""The event stepper in Python: its steps, pages and text."""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace

import pytest

from workbench.pictures.event_stepper import EventStepper
from workshop_lib import SimulatedClock, event_type, open_store

EVIL = "<img src=x onerror='window.hacked = 1'>"


@event_type("TapTurned")
class TapTurned:
    """Somebody turned a tap."""

    by: str
    litres: int


@dataclass(frozen=True)
class Basin:
    """How full it is, and who filled it last."""

    litres: int = 0
    last: str = "nobody"


def fill(basin: Basin, event: TapTurned) -> Basin:
    return replace(basin, litres=basin.litres + event.litres, last=event.by)


@pytest.fixture
def stepper():
    with open_store("memory://", clock=SimulatedClock("2026-03-02 06:00")) as store:
        store.append("basin-1", [TapTurned("Ada", 2), TapTurned(EVIL, 3)])
        return EventStepper(store.read_stream("basin-1"), fill, Basin())


def test_each_step_has_the_state_after_that_many_events(stepper):
    states = [stepper.state for stepper.step in (0, 1, 2)]
    assert states == [Basin(), Basin(2, "Ada"), Basin(5, EVIL)]


@pytest.mark.parametrize(("asked", "step"), [(-1, 0), (3, 2)])
def test_the_step_stays_between_the_first_and_the_last_event(stepper, asked, step):
    stepper.step = 1
    stepper.step = asked
    assert stepper.step == step


def test_a_page_shows_the_place_of_its_event_in_the_log(stepper):
    assert stepper.pages[2]["place"] == "basin-1, version 2, position 2, 2026-03-02 06:00:00 UTC"


def test_plain_events_can_be_stepped_through_too():
    assert EventStepper([TapTurned("Ada", 2)], fill, Basin()).pages[1]["place"] == ""


def test_without_widgets_a_text_and_a_picture_are_shown(stepper):
    stepper.step = 1
    data, _ = stepper._repr_mimebundle_()
    assert data["text/plain"] == (
        "State is a fold of what happened: 1 of 2 events folded (the last: TapTurned) "
        "into Basin(litres=2, last='Ada')."
    )
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")


def test_a_fold_of_nothing_is_the_initial_state():
    stepper = EventStepper([], fill, Basin())
    assert (stepper.step, stepper.state, len(stepper.pages)) == (0, Basin(), 1)
