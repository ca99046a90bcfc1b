"""Draw a directly-follows graph: orange notes, thicker arrows for frequent arcs, surprises in red.

`places` finds a column and a row for each event type; types that mostly come first are on the left. Read
`discovery.py` next: it computes the graph.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count
from math import dist, log10
from typing import TYPE_CHECKING, Any

from workbench.pictures.sticky import broken
from workbench.pictures.style import FAINT, INK, PAPER, STICKY, figure
from workbench.storming.drawing.scene import Point
from workbench.storming.mining.arcs import Arc, spelled
from workbench.storming.reachable import reachable

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Counted = Mapping[str, int]
"""How often each event type occurs."""

WIDE, HIGH = 1.5, 0.8
ACROSS, DOWN = 2.55, 2.0
"""The size of a note and the distance between notes, in inches."""

FEW_COLUMNS = 5

PARTS = (0.5, 0.38, 0.62, 0.28, 0.72, 0.2, 0.8)
ROOM = (1.15, 0.44)
"""The possible positions of a label along its arrow, and the space that it needs."""


def places(activities: Counted, arcs: Sequence[Arc]) -> dict[str, tuple[int, int]]:
    """Return a column and a row for each event type, each place once.

    Connected types form a band, ordered by their frequent arcs; short bands stand side by side.
    """
    columns = _columns(activities, arcs)
    found: dict[str, tuple[int, int]] = {}
    left, top, bottom = 0, 0, 0
    for band in _bands(activities, arcs):
        width = 1 + max(columns[name] for name in band)
        if left and left + width > FEW_COLUMNS:
            left, top = 0, bottom
        for name in band:
            column = left + columns[name]
            found[name] = next((column, row) for row in count(top) if (column, row) not in found.values())
        left += width
        bottom = 1 + max(row for _, row in found.values())
    return found


def flow(activities: Counted, arcs: Sequence[Arc], surprises: Sequence[Arc], title: str) -> Figure:
    """Draw the graph; the label of an arrow is its frequency and median waiting time."""
    where = {name: (column * ACROSS, -row * DOWN) for name, (column, row) in places(activities, arcs).items()}
    right = max((x for x, _ in where.values()), default=0) + WIDE
    low = min((y for _, y in where.values()), default=0) - HIGH
    sheet, axes = figure(title, size=(max(8.0, right + 0.5), 2.3 - low))
    axes.set(xlim=(-0.25, max(7.75, right + 0.25)), ylim=(low - 0.7, 0.8))
    axes.axis("off")
    most = max((arc.frequency for arc in arcs), default=1)
    for name, place in where.items():
        _note(axes, name, activities[name], place)
    for arc in arcs:
        _draw(axes, where, arc, 1 + 4 * log10(arc.frequency) / (log10(most) or 1), arc in surprises)
    return sheet


def _columns(activities: Counted, arcs: Sequence[Arc]) -> dict[str, int]:
    """Return the length of the longest path to each type, without arcs that close a circle.

    Arcs with the largest share of their target's events are added first.
    """
    ways: dict[str, set[str]] = {name: set() for name in activities}
    for arc in sorted(arcs, key=lambda arc: -arc.frequency / activities[arc.target]):
        if arc.source != arc.target and arc.source not in reachable([arc.target], ways.__getitem__):
            ways[arc.source].add(arc.target)
    columns = dict.fromkeys(ways, 0)
    for _ in ways:
        for source, targets in ways.items():
            columns |= {target: max(columns[target], columns[source] + 1) for target in targets}
    return columns


def _bands(activities: Counted, arcs: Sequence[Arc]) -> list[list[str]]:
    """Return the groups of connected types, the largest first."""
    beside: dict[str, set[str]] = {name: set() for name in activities}
    for arc in arcs:
        beside[arc.source].add(arc.target)
        beside[arc.target].add(arc.source)
    bands = {frozenset({name} | reachable([name], beside.__getitem__)) for name in beside}
    ordered = [sorted(band, key=lambda name: (-activities[name], name)) for band in bands]
    return sorted(ordered, key=lambda band: (-len(band), -activities[band[0]], band))


def _note(axes: Axes, name: str, times: int, place: Point) -> None:
    from matplotlib.patches import FancyBboxPatch

    x, y = place
    shape = "round,pad=0,rounding_size=0.06"
    axes.add_patch(
        FancyBboxPatch(
            (x, y - HIGH), WIDE, HIGH, shape, facecolor=STICKY["event"], edgecolor="none", zorder=3
        )
    )
    middle = x + WIDE / 2
    look: dict[str, Any] = {"ha": "center", "va": "center", "color": INK, "zorder": 4}
    axes.text(middle, y - 0.33, broken(name, 12), size=13, weight="bold", linespacing=1.0, **look)
    axes.text(middle, y - HIGH + 0.14, f"{times:,}", size=12, **look)


def _draw(axes: Axes, where: Mapping[str, Point], arc: Arc, thick: float, surprising: bool) -> None:
    from matplotlib.patches import FancyArrowPatch

    colour = STICKY["hot spot"] if surprising else FAINT
    start, end, sag = _ends(where[arc.source], where[arc.target])
    bend = 2 * sag / dist(start, end)
    arrow = FancyArrowPatch(
        start,
        end,
        connectionstyle=f"arc3,rad={bend}",
        arrowstyle=f"-|>,head_width={2 + thick * 0.8},head_length={4 + thick}",
        linewidth=thick,
        linestyle=(0, (4, 2)) if surprising else "-",
        color=colour,
        shrinkA=0,
        shrinkB=0,
        clip_on=False,
        zorder=2,
    )
    axes.add_patch(arrow)
    _label(axes, arc, [_along(start, end, bend, part) for part in PARTS], colour if surprising else INK)


def _label(axes: Axes, arc: Arc, candidates: Sequence[Point], colour: str) -> None:
    """Write frequency and waiting time at the first candidate that is free."""
    taken = [text.get_position() for text in axes.texts]
    free = (
        (x, y) for x, y in candidates if all(abs(x - u) > ROOM[0] or abs(y - v) > ROOM[1] for u, v in taken)
    )
    x, y = next(free, candidates[0])
    paper = {"facecolor": PAPER, "edgecolor": "none", "pad": 1.0}
    look: dict[str, Any] = {"ha": "center", "va": "center", "linespacing": 1.0, "bbox": paper, "zorder": 5}
    axes.text(x, y, f"{arc.frequency:,} ×\n{spelled(arc.waiting)}", size=13, color=colour, **look)


def _ends(source: Point, target: Point) -> tuple[Point, Point, float]:
    """Return where an arrow begins and ends, and how far it bends to pass above or below other notes."""
    (x, y), (u, v) = source, target
    columns = abs(round((u - x) / ACROSS))
    if source == target:
        return (x + 0.2 * WIDE, y), (x + 0.55 * WIDE, y), -0.5
    if x == u:
        side = x + WIDE * (0.65 if y > v else 0.35)
        return ((side, y - HIGH), (side, v), 0.0) if y > v else ((side, y), (side, v - HIGH), 0.0)
    if x < u and (columns == 1 or y != v):
        return (x + WIDE, y - 0.45 * HIGH), (u, v - 0.45 * HIGH), 0.0
    if x < u:
        return (x + (1.1 - 0.15 * columns) * WIDE, y), (u + 0.2 * WIDE, v), -0.05 - 0.22 * columns
    if y < v:
        return (x, y - 0.75 * HIGH), (u + 0.15 * WIDE, v - HIGH), -0.35
    return (x + 0.3 * WIDE, y - HIGH), (u + (1.1 - 0.2 * columns) * WIDE, v - HIGH), -0.05 - 0.22 * columns


def _along(start: Point, end: Point, bend: float, part: float) -> Point:
    """Return a point of matplotlib's arc3 curve; `part` runs from 0 to 1."""
    (x, y), (u, v) = start, end
    over = 2 * part * (1 - part) * bend
    return x + (u - x) * part + over * (v - y), y + (v - y) * part - over * (u - x)
