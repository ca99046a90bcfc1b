"""Read and write a board as JSON for other programs: versioned, with ids. `text.py` is the format for people.

Input is checked twice: msgspec checks its form, and `decide` checks it like commands from the browser.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from workbench.pictures.style import by_number
from workbench.storming.commands import (
    AssignHotSpot,
    Command,
    DrawArea,
    EnterPhase,
    LinkNotes,
    MarkPivot,
    Overrule,
    PlaceNote,
    ResolveHotSpot,
)
from workbench.storming.events import AreaKind, Kind, Phase
from workbench.storming.gestures import BoardError, decide_all
from workbench.storming.wall import EMPTY, Wall

VERSION = 1
"""The version of the format. To change the format, increment it and keep reading the older ones."""

Id = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class NotABoard(BoardError):
    """Raised for JSON that does not describe a board."""

    def __init__(self, problem: str) -> None:
        super().__init__(
            f"You gave JSON for a board, but {problem}. Compare it with what `board.to_json()` writes."
        )


class _Note(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    id: Id
    kind: Kind
    text: str
    x: float
    y: float
    pivotal: bool = False
    answer: str = ""
    owner: str = ""


class _Area(msgspec.Struct, forbid_unknown_fields=True):
    id: Id
    kind: AreaKind
    name: str
    x: float
    y: float
    width: float
    height: float


class _Board(msgspec.Struct, forbid_unknown_fields=True):
    board: str
    version: int
    phase: Phase | None = None
    notes: list[_Note] = []
    links: list[tuple[Id, Id]] = []
    areas: list[_Area] = []
    overruled: dict[str, str] = {}


def to_json(wall: Wall, name: str = "") -> str:
    """Return everything on the wall as JSON, in a fixed order."""
    board = _Board(
        name,
        VERSION,
        wall.phase,
        [_Note(**vars(wall.notes[id_])) for id_ in sorted(wall.notes, key=by_number)],
        sorted((a.id, b.id) for a, b in wall.links),
        [_Area(**vars(wall.areas[id_])) for id_ in sorted(wall.areas, key=by_number)],
        dict(sorted(wall.overruled.items())),
    )
    return msgspec.json.format(msgspec.json.encode(board), indent=1).decode() + "\n"


def from_json(text: str) -> list[Command]:
    """Return the commands that make this board from an empty wall. Raises `NotABoard`."""
    board = _decoded(text)
    commands: list[Command] = [EnterPhase(board.phase)]
    commands += [DrawArea(a.kind, a.name, a.x, a.y, a.width, a.height, a.id) for a in board.areas]
    for note in board.notes:
        commands += _note_commands(note)
    commands += [LinkNotes(source, target) for source, target in board.links]
    commands += [Overrule(finding, reason) for finding, reason in board.overruled.items()]
    try:
        decide_all(EMPTY, commands)
    except BoardError as error:
        raise NotABoard(f"its content is not possible ({error})") from None
    return commands


def board_name(text: str) -> str:
    """Return the name of the board in the JSON. Raises `NotABoard`."""
    return _decoded(text).board


def _note_commands(note: _Note) -> list[Command]:
    commands: list[Command] = [PlaceNote(note.kind, note.text, note.x, note.y, note.id)]
    commands += [MarkPivot(note.id)] if note.pivotal else []
    commands += [AssignHotSpot(note.id, note.owner)] if note.owner else []
    commands += [ResolveHotSpot(note.id, note.answer)] if note.answer else []
    return commands


def _decoded(text: str) -> _Board:
    try:
        board = msgspec.json.decode(text.encode(), type=_Board)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as wrong:
        raise NotABoard(
            f"it has another form: {str(wrong)[:200].rstrip('.') or 'it is nested too deeply'}"
        ) from None
    if board.version != VERSION:
        raise NotABoard(f"it has version {board.version}, and only version {VERSION} can be read")
    return board
