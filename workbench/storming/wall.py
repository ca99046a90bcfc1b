"""The wall: the state of a board, with its notes, arrows and frames, as a fold of its events.

A board is a picture of a conversation. Every finished gesture is recorded as events, so undo, the wall at any
moment and several people on one wall follow from one log: the same events give the same wall. Read
`commands.py` next: what people can do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any, TypeVar

from workbench.storming.events import (
    AreaDrawn,
    AreaKind,
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
    Phase,
    PhaseEntered,
    PivotMarked,
    PivotUnmarked,
)

SIZES: Mapping[Kind, tuple[float, float]] = {
    Kind.EVENT: (150, 100),
    Kind.COMMAND: (150, 100),
    Kind.ACTOR: (110, 72),
    Kind.AGGREGATE: (190, 120),
    Kind.POLICY: (190, 100),
    Kind.READ_MODEL: (150, 100),
    Kind.SYSTEM: (190, 100),
    Kind.HOT_SPOT: (120, 100),
    Kind.OPPORTUNITY: (120, 100),
}
"""Width and height of a note in board units: pixels at zoom 1."""


@dataclass(frozen=True)
class Note:
    """One sticky note."""

    id: str
    kind: Kind
    text: str
    x: float
    y: float
    pivotal: bool = False
    answer: str = ""
    owner: str = ""

    @property
    def name(self) -> str:
        """The first line: the name of what the note stands for."""
        return self.text.strip().partition("\n")[0].strip()

    @property
    def details(self) -> tuple[str, ...]:
        """The lines below the name."""
        return tuple(line.strip() for line in self.text.strip().split("\n")[1:] if line.strip())


@dataclass(frozen=True)
class Area:
    """The frame of a bounded context, or a swim lane."""

    id: str
    kind: AreaKind
    name: str
    x: float
    y: float
    width: float
    height: float

    def holds(self, note: Note) -> bool:
        """Return whether the note's centre is in this area; a lane has no left or right end."""
        beside = self.kind is AreaKind.CONTEXT and not self.x <= note.x < self.x + self.width
        return not beside and self.y <= note.y < self.y + self.height


@dataclass(frozen=True)
class Wall:
    """Everything on the wall: `notes`, `links` and `areas` are visible; `notes_off` and `areas_off` hold what
    was removed, so that it can be restored.
    """

    notes: Mapping[str, Note] = field(default_factory=dict)
    areas: Mapping[str, Area] = field(default_factory=dict)
    phase: Phase | None = None
    overruled: Mapping[str, str] = field(default_factory=dict)
    arrows: frozenset[tuple[str, str]] = frozenset()
    notes_off: Mapping[str, Note] = field(default_factory=dict)
    areas_off: Mapping[str, Area] = field(default_factory=dict)

    @property
    def links(self) -> list[tuple[Note, Note]]:
        """The arrows between visible notes, in a fixed order."""
        there = [(a, b) for a, b in self.arrows if a in self.notes and b in self.notes]
        return [(self.notes[a], self.notes[b]) for a, b in sorted(there)]

    def of(self, *kinds: Kind) -> list[Note]:
        """Return the notes of these kinds (of all kinds by default), from left to right."""
        chosen = [note for note in self.notes.values() if not kinds or note.kind in kinds]
        return sorted(chosen, key=lambda note: (note.x, note.y, note.id))

    def context_of(self, note: Note) -> str:
        """Return the name of the innermost bounded context around a note, or an empty text."""
        area = self.frame_of(note, AreaKind.CONTEXT)
        return area.name if area else ""

    def frame_of(self, note: Note, kind: AreaKind) -> Area | None:
        """Return the innermost frame of this kind around a note; of equal ones the first by position."""
        around = [area for area in self.areas.values() if area.kind is kind and area.holds(note)]
        return min(
            around, key=lambda area: (area.width * area.height, area.x, area.y, area.name), default=None
        )

    def seen(self) -> tuple[object, ...]:
        """Return everything visible, to compare two walls."""
        links = [(source.id, target.id) for source, target in self.links]
        return dict(self.notes), dict(self.areas), links, self.phase, dict(self.overruled)


EMPTY = Wall()


def evolve(wall: Wall, event: object) -> Wall:
    """Return the wall after one more event. Never raises: an event about a removed note has no effect."""
    match event:
        case PhaseEntered(phase):
            return replace(wall, phase=phase)
        case FindingOverruled(finding, reason):
            return replace(wall, overruled={**wall.overruled, finding: reason})
        case FindingReinstated(finding):
            return replace(wall, overruled=_without(wall.overruled, finding))
        case NotesLinked(source, target):
            return replace(wall, arrows=wall.arrows | {(source, target)})
        case NotesUnlinked(source, target):
            return replace(wall, arrows=wall.arrows - {(source, target)})
        case AreaDrawn() | AreaReshaped() | AreaRenamed() | AreaRemoved() | AreaRestored():
            return _with_area(wall, event)
    return _with_note(wall, event)


def fold(events: Iterable[object], wall: Wall = EMPTY) -> Wall:
    """Return the wall after all these events."""
    return reduce(evolve, events, wall)


def _with_note(wall: Wall, event: object) -> Wall:
    match event:
        case NotePlaced(note, kind, text, x, y):
            return _with_placed(wall, Note(note, kind, text, x, y))
        case NoteRestored(note) if note in wall.notes_off:
            return _with_placed(wall, wall.notes_off[note])
        case NoteRemoved(note) if note in wall.notes:
            off = {**wall.notes_off, note: wall.notes[note]}
            return replace(wall, notes=_without(wall.notes, note), notes_off=off)
    note, change = _change(event)
    if note not in wall.notes:
        return wall
    return replace(wall, notes={**wall.notes, note: replace(wall.notes[note], **change)})


def _change(event: object) -> tuple[str, dict[str, Any]]:
    """Return the id of the note that an event changes, and the changed fields."""
    match event:
        case NoteMoved(note, x, y):
            return note, {"x": x, "y": y}
        case NoteReworded(note, text):
            return note, {"text": text}
        case NoteRetyped(note, kind):
            return note, {"kind": kind}
        case PivotMarked(note) | PivotUnmarked(note):
            return note, {"pivotal": isinstance(event, PivotMarked)}
        case HotSpotResolved(note, answer):
            return note, {"answer": answer}
        case HotSpotReopened(note):
            return note, {"answer": ""}
        case HotSpotAssigned(note, owner):
            return note, {"owner": owner}
    return "", {}


def _with_area(wall: Wall, event: object) -> Wall:
    match event:
        case AreaDrawn(area, kind, name, x, y, width, height):
            return replace(wall, areas={**wall.areas, area: Area(area, kind, name, x, y, width, height)})
        case AreaRemoved(area) if area in wall.areas:
            off = {**wall.areas_off, area: wall.areas[area]}
            return replace(wall, areas=_without(wall.areas, area), areas_off=off)
        case AreaRestored(area) if area in wall.areas_off:
            back = {**wall.areas, area: wall.areas_off[area]}
            return replace(wall, areas=back, areas_off=_without(wall.areas_off, area))
        case AreaReshaped(area, x, y, width, height) if area in wall.areas:
            shape = replace(wall.areas[area], x=x, y=y, width=width, height=height)
            return replace(wall, areas={**wall.areas, area: shape})
        case AreaRenamed(area, name) if area in wall.areas:
            return replace(wall, areas={**wall.areas, area: replace(wall.areas[area], name=name)})
    return wall


def _with_placed(wall: Wall, note: Note) -> Wall:
    return replace(wall, notes={**wall.notes, note.id: note}, notes_off=_without(wall.notes_off, note.id))


_V = TypeVar("_V")


def _without(things: Mapping[str, _V], key: str) -> dict[str, _V]:
    return {name: thing for name, thing in things.items() if name != key}
