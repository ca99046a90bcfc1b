"""Read a board from text that is quick to type in front of a wall and complete enough to keep in git.

    board: Charging network
    phase: timeline
    context: charging
      actor: Driver -> command: Start Charging -> aggregate: Session -> event: Charging Started {pivotal}
      event: Charging Started -> policy: Whenever a session starts, the connector is occupied
        | a detail line of the note above
      hot spot: Who pays when the line fails? {owner: Anna}
    lane: back office {at 0 300, size 900 200}
    event: Charging Started {in charging} -> policy: Whenever a session ends, it is billed {in billing}

Indented notes belong to the frame above them. The same kind and name in the same frame mean the same note;
`#2` means a second note with that name. `layout.py` finds a place for notes without `at`. Read
`text_writer.py` next: how a board is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count, pairwise
from textwrap import dedent

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
    ReshapeArea,
    ResolveHotSpot,
    RewordNote,
)
from workbench.storming.drawing.boxes import Box, Shape
from workbench.storming.drawing.layout import Loose, arranged
from workbench.storming.events import AreaKind, Kind, Phase
from workbench.storming.formats.notation import KINDS, ContextName, Item, MarkValue, TextError, detail, items
from workbench.storming.formats.text_writer import Key, area_numbers, note_keys, one_spelling, to_text
from workbench.storming.gestures import BoardError, decide
from workbench.storming.wall import EMPTY, Note, Wall, fold

__all__ = ["TextError", "board_name", "from_text", "to_text"]


def board_name(text: str) -> str:
    """Return the name of the board in a text, or an empty string."""
    lines = enumerate(text.split("\n"), 1)
    named = (items(number, line) for number, line in lines if line.strip().casefold().startswith("board:"))
    return next((found[0].name for found in named), "")


def from_text(text: str, wall: Wall = EMPTY) -> list[Command]:
    """Return the commands that put a text on a wall; notes that are there already are not added again.

    Raises `TextError` with the line and a remedy.
    """
    reader = _Reader(wall)
    for line in dedent(text.replace("\r\n", "\n").replace("\r", "\n")).split("\n"):
        reader.read(line)
    return reader.commands()


@dataclass
class _Frame:
    """A context or lane that the text names or that is on the wall already."""

    id: str
    kind: AreaKind
    name: str
    line: int = 0
    marks: dict[str, MarkValue] = field(default_factory=dict)


@dataclass
class _Draft:
    """A note that the text names or that is on the wall already."""

    id: str
    kind: Kind
    name: str
    frame: str
    line: int = 0
    there: Note | None = None
    details: list[str] = field(default_factory=list)
    marks: dict[str, MarkValue] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The note's whole text."""
        known = self.there.details if self.there else ()
        return "\n".join([self.name, *(line for line in self.details if line not in known)])


class _Reader:
    """Reads line by line, then returns the commands."""

    def __init__(self, wall: Wall) -> None:
        self.wall, self.lines = wall, [""]
        numbers = area_numbers(wall)
        self.areas = {
            (area.kind, area.name, numbers[area.id]): _Frame(area.id, area.kind, area.name)
            for area in wall.areas.values()
        }
        self.notes = {
            key: _Draft(id_, key.kind, wall.notes[id_].text, key.context, there=wall.notes[id_])
            for id_, key in note_keys(wall).items()
        }
        self.frame: _Frame | None = None
        self.last: _Draft | None = None
        self.ids = (id_ for id_ in map("n{}".format, count(1)) if id_ not in {**wall.notes, **wall.notes_off})
        self.done: list[Command] = []
        self.links: dict[tuple[str, str], int] = {}
        self.settings: list[tuple[int, Command]] = []

    def read(self, line: str) -> None:
        """Read one more line."""
        self.lines.append(line)
        said = line.strip()
        if said.startswith("|"):
            self._detail(detail(said[1:].strip()))
        elif said and not said.startswith("#"):
            found = items(self._at, line)
            if any(item.word not in KINDS for item in found):
                self._heading(found)
            else:
                self._chain(found, self.frame if line[0].isspace() else None)

    @property
    def _at(self) -> int:
        return len(self.lines) - 1

    def _error(self, line: int, problem: str, remedy: str) -> TextError:
        return TextError(line, self.lines[line].strip(), problem, remedy)

    def _detail(self, line: str) -> None:
        if self.last is None:
            raise self._error(self._at, "there is no note above it", "Name the note that it describes first.")
        self.last.details.append(line)

    def _heading(self, found: Sequence[Item]) -> None:
        item = found[0]
        if len(found) > 1 or (item.number > 1 and item.word not in {*AreaKind}):
            problem = "only notes have arrows and numbers"
            raise self._error(self._at, problem, "Start a new line with this word.")
        self.last = None
        match item.word:
            case "phase":
                self.settings.append((self._at, EnterPhase(self._phase(item.name))))
            case "overruled":
                self.settings.append((self._at, Overrule(item.name, self._reason(item))))
            case "context" | "lane":
                self.frame = self._area(AreaKind(item.word), ContextName(item.name, item.number))
                self.frame.marks |= item.marks
                self.frame.line = self._at

    def _phase(self, name: str) -> Phase:
        if name.casefold() not in {*Phase}:
            raise self._error(self._at, "there is no such phase", f"The phases are: {', '.join(Phase)}.")
        return Phase(name.casefold())

    def _reason(self, item: Item) -> str:
        reason = item.marks.get("because")
        if not isinstance(reason, str) or not reason.strip():
            raise self._error(self._at, "it gives no reason", "Add one: {because: the cinema wants it so}.")
        return reason

    def _area(self, kind: AreaKind, place: ContextName) -> _Frame:
        key = kind, place.name, place.number
        if key not in self.areas:
            taken = {*self.wall.areas, *self.wall.areas_off, *(area.id for area in self.areas.values())}
            id_ = next(id_ for id_ in map(f"{kind[0]}{{}}".format, count(1)) if id_ not in taken)
            self.areas[key] = _Frame(id_, kind, place.name, self._at)
        return self.areas[key]

    def _chain(self, found: Sequence[Item], frame: _Frame | None) -> None:
        if frame is None:
            self.frame = None
        named = [self._draft(item, frame) for item in found]
        for source, target in pairwise(named):
            self.links.setdefault((source.id, target.id), self._at)
        self.last = named[-1]

    def _draft(self, item: Item, frame: _Frame | None) -> _Draft:
        """Return the note that an item means: a known one or a new one."""
        within = item.marks.get("in")
        frame = self._area(AreaKind.CONTEXT, within) if isinstance(within, ContextName) else frame
        context = frame.id if frame and frame.kind is AreaKind.CONTEXT else ""
        key = Key(KINDS[item.word], context, one_spelling(item.name), item.number)
        draft = self.notes.get(key) or (None if frame else self._elsewhere(key))
        if draft is None:
            draft = _Draft(next(self.ids), key.kind, item.name, frame.id if frame else "", self._at)
            self.notes[key] = draft
        elif frame:
            draft.frame = frame.id
        draft.line = draft.line or self._at
        draft.marks |= item.marks
        return draft

    def _elsewhere(self, key: Key) -> _Draft | None:
        """Return the only note of that name on the wall, for a text that names no context."""
        there = [one for known, one in self.notes.items() if one.there and known._replace(context="") == key]
        return there[0] if len(there) == 1 else None

    def commands(self) -> list[Command]:
        """Return the commands: first for notes with a place, then for the others, then marks and arrows."""
        for line, command in self.settings:
            self._do(line, command)
        for frame in self.areas.values():
            if frame.marks:
                self._do(frame.line, self._drawn(frame, self._shape(frame)))
        drafts = [draft for draft in self.notes.values() if draft.line]
        for draft in drafts:
            at = draft.marks.get("at")
            if isinstance(at, tuple) and not isinstance(at, ContextName):
                self._do(draft.line, self._placed(draft, at))
        self._arrange(drafts)
        for draft in drafts:
            self._mark(draft)
        for (source, target), line in self.links.items():
            self._do(line, LinkNotes(source, target))
        return self.done

    def _do(self, line: int, command: Command) -> None:
        """Apply a command, so that an error names its line; drop a command that changes nothing."""
        try:
            events = decide(self.wall, command)
        except BoardError as error:
            raise self._error(line, "that is not possible", str(error)) from None
        self.wall = fold(events, self.wall)
        self.done += [command] if events else []

    def _arrange(self, drafts: Sequence[_Draft]) -> None:
        """Place the notes without a position, and draw the frames around them."""
        loose = [one for one in drafts if one.id not in self.wall.notes]
        lanes = [frame.id for frame in self.areas.values() if frame.kind is AreaKind.LANE]
        unplaced = [Loose(one.id, one.kind, one.frame) for one in loose]
        found = arranged(unplaced, [*self.links], self.wall, lanes)
        for frame in self.areas.values():
            box = self._around(frame, found.frames.get(frame.id), drafts)
            if box:
                self._do(frame.line, self._drawn(frame, box.shape))
        for draft in loose:
            self._do(draft.line, self._placed(draft, found.notes[draft.id]))

    def _around(self, frame: _Frame, box: Box | None, drafts: Sequence[_Draft]) -> Box | None:
        """Return the box around all notes of a frame; None if the frame can stay as it is."""
        if frame.id in self.wall.areas:
            return box
        hanging = (one.id for one in drafts if one.frame == frame.id and (one.there or "at" in one.marks))
        within = [self.wall.notes[id_] for id_ in hanging]
        for note in within:
            around = Box.of_note(note.kind, note.x, note.y).framed()
            box = box.with_(around) if box else around
        if box is None:
            remedy = (
                f"Indent its notes below it, or give its place: {frame.kind}: … {{at 0 0, size 900 300}}."
            )
            raise self._error(frame.line, "the frame is empty", remedy)
        return box

    def _shape(self, frame: _Frame) -> Shape:
        at, size = frame.marks.get("at"), frame.marks.get("size")
        if not isinstance(at, tuple) or not isinstance(size, tuple):
            remedy = "Write both or none: {at 0 0, size 900 300}."
            raise self._error(frame.line, "a frame needs both a place and a size", remedy)
        return *at, *size

    def _drawn(self, frame: _Frame, shape: Shape) -> Command:
        """Return a command that draws a new frame or reshapes an old one, without excluding its notes."""
        old = self.wall.areas.get(frame.id)
        if old is None:
            return DrawArea(frame.kind, frame.name, *shape, frame.id)
        if "at" in frame.marks or Box.of_shape(shape).covers(Box.of_area(old)):
            return ReshapeArea(frame.id, *shape)
        return DrawArea(frame.kind, frame.name, *shape)

    def _placed(self, draft: _Draft, place: tuple[float, float]) -> Command:
        if draft.there:
            return MoveNote(draft.id, *place)
        return PlaceNote(draft.kind, draft.text, *place, draft.id)

    def _mark(self, draft: _Draft) -> None:
        if draft.there and draft.details:
            self._do(draft.line, RewordNote(draft.id, draft.text))
        if "pivotal" in draft.marks:
            self._do(draft.line, MarkPivot(draft.id))
        owner, answer = draft.marks.get("owner"), draft.marks.get("answer")
        if isinstance(owner, str):
            self._do(draft.line, AssignHotSpot(draft.id, owner))
        if isinstance(answer, str):
            self._do(draft.line, ResolveHotSpot(draft.id, answer))
