"""Taking back: undo is a new fact that makes up for an old one, never a hole in the log.

Each gesture knows its number (the version of its first event) and who made it; what was undone and redone
is told by the log as well, so undo works after a restart too. Read `board.py` next.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from workshop_lib.events import RecordedEvent
from workshop_lib.storming.events import (
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
from workshop_lib.storming.wall import Wall, evolve, fold


class Gesture(NamedTuple):
    """What somebody did at once: one event, or a few. `undoes` and `redoes` number another gesture, or 0."""

    number: int
    by: str
    at: datetime
    events: tuple[object, ...]
    undoes: int = 0
    redoes: int = 0


def gestures(log: Iterable[RecordedEvent]) -> list[Gesture]:
    """The gestures of a board's stream, oldest first."""
    found = []
    for number, recorded in groupby(log, key=lambda one: one.metadata.get("gesture", one.version)):
        rows = [*recorded]
        told = rows[0].metadata
        made = tuple(row.event for row in rows)
        what = told.get("undoes", 0), told.get("redoes", 0)
        found.append(Gesture(number, told.get("by", ""), rows[0].recorded_at, made, *what))
    return found


def to_undo(history: Sequence[Gesture], by: str) -> Gesture | None:
    """The gesture that somebody's next undo takes back."""
    done, _ = _stacks(history, by)
    return done[-1] if done else None


def to_redo(history: Sequence[Gesture], by: str) -> tuple[Gesture, Gesture] | None:
    """The gesture that comes back with somebody's next redo, and the undo that took it away."""
    _, undone = _stacks(history, by)
    return undone[-1] if undone else None


def compensation(history: Sequence[Gesture], gesture: Gesture) -> list[object]:
    """The events that make up for a gesture: what it changed becomes what it was before."""
    wall = fold(event for one in history if one.number < gesture.number for event in one.events)
    back: list[list[object]] = []
    for event in gesture.events:
        back.append(_inverse(wall, event))
        wall = evolve(wall, event)
    return [event for events in reversed(back) for event in events]


def _stacks(history: Sequence[Gesture], by: str) -> tuple[list[Gesture], list[tuple[Gesture, Gesture]]]:
    done: list[Gesture] = []
    undone: list[tuple[Gesture, Gesture]] = []
    for gesture in history:
        if gesture.by != by:
            continue
        if gesture.undoes:
            undone.append((done.pop(), gesture))
        elif gesture.redoes:
            done.append(undone.pop()[0])
        else:
            done.append(gesture)
            undone.clear()
    return done, undone


def _inverse(wall: Wall, event: object) -> list[object]:
    """What makes up for an event that happened on this wall."""
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
    """What gives a note or a frame back what an event took from it; nothing if that was gone already."""
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
