"""Describe the picture of a wall as a list of shapes. `picture.py` draws them as SVG or PNG.

From back to front: lanes and frames, the lines of pivotal events, arrows, notes, badges of findings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import cos, fsum, hypot, radians, sin
from typing import NamedTuple

from workbench.pictures.style import FAINT, INK, STICKY
from workbench.storming.drawing.boxes import Box
from workbench.storming.drawing.lettering import LEADING, Line, cut_to_width, fitted, height, legible, width
from workbench.storming.events import AreaKind, Kind
from workbench.storming.grammar.findings import Finding, Severity
from workbench.storming.wall import SIZES, Area, Note, Wall

Point = tuple[float, float]

WHITE, DONE, LANE, PIVOT, SHADE = "#FFFFFF", "#F8D9D5", "#F0EEE6", "#C2410C", "#D5D2C8"
TILT = -6.0
"""The rotation of a hot spot in degrees, so that nobody overlooks it."""

SEVERITY: dict[Severity, tuple[str, str]] = {
    "error": ("#B91C1C", "!"),
    "warning": ("#92600A", "?"),
    "hint": ("#1D4ED8", "i"),
}
MARGIN, INSET, LEGEND = 40.0, 10.0, 56.0
LEVEL, ARCH = 70.0, 72.0
"""The largest difference in height between notes of a row, and the height of an arched arrow."""


class Sheet(NamedTuple):
    """A rectangle, rotated by `turn` degrees around `about`."""

    box: Box
    fill: str
    edge: str = ""
    thick: float = 1.0
    dashed: bool = False
    turn: float = 0.0
    about: Point = (0, 0)
    round: float = 4.0


class Stroke(NamedTuple):
    """A line through points; an arrow if it has a head at its end."""

    points: tuple[Point, ...]
    colour: str
    thick: float = 2.0
    dashed: bool = False
    head: bool = False


class Words(NamedTuple):
    """One line of text; `place` is the middle or the left end of its baseline."""

    text: str
    place: Point
    size: float
    colour: str = INK
    bold: bool = False
    middle: bool = True
    turn: float = 0.0


Mark = Sheet | Stroke | Words


@dataclass
class Scene:
    """The shapes in drawing order, the box around them, and a title for screen readers."""

    box: Box
    title: str
    marks: list[Mark] = field(default_factory=list)


def scene_of(wall: Wall, findings: Iterable[Finding] = ()) -> Scene:
    """Return the picture of a wall, with a badge on each note of an open finding."""
    notes, links = wall.of(), wall.links
    box, kinds = _surroundings(wall), [kind for kind in Kind if wall.of(kind)]
    legend = fsum(52 + width(kind, 15) for kind in kinds)
    arrows = [arrow for link in links if (arrow := _arrow(*link, _leads_back(wall, link), notes))]
    highest = min((y - INSET for arrow in arrows for _, y in arrow.points), default=box.top)
    box = box._replace(top=min(box.top, highest), right=max(box.right, box.left + 2 * MARGIN + legend))
    scene = Scene(box._replace(bottom=box.bottom + (LEGEND if kinds else 0)), _title(wall))
    for area in sorted(
        wall.areas.values(), key=lambda one: (one.kind is AreaKind.CONTEXT, -one.width * one.height)
    ):
        scene.marks += _area(area, box)
    scene.marks += [_pivot(note, box) for note in notes if note.pivotal]
    scene.marks += arrows
    for note in notes:
        scene.marks += _note(note)
    scene.marks += _badges(wall, findings)
    scene.marks += _legend(kinds, box)
    return scene


def _leads_back(wall: Wall, link: tuple[Note, Note]) -> bool:
    return (link[1].id, link[0].id) in wall.arrows


def _title(wall: Wall) -> str:
    counted = [f"{len(wall.of(kind))} of kind {kind}" for kind in Kind if wall.of(kind)]
    return (
        f"A storming board with notes: {', '.join(counted)}."
        if counted
        else "A storming board without notes."
    )


def _surroundings(wall: Wall) -> Box:
    """Return the box around everything; of a lane only the height counts, unless there are only lanes."""
    boxes = [Box.of_note(note.kind, note.x, note.y) for note in wall.notes.values()]
    boxes += [Box.of_area(area) for area in wall.areas.values() if area.kind is AreaKind.CONTEXT]
    lanes = [Box.of_area(area) for area in wall.areas.values() if area.kind is AreaKind.LANE]
    room = (boxes or lanes or [Box(0, 0, 400, 120)])[0]
    for box in boxes or lanes:
        room = room.with_(box)
    for lane in lanes:
        room = room._replace(top=min(room.top, lane.top), bottom=max(room.bottom, lane.bottom))
    return Box(room.left - MARGIN, room.top - MARGIN, room.right + MARGIN, room.bottom + MARGIN)


def _area(area: Area, room: Box) -> Iterator[Mark]:
    box = Box.of_area(area)
    if area.kind is AreaKind.LANE:
        box = box._replace(left=room.left, right=room.right)
        yield Sheet(box, LANE)
    else:
        yield Sheet(box, WHITE, FAINT, 2.5, dashed=True, round=14)
    name = cut_to_width(legible(" ".join(area.name.split())), box.right - box.left - 28, 20, True)
    yield Words(name, (box.left + 14, box.top + 28), 20, FAINT, True, middle=False)


def _pivot(note: Note, room: Box) -> Stroke:
    return Stroke(((note.x, room.top + 8), (note.x, room.bottom - 8)), PIVOT, 4, dashed=True)


def _arrow(source: Note, target: Note, both: bool, notes: Sequence[Note]) -> Stroke | None:
    """Return an arrow from border to border, or None if the notes overlap.

    It is arched over notes in between, and moved aside if an arrow leads back.
    """
    one, other = (Box.of_note(note.kind, note.x, note.y) for note in (source, target))
    dx, dy = target.x - source.x, target.y - source.y
    far = hypot(dx, dy)
    if one.meets(other) or not far:
        return None
    if abs(dy) < LEVEL and abs(dx) > LEVEL and _between(source, target, notes):
        return Stroke(_arch((source.x, one.top - 2), (target.x, other.top - 4)), INK, 2.4, head=True)
    aside = (-dy / far * 9, dx / far * 9) if both else (0.0, 0.0)
    ends = _border(source, (dx, dy), aside, 2), _border(target, (-dx, -dy), aside, 4)
    return Stroke(ends, INK, 2.4, head=True)


def _between(source: Note, target: Note, notes: Sequence[Note]) -> bool:
    """Return whether a straight line between two notes of a row would cross other notes."""
    left, right = sorted((source.x, target.x))
    line = Box(left, min(source.y, target.y), right, max(source.y, target.y) + 1)
    others = (note for note in notes if note.id not in (source.id, target.id))
    return any(Box.of_note(note.kind, note.x, note.y).meets(line) for note in others)


def _arch(start: Point, end: Point) -> tuple[Point, ...]:
    """Return a curve that starts upwards and ends downwards."""
    high = min(start[1], end[1]) - ARCH
    found = []
    for step in range(33):
        t = step / 32
        weights = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
        xs, ys = (start[0], start[0], end[0], end[0]), (start[1], high, high, end[1])
        found.append((_sum(weights, xs), _sum(weights, ys)))
    return tuple(found)


def _sum(weights: Iterable[float], values: Iterable[float]) -> float:
    return fsum(weight * value for weight, value in zip(weights, values, strict=True))


def _border(note: Note, towards: Point, aside: Point, gap: float) -> Point:
    """Return where a line from the middle of a note, moved aside, crosses the note's border."""
    (dx, dy), (wide, high) = towards, SIZES[note.kind]
    far = hypot(dx, dy)
    across = ((wide / 2 + gap) - aside[0] * (1 if dx > 0 else -1)) / abs(dx) if dx else float("inf")
    down = ((high / 2 + gap) - aside[1] * (1 if dy > 0 else -1)) / abs(dy) if dy else float("inf")
    part = min(across, down, 0.5 - 1 / far)
    return note.x + aside[0] + dx * part, note.y + aside[1] + dy * part


def _note(note: Note) -> Iterator[Mark]:
    box, hot = Box.of_note(note.kind, note.x, note.y), note.kind is Kind.HOT_SPOT
    done, turn, about = bool(note.answer), TILT if hot else 0.0, (note.x, note.y)
    shadow = Box(*(side + 3 for side in box))
    yield Sheet(shadow, SHADE, turn=turn, about=about)
    edge, thick = (PIVOT, 4.0) if note.pivotal else (STICKY[note.kind], 2.0) if done else (SHADE, 1.0)
    yield Sheet(box, DONE if done else STICKY[note.kind], edge, thick, dashed=done, turn=turn, about=about)
    ink = WHITE if hot and not done else INK
    room = box.right - box.left - 2 * INSET, box.bottom - box.top - 2 * INSET
    lines = fitted(legible(note.name), [legible(line) for line in _details(note)], room)
    yield from _written(lines, about, ink, turn)


def _details(note: Note) -> Sequence[str]:
    owner = [f"owner: {note.owner}"] if note.owner else []
    answer = [f"✓ {' '.join(note.answer.split())}"] if note.answer else []
    return [*answer, *owner, *note.details]


def _written(lines: Sequence[Line], middle: Point, ink: str, turn: float) -> Iterator[Words]:
    below = -height(lines) / 2
    for line in lines:
        baseline = below + line.size * 0.94
        yield Words(line.text, turned((0, baseline), turn, middle), line.size, ink, line.bold, turn=turn)
        below += line.size * LEADING


def turned(offset: Point, turn: float, middle: Point) -> Point:
    """Return the point at an offset from the middle, rotated in degrees, with y downwards."""
    angle, (x, y) = radians(turn), offset
    return middle[0] + x * cos(angle) - y * sin(angle), middle[1] + x * sin(angle) + y * cos(angle)


def _badges(wall: Wall, findings: Iterable[Finding]) -> Iterator[Mark]:
    """Draw the number of open findings on each note, in the colour of the most severe one."""
    severities_of: dict[str, list[Severity]] = {}
    for finding in findings:
        for id_ in finding.notes if not finding.overruled else ():
            severities_of.setdefault(id_, []).append(finding.severity)
    for note in wall.of():
        if severities := severities_of.get(note.id):
            colour, sign = SEVERITY[min(severities, key=[*SEVERITY].index)]
            box = Box.of_note(note.kind, note.x, note.y)
            badge = Box(box.right - 26, box.top - 14, box.right + 14, box.top + 14)
            yield Sheet(badge, colour, WHITE, 2, round=14)
            yield Words(f"{sign} {len(severities)}", (box.right - 6, box.top + 6), 16, WHITE, True)


def _legend(kinds: Sequence[Kind], room: Box) -> Iterator[Mark]:
    left, top = room.left + MARGIN, room.bottom
    for kind in kinds:
        yield Sheet(Box(left, top, left + 20, top + 20), STICKY[kind], SHADE)
        yield Words(kind, (left + 28, top + 16), 15, middle=False)
        left += 28 + width(kind, 15) + 24
