"""Functions that read a wall made by a participant: with the mouse, with Python, or as text.

The checks look at properties of a wall (its events, the grammar's findings, what touches what) and never
compare it with a wall of ours. Read `c1_2/checks.py` next.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NoReturn

from workbench.classroom.attempt import Attempt
from workbench.classroom.boards import given_wall
from workbench.classroom.plain import a, clipped, shown
from workbench.storming.board import Board
from workbench.storming.events import AreaKind, Kind, Level
from workbench.storming.formats.text import to_text
from workbench.storming.grammar import check_wall
from workbench.storming.grammar.english import words
from workbench.storming.grammar.findings import Finding
from workbench.storming.wall import SIZES, Area, Note, Wall

NEAR = 120.0
"""The distance, from edge to edge in board units, up to which a note counts as touching a frame."""

WORDING = ("past tense", "row words", "two facts in one", "technical event")

APPROVED = {("tariff", "changed"), ("price", "changed"), ("prices", "changed")}
"""Names that the grammar asks about, and the business uses: chapter 2.2 says why."""


def the_wall(attempt: Attempt, board: object, task: str) -> Wall:
    """Return the wall of the board that was passed; end the check if nobody has worked on it."""
    attempt.expect(
        isinstance(board, (Board, Wall)),
        seen=f"You passed {a(type(board))}, not a board: `{shown(board, 60)}`.",
        why="The check reads the notes, frames and arrows on the board.",
        look="Pass the board itself: the variable `board`, without quotes.",
    )
    wall: Wall = board.wall if isinstance(board, Board) else board  # type: ignore[assignment]
    if to_text(wall) == to_text(given_wall(task)):
        attempt.untouched(
            "The board is still as it was given.",
            "Work on it with the mouse, in Python or as text, then run this cell again.",
        )
    return wall


def key(name: str) -> tuple[str, ...]:
    """Return a key that is equal for all spellings of a name: "Meter Read", "MeterRead"."""
    return tuple(words(name))


def quoted(note: Note) -> str:
    """Return a note's name as messages show it."""
    return f"`{clipped(note.name or note.id, 40)}`"


def named(wall: Wall, *kinds: Kind) -> dict[tuple[str, ...], Note]:
    """Return the notes of these kinds that have a name, by the key of that name."""
    return {key(note.name): note for note in wall.of(*kinds) if note.name}


def well_worded(attempt: Attempt, wall: Wall, notes: Iterable[Note]) -> None:
    """End the check with the grammar's first question about the wording of these notes, if there is one."""
    ids = {note.id for note in notes if key(note.name) not in APPROVED}
    for finding in check_wall(wall, Level.BIG_PICTURE).open:
        if finding.rule in WORDING and ids & {*finding.notes}:
            asked_for_words(
                attempt, finding, f"If the grammar is wrong: `board.overrule({finding.key!r}, …)`"
            )


def asked_for_words(attempt: Attempt, finding: Finding, more: str = "") -> NoReturn:
    """End the check with a question of the grammar about a name."""
    attempt.refuse(
        f"The grammar has a question ({finding.rule}): {finding.question}",
        "People who were not there will read this name for years; it has to say what happened.",
        f"{finding.suggestion} {more}".strip(),
    )


def contexts_of(wall: Wall, note: Note) -> set[str]:
    """Return the contexts that a note touches: it hangs in or beside the frame, or an arrow leads there."""
    frames = [area for area in wall.areas.values() if area.kind is AreaKind.CONTEXT]
    beside = {frame.name for frame in frames if _gap(frame, note) <= NEAR}
    partners = {b if a.id == note.id else a for a, b in wall.links if note.id in (a.id, b.id)}
    return (beside | {wall.context_of(one) for one in partners}) - {""}


def linked(wall: Wall, note: Note) -> set[str]:
    """Return the ids of the notes that an arrow joins with this one, in either direction."""
    return {b.id if a.id == note.id else a.id for a, b in wall.links if note.id in (a.id, b.id)}


def comes_first(wall: Wall, first: Sequence[Note], second: Sequence[Note]) -> bool:
    """Return whether some note of the first group hangs clearly to the left of one of the second."""
    clear = SIZES[Kind.EVENT][0] / 2
    return min(note.x for note in first) + clear <= max(note.x for note in second)


def _gap(frame: Area, note: Note) -> float:
    """Return the distance from a frame to a note, from edge to edge; 0 if they overlap."""
    width, height = SIZES[note.kind]
    across = max(frame.x - (note.x + width / 2), note.x - width / 2 - (frame.x + frame.width), 0.0)
    down = max(frame.y - (note.y + height / 2), note.y - height / 2 - (frame.y + frame.height), 0.0)
    return max(across, down)
