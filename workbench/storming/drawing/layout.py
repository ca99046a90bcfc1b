"""Find places for notes that have none: causes left of effects, contexts in frames, no two in one place.

Time runs to the right: an arrow leads from a column to a later one. The notes of a frame form a band; bands
stand side by side where their columns allow it, otherwise below each other. Placed notes are not moved. Used
by `text.py` and `tidy.py`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from graphlib import TopologicalSorter
from itertools import count, pairwise
from typing import NamedTuple

from workbench.storming.drawing.boxes import PAD, TITLE, Box
from workbench.storming.events import AreaKind, Kind
from workbench.storming.grammar.graph import ASIDE
from workbench.storming.reachable import reachable
from workbench.storming.wall import SIZES, Area, Note, Wall

ACROSS, DOWN = 80.0, 40.0
"""The space between two columns and between two rows, in board units."""

START = 60.0
"""The left and upper edge of the first notes on an empty wall."""

_AROUND = ((0, 1), (0, -1), (1, 1), (1, -1), (-1, 1), (-1, -1), (0, 2), (0, -2))

Links = Sequence[tuple[str, str]]


class Loose(NamedTuple):
    """A note without a place, and the id of its frame, or an empty text."""

    id: str
    kind: Kind
    frame: str = ""


@dataclass
class Arrangement:
    """The centres of notes, and the frames around them."""

    notes: dict[str, tuple[float, float]] = field(default_factory=dict)
    frames: dict[str, Box] = field(default_factory=dict)


def arranged(loose: Sequence[Loose], arrows: Links, wall: Wall, lanes: Iterable[str] = ()) -> Arrangement:
    """Return places for loose notes, next to what is on the wall already; arrows join ids of either.

    `lanes` are the frames without an end to the left and right; nothing may stand beside them.
    """
    found = Arrangement(_attached(loose, arrows, wall))
    questions = {
        one.id: Note(one.id, one.kind, "", *found.notes[one.id]) for one in loose if one.id in found.notes
    }
    wall = replace(wall, notes={**wall.notes, **questions})
    waiting = []
    for band in _bands([one for one in loose if one.id not in questions], arrows, wall):
        grown = _grown(wall, band)
        if grown:
            found.notes |= band.places(Box.of_area(wall.areas[band.frame]).bottom - PAD + DOWN)
            found.frames[band.frame] = grown
            wall = replace(wall, areas={**wall.areas, band.frame: _reshaped(wall.areas[band.frame], grown)})
        else:
            waiting.append(band)
    for band, top in _stacked(waiting, wall, {*lanes}):
        found.notes |= band.places(top + (PAD + TITLE if band.frame else 0))
        if band.frame:
            found.frames[band.frame] = band.box(top)
    return found


def _reshaped(area: Area, box: Box) -> Area:
    x, y, width, height = box.shape
    return replace(area, x=x, y=y, width=width, height=height)


@dataclass(frozen=True)
class _Band:
    """The notes of one frame in columns and rows, and the left edge and width of each column."""

    frame: str
    members: Mapping[str, Loose]
    cells: Mapping[str, tuple[int, int]]
    columns: Mapping[int, tuple[float, float]]

    def places(self, top: float) -> dict[str, tuple[float, float]]:
        """Return the centres of the notes if the first row begins at `top`."""
        found, heights = {}, self._heights()
        for id_, (column, row) in self.cells.items():
            left, width = self.columns[column]
            above = sum(heights[:row]) + DOWN * row
            found[id_] = left + width / 2, top + above + heights[row] / 2
        return found

    def box(self, top: float) -> Box:
        """Return the frame around the notes if the frame begins at `top`."""
        sides = [(left, left + width) for left, width in (self.columns[c] for c, _ in self.cells.values())]
        left, right, first = min(side for side, _ in sides), max(side for _, side in sides), top + PAD + TITLE
        return Box(left, first, right, first + self.height).framed()

    @property
    def height(self) -> float:
        """The height of its rows."""
        heights = self._heights()
        return sum(heights) + DOWN * (len(heights) - 1)

    def _heights(self) -> list[float]:
        heights = [0.0] * (1 + max(row for _, row in self.cells.values()))
        for id_, (_, row) in self.cells.items():
            heights[row] = max(heights[row], SIZES[self.members[id_].kind][1])
        return heights


def _attached(loose: Sequence[Loose], arrows: Links, wall: Wall) -> dict[str, tuple[float, float]]:
    """Return places for hot spots and opportunities about placed notes: close to these, where free."""
    taken = [Box.of_note(note.kind, note.x, note.y) for note in wall.notes.values()]
    found = {}
    for one in loose:
        about = [wall.notes[b if a == one.id else a] for a, b in arrows if _hangs(one.id, a, b, wall)]
        for dx, dy in _AROUND if one.kind in ASIDE and about else ():
            x, y = about[0].x + dx * 170, about[0].y + dy * 130
            box, frame = Box.of_note(one.kind, x, y), wall.frame_of(about[0], AreaKind.CONTEXT)
            around = wall.frame_of(Note(one.id, one.kind, "", x, y), AreaKind.CONTEXT)
            if around is frame and not any(box.meets(other) for other in taken):
                found[one.id] = x, y
                taken.append(box)
                break
    return found


def _hangs(id_: str, source: str, target: str, wall: Wall) -> bool:
    """Return whether an arrow joins this note with one that is on the wall already."""
    return (source == id_ and target in wall.notes) or (target == id_ and source in wall.notes)


def _bands(loose: Sequence[Loose], arrows: Links, wall: Wall) -> list[_Band]:
    """Return the loose notes by frame, in the order in which the frames are named."""
    known = {one.id: one for one in loose}
    among = [(a, b) for a, b in dict.fromkeys(arrows) if a in known and b in known]
    columns = _columns(known, among)
    widths: defaultdict[int, float] = defaultdict(float)
    for one in loose:
        widths[columns[one.id]] = max(widths[columns[one.id]], SIZES[one.kind][0])
    lefts = {column: sum(widths[c] + ACROSS for c in range(column)) for column in sorted(widths)}
    shift = _shift({id_: lefts[column] for id_, column in columns.items()}, arrows, wall)
    places = {column: (left + shift, widths[column]) for column, left in lefts.items()}
    bands = []
    for frame in dict.fromkeys(one.frame for one in loose):
        members = {one.id: one for one in loose if one.frame == frame}
        bands.append(_Band(frame, members, _cells(members, columns, among), places))
    return bands


def _columns(notes: Mapping[str, Loose], links: Links) -> dict[str, int]:
    """Return a column for each note: effects right of causes, first causes close to their effects.

    Hot spots and opportunities share the column of their subject. Arrows that close a circle do not count.
    """
    flow = [(a, b) for a, b in links if not {notes[a].kind, notes[b].kind} & ASIDE]
    about = {a if notes[a].kind in ASIDE else b: b if notes[a].kind in ASIDE else a for a, b in links[::-1]}
    asking = {id_: other for id_, other in about.items() if notes[id_].kind in ASIDE}
    others = {id_: one for id_, one in notes.items() if id_ not in asking}
    rows = _in_a_row(others, flow)
    before = _without_circles(others, [*flow, *(link for row in rows for link in pairwise(row))])
    columns: dict[str, int] = {}
    order = [*TopologicalSorter(before).static_order()]
    for id_ in order:
        columns[id_] = max((columns[one] + 1 for one in before[id_]), default=0)
    _pull(order, before, columns)
    alone = {id_ for row in rows for id_ in row}
    for row in rows:
        beside = [
            columns[id_] for id_ in columns if notes[id_].frame == notes[row[0]].frame and id_ not in alone
        ]
        columns |= {id_: columns[id_] + min(beside, default=0) for id_ in row}
    for id_ in asking:
        columns[id_] = columns.get(asking[id_], 0)
    return columns


def _in_a_row(notes: Mapping[str, Loose], links: Links) -> list[list[str]]:
    """Return the notes without arrows, by frame, in the order of naming: time runs to the right."""
    touched = {id_ for link in links for id_ in link}
    alone: defaultdict[str, list[str]] = defaultdict(list)
    for one in notes.values():
        if one.id not in touched:
            alone[one.frame].append(one.id)
    return [*alone.values()]


def _without_circles(ids: Iterable[str], links: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Return the causes of each note, without arrows that close a circle with earlier ones."""
    before: dict[str, list[str]] = {id_: [] for id_ in ids}
    for source, target in links:
        if target != source and target not in reachable([source], before.__getitem__):
            before[target].append(source)
    return before


def _pull(order: Sequence[str], before: Mapping[str, Sequence[str]], columns: dict[str, int]) -> None:
    """Move chains without a side branch to the right, next to what they lead to."""
    after: defaultdict[str, list[str]] = defaultdict(list)
    for id_ in order:
        for one in before[id_]:
            after[one].append(id_)
    free: dict[str, bool] = {}
    for id_ in order:
        free[id_] = all(free[one] and after[one] == [id_] for one in before[id_])
    for id_ in reversed(order):
        if free[id_] and after[id_]:
            columns[id_] = min(columns[one] for one in after[id_]) - 1


def _cells(
    members: Mapping[str, Loose], columns: Mapping[str, int], links: Links
) -> dict[str, tuple[int, int]]:
    """Return a column and a row for each note of a band: in the row of its cause if that is free."""
    beside: defaultdict[str, list[str]] = defaultdict(list)
    for source, target in links:
        beside[target].append(source)
        beside[source].append(target)
    cells: dict[str, tuple[int, int]] = {}
    taken: set[tuple[int, int]] = set()
    for id_ in sorted(members, key=lambda id_: members[id_].kind in ASIDE):
        first = next((cells[one][1] for one in beside[id_] if one in cells), 0)
        cells[id_] = next((columns[id_], row) for row in count(first) if (columns[id_], row) not in taken)
        taken.add(cells[id_])
    return cells


def _shift(lefts: Mapping[str, float], arrows: Links, wall: Wall) -> float:
    """Return how far all columns move, to begin at the left edge and to the right of placed causes."""
    edges = [Box.of_note(note.kind, note.x, note.y).left for note in wall.notes.values()]
    edges += [area.x + PAD for area in wall.areas.values() if area.kind is AreaKind.CONTEXT]
    causes = [
        Box.of_note(wall.notes[a].kind, wall.notes[a].x, 0).right + ACROSS - lefts[b]
        for a, b in arrows
        if a in wall.notes and b in lefts
    ]
    return max([min(edges, default=START), *causes])


def _grown(wall: Wall, band: _Band) -> Box | None:
    """Return the band's old frame extended downwards for more notes, or None if there is no space."""
    area = wall.areas.get(band.frame)
    if area is None:
        return None
    old = Box.of_area(area)
    new = old.with_(band.box(old.bottom - 2 * PAD - TITLE + DOWN))
    others = [Box.of_note(one.kind, one.x, one.y) for one in wall.notes.values() if not area.holds(one)]
    others += [Box.of_area(one) for one in wall.areas.values() if not Box.of_area(one).meets(old)]
    return None if any(new.meets(other) for other in others) else new


def _stacked(bands: Sequence[_Band], wall: Wall, lanes: set[str]) -> list[tuple[_Band, float]]:
    """Return the top of each band: side by side if their columns allow it, and below everything placed."""
    there = [Box.of_note(one.kind, one.x, one.y) for one in wall.notes.values()]
    there += map(Box.of_area, wall.areas.values())
    shelves: list[list[_Band]] = []
    for band in bands:
        fits = (shelf for shelf in shelves if _fits(band, shelf, lanes))
        shelf = next(fits, None)
        if shelf is None:
            shelves.append(shelf := [])
        shelf.append(band)
    found, top = [], max((box.bottom + DOWN for box in there), default=START)
    for shelf in shelves:
        found += [(band, top) for band in shelf]
        top = max(band.box(top).bottom for band in shelf) + DOWN
    return found


def _fits(band: _Band, shelf: Sequence[_Band], lanes: set[str]) -> bool:
    apart = not any(band.box(0).meets(other.box(0)) for other in shelf)
    return apart and not lanes & {one.frame for one in [band, *shelf]}
