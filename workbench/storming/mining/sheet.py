"""Draw a directly-follows graph as a scene: orange notes, thick arrows for frequent paths, surprises in red.

The graphs of types that are not connected stand side by side. Read `path_slider.py` next: the widget.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from math import log10

from workbench.pictures.style import FAINT, INK, STICKY
from workbench.storming.drawing.boxes import Box
from workbench.storming.drawing.lettering import LEADING, Line, fitted, height, legible, width
from workbench.storming.drawing.scene import Mark, Point, Scene, Sheet, Stroke, Words
from workbench.storming.mining.arcs import Arc, spelled
from workbench.storming.mining.layers import FEW_COLUMNS, bands, columns
from workbench.storming.mining.routes import NOTE, Routes, routes
from workbench.storming.mining.tracks import Way

RARE = "#C62828"
"""The colour of a surprise: legible as text on paper."""

TEXT, INSET, APART = 17.0, 8.0, 56.0
"""The size of a label, the space in a note around its text, the space between two graphs."""

MOST = 24
"""The most types in a picture without arrows."""

HEADING, MARGIN, LEAST = 26.0, 24.0, 900.0
"""The size of a title, the space around a picture, and its smallest width."""

WIDEST = FEW_COLUMNS * (NOTE + 200)
"""Where the next graph begins a new row."""


def graph_scene(activities: Mapping[str, int], arcs: Sequence[Arc], surprises: Collection[Arc]) -> Scene:
    """Return the picture of these arcs with the types at their ends; if there are none, of some types."""
    ends = {name for arc in arcs for name in (arc.source, arc.target)} or set([*activities][:MOST])
    shown = {name: times for name, times in activities.items() if name in ends}
    rare, most = set(surprises), max((arc.frequency for arc in arcs), default=1)
    scene = Scene(Box(0, 0, 0, 0), f"{len(shown)} event types and {len(arcs)} paths between them")
    columns_of = columns(shown, arcs)
    left = top = low = 0.0
    for band in bands(shown, arcs):
        mine = [arc for arc in arcs if arc.source in band]
        found = _routes(shown, columns_of, band, mine)
        if left and left + found.size[0] > WIDEST:
            left, top = 0.0, low + APART
        scene.marks += _arrows(mine, found, (left, top), rare, most)
        scene.marks += _notes(shown, band, found, (left, top))
        low = max(low, top + found.size[1])
        scene.box = scene.box.with_(Box(0, 0, left + found.size[0], low))
        left += found.size[0] + APART
    return scene


def _routes(
    activities: Mapping[str, int], columns_of: Mapping[str, int], band: Sequence[str], arcs: Sequence[Arc]
) -> Routes:
    place = {name: at for at, name in enumerate(band)}
    ways = [Way(place[arc.source], place[arc.target], _wide(arc)) for arc in arcs]
    heights = [height(_lines(name, activities[name])) + 2 * INSET for name in band]
    return routes(heights, [columns_of[name] for name in band], ways)


def with_heading(scene: Scene, title: str, below: str) -> Scene:
    """Return the scene with a margin, a title above it and a line below the title."""
    wide = max(scene.box.right, LEAST)
    lines = fitted(title, [], (wide, 200), largest=HEADING, least=HEADING)
    marks: list[Mark] = [
        Words(line.text, (0, (at - len(lines)) * HEADING * LEADING - 64), HEADING, INK, True, middle=False)
        for at, line in enumerate(lines, 1)
    ]
    marks.append(Words(below, (0, -56 + TEXT), TEXT, FAINT, middle=False))
    top = -56 - (len(lines) + 0.4) * HEADING * LEADING - MARGIN
    box = Box(-MARGIN, top, wide + MARGIN, scene.box.bottom + MARGIN)
    return Scene(box, f"{title}. {scene.title}", [*marks, *scene.marks])


def _label(arc: Arc) -> tuple[str, str]:
    return f"{arc.frequency:,} ×", spelled(arc.waiting)


def _wide(arc: Arc) -> float:
    above, below = _label(arc)
    return max(width(above, TEXT, bold=True), width(below, TEXT)) + 6


def _lines(name: str, times: int) -> Sequence[Line]:
    return fitted(legible(name), [f"{times:,}"], (NOTE - 2 * INSET, 110), largest=18, least=12)


def _notes(
    activities: Mapping[str, int], band: Sequence[str], found: Routes, corner: Point
) -> Iterator[Mark]:
    for name, box in zip(band, found.boxes, strict=True):
        box = _moved(box, corner)
        yield Sheet(box, STICKY["event"], round=6)
        lines = _lines(name, activities[name])
        y = (box.top + box.bottom - height(lines)) / 2
        for line in lines:
            middle = (box.left + box.right) / 2
            yield Words(line.text, (middle, y + line.size * 0.94), line.size, INK, line.bold)
            y += line.size * LEADING


def _arrows(
    arcs: Sequence[Arc], found: Routes, corner: Point, rare: Collection[Arc], most: int
) -> Iterator[Mark]:
    for arc, way, label in zip(arcs, found.ways, found.labels, strict=True):
        surprising = arc in rare
        thick = 1.6 + 4 * log10(arc.frequency) / (log10(most) or 1)
        points = tuple((x + corner[0], y + corner[1]) for x, y in way)
        yield Stroke(points, RARE if surprising else FAINT, thick, dashed=surprising, head=True)
        yield from _labels(arc, (label[0] + corner[0], label[1] + corner[1]), thick, surprising)


def _labels(arc: Arc, middle: Point, thick: float, surprising: bool) -> Iterator[Mark]:
    """Yield the frequency above the arrow and the waiting time below; above a loop, both."""
    above, below = _label(arc)
    x, y = middle
    ink = RARE if surprising else INK
    if arc.source == arc.target:
        thick = 0.0
    yield Words(above, (x, y - thick / 2 - 5), TEXT, ink, bold=True)
    yield Words(below, (x, y + thick / 2 + TEXT - 1), TEXT, ink)


def _moved(box: Box, corner: Point) -> Box:
    (x, y) = corner
    return Box(box.left + x, box.top + y, box.right + x, box.bottom + y)
