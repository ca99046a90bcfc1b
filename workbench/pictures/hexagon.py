"""Draw the import graph of both packages as a hexagon: the domain in the middle, the engines outside.

`import_graph.py` defines the place of each module. An arrow stands for all imports between two parts, thicker
if there are more; imports within a part are left out. An import that points outwards is a red arrow from box
to box. Read `layout.py` next: the rooms of both packages.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from workbench.pictures.import_graph import PLACES, Import, Place, imports, outward, place_of
from workbench.pictures.style import FAINT, INK, PAPER, STICKY, figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Spot = tuple[float, float]

SIZE = (14.0, 7.5)
"""The size in inches; so are the coordinates below."""

FRAMES = (
    ((-6.9, -3.45, 1.75, 7.0), "#FFFAE3", "workbench"),
    ((-4.95, -3.45, 11.85, 7.0), "#F4F3EF", "workshop_lib"),
    ((4.95, -3.3, 1.75, 5.75), "#FDECF3", "storage"),
)
"""Left, bottom, width, height; colour; name. Storage is a part of the library."""

OUTER = ((-4.8, 0), (-3.6, 3.2), (3.6, 3.2), (4.8, 0), (3.6, -3.1), (-3.6, -3.1))
INNER = ((-2.6, -0.2), (-2.2, 1.55), (3.2, 1.55), (3.6, -0.2), (3.2, -1.95), (-2.2, -1.95))
"""The corners of the hexagon and of the domain inside it."""

HEADINGS = (
    (-6.025, 3.1, "workbench", "bold"),
    (5.825, 3.1, "workshop_lib", "bold"),
    (-2.9, 2.2, "application", "normal"),
    (0.5, 1.27, "domain", "normal"),
    (5.825, 2.12, "storage", "normal"),
)

ARROWS: dict[tuple[str, str], tuple[Spot, Spot, float]] = {
    ("workbench", "port"): ((-5.15, 2.6), (-0.54, 2.6), 0),
    ("workbench", "application"): ((-5.15, 2.2), (-3.55, 2.2), 0),
    ("workbench", "domain"): ((-5.15, -2.7), (-1.4, -1.95), 0.15),
    ("workbench", "reading"): ((-5.15, 3.35), (3.84, 3.35), 0),
    ("workbench", "storage"): ((-5.15, -3.25), (4.95, -3.25), 0),
    ("application", "port"): ((-2.25, 2.25), (-0.54, 2.46), 0),
    ("application", "domain"): ((-2.35, 2.02), (-1.6, 1.55), 0),
    ("port", "domain"): ((0.5, 2.32), (0.5, 1.55), 0),
    ("reading", "port"): ((3.84, 3.1), (1.54, 2.6), 0),
    ("reading", "application"): ((3.84, 3.15), (-2.25, 2.3), 0.1),
    ("reading", "domain"): ((4.2, 2.99), (3.05, 1.55), 0),
    ("storage", "port"): ((4.95, 1.8), (1.54, 2.46), 0),
    ("storage", "application"): ((4.95, -2.8), (-2.35, -2.6), 0),
    ("storage", "domain"): ((4.95, -0.2), (3.6, -0.2), 0),
}
"""Start, end and bend of the arrow between two parts."""

COLUMNS = {
    "application": (-3.65, -0.1, 0.68),
    "port": (0.5, 2.53, 0.5),
    "reading": (4.36, 3.2, 0.5),
    "storage": (5.825, -0.6, 0.8),
    "workbench": (-6.025, -0.2, 0.66),
}
"""The middle of each column of boxes, and the distance between its boxes."""

TALL = 0.42
WIDE = {"application": 1.6, "port": 2.04, "reading": 1.05, "domain": 1.3, "storage": 1.4, "workbench": 1.4}
"""The height and the widths of the boxes."""

COLOURS = {
    "domain": "aggregate",
    "port": "read model",
    "application": "command",
    "reading": "read model",
    "storage": "external system",
    "workbench": "actor",
}


def hexagon(
    sources: Mapping[str, str], finding: str = "Every arrow points inwards: the domain imports no store"
) -> Figure:
    """Draw the modules (see `read_packages`) and the imports between them."""
    arrows = imports(sources)
    sheet, axes = figure(finding, size=SIZE)
    axes.set(xlim=(-7, 7), ylim=(-3.5, 3.6), aspect="equal")
    axes.axis("off")
    _frames(axes)
    spots = _spots({place_of(name) for name in sources})
    for place, spot in spots.items():
        _box(axes, place, spot)
    for parts, many in sorted(_inwards(arrows).items()):
        start, end, bend = ARROWS[parts]
        _arrow(axes, start, end, bend, color=FAINT, lw=min(1.2 + 0.1 * many, 5.0))
    for line, wrong in enumerate(outward(arrows)):
        _wrong(axes, wrong, spots, -2.8 + 0.44 * line)
    return sheet


def _frames(axes: Axes) -> None:
    from matplotlib.patches import Polygon

    for (left, bottom, width, height), colour, name in FRAMES:
        edge = "none" if name == "storage" else FAINT
        _rounded(axes, (left, bottom), width, height, 0.15, facecolor=colour, edgecolor=edge, zorder=0)
    axes.add_patch(Polygon(OUTER, facecolor="#E3EEFA", edgecolor=INK, linewidth=2.2, zorder=0.1))
    axes.add_patch(Polygon(INNER, facecolor="#FFFDF2", edgecolor=INK, linewidth=1.4, zorder=0.2))
    for x, y, name, weight in HEADINGS:
        axes.text(x, y, name, ha="center", va="center", size=15, weight=weight, color=INK)


def _rounded(axes: Axes, corner: Spot, width: float, height: float, radius: float, **look: Any) -> None:
    from matplotlib.patches import FancyBboxPatch

    shape = f"round,pad=0,rounding_size={radius}"
    axes.add_patch(FancyBboxPatch(corner, width, height, boxstyle=shape, **look))


def _spots(places: set[Place]) -> dict[Place, Spot]:
    """Return the middle of each box: the domain in rows, the other parts in columns."""
    order = {place: number for number, place in enumerate(PLACES)}
    spots: dict[Place, Spot] = {}
    for part in {place.part for place in places}:
        boxes = [place for place in places if place.part == part]
        boxes.sort(key=lambda place: (order.get(place, -1), place.box))
        middles = _rows(len(boxes)) if part == "domain" else _column(part, len(boxes))
        spots |= zip(boxes, middles, strict=True)
    return spots


def _rows(count: int) -> list[Spot]:
    """Return the middles of boxes in rows of at most four, as equal in length as possible."""
    lines = -(-count // 4)
    short, longer = divmod(count, lines)
    rows = [short + (line < longer) for line in range(lines)]
    heights = zip(rows, _spread(lines, 0.62), strict=True)
    return [(0.5 + x, y - 0.33) for row, y in heights for x in reversed(_spread(row, 1.38))]


def _column(part: str, count: int) -> list[Spot]:
    """Return the middles of boxes from top to bottom; the application's follow the side of the hexagon."""
    x, middle, distance = COLUMNS[part]
    lean = 0.32 if part == "application" else 0
    return [(x + lean * abs(y), middle + y) for y in _spread(count, distance)]


def _spread(count: int, distance: float) -> list[float]:
    return [((count - 1) / 2 - place) * distance for place in range(count)]


def _box(axes: Axes, place: Place, spot: Spot) -> None:
    x, y = spot
    width, colour = WIDE[place.part], STICKY[COLOURS[place.part]]
    corner = (x - width / 2, y - TALL / 2)
    _rounded(axes, corner, width, TALL, 0.06, facecolor=colour, edgecolor="none", zorder=3)
    weight = "bold" if place.part == "port" else "normal"
    axes.text(x, y, place.box, ha="center", va="center", size=13, weight=weight, color=INK, zorder=4)


def _inwards(arrows: Iterable[Import]) -> Counter[tuple[str, str]]:
    """Count the imports from each part to another that is further in."""
    ways = [(place_of(arrow.importer), place_of(arrow.imported)) for arrow in arrows]
    return Counter((one.part, other.part) for one, other in ways if one.depth > other.depth)


def _arrow(axes: Axes, start: Spot, end: Spot, bend: float = 0, **look: Any) -> None:
    shape = {"arrowstyle": "-|>", "mutation_scale": 18, "shrinkA": 0, "shrinkB": 0}
    shape |= {"connectionstyle": f"arc3,rad={bend}"}
    axes.annotate("", xy=end, xytext=start, arrowprops=shape | look, zorder=3.5)


def _wrong(axes: Axes, wrong: Import, spots: Mapping[Place, Spot], y: float) -> None:
    """Draw an import that points outwards: a red arrow from box to box, and a sentence."""
    start, end = place_of(wrong.importer), place_of(wrong.imported)
    red = STICKY["hot spot"]
    leave, reach = _edge(start, spots[start], spots[end]), _edge(end, spots[end], spots[start])
    _arrow(axes, leave, reach, color=red, lw=4, mutation_scale=26)
    tag = {"boxstyle": "round,pad=0.3", "facecolor": red, "edgecolor": "none"}
    words = f"{wrong.importer} imports {wrong.imported}"
    axes.text(0.5, y, words, ha="center", size=15, weight="bold", color=PAPER, bbox=tag, zorder=6)


def _edge(place: Place, spot: Spot, other: Spot) -> Spot:
    """Return the middle of the side of a box that faces another box."""
    across = other[0] - spot[0]
    if abs(across) > WIDE[place.part]:
        return spot[0] + WIDE[place.part] / 2 * (1 if across > 0 else -1), spot[1]
    return spot[0], spot[1] + TALL / 2 * (1 if other[1] > spot[1] else -1)
