"""The board as an aggregate: its state, its requests, `decide` and `evolve`.

An event of this decider is a whole gesture, because people undo whole gestures. `repository.py` records a
gesture as the events that it consists of. Read `repository.py` next, then `shared_wall.py`: the use cases.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from workbench.storming.undo import Gesture, compensation, to_redo, to_undo
from workbench.storming.wall import EMPTY, Wall, fold
from workshop_lib.modeling.decider import Decider


@dataclass(frozen=True)
class Change:
    """Change the wall; `events_on` returns the events for the current wall."""

    by: str
    events_on: Callable[[Wall], Sequence[object]]


@dataclass(frozen=True)
class UndoLast:
    """Undo the last gesture of one person."""

    by: str


@dataclass(frozen=True)
class RedoLast:
    """Redo what the last undo of one person undid."""

    by: str


Request = Change | UndoLast | RedoLast


@dataclass(frozen=True)
class BoardState:
    """A wall and the gestures that led to it; `version` counts their events."""

    wall: Wall = EMPTY
    gestures: tuple[Gesture, ...] = ()
    version: int = 0


def decide(request: Request, state: BoardState) -> list[Gesture]:
    """Return one gesture, or none if nothing would change. Raises `BoardError` for impossible commands."""
    number = state.version + 1
    match request:
        case Change(by, events_on):
            return _if_any(Gesture(number, by, tuple(events_on(state.wall))))
        case UndoLast(by) if last := to_undo(state.gestures, by):
            back = compensation(state.gestures, last)
            return _if_any(Gesture(number, by, tuple(back), undoes=last.number))
        case RedoLast(by) if pair := to_redo(state.gestures, by):
            first, undo = pair
            again = compensation(state.gestures, undo)
            return _if_any(Gesture(number, by, tuple(again), redoes=first.number))
    return []


def evolve(state: BoardState, gesture: Gesture) -> BoardState:
    """Return the state after one more gesture."""
    wall = fold(gesture.events, state.wall)
    return BoardState(wall, (*state.gestures, gesture), state.version + len(gesture.events))


def _if_any(gesture: Gesture) -> list[Gesture]:
    return [gesture] if gesture.events else []


decider: Decider[Request, BoardState, Gesture] = Decider(decide, evolve, BoardState())
