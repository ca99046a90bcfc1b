"""Rearrange a whole wall so that time runs to the right again, as one gesture, which one undo reverts.

Useful after many notes were added in between. Read `layout.py` next: it finds the places.
"""

from __future__ import annotations

from workbench.storming.commands import Command, MoveNote, RemoveArea, ReshapeArea
from workbench.storming.drawing.boxes import Box
from workbench.storming.drawing.layout import DOWN, START, Loose, arranged
from workbench.storming.events import AreaKind, Kind
from workbench.storming.wall import EMPTY, Note, Wall

EMPTY_FRAME = (400.0, 160.0)
"""The size of an empty frame, which keeps it from covering other notes."""


def tidied(wall: Wall) -> list[Command]:
    """Return the commands that move causes left of effects, and each note into its frame.

    Frames of the same kind and name become one.
    """
    one_of = _one_frame_for_each_name(wall)
    loose = [
        Loose(note.id, note.kind, one_of.get(_frame(wall, note), "")) for note in _in_reading_order(wall)
    ]
    # A read model is placed next to its readers; it has no place in time relative to its events.
    read = {source.id for source, _ in wall.links if source.kind is Kind.READ_MODEL}
    arrows = [(a.id, b.id) for a, b in sorted(wall.links, key=_in_time) if b.id not in read]
    kept = [area for area in wall.areas.values() if one_of[area.id] == area.id]
    lanes = [area.id for area in kept if area.kind is AreaKind.LANE]
    found = arranged(loose, arrows, EMPTY, lanes)
    boxes = [Box.of_note(wall.notes[id_].kind, *place) for id_, place in found.notes.items()]
    below = max((box.bottom for box in [*boxes, *found.frames.values()]), default=START) + DOWN
    return [
        *(MoveNote(id_, *place) for id_, place in found.notes.items()),
        *(ReshapeArea(id_, *box.shape) for id_, box in found.frames.items()),
        *_empty([area.id for area in kept if area.id not in found.frames], below),
        *(RemoveArea(id_) for id_, other in one_of.items() if id_ != other),
    ]


def _empty(frames: list[str], below: float) -> list[Command]:
    width, height = EMPTY_FRAME
    return [
        ReshapeArea(id_, START, below + n * (height + DOWN), width, height) for n, id_ in enumerate(frames)
    ]


def _one_frame_for_each_name(wall: Wall) -> dict[str, str]:
    """Return for each frame the first one of that kind and name, which may be the frame itself."""
    first: dict[tuple[AreaKind, str], str] = {}
    return {
        area.id: first.setdefault((area.kind, area.name), area.id) if area.name else area.id
        for area in wall.areas.values()
    }


def _frame(wall: Wall, note: Note) -> str:
    area = wall.frame_of(note, AreaKind.CONTEXT) or wall.frame_of(note, AreaKind.LANE)
    return area.id if area else ""


def _in_reading_order(wall: Wall) -> list[Note]:
    """Return notes with arrows from top to bottom, then the others from left to right."""
    linked = {note.id for link in wall.links for note in link}
    return sorted(wall.of(), key=lambda note: (0, note.y) if note.id in linked else (1, note.x))


def _in_time(arrow: tuple[Note, Note]) -> tuple[float, float]:
    """Sort arrows by time; where arrows close a circle, the last one does not count."""
    source, target = arrow
    return source.x, target.x
