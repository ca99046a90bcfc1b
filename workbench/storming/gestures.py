"""The decisions: which events a command leads to.

`decide` returns the events of a command and rejects impossible ones; it changes nothing itself. Commands come
from a mouse, a finger, a key or a line of Python. Read `undo.py` next: how a gesture is undone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from itertools import count
from math import isfinite
from typing import TypeVar

import msgspec

from workbench.storming.commands import (
    AssignHotSpot,
    Command,
    DrawArea,
    EnterPhase,
    LinkNotes,
    MarkPivot,
    MoveNote,
    Overrule,
    PlaceNote,
    RemoveArea,
    RemoveNote,
    RenameArea,
    ReshapeArea,
    ResolveHotSpot,
    RetypeNote,
    RewordNote,
    UnlinkNotes,
)
from workbench.storming.events import (
    AreaDrawn,
    AreaKind,
    AreaRemoved,
    AreaRenamed,
    AreaReshaped,
    FindingOverruled,
    FindingReinstated,
    HotSpotAssigned,
    HotSpotReopened,
    HotSpotResolved,
    Kind,
    NoteMoved,
    NotePlaced,
    NoteRemoved,
    NoteRetyped,
    NoteReworded,
    NotesLinked,
    NotesUnlinked,
    PhaseEntered,
    PivotMarked,
    PivotUnmarked,
)
from workbench.storming.wall import Note, Wall, evolve
from workshop_lib.events import WorkshopError, shortened

_T = TypeVar("_T")
_E = TypeVar("_E", bound=StrEnum)

FAR = 1_000_000.0
"""The largest distance from the wall's origin, in board units."""

LONGEST = 2_000
"""The longest text of a note, in characters."""


class BoardError(WorkshopError):
    """A command that is not possible on this board; the root of the board's errors."""


class NoSuchThing(BoardError):
    """A note or a frame that is not on the wall."""

    def __init__(self, what: str, id_: str, there: Iterable[str]) -> None:
        self.id = id_
        some = ", ".join(sorted(there)[:8])
        super().__init__(
            f"You asked for the {what} {shortened(id_, 60)}, but it is not on the wall; somebody may "
            "have removed it. " + (f"There are {some}." if some else "The wall has none yet.")
        )


class NotPossible(BoardError):
    """A gesture that is not possible; the message says why and what to do now."""


def decide_all(wall: Wall, commands: Iterable[Command]) -> list[object]:
    """Return the events of one gesture; each command sees the changes of those before it."""
    events: list[object] = []
    for command in commands:
        _check_form(command)
        for event in decide(wall, command):
            wall = evolve(wall, event)
            events.append(event)
    return events


def copied(wall: Wall, originals: Sequence[Note], dx: float, dy: float) -> list[object]:
    """Return the events that place copies of notes, shifted by (dx, dy), with the arrows among them."""
    copies = [PlaceNote(one.kind, one.text, one.x + dx, one.y + dy) for one in originals]
    placed = [event for event in decide_all(wall, copies) if isinstance(event, NotePlaced)]
    twin = dict(zip((one.id for one in originals), (event.note for event in placed), strict=True))
    among = [(a.id, b.id) for a, b in wall.links if a.id in twin and b.id in twin]
    return [*placed, *(NotesLinked(twin[a], twin[b]) for a, b in among)]


def text_of(given: object, what: str) -> str:
    """Return `given` if it is a text. Raises `NotPossible` for anything else, such as a path.

    The byte order mark that some editors write at a file's beginning is left out.
    """
    if isinstance(given, str):
        return given.removeprefix("\ufeff")
    raise NotPossible(
        f"You gave {shortened(given, 60)} for {what}, but that is not a text. Read a file with "
        'Path("…").read_text("utf-8") first.'
    )


def one_of(words: type[_E], wanted: str, what: str) -> _E:
    """Return the kind, level or phase of this name. Raises `NotPossible`."""
    try:
        return words(wanted)
    except ValueError:
        known = ", ".join(words)
        raise NotPossible(
            f"You asked for the {what} {wanted!r}, but that is none of: {known}. Choose one of these."
        ) from None


def decide(wall: Wall, command: Command) -> list[object]:
    """Return the events of a command; none if nothing would change. Raises `NoSuchThing`, `NotPossible`."""
    match command:
        case PlaceNote() | MoveNote() | RewordNote() | RetypeNote() | RemoveNote():
            return _about_a_note(wall, command)
        case LinkNotes(source, target) | UnlinkNotes(source, target):
            return _about_an_arrow(wall, command, source, target)
        case MarkPivot() | ResolveHotSpot() | AssignHotSpot():
            return _about_a_mark(wall, command)
        case DrawArea() | ReshapeArea() | RenameArea() | RemoveArea():
            return _about_an_area(wall, command)
        case EnterPhase(phase):
            return [] if phase is wall.phase else [PhaseEntered(phase)]
        case Overrule(finding, reason):
            if wall.overruled.get(finding, "") == (reason := reason.strip()):
                return []
            return [FindingOverruled(finding, reason) if reason else FindingReinstated(finding)]
    raise NotPossible(
        f"You asked for {shortened(command)}, but a board has no such command. Choose one of those in "
        "workbench/storming/commands.py."
    )


def _check_form(command: Command) -> None:
    """Raise `NotPossible` for fields of a wrong type, or text that no file can hold."""
    if not isinstance(command, Command):
        return  # `decide` raises the error
    try:
        msgspec.convert(msgspec.to_builtins(command), type(command))
        msgspec.json.encode(command)
    except (msgspec.ValidationError, UnicodeError, TypeError) as wrong:
        raise NotPossible(
            f"You asked for {shortened(command, 120)}, but one value is wrong: {wrong}. Give text where "
            "text belongs, and numbers for positions."
        ) from None


def _about_a_note(wall: Wall, command: Command) -> list[object]:
    match command:
        case PlaceNote(kind, text, x, y, id_):
            _check_position(x, y)
            made = _free("n", id_, {**wall.notes, **wall.notes_off})
            return [NotePlaced(made, kind, _said(text), float(x), float(y))]
        case MoveNote(id_, x, y):
            note = _note(wall, id_)
            _check_position(x, y)
            return [] if (note.x, note.y) == (x, y) else [NoteMoved(id_, float(x), float(y))]
        case RewordNote(id_, text):
            return [] if _note(wall, id_).text == (text := _said(text)) else [NoteReworded(id_, text)]
        case RetypeNote(id_, kind):
            return [] if _note(wall, id_).kind is kind else retyped(_note(wall, id_), kind)
        case RemoveNote(id_):
            return [NoteRemoved(_note(wall, id_).id)]
    return []


def retyped(note: Note, kind: Kind) -> list[object]:
    """Return the events that change a note's kind, and remove marks that the new kind cannot have."""
    marks = [
        *([PivotUnmarked(note.id)] if note.pivotal else []),
        *([HotSpotReopened(note.id)] if note.answer else []),
        *([HotSpotAssigned(note.id, "")] if note.owner else []),
    ]
    return [*marks, NoteRetyped(note.id, kind)]


def _about_an_arrow(wall: Wall, command: Command, source: str, target: str) -> list[object]:
    _note(wall, source), _note(wall, target)
    if source == target:
        raise NotPossible("You drew an arrow from a note to itself. Draw it to the note that follows.")
    wanted = isinstance(command, LinkNotes)
    if ((source, target) in wall.arrows) is wanted:
        return []
    return [NotesLinked(source, target) if wanted else NotesUnlinked(source, target)]


def _about_a_mark(wall: Wall, command: Command) -> list[object]:
    match command:
        case MarkPivot(id_, pivotal):
            note = _of_kind(wall, id_, Kind.EVENT, "pivotal")
            return [] if note.pivotal is pivotal else [PivotMarked(id_) if pivotal else PivotUnmarked(id_)]
        case ResolveHotSpot(id_, answer):
            note = _of_kind(wall, id_, Kind.HOT_SPOT, "resolved")
            if note.answer == (answer := _said(answer)):
                return []
            return [HotSpotResolved(id_, answer) if answer else HotSpotReopened(id_)]
        case AssignHotSpot(id_, owner):
            note = _of_kind(wall, id_, Kind.HOT_SPOT, "owned")
            return [] if note.owner == (owner := _said(owner)) else [HotSpotAssigned(id_, owner)]
    return []


def _about_an_area(wall: Wall, command: Command) -> list[object]:
    match command:
        case DrawArea(kind, name, x, y, width, height, id_):
            made = _free("c" if kind is AreaKind.CONTEXT else "l", id_, {**wall.areas, **wall.areas_off})
            return [AreaDrawn(made, kind, _said(name), *_shape(x, y, width, height))]
        case ReshapeArea(id_, x, y, width, height):
            area, shape = _found("frame", id_, wall.areas), _shape(x, y, width, height)
            same = (area.x, area.y, area.width, area.height) == shape
            return [] if same else [AreaReshaped(id_, *shape)]
        case RenameArea(id_, name):
            same = _found("frame", id_, wall.areas).name == (name := _said(name))
            return [] if same else [AreaRenamed(id_, name)]
        case RemoveArea(id_):
            return [AreaRemoved(_found("frame", id_, wall.areas).id)]
    return []


def _note(wall: Wall, id_: str) -> Note:
    return _found("note", id_, wall.notes)


def _found(what: str, id_: str, things: Mapping[str, _T]) -> _T:
    if id_ not in things:
        raise NoSuchThing(what, id_, things)
    return things[id_]


def _of_kind(wall: Wall, id_: str, kind: Kind, what: str) -> Note:
    note = _note(wall, id_)
    if note.kind is not kind:
        raise NotPossible(
            f"You asked for the {note.kind} {note.name!r} to be {what}, but only a note of kind {kind} "
            "can be. Choose such a note, or retype this one first."
        )
    return note


def _free(prefix: str, wanted: str, taken: Mapping[str, object]) -> str:
    if wanted in taken:
        raise NotPossible(f"You gave the id {wanted!r}, but it is in use. Give another one, or none.")
    return wanted or next(id_ for id_ in map(f"{prefix}{{}}".format, count(1)) if id_ not in taken)


def _said(text: str) -> str:
    said = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(said) > LONGEST:
        raise NotPossible(
            f"You wrote {len(said):,} characters, but a note holds {LONGEST:,}. Use fewer words, or "
            "place several notes."
        )
    return said


def _check_position(*numbers: float) -> None:
    if not all(isfinite(number) and abs(number) <= FAR for number in numbers):
        raise NotPossible(
            f"You asked for the position {numbers}, which is off the wall. Give numbers between "
            f"{-FAR:,.0f} and {FAR:,.0f}."
        )


def _shape(x: float, y: float, width: float, height: float) -> tuple[float, float, float, float]:
    _check_position(x, y, width, height)
    if width < 1 or height < 1:
        raise NotPossible("You drew an empty frame. Make it at least one unit wide and high.")
    return float(x), float(y), float(width), float(height)
