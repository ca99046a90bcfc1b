"""One specification holds for five ways to build the aggregate."""

from __future__ import annotations

import pytest

from tests.workshop_lib.modeling.bay import BayClosed, BayOccupied, CarLeft, CarParked, Close, Leave, Park
from tests.workshop_lib.modeling.flavours import FLAVOURS, ParkingBay
from workshop_lib import WrongExpectedVersion, open_store
from workshop_lib.modeling import given


@pytest.fixture(params=FLAVOURS)
def bay(request):
    return FLAVOURS[request.param]


def test_a_free_bay_takes_a_car(bay):
    given(bay).when(Park("zoe")).then(CarParked("zoe"))


def test_a_bay_holds_one_car_at_a_time(bay):
    given(bay, CarParked("zoe")).when(Park("beetle")).then_refused(BayOccupied)


def test_parking_twice_counts_once(bay):
    given(bay, CarParked("zoe")).when(Park("zoe")).then()


def test_a_car_leaves_the_bay_free(bay):
    given(bay, CarParked("zoe"), CarLeft("zoe")).when(Park("beetle")).then(CarParked("beetle"))


def test_a_car_cannot_leave_for_another_one(bay):
    given(bay, CarParked("zoe")).when(Leave("beetle")).then_refused("only the car that is there")


def test_a_car_leaves_before_the_bay_closes(bay):
    given(bay, CarParked("zoe")).when(Close("rain")).then(CarLeft("zoe"), BayClosed("rain"))


def test_a_closed_bay_cannot_be_used(bay):
    given(bay, BayClosed("rain")).when(Park("zoe")).then_refused("closed bay")


def test_an_aggregate_separates_stored_from_pending_events():
    bay = ParkingBay()
    bay.load([CarParked("zoe")])
    bay.leave("zoe")
    assert (bay.state.car, bay.version, bay.stored_version) == (None, 2, 1)
    assert bay.pending == [CarLeft("zoe")]


def test_an_aggregate_is_saved_with_the_version_it_was_loaded_at():
    with open_store("memory://") as store:
        store.append("bay-7", [CarParked("zoe")])
        bay, other = ParkingBay(), ParkingBay()
        for each in (bay, other):
            each.load(recorded.event for recorded in store.read_stream("bay-7"))
            each.leave("zoe")
        store.append("bay-7", bay.pending, expected_version=bay.stored_version)
        bay.saved()
        assert (bay.pending, bay.stored_version) == ([], 2)
        with pytest.raises(WrongExpectedVersion):
            store.append("bay-7", other.pending, expected_version=other.stored_version)
