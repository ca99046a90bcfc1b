"""The commands of a board. Each is a small message, sent by the browser or made in Python.

Read `gestures.py` next: which events a command leads to, and which commands are rejected.
"""

from __future__ import annotations

import msgspec

from workbench.storming.events import AreaKind, Kind, Phase


class Command(msgspec.Struct, frozen=True, tag=True):
    """A request to change the board."""


class PlaceNote(Command, frozen=True):
    """Place a note with its centre at (x, y)."""

    kind: Kind
    text: str = ""
    x: float = 0.0
    y: float = 0.0
    note: str = ""
    """The note's id; empty: the next free one (n1, n2, …)."""


class MoveNote(Command, frozen=True):
    """Move a note so that its centre is at (x, y)."""

    note: str
    x: float
    y: float


class RewordNote(Command, frozen=True):
    """Change the text of a note."""

    note: str
    text: str


class RetypeNote(Command, frozen=True):
    """Change the kind of a note."""

    note: str
    kind: Kind


class RemoveNote(Command, frozen=True):
    """Remove a note."""

    note: str


class LinkNotes(Command, frozen=True):
    """Draw an arrow."""

    source: str
    target: str


class UnlinkNotes(Command, frozen=True):
    """Remove an arrow."""

    source: str
    target: str


class MarkPivot(Command, frozen=True):
    """Mark an event as pivotal, or unmark it."""

    note: str
    pivotal: bool = True


class ResolveHotSpot(Command, frozen=True):
    """Answer a hot spot; an empty answer reopens it."""

    note: str
    answer: str


class AssignHotSpot(Command, frozen=True):
    """Set the owner of a hot spot; an empty name removes the owner."""

    note: str
    owner: str


class DrawArea(Command, frozen=True):
    """Draw the frame of a bounded context, or a swim lane."""

    kind: AreaKind
    name: str
    x: float
    y: float
    width: float
    height: float
    area: str = ""


class ReshapeArea(Command, frozen=True):
    """Move or resize a frame."""

    area: str
    x: float
    y: float
    width: float
    height: float


class RenameArea(Command, frozen=True):
    """Rename a frame."""

    area: str
    name: str


class RemoveArea(Command, frozen=True):
    """Remove a frame."""

    area: str


class EnterPhase(Command, frozen=True):
    """Start a phase of the storming; None: no phase."""

    phase: Phase | None


class Overrule(Command, frozen=True):
    """Record why a finding does not apply; an empty reason reinstates the finding."""

    finding: str
    reason: str


AnyCommand = (
    PlaceNote
    | MoveNote
    | RewordNote
    | RetypeNote
    | RemoveNote
    | LinkNotes
    | UnlinkNotes
    | MarkPivot
    | ResolveHotSpot
    | AssignHotSpot
    | DrawArea
    | ReshapeArea
    | RenameArea
    | RemoveArea
    | EnterPhase
    | Overrule
)
