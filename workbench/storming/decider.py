"""The board as an aggregate: its state, what people want to do, and what follows.

An event of this decider is a whole gesture, because that is what people undo. `repository.py` records
it as the events that it is made of. Read `repository.py` next, then `shared_wall.py`: the use cases.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from workbench.storming.undo import Gesture, compensation, to_redo, to_undo
from workbench.storming.wall import EMPTY, Wall, fold
from workshop_lib.modeling.decider import Decider


@dataclass(frozen=True)
class Change:
    """Somebody changes the wall; `events_on` decides what happens on the wall as it is then."""

    by: str
    events_on: Callable[[Wall], Sequence[object]]


@dataclass(frozen=True)
class UndoLast:
    """Somebody takes back the last gesture of their own."""

    by: str


@dataclass(frozen=True)
class RedoLast:
    """Somebody repeats what their last undo took back."""

    by: str


Request = Change | UndoLast | RedoLast


@dataclass(frozen=True)
class BoardState:
    """A wall and the gestures that led to it; `version` counts their events."""

    wall: Wall = EMPTY
    gestures: tuple[Gesture, ...] = ()
    version: int = 0


def decide(request: Request, state: BoardState) -> list[Gesture]:
    """One gesture, or none if nothing would change. Raises `BoardError` for what makes no sense."""
    number = state.version + 1
    match request:
        case Change(by, events_on):
            return _made(Gesture(number, by, tuple(events_on(state.wall))))
        case UndoLast(by) if last := to_undo(state.gestures, by):
            back = compensation(state.gestures, last)
            return _made(Gesture(number, by, tuple(back), undoes=last.number))
        case RedoLast(by) if pair := to_redo(state.gestures, by):
            first, undo = pair
            again = compensation(state.gestures, undo)
            return _made(Gesture(number, by, tuple(again), redoes=first.number))
    return []


def evolve(state: BoardState, gesture: Gesture) -> BoardState:
    """The state after one more gesture."""
    wall = fold(gesture.events, state.wall)
    return BoardState(wall, (*state.gestures, gesture), state.version + len(gesture.events))


def _made(gesture: Gesture) -> list[Gesture]:
    return [gesture] if gesture.events else []


decider: Decider[Request, BoardState, Gesture] = Decider(decide, evolve, BoardState())
