"""What one can do at the wall: each command is a message of a few fields, from the browser or from Python.

Read `gestures.py` next: what happens then, and what is refused.
"""

from __future__ import annotations

import msgspec

from workbench.storming.events import AreaKind, Kind, Phase


class Command(msgspec.Struct, frozen=True, tag=True):
    """Something that somebody wants to do; each is one message of a few fields from the browser."""


class PlaceNote(Command, frozen=True):
    """Stick a note to the wall with its centre there."""

    kind: Kind
    text: str = ""
    x: float = 0.0
    y: float = 0.0
    note: str = ""
    """Its id; empty: the next free one (n1, n2, …)."""


class MoveNote(Command, frozen=True):
    """Hang a note elsewhere."""

    note: str
    x: float
    y: float


class RewordNote(Command, frozen=True):
    """Say something else on it."""

    note: str
    text: str


class RetypeNote(Command, frozen=True):
    """Let it stand for something else."""

    note: str
    kind: Kind


class RemoveNote(Command, frozen=True):
    """Take it off."""

    note: str


class LinkNotes(Command, frozen=True):
    """Draw an arrow."""

    source: str
    target: str


class UnlinkNotes(Command, frozen=True):
    """Rub an arrow out."""

    source: str
    target: str


class MarkPivot(Command, frozen=True):
    """Call an event pivotal, or not any more."""

    note: str
    pivotal: bool = True


class ResolveHotSpot(Command, frozen=True):
    """Answer a question; an empty answer opens it again."""

    note: str
    answer: str


class AssignHotSpot(Command, frozen=True):
    """Say who will find out."""

    note: str
    owner: str


class DrawArea(Command, frozen=True):
    """Frame a bounded context, or draw a swim lane."""

    kind: AreaKind
    name: str
    x: float
    y: float
    width: float
    height: float
    area: str = ""


class ReshapeArea(Command, frozen=True):
    """Move a frame, or pull it to another size."""

    area: str
    x: float
    y: float
    width: float
    height: float


class RenameArea(Command, frozen=True):
    """Give a frame another name."""

    area: str
    name: str


class RemoveArea(Command, frozen=True):
    """Rub a frame out."""

    area: str


class EnterPhase(Command, frozen=True):
    """Open a phase of the storming."""

    phase: Phase | None


class Overrule(Command, frozen=True):
    """Say that a finding is right as it is, and why; without a reason the grammar may ask again."""

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
