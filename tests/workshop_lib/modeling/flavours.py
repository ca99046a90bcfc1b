"""The parking bay as an object that inherits, as one that does not, and with a state table."""

from __future__ import annotations

from tests.workshop_lib.modeling.bay import (
    BAY,
    Bay,
    BayClosed,
    BayOccupied,
    CarLeft,
    CarParked,
    Close,
    Leave,
    Park,
    decide,
    evolve,
)
from workshop_lib import open_store
from workshop_lib.modeling import Refused
from workshop_lib.modeling.aggregate import Aggregate, by_object
from workshop_lib.modeling.application import handle
from workshop_lib.modeling.repository import Repository
from workshop_lib.modeling.state_and_events import StateAndEvents
from workshop_lib.store.state_table import state_table


class ParkingBay(Aggregate[Bay]):
    """The rules as methods."""

    def __init__(self) -> None:
        super().__init__(evolve, Bay())

    def park(self, car: str) -> None:
        self._require_open()
        if self.state.car == car:
            return
        if self.state.car is not None:
            raise BayOccupied(self.state.car)
        self.record(CarParked(car))

    def leave(self, car: str) -> None:
        self._require_open()
        if self.state.car != car:
            raise Refused("only the car that is there can leave")
        self.record(CarLeft(car))

    def shut(self, reason: str) -> None:
        self._require_open()
        if self.state.car is not None:
            self.record(CarLeft(self.state.car))
        self.record(BayClosed(reason))

    def _require_open(self) -> None:
        if self.state.closed:
            raise Refused("a closed bay is used no more")


def act(bay: ParkingBay, command: object) -> None:
    match command:
        case Park(car):
            bay.park(car)
        case Leave(car):
            bay.leave(car)
        case Close(reason):
            bay.shut(reason)


class LooseBay:
    """No base class: it holds an `Aggregate`."""

    def __init__(self) -> None:
        self.life = Aggregate(evolve, Bay())

    def answer(self, command: object) -> None:
        self.life.record(*decide(command, self.life.state))


def behind(make_repository):
    """Make a subject that appends its history to a store, calls `handle` and returns the recorded events."""

    def subject(history, command):
        with open_store() as store:
            bays: Repository = make_repository(store)
            if history:
                bays.save(7, history, 0)
            events = handle(bays, 7, command).events
            recorded = [each.event for each in store.read_stream("bay-7", len(history) + 1)]
            assert recorded == list(events)
            assert bays.load(7) == Repository(store, BAY, "bay").load(7)
            return recorded

    return subject


FLAVOURS = {
    "decider": BAY,
    "aggregate that inherits": by_object(ParkingBay, act),
    "aggregate that is kept": by_object(LooseBay, LooseBay.answer, lambda bay: bay.life),
    "repository": behind(lambda store: Repository(store, BAY, "bay")),
    "state and events": behind(lambda store: StateAndEvents(state_table(store, "bay"), BAY)),
}
