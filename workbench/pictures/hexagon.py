"""The hexagon: the import graph of a library, with the domain in the middle and the engines outside.

Where a module stands says `import_graph.py`. Arrows within a ring are left out: they are that ring's own
business; arrows to the domain end at its wall, the thicker the more. An arrow that points outwards is red and
goes from box to box. Read `compare.py` for pictures that compare.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import cycle
from typing import TYPE_CHECKING, Any

from workbench.pictures.import_graph import Import, Place, imports, outward, place_of
from workbench.pictures.style import FAINT, INK, PAPER, STICKY, figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

Spot = tuple[float, float]

SIZE = (13.5, 7.75)
"""In inches, and so are the places below; the middle of the domain is (0, 0)."""

OUTER = ((-4.9, 0.3), (-2.9, 3.55), (2.9, 3.55), (4.9, 0.3), (2.9, -2.95), (-2.9, -2.95))
INNER = ((-2.75, 0), (-1.75, 1.75), (1.75, 1.75), (2.75, 0), (1.75, -1.75), (-1.75, -1.75))
"""The corners of the hexagon and of the domain in it."""

WORDS = (
    (0, 1.45, "domain"),
    (-2.25, -2.6, "application"),
    (-5.85, 3.3, "who asks"),
    (5.85, 3.3, "who keeps"),
)
COLOURS = {
    "domain": "aggregate",
    "port": "read model",
    "application": "command",
    "outside": "external system",
}


def hexagon(
    sources: Mapping[str, str], finding: str = "Every arrow points inwards: the domain knows nobody"
) -> Figure:
    """Draw the modules (see `read_library`) and who imports whom."""
    arrows = imports(sources)
    sheet, axes = figure(finding, size=SIZE)
    axes.set(xlim=(-6.75, 6.75), ylim=(-3.05, 3.65), aspect="equal")
    axes.axis("off")
    _rings(axes)
    places = dict.fromkeys(place_of(name) for name in sorted(sources))
    boxes = {place.box: _box(axes, place, spot) for place, spot in _spots(places)}
    for (start, end), many in _inwards(arrows).items():
        width = min(0.9 + 0.12 * many, 3.0)
        _arrow(axes, boxes[start], boxes.get(end), color=FAINT, lw=width, alpha=0.75)
    for place, wrong in enumerate(outward(arrows)):
        _wrong(axes, wrong, boxes, -2.3 - 0.42 * place)
    return sheet


def _rings(axes: Axes) -> None:
    from matplotlib.patches import Polygon

    axes.add_patch(Polygon(OUTER, facecolor="#EAF2FA", edgecolor=INK, linewidth=2.2, zorder=0))
    axes.add_patch(Polygon(INNER, facecolor="#FFFBEA", edgecolor=INK, linewidth=1.2, zorder=0.1))
    for x, y, words in WORDS:
        axes.text(x, y, words, ha="center", va="center", size=16, style="italic", color=INK)


def _spots(places: Iterable[Place]) -> list[tuple[Place, Spot]]:
    """Where each box stands: the domain in rows, the port above it, all others in columns at the sides."""
    sides: dict[tuple[str, str], list[Place]] = {}
    for place in places:
        sides.setdefault((place.ring, place.side), []).append(place)
    layouts = {"domain": _honeycomb, "port": _row, "application": _along_the_wall, "outside": _column}
    spots: list[tuple[Place, Spot]] = []
    for (ring, side), group in sides.items():
        sign = -1 if side == "left" else 1
        spots += [
            (place, (sign * x, y)) for place, (x, y) in zip(group, layouts[ring](len(group)), strict=True)
        ]
    return spots


def _honeycomb(count: int) -> list[Spot]:
    """Rows, from the top; the outer ones are shorter."""
    rows: list[int] = []
    for width in cycle((3, 4, 4, 3)):
        if count <= sum(rows):
            break
        rows.append(min(width, count - sum(rows)))
    lines = zip(rows, _spread(len(rows), 0.62), strict=True)
    return [((place - (row - 1) / 2) * 1.3, y - 0.12) for row, y in lines for place in range(row)]


def _row(count: int) -> list[Spot]:
    return [(-x, 2.6) for x in _spread(count, 1.3)]


def _column(count: int) -> list[Spot]:
    return [(5.85, y + 0.2) for y in _spread(count, 0.8)]


def _along_the_wall(count: int) -> list[Spot]:
    """Between the two walls, from above to below."""
    heights = _spread(count, 0.66)
    return [(3.87 - 0.56 * abs(y), y) for y in heights]


def _spread(count: int, distance: float) -> list[float]:
    return [((count - 1) / 2 - place) * distance for place in range(count)]


def _box(axes: Axes, place: Place, spot: Spot) -> Text:
    colour = STICKY["actor" if (place.ring, place.side) == ("outside", "left") else COLOURS[place.ring]]
    paper = {"boxstyle": "round,pad=0.28", "facecolor": colour, "edgecolor": "none"}
    look: dict[str, Any] = {"ha": "center", "va": "center", "size": 13, "color": INK, "bbox": paper}
    return axes.text(*spot, place.box, weight="bold" if place.ring == "port" else "normal", zorder=3, **look)


def _inwards(arrows: Iterable[Import]) -> Counter[tuple[str, str]]:
    """How many arrows lead from one box to another that stands further in, or to the domain as a whole."""
    ways = [(place_of(arrow.importer), place_of(arrow.imported)) for arrow in arrows]
    return Counter(
        (one.box, "domain" if other.ring == "domain" else other.box)
        for one, other in ways
        if one.depth > other.depth
    )


def _arrow(axes: Axes, start: Text, end: Text | None, **look: Any) -> None:
    """An arrow from a box to another, or to the wall of the domain."""
    source = start.get_position()
    target = end.get_position() if end else _at_the_wall(*source)
    shape = {
        "arrowstyle": "-|>",
        "patchA": start.get_bbox_patch(),
        "patchB": end.get_bbox_patch() if end else None,
        "connectionstyle": f"arc3,rad={_bend(source, target)}",
        "mutation_scale": 12,
    }
    axes.annotate("", xy=target, xytext=source, arrowprops=shape | look, zorder=2)


def _bend(source: Spot, target: Spot) -> float:
    """Arrows to the port go around the domain, on either side."""
    if target[1] < 1.76 or target == source:
        return 0.05
    return 0.22 if source[0] > 0 else -0.2


def _at_the_wall(x: float, y: float) -> Spot:
    """Where somebody who comes from there meets the domain."""
    if abs(x) < 1.75:
        return x, 1.75
    height = max(-1.5, min(1.5, y * 0.6))
    return (2.75 - abs(height) / 1.75) * (1 if x > 0 else -1), height


def _wrong(axes: Axes, arrow: Import, boxes: Mapping[str, Text], y: float) -> None:
    """An arrow that points outwards, in red, with its names."""
    start, end = boxes[place_of(arrow.importer).box], boxes[place_of(arrow.imported).box]
    _arrow(axes, start, end, color=STICKY["hot spot"], lw=4, mutation_scale=26)
    tag = {"boxstyle": "round,pad=0.3", "facecolor": STICKY["hot spot"], "edgecolor": "none"}
    words = f"{arrow.importer} imports {arrow.imported}"
    axes.text(0.6, y, words, ha="center", size=15, weight="bold", color=PAPER, bbox=tag, zorder=6)
