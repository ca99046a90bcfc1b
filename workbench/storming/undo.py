"""Undo and redo: new events that compensate for old ones. Nothing is removed from the log.

Each gesture has a number (the version of its first event) and an author. An undo or redo records the number
of the gesture that it reverts or repeats, so undo works after a restart. Read `decider.py` next.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from workbench.storming.events import (
    AreaDrawn,
    AreaRemoved,
    AreaRenamed,
    AreaReshaped,
    AreaRestored,
    FindingOverruled,
    FindingReinstated,
    HotSpotAssigned,
    HotSpotReopened,
    HotSpotResolved,
    Kind,
    NoteMoved,
    NotePlaced,
    NoteRemoved,
    NoteRestored,
    NoteRetyped,
    NoteReworded,
    NotesLinked,
    NotesUnlinked,
    PhaseEntered,
    PivotMarked,
    PivotUnmarked,
)
from workbench.storming.gestures import retyped
from workbench.storming.wall import EMPTY, Wall, evolve, fold


class Gesture(NamedTuple):
    """One action of a person: one event or a few.

    `undoes` and `redoes` are the number of another gesture, or 0. `at` is when it was recorded; None before.
    """

    number: int
    by: str
    events: tuple[object, ...]
    undoes: int = 0
    redoes: int = 0
    at: datetime | None = None


def to_undo(history: Sequence[Gesture], by: str) -> Gesture | None:
    """Return this person's latest gesture that undo would visibly revert, if any."""
    done, _ = _stacks(history, by)
    return next((gesture for gesture in reversed(done) if _is_visible(history, gesture)), None)


def to_redo(history: Sequence[Gesture], by: str) -> tuple[Gesture, Gesture] | None:
    """Return the gesture that this person's next redo repeats and the undo that reverted it, if any."""
    _, undone = _stacks(history, by)
    return next((pair for pair in reversed(undone) if _is_visible(history, pair[1])), None)


def compensation(history: Sequence[Gesture], gesture: Gesture) -> list[object]:
    """Return the events that revert what a gesture changed.

    Others may have changed the wall since; events that would have no effect on it now are left out.
    """
    return _compensated(history, gesture)[0]


def _is_visible(history: Sequence[Gesture], gesture: Gesture) -> bool:
    """Return whether compensating for this gesture visibly changes the wall."""
    events, now = _compensated(history, gesture)
    return fold(events, now).seen() != now.seen()


def _compensated(history: Sequence[Gesture], gesture: Gesture) -> tuple[list[object], Wall]:
    """Return the events that compensate for a gesture, and the current wall."""
    wall = _fold(one for one in history if one.number < gesture.number)
    back: list[list[object]] = []
    for event in gesture.events:
        back.append(_inverse(wall, event))
        wall = evolve(wall, event)
    now = _fold((one for one in history if one.number > gesture.number), wall)
    return _effective(now, (event for events in reversed(back) for event in events)), now


def _fold(some: Iterable[Gesture], wall: Wall = EMPTY) -> Wall:
    return fold((event for gesture in some for event in gesture.events), wall)


def _effective(wall: Wall, events: Iterable[object]) -> list[object]:
    """Return only the events that change this wall."""
    kept = []
    for step in (step for event in events for step in _steps(wall, event)):
        if (after := evolve(wall, step)) != wall:
            kept.append(step)
            wall = after
    return kept


def _steps(wall: Wall, event: object) -> list[object]:
    """Adapt an event to the note's present kind: leave out marks that this kind cannot have."""
    note = wall.notes.get(getattr(event, "note", ""))
    match event:
        case NoteRetyped(_, kind) if note:
            return retyped(note, kind)
        case PivotMarked() if note and note.kind is not Kind.EVENT:
            return []
        case HotSpotResolved() | HotSpotAssigned() if note and note.kind is not Kind.HOT_SPOT:
            return []
    return [event]


def _stacks(history: Sequence[Gesture], by: str) -> tuple[list[Gesture], list[tuple[Gesture, Gesture]]]:
    """Return this person's gestures in effect, and those undone with their undo; the latest last."""
    done: dict[int, Gesture] = {}
    undone: dict[int, tuple[Gesture, Gesture]] = {}
    for gesture in history:
        if gesture.by != by:
            continue
        if gesture.undoes:
            undone[gesture.undoes] = done.pop(gesture.undoes), gesture
        elif gesture.redoes:
            done[gesture.redoes] = undone.pop(gesture.redoes)[0]
        else:
            done[gesture.number] = gesture
            undone.clear()
    return [*done.values()], [*undone.values()]


def _inverse(wall: Wall, event: object) -> list[object]:
    """Return the events that revert an event that happened on this wall."""
    match event:
        case NotePlaced(note) | NoteRestored(note):
            return [NoteRemoved(note)]
        case NoteRemoved(note):
            return [NoteRestored(note)]
        case NotesLinked(source, target):
            return [NotesUnlinked(source, target)]
        case NotesUnlinked(source, target):
            return [NotesLinked(source, target)]
        case AreaDrawn(area) | AreaRestored(area):
            return [AreaRemoved(area)]
        case AreaRemoved(area):
            return [AreaRestored(area)]
        case PhaseEntered():
            return [PhaseEntered(wall.phase)]
        case FindingOverruled(finding) | FindingReinstated(finding):
            before = wall.overruled.get(finding)
            return [FindingOverruled(finding, before) if before else FindingReinstated(finding)]
    return _as_before(wall, event)


def _as_before(wall: Wall, event: object) -> list[object]:
    """Return the event that restores what an event changed; none if the note or frame was gone already."""
    note, area = wall.notes.get(getattr(event, "note", "")), wall.areas.get(getattr(event, "area", ""))
    match event:
        case NoteMoved() if note:
            return [NoteMoved(note.id, note.x, note.y)]
        case NoteReworded() if note:
            return [NoteReworded(note.id, note.text)]
        case NoteRetyped() if note:
            return [NoteRetyped(note.id, note.kind)]
        case PivotMarked() | PivotUnmarked() if note:
            return [PivotMarked(note.id) if note.pivotal else PivotUnmarked(note.id)]
        case HotSpotResolved() | HotSpotReopened() if note:
            return [HotSpotResolved(note.id, note.answer) if note.answer else HotSpotReopened(note.id)]
        case HotSpotAssigned() if note:
            return [HotSpotAssigned(note.id, note.owner)]
        case AreaReshaped() if area:
            return [AreaReshaped(area.id, area.x, area.y, area.width, area.height)]
        case AreaRenamed() if area:
            return [AreaRenamed(area.id, area.name)]
    return []
