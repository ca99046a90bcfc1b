"""Write a board as text that does not depend on its ids; `text.py` shows the notation.

With positions each note has its own line and the arrows follow as chains; without them most notes are named
where an arrow needs them, as a person would type it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from workbench.pictures.style import by_number
from workbench.storming.events import AreaKind, Kind
from workbench.storming.formats.notation import ContextName, Item, MarkValue, detail_written, quoted, written
from workbench.storming.wall import Area, Note, Wall

LONG = 6
"""The most notes in a chain."""


class Key(NamedTuple):
    """What identifies a note in a text: kind, context (its frame's id), spelling, and a number."""

    kind: Kind
    context: str
    name: str
    number: int


def to_text(wall: Wall, positions: bool = True, name: str = "") -> str:
    """Return the wall as text; without `positions`, it is arranged anew when the text is read."""
    head = [f"board: {quoted(name)}"] if name else []
    head += [f"phase: {wall.phase}"] if wall.phase else []
    findings = [
        written(Item("overruled", key, 1, {"because": reason}))
        for key, reason in sorted(wall.overruled.items())
    ]
    return "\n".join([*head, *_Writer(wall, positions).lines(), *findings]) + "\n"


def area_numbers(wall: Wall) -> dict[str, int]:
    """Return a number for each frame among those of the same kind and name."""
    seen: defaultdict[tuple[AreaKind, str], int] = defaultdict(int)
    numbers = {}
    for area in sorted(wall.areas.values(), key=_of_area):
        seen[area.kind, area.name] += 1
        numbers[area.id] = seen[area.kind, area.name]
    return numbers


def note_keys(wall: Wall) -> dict[str, Key]:
    """Return the key of each note, from left to right."""
    seen: defaultdict[tuple[Kind, str, str], int] = defaultdict(int)
    keys = {}
    for note in sorted(wall.notes.values(), key=_of_note):
        frame = wall.frame_of(note, AreaKind.CONTEXT)
        one = note.kind, frame.id if frame else "", one_spelling(note.name)
        seen[one] += 1
        keys[note.id] = Key(*one, seen[one])
    return keys


def one_spelling(name: str) -> str:
    """Return a name without differences of capitals and spaces."""
    return " ".join(name.casefold().split())


class _Writer:
    """Writes frame by frame; a note's marks and details stand where it is first named."""

    def __init__(self, wall: Wall, positions: bool) -> None:
        self.wall, self.positions = wall, positions
        self.numbers, self.keys = area_numbers(wall), note_keys(wall)
        self.written_ids: set[str] = set()

    def lines(self) -> list[str]:
        """Return all frames with their notes, then the arrows between frames."""
        homes: defaultdict[str, list[Note]] = defaultdict(list)
        for id_ in self.keys:
            homes[self._home(self.wall.notes[id_])].append(self.wall.notes[id_])
        lines = self._notes(homes[""], "")
        for area in sorted(self.wall.areas.values(), key=_of_area):
            lines += [self._area(area, homes[area.id])]
            lines += [f"  {line}" for line in self._notes(homes[area.id], area.id)]
        across = [(a, b) for a, b in self._links() if self._home(a) != self._home(b)]
        return lines + [
            " -> ".join(self._mention(note, away=True) for note in chain) for chain in chains(across)
        ]

    def _home(self, note: Note) -> str:
        """Return the id of the frame that a note is written under; a lane's only without positions."""
        context = self.keys[note.id].context
        if context or self.positions:
            return context
        lane = self.wall.frame_of(note, AreaKind.LANE)
        return lane.id if lane else ""

    def _links(self) -> list[tuple[Note, Note]]:
        place = {id_: number for number, id_ in enumerate(self.keys)}
        return sorted(self.wall.links, key=lambda link: (place[link[0].id], place[link[1].id]))

    def _area(self, area: Area, notes: Sequence[Note]) -> str:
        shape: dict[str, MarkValue] = {"at": (area.x, area.y), "size": (area.width, area.height)}
        marks = shape if self.positions or not notes else {}
        return written(Item(area.kind, area.name, self.numbers[area.id], marks))

    def _notes(self, notes: Sequence[Note], home: str) -> list[str]:
        lines: list[str] = []
        for note in notes:
            if self.positions or "\n" in note.text:
                lines += [
                    self._mention(note),
                    *(f"  {detail_written(line)}" for line in note.text.split("\n")[1:]),
                ]
        links = [(a, b) for a, b in self._links() if self._home(a) == self._home(b) == home]
        lines += [" -> ".join(map(self._mention, chain)) for chain in chains(links)]
        return lines + [self._mention(note) for note in notes if note.id not in self.written_ids]

    def _mention(self, note: Note, away: bool = False) -> str:
        key = self.keys[note.id]
        marks: dict[str, MarkValue] = {} if note.id in self.written_ids else self._marks(note)
        if away and key.context:
            marks["in"] = ContextName(self.wall.areas[key.context].name, self.numbers[key.context])
        self.written_ids.add(note.id)
        return written(Item(note.kind, note.text.partition("\n")[0], key.number, marks))

    def _marks(self, note: Note) -> dict[str, MarkValue]:
        marks: dict[str, MarkValue] = {"pivotal": ""} if note.pivotal else {}
        texts = {"owner": note.owner, "answer": note.answer}
        marks |= {word: value for word, value in texts.items() if value}
        return marks | ({"at": (note.x, note.y)} if self.positions else {})


def chains(links: Iterable[tuple[Note, Note]]) -> list[list[Note]]:
    """Return the arrows as a few rows of notes, with each arrow once."""
    after: defaultdict[str, list[Note]] = defaultdict(list)
    sources: dict[str, Note] = {}
    for source, target in links:
        after[source.id].append(target)
        sources[source.id] = source
    found = []
    for source in sources.values():
        while after[source.id]:
            chain = [source]
            while len(chain) < LONG and after[chain[-1].id]:
                chain.append(after[chain[-1].id].pop(0))
            found.append(chain)
    return found


def _of_area(area: Area) -> tuple[object, ...]:
    shape = area.x, area.y, area.width, area.height
    return area.kind, *shape, area.name, by_number(area.id)


def _of_note(note: Note) -> tuple[object, ...]:
    """Sort from left to right; ids matter only for copies in the same place."""
    marks = note.pivotal, note.answer, note.owner
    return note.x, note.y, note.kind, note.text, *marks, by_number(note.id)
