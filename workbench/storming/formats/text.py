"""A board as text: pleasant to type while one looks at a wall, and complete enough to live in git.

    board: Charging network
    phase: timeline
    context: charging
      actor: Driver -> command: Start Charging -> aggregate: Session -> event: Charging Started {pivotal}
      event: Charging Started -> policy: Whenever a session starts, the connector is occupied
        | a detail line of the note that was named last
      hot spot: Who pays when the line fails? {owner: Anna}
    lane: back office {at 0 300, size 900 200}
    event: Charging Started {in charging} -> policy: Whenever a session ends, it is billed {in billing}

What is indented hangs in the frame above it. A kind and a name that were said before in the same frame are
the same note; `#2` is another note that says the same. Whatever has no place is given one by `layout.py`.
Read `text_writer.py` for the way back.
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
    """What a text calls its board, or nothing."""
    lines = enumerate(text.split("\n"), 1)
    named = (items(number, line) for number, line in lines if line.strip().casefold().startswith("board:"))
    return next((found[0].name for found in named), "")


def from_text(text: str, wall: Wall = EMPTY) -> list[Command]:
    """What puts a text on a wall; on one that is not empty a note that hangs there is that note.

    Raises `TextError`, which says the line and the remedy.
    """
    reader = _Reader(wall)
    for line in dedent(text.replace("\r\n", "\n").replace("\r", "\n")).split("\n"):
        reader.read(line)
    return reader.commands()


@dataclass
class _Frame:
    """A context or lane that is named in the text, or hangs already."""

    id: str
    kind: AreaKind
    name: str
    line: int = 0
    marks: dict[str, MarkValue] = field(default_factory=dict)


@dataclass
class _Draft:
    """A note that is named in the text, or hangs already."""

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
        """All that it says."""
        known = self.there.details if self.there else ()
        return "\n".join([self.name, *(line for line in self.details if line not in known)])


class _Reader:
    """Reads line by line; says then what is to be done."""

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
        self.sayings: list[tuple[int, Command]] = []

    def read(self, line: str) -> None:
        """Take in one more line."""
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

    def _wrong(self, line: int, so: str, now: str) -> TextError:
        return TextError(line, self.lines[line].strip(), so, now)

    def _detail(self, line: str) -> None:
        if self.last is None:
            raise self._wrong(self._at, "no note is named above it", "Name the note that it is about first.")
        self.last.details.append(line)

    def _heading(self, found: Sequence[Item]) -> None:
        item = found[0]
        if len(found) > 1 or (item.number > 1 and item.word not in {*AreaKind}):
            so = "arrows and numbers are for notes"
            raise self._wrong(self._at, so, "Begin a line of its own with this word.")
        self.last = None
        match item.word:
            case "phase":
                self.sayings.append((self._at, EnterPhase(self._phase(item.name))))
            case "overruled":
                self.sayings.append((self._at, Overrule(item.name, self._reason(item))))
            case "context" | "lane":
                self.frame = self._area(AreaKind(item.word), ContextName(item.name, item.number))
                self.frame.marks |= item.marks
                self.frame.line = self._at

    def _phase(self, name: str) -> Phase:
        if name.casefold() not in {*Phase}:
            raise self._wrong(self._at, "there is no such phase", f"There are: {', '.join(Phase)}.")
        return Phase(name.casefold())

    def _reason(self, item: Item) -> str:
        reason = item.marks.get("because")
        if not isinstance(reason, str) or not reason.strip():
            raise self._wrong(self._at, "it gives no reason", "Add one: {because: the cinema wants it so}.")
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
        """The note that a mention means: a known one, or one more."""
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
        """The one note of that name that hangs already, if the text does not say in which context."""
        there = [one for known, one in self.notes.items() if one.there and known._replace(context="") == key]
        return there[0] if len(there) == 1 else None

    def commands(self) -> list[Command]:
        """What is to be done: first what has a place, then what finds one, then marks and arrows."""
        for line, command in self.sayings:
            self._do(line, command)
        for frame in self.areas.values():
            if frame.marks:
                self._do(frame.line, self._drawn(frame, self._shape(frame)))
        drafts = [draft for draft in self.notes.values() if draft.line]
        for draft in drafts:
            at = draft.marks.get("at")
            if isinstance(at, tuple) and not isinstance(at, ContextName):
                self._do(draft.line, self._hung(draft, at))
        self._arrange(drafts)
        for draft in drafts:
            self._mark(draft)
        for (source, target), line in self.links.items():
            self._do(line, LinkNotes(source, target))
        return self.done

    def _do(self, line: int, command: Command) -> None:
        """Try it, so that a refusal can say the line; what is so already need not be done."""
        try:
            events = decide(self.wall, command)
        except BoardError as refused:
            raise self._wrong(line, "that cannot be", str(refused)) from None
        self.wall = fold(events, self.wall)
        self.done += [command] if events else []

    def _arrange(self, drafts: Sequence[_Draft]) -> None:
        """Hang the notes without a place, and draw the frames around them."""
        loose = [one for one in drafts if one.id not in self.wall.notes]
        lanes = [frame.id for frame in self.areas.values() if frame.kind is AreaKind.LANE]
        told = [Loose(one.id, one.kind, one.frame) for one in loose]
        found = arranged(told, [*self.links], self.wall, lanes)
        for frame in self.areas.values():
            box = self._around(frame, found.frames.get(frame.id), drafts)
            if box:
                self._do(frame.line, self._drawn(frame, box.shape))
        for draft in loose:
            self._do(draft.line, self._hung(draft, found.notes[draft.id]))

    def _around(self, frame: _Frame, box: Box | None, drafts: Sequence[_Draft]) -> Box | None:
        """The frame around what was arranged and what has a place of its own; nothing if it is right."""
        if frame.id in self.wall.areas:
            return box
        hanging = (one.id for one in drafts if one.frame == frame.id and (one.there or "at" in one.marks))
        within = [self.wall.notes[id_] for id_ in hanging]
        for note in within:
            around = Box.of_note(note.kind, note.x, note.y).framed()
            box = box.with_(around) if box else around
        if box is None:
            now = f"Indent its notes below it, or say where it is: {frame.kind}: … {{at 0 0, size 900 300}}."
            raise self._wrong(frame.line, "it frames nothing", now)
        return box

    def _shape(self, frame: _Frame) -> Shape:
        at, size = frame.marks.get("at"), frame.marks.get("size")
        if not isinstance(at, tuple) or not isinstance(size, tuple):
            now = "Write both or none: {at 0 0, size 900 300}."
            raise self._wrong(frame.line, "a frame with a place needs a size as well", now)
        return *at, *size

    def _drawn(self, frame: _Frame, shape: Shape) -> Command:
        """A new frame, or one that hangs pulled to another shape; never away from what it holds."""
        old = self.wall.areas.get(frame.id)
        if old is None:
            return DrawArea(frame.kind, frame.name, *shape, frame.id)
        if "at" in frame.marks or Box.of_shape(shape).covers(Box.of_area(old)):
            return ReshapeArea(frame.id, *shape)
        return DrawArea(frame.kind, frame.name, *shape)

    def _hung(self, draft: _Draft, place: tuple[float, float]) -> Command:
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
