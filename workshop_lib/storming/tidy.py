"""Hanging a whole wall anew, so that time runs to the right again: one gesture, which one undo takes back.

What was added between two notes seldom finds room between them. Read `layout.py` for how places are found.
"""

from __future__ import annotations

from workshop_lib.storming.boxes import Box
from workshop_lib.storming.commands import Command, MoveNote, ReshapeArea
from workshop_lib.storming.events import AreaKind, Kind
from workshop_lib.storming.layout import DOWN, START, Loose, arranged
from workshop_lib.storming.wall import EMPTY, Note, Wall

EMPTY_FRAME = (400.0, 160.0)
"""The size of a frame in which nothing hangs, so that it does not close around what hangs elsewhere."""


def tidied(wall: Wall) -> list[Command]:
    """Where everything hangs if causes are left of effects and each note is in its frame."""
    loose = [Loose(note.id, note.kind, _frame(wall, note)) for note in wall.of()]
    arrows = [(a.id, b.id) for a, b in sorted(wall.links, key=_in_time)]
    lanes = [area.id for area in wall.areas.values() if area.kind is AreaKind.LANE]
    found = arranged(loose, arrows, EMPTY, lanes)
    boxes = [Box.of_note(wall.notes[id_].kind, *place) for id_, place in found.notes.items()]
    below = max((box.bottom for box in [*boxes, *found.frames.values()]), default=START) + DOWN
    return [
        *(MoveNote(id_, *place) for id_, place in found.notes.items()),
        *(ReshapeArea(id_, *box.shape) for id_, box in found.frames.items()),
        *_empty(wall, {*wall.areas} - {*found.frames}, below),
    ]


def _empty(wall: Wall, frames: set[str], below: float) -> list[Command]:
    width, height = EMPTY_FRAME
    ids = [id_ for id_ in wall.areas if id_ in frames]
    return [ReshapeArea(id_, START, below + n * (height + DOWN), width, height) for n, id_ in enumerate(ids)]


def _frame(wall: Wall, note: Note) -> str:
    area = wall.frame_of(note, AreaKind.CONTEXT) or wall.frame_of(note, AreaKind.LANE)
    return area.id if area else ""


def _in_time(arrow: tuple[Note, Note]) -> tuple[bool, float, float]:
    """The order in which arrows count where they close a circle; what a read model shows has no time."""
    source, target = arrow
    return Kind.READ_MODEL in (source.kind, target.kind), source.x, target.x
