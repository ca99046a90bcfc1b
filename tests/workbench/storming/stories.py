"""Walls in one line each: `wall("A:Guest > C:Book Room > G:Booking > E:Room Booked")`.

Each note has a letter for its kind, `|` before a detail line, `*` for a pivotal event, and `'` at the end for
another note of the same name. A pair (context, line) frames a row. Later notes are further right.
"""

from __future__ import annotations

from itertools import pairwise

from workbench.storming.events import AreaKind, Kind
from workbench.storming.wall import Area, Note, Wall

KINDS = {
    "E": Kind.EVENT,
    "C": Kind.COMMAND,
    "A": Kind.ACTOR,
    "G": Kind.AGGREGATE,
    "P": Kind.POLICY,
    "R": Kind.READ_MODEL,
    "S": Kind.SYSTEM,
    "H": Kind.HOT_SPOT,
}
STEP = 200.0

STAY = "R:Free Rooms > A:Guest > C:Book Room > G:Booking|only if it is free > E:Room Booked > R:Free Rooms"
"""A story at design level that leaves no question open."""


def wall(*rows: str | tuple[str, str], places: dict[str, float] | None = None) -> Wall:
    notes: dict[str, Note] = {}
    arrows, areas = set(), {}
    for row, given in enumerate(rows):
        context, line = given if isinstance(given, tuple) else ("", given)
        tokens = [token.strip() for token in line.split(" > ")]
        for token in tokens:
            notes.setdefault(token, _note(token, len(notes), row))
        arrows |= {(notes[a].id, notes[b].id) for a, b in pairwise(tokens)}
        if context:
            areas[f"c{row}"] = Area(f"c{row}", AreaKind.CONTEXT, context, -STEP, row * STEP - 90, 20_000, 180)
    return moved(
        Wall({note.id: note for note in notes.values()}, areas, arrows=frozenset(arrows)), places or {}
    )


def moved(wall: Wall, places: dict[str, float]) -> Wall:
    there = {
        note.id: Note(**vars(note) | {"x": places.get(note.name, note.x)}) for note in wall.notes.values()
    }
    return Wall(there, wall.areas, arrows=wall.arrows, overruled=wall.overruled)


def _note(token: str, number: int, row: int) -> Note:
    letter, _, text = token.partition(":")
    name = text.removeprefix("*").rstrip("'").replace("|", "\n")
    return Note(
        f"n{number + 1}", KINDS[letter], name, number * STEP, row * STEP, pivotal=text.startswith("*")
    )
