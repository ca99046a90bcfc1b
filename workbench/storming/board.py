"""The board: a wall of sticky notes that is kept in an event store.

`Board("charging")` keeps it in a file in `.boards` beside the notebook, so it survives a restart; with a
store of your own, several kernels share one wall. Python can do everything that the mouse can.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Self

from workbench.storming.commands import (
    AssignHotSpot,
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
from workbench.storming.events import AreaKind, Kind, Level, Phase
from workbench.storming.gestures import NoSuchThing, NotPossible, copied, decide_all, one_of, text_of
from workbench.storming.shared_wall import SharedWall
from workbench.storming.wall import SIZES, Area, Note, fold

if TYPE_CHECKING:
    from workbench.storming.codegen.generate import Code
    from workbench.storming.grammar.findings import Finding, Findings
    from workbench.storming.mining.conformance import Conformance
    from workshop_lib.store.port import EventStore, Reading

STEP = 40
"""The space between notes that are placed without a position, in board units."""


class Board(SharedWall):
    """A storming board: `Board("charging")`, or `Board("charging", store)` for a shared wall.

    A method that takes a note also accepts the note's id or name.
    """

    def __repr__(self) -> str:
        wall = self.wall
        counted = ", ".join(
            f"{len(wall.of(kind))} {kind if len(wall.of(kind)) == 1 else _plural(kind)}"
            for kind in Kind
            if wall.of(kind)
        )
        return f"Board {self.name!r}: {counted or 'nothing on it yet'}."

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[Any, Any], dict[Any, Any]]:
        from workbench.storming.widget.board import mimebundle

        return mimebundle(self)

    def place(self, kind: Kind | str, text: str = "", x: float | None = None, y: float | None = None) -> Note:
        """Place a note with its centre at (x, y); by default to the right of the last one."""
        kind = one_of(Kind, kind, "kind")
        free_x, free_y = self._free(kind)
        command = PlaceNote(kind, text, free_x if x is None else x, free_y if y is None else y)
        [note] = fold(self.do(command)).notes.values()
        return note

    def link(self, *notes: Note | str) -> None:
        """Draw arrows from each note to the next one."""
        found = [self.note(one).id for one in notes]
        self.do(*(LinkNotes(a, b) for a, b in pairwise(found)))

    def unlink(self, source: Note | str, target: Note | str) -> None:
        """Remove an arrow."""
        self.do(UnlinkNotes(self.note(source).id, self.note(target).id))

    def move(self, note: Note | str, x: float, y: float) -> None:
        """Move a note so that its centre is at (x, y)."""
        self.do(MoveNote(self.note(note).id, x, y))

    def reword(self, note: Note | str, text: str) -> None:
        """Change the text of a note."""
        self.do(RewordNote(self.note(note).id, text))

    def retype(self, note: Note | str, kind: Kind | str) -> None:
        """Change the kind of a note."""
        self.do(RetypeNote(self.note(note).id, one_of(Kind, kind, "kind")))

    def remove(self, *notes: Note | str) -> None:
        """Take notes off the wall."""
        self.do(*(RemoveNote(self.note(one).id) for one in notes))

    def copy(self, *notes: Note | str, dx: float = STEP, dy: float = STEP) -> list[Note]:
        """Place copies of notes beside them, with the arrows among them."""
        originals = [self.note(one) for one in notes]
        events = self._change(lambda wall: copied(wall, originals, dx, dy))
        return [*fold(events).notes.values()]

    def mark_pivotal(self, note: Note | str, pivotal: bool = True) -> None:
        """Mark an event as pivotal, or unmark it."""
        self.do(MarkPivot(self.note(note).id, pivotal))

    def resolve(self, hot_spot: Note | str, answer: str) -> None:
        """Answer a hot spot; an empty answer reopens it."""
        self.do(ResolveHotSpot(self.note(hot_spot).id, answer))

    def assign(self, hot_spot: Note | str, owner: str) -> None:
        """Set who owns a hot spot: the person who will find the answer."""
        self.do(AssignHotSpot(self.note(hot_spot).id, owner))

    def frame(self, context: str, *notes: Note | str, room: float = STEP) -> Area:
        """Draw the frame of a bounded context around notes, with `room` on every side."""
        boxes = [(note.x, note.y, *SIZES[note.kind]) for note in map(self.note, notes)]
        if not boxes:
            raise NotPossible("You asked for a frame, but named no notes. Name those of the context.")
        left = min(x - width / 2 for x, _, width, _ in boxes) - room
        top = min(y - height / 2 for _, y, _, height in boxes) - room
        right = max(x + width / 2 for x, _, width, _ in boxes) + room
        bottom = max(y + height / 2 for _, y, _, height in boxes) + room
        return self.draw(AreaKind.CONTEXT, context, left, top, right - left, bottom - top)

    def draw(self, kind: AreaKind | str, name: str, x: float, y: float, width: float, height: float) -> Area:
        """Draw the frame of a bounded context, or a swim lane (only its `y` and `height` matter)."""
        command = DrawArea(one_of(AreaKind, kind, "frame"), name, x, y, width, height)
        [area] = fold(self.do(command)).areas.values()
        return area

    def reshape(self, area: Area | str, x: float, y: float, width: float, height: float) -> None:
        """Move or resize a frame."""
        self.do(ReshapeArea(self.area(area).id, x, y, width, height))

    def rename(self, area: Area | str, name: str) -> None:
        """Rename a frame."""
        self.do(RenameArea(self.area(area).id, name))

    def erase(self, area: Area | str) -> None:
        """Remove a frame; the notes in it stay."""
        self.do(RemoveArea(self.area(area).id))

    def enter(self, phase: Phase | str) -> None:
        """Start a phase of the storming."""
        self.do(EnterPhase(one_of(Phase, phase, "phase")))

    def overrule(self, finding: Finding | str, reason: str) -> None:
        """Record why a finding (or its key) does not apply; an empty reason reinstates it.

        Raises `NotPossible` if the grammar has no such finding.
        """
        from workbench.storming.grammar.rules import key_of

        self.do(Overrule(key_of(self.wall, finding), reason))

    def check(self, level: Level | str = Level.DESIGN) -> Findings:
        """Return the grammar's findings at a level: "big picture", "process" or "design"."""
        from workbench.storming.grammar import check_wall

        return check_wall(self.wall, level)

    def to_code(self, context: str = "") -> Code:
        """Generate a decider and its tests for a bounded context of a board at design level."""
        from workbench.storming.codegen.generate import to_code

        return to_code(self.wall, context)

    @classmethod
    def from_log(cls, store: Reading, case: str = "stream", share: float = 1.0) -> Self:
        """Make a board in memory from the most frequent `share` of the arcs of a log's `directly_follows`."""
        from workbench.storming.mining.board import mined
        from workbench.storming.mining.discovery import directly_follows

        board = cls("log", "memory://")
        board.do(*mined(directly_follows(store, case).most_frequent(share)))
        return board

    @classmethod
    def from_text(cls, text: str, name: str = "", store: EventStore | str | None = None) -> Self:
        """Make a board from text (see `text.py`), in memory if no store is given."""
        from workbench.storming.formats.text import board_name

        text = text_of(text, "a board")
        board = cls(name or board_name(text) or "storm", "memory://" if store is None else store)
        board.add(text)
        return board

    def add(self, text: str) -> None:
        """Add what a text describes, in one gesture; a note that is there already is not added again."""
        from workbench.storming.formats.text import from_text

        text = text_of(text, "a board")
        self._change(lambda wall: decide_all(wall, from_text(text, wall)))

    def tidy(self) -> None:
        """Rearrange everything in one gesture: causes left of effects, each note in its frame."""
        from workbench.storming.drawing.tidy import tidied

        self._change(lambda wall: decide_all(wall, tidied(wall)))

    def to_text(self, positions: bool = True) -> str:
        """Return the board as text; without `positions`, it is arranged anew when it is read."""
        from workbench.storming.formats.text import to_text

        return to_text(self.wall, positions, self.name)

    @classmethod
    def from_json(cls, text: str, name: str = "", store: EventStore | str | None = None) -> Self:
        """Make a board from what `to_json` wrote, in memory if no store is given."""
        from workbench.storming.formats.exchange import board_name, from_json

        text = text_of(text, "a board")
        board = cls(name or board_name(text) or "storm", "memory://" if store is None else store)
        board.do(*from_json(text))
        return board

    def to_json(self) -> str:
        """Return the board as JSON for other programs."""
        from workbench.storming.formats.exchange import to_json

        return to_json(self.wall, self.name)

    def to_svg(self, findings: Iterable[Finding] | None = None) -> str:
        """Return the board as a self-contained SVG; pass `board.check()` as `findings` for badges."""
        from workbench.storming.drawing.picture import to_svg

        return to_svg(self.wall, findings)

    def to_png(self, findings: Iterable[Finding] | None = None) -> bytes:
        """Return the same picture as a PNG."""
        from workbench.storming.drawing.picture import to_png

        return to_png(self.wall, findings)

    def to_mermaid(self) -> str:
        """Return the flow as Markdown with a Mermaid diagram; `Markdown(board.to_mermaid())` shows it."""
        from workbench.storming.formats.documents import to_mermaid

        return to_mermaid(self.wall)

    def glossary(self) -> str:
        """Return the names on the board as a Markdown table; `Markdown(board.glossary())` shows it."""
        from workbench.storming.formats.documents import glossary

        return glossary(self.wall)

    def conformance(self, store: Reading, case: str = "stream") -> Conformance:
        """Compare this wall with a log: see `conformance.conformance`."""
        from workbench.storming.mining.conformance import conformance

        return conformance(self.wall, store, case, self.name)

    def note(self, wanted: Note | str) -> Note:
        """Return a note by id or name. Raises `NoSuchThing`, or `NotPossible` if the name is ambiguous."""
        notes = self.wall.notes
        id_ = wanted.id if isinstance(wanted, Note) else str(wanted)
        if id_ in notes:
            return notes[id_]
        named = [note for note in notes.values() if note.name.casefold() == id_.strip().casefold()]
        if len(named) > 1:
            several = ", ".join(f"{note.id} ({note.kind})" for note in named)
            raise NotPossible(
                f"You asked for the note {id_!r}, but several have this name: {several}. Give an id."
            )
        if not named:
            raise NoSuchThing("note", id_, (note.name or note.id for note in notes.values()))
        return named[0]

    def area(self, wanted: Area | str) -> Area:
        """Return a frame by its id or its name. Raises `NoSuchThing`."""
        areas = self.wall.areas
        id_ = wanted.id if isinstance(wanted, Area) else wanted
        found = areas.get(id_) or next((area for area in areas.values() if area.name == id_), None)
        if found is None:
            raise NoSuchThing("frame", id_, (area.name for area in areas.values()))
        return found

    def _free(self, kind: Kind) -> tuple[float, float]:
        """Return the place to the right of the note that was placed last."""
        notes = [*self.wall.notes.values()]
        if not notes:
            return 120.0, 120.0
        last = notes[-1]
        return last.x + (SIZES[last.kind][0] + SIZES[kind][0]) / 2 + STEP, last.y


def _plural(kind: Kind) -> str:
    return f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s"
