"""A parking bay at the cinema's sockets: a very small aggregate with rules."""

from __future__ import annotations

from dataclasses import dataclass, replace

from workshop_lib import event_type
from workshop_lib.modeling import Decider, Refused


@dataclass(frozen=True)
class Park:
    car: str


@dataclass(frozen=True)
class Leave:
    car: str


@dataclass(frozen=True)
class Close:
    reason: str = "the cinema moves"


@event_type("CarParked")
class CarParked:
    car: str


@event_type("CarLeft")
class CarLeft:
    car: str


@event_type("BayClosed")
class BayClosed:
    reason: str


class BayOccupied(Refused):
    def __init__(self, by: str) -> None:
        self.by = by
        super().__init__("a bay holds one car at a time", "to park a car", f"Wait until {by} has left.")


@dataclass(frozen=True)
class Bay:
    car: str | None = None
    visits: int = 0
    closed: bool = False


def decide(command: object, bay: Bay) -> list[object]:
    if bay.closed:
        raise Refused("a closed bay is used no more")
    match command:
        case Park(car) if bay.car == car:
            return []
        case Park() if bay.car is not None:
            raise BayOccupied(bay.car)
        case Park(car):
            return [CarParked(car)]
        case Leave(car) if bay.car != car:
            raise Refused("only the car that is there can leave")
        case Leave(car):
            return [CarLeft(car)]
        case Close(reason):
            return ([CarLeft(bay.car)] if bay.car else []) + [BayClosed(reason)]
    raise Refused("a bay is parked in, left or closed")


def evolve(bay: Bay, event: object) -> Bay:
    match event:
        case CarParked(car):
            return replace(bay, car=car, visits=bay.visits + 1)
        case CarLeft():
            return replace(bay, car=None)
        case BayClosed():
            return replace(bay, closed=True)
    return bay


BAY = Decider(decide, evolve, Bay(), lambda bay: bay.closed)
