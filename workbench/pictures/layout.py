"""Draw the layout of the two packages: `python -m workbench.pictures.layout docs/layout.svg`.

Each room is a box with its lines of Python, with arrows to the rooms that it imports, read from the source by
`rooms.py`. The same source gives the same file.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from workbench.pictures.import_graph import LIBRARY, PACKAGES, WORKBENCH, Import, read_packages
from workbench.pictures.rooms import BASE, Room, room_arrows, rooms
from workbench.pictures.style import FAINT, INK, PAPER, STICKY

FINDING = "The workbench imports the library, never the other way"

FLOORS = (
    ("cli", "classroom", "scenarios", "simulation"),
    ("setup", "servers", "storming", "pictures", "city"),
    ("charging", "modeling", "store", "reading"),
)
"""The rooms from left to right: two floors of the workbench, and the library. A room that is not listed is
drawn at the right end of its package's last floor.
"""

COLOURS = {
    "charging": "aggregate",
    "modeling": "command",
    "store": "external system",
    "reading": "read model",
}
"""The same colours as in the hexagon. The workbench's rooms are yellow."""

WIDTH, HEIGHT, MARGIN, GAP = 1280, 720, 44, 38
FLOOR_TOPS, FLOOR_HEIGHTS = (134, 266, 496), (76, 108, 108)
"""All measures are pixels."""

STYLE = f"""
  text {{ font-family: 'DejaVu Sans', Verdana, system-ui, sans-serif; fill: {INK}; }}
  .paper {{ fill: {PAPER}; }} .frame {{ fill: #F4F3EF; stroke: {FAINT}; }}
  .arrow {{ fill: none; stroke: {FAINT}; stroke-width: 3; }}
  .wide {{ stroke-width: 6; }} .head {{ fill: {FAINT}; }} .part {{ fill: {PAPER}; opacity: 0.75; }}
  @media (prefers-color-scheme: dark) {{
    .paper {{ fill: #14171F; }} .frame {{ fill: #232936; stroke: #8B93A3; }}
    .arrow {{ stroke: #B4BBC8; }} .head {{ fill: #B4BBC8; }} .outside {{ fill: #EDEFF3; }}
  }}
"""


BOLD, RIGHT, OUTSIDE = {"font_weight": "bold"}, {"text_anchor": "end"}, {"class": "outside"}
"""Attributes of texts; texts `OUTSIDE` the boxes are light in a dark theme."""


class Box(NamedTuple):
    """A rectangle: left, top, width, height."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> tuple[float, float]:
        """The point in its middle."""
        return self.x + self.width / 2, self.y + self.height / 2


def layout(sources: Mapping[str, str]) -> str:
    """Return the picture as an SVG document, for the sources of `read_packages`."""
    found = rooms(sources)
    boxes = _boxes(found)
    picture = _canvas()
    for package in PACKAGES:
        lines = sum(room.lines for room in found if room.package == package)
        _frame(picture, package, lines, boxes[package])
    for room in found:
        _draw(picture, room, boxes[room.name])
    for arrow in room_arrows(sources):
        _arrow(picture, arrow, _way(boxes[arrow.importer], boxes[arrow.imported]))
    indent(picture)
    return tostring(picture, encoding="unicode") + "\n"


def rounded(lines: int) -> int:
    """Round a number of lines to two digits, so that the picture does not change with every edit."""
    return int(float(f"{lines:.2g}"))


def _boxes(found: Iterable[Room]) -> dict[str, Box]:
    floors: list[list[Room]] = [[], [], []]
    boxes = {
        WORKBENCH: Box(24, 84, WIDTH - 48, 310),
        LIBRARY: Box(24, 446, WIDTH - 48, 252),
        BASE: Box(MARGIN, 624, WIDTH - 2 * MARGIN, 54),
    }
    for room in found:
        if room.name != BASE:
            floors[_floor(room)].append(room)
    for floor, names, top, height in zip(floors, FLOORS, FLOOR_TOPS, FLOOR_HEIGHTS, strict=True):
        floor.sort(key=lambda room: names.index(room.short) if room.short in names else len(names))
        wide = [max(124, _width(room.parts)) for room in floor]
        spare = (WIDTH - 2 * MARGIN - GAP * (len(floor) - 1) - sum(wide)) / len(floor)
        x: float = MARGIN
        for room, width in zip(floor, wide, strict=True):
            boxes[room.name] = Box(x, top, width + spare, height)
            x += width + spare + GAP
    return boxes


def _floor(room: Room) -> int:
    if room.package == LIBRARY:
        return 2
    return 0 if room.short in FLOORS[0] else 1


def _width(parts: Iterable[str]) -> float:
    """Return the width that the folders in a room need."""
    return sum(_part_width(part) + 6 for part in parts) + 22


def _part_width(part: str) -> float:
    return 9.3 * len(part) + 14


def _canvas() -> Element:
    size = {"viewBox": f"0 0 {WIDTH} {HEIGHT}", "width": f"{WIDTH}", "height": f"{HEIGHT}"}
    picture = Element("svg", size | {"xmlns": "http://www.w3.org/2000/svg", "role": "img"})
    SubElement(picture, "title").text = FINDING
    SubElement(picture, "style").text = STYLE
    head = {"id": "head", "viewBox": "0 0 10 10", "refX": "9.5", "refY": "5", "orient": "auto"}
    head |= {"markerWidth": "4.5", "markerHeight": "4.5"}
    marker = SubElement(SubElement(picture, "defs"), "marker", head)
    SubElement(marker, "path", {"d": "M 0 0 L 10 5 L 0 10 z", "class": "head"})
    SubElement(picture, "rect", {"class": "paper", "width": f"{WIDTH}", "height": f"{HEIGHT}"})
    _text(picture, 24, 52, FINDING, 30, **BOLD, **OUTSIDE)
    return picture


def _frame(picture: Element, package: str, lines: int, box: Box) -> None:
    _rectangle(picture, box, 14, {"class": "frame"})
    _text(picture, MARGIN, box.y + 34, package, 22, **BOLD, **OUTSIDE)
    _text(picture, WIDTH - MARGIN, box.y + 34, _lines(lines), 17, **OUTSIDE, **RIGHT)


def _draw(picture: Element, room: Room, box: Box) -> None:
    group = SubElement(picture, "g", {"id": room.name, "data-lines": f"{rounded(room.lines)}"})
    colour = STICKY[COLOURS.get(room.short, "actor")] if room.name != BASE else PAPER
    _rectangle(group, box, 8, {"fill": colour})
    if room.name == BASE:
        _text(group, box.x + 14, box.y + 35, ", ".join(room.parts), 20, **BOLD)
        _text(group, box.x + box.width - 14, box.y + 35, f"{_lines(room.lines)}, for every room", 16, **RIGHT)
        return
    _text(group, box.x + 14, box.y + 32, room.short, 20, **BOLD)
    _text(group, box.x + 14, box.y + 57, _lines(room.lines), 16)
    x = box.x + 14
    for part in room.parts:
        _rectangle(group, Box(x, box.y + 71, _part_width(part), 27), 6, {"class": "part"})
        _text(group, x + _part_width(part) / 2, box.y + 90, part, 15, text_anchor="middle")
        x += _part_width(part) + 6


def _lines(lines: int) -> str:
    return f"{rounded(lines):,} lines"


def _way(start: Box, end: Box) -> str:
    """Return the path of an arrow: straight between neighbours, otherwise a curve from edge to edge."""
    (x, y), (to_x, to_y) = start.middle, end.middle
    right, level = to_x > x, start.y == end.y
    if level and abs(to_x - x) < (start.width + end.width) / 2 + GAP + 1:
        goal = end.x + end.width * (not right)
        return f"M {_number(start.x + start.width * right)} {_number(y)} H {_number(goal)}"
    leave, reach = start.y + start.height * (to_y > y), end.y + end.height * (to_y < y)
    bend = start.y - 24 if level else (leave + reach) / 2
    points = [(x, leave), (x, bend), (to_x, bend), (to_x, reach)]
    first, *others = (f"{_number(x)} {_number(y)}" for x, y in points)
    return f"M {first} C {', '.join(others)}"


def _arrow(picture: Element, arrow: Import, way: str) -> None:
    ends = {"data-importer": arrow.importer, "data-imported": arrow.imported}
    look = "arrow wide" if arrow.importer in PACKAGES else "arrow"
    SubElement(picture, "path", {"d": way, "class": look, "marker-end": "url(#head)"} | ends)


def _rectangle(parent: Element, box: Box, radius: int, look: dict[str, str]) -> None:
    names = ("x", "y", "width", "height")
    place = {name: _number(value) for name, value in zip(names, box, strict=True)}
    SubElement(parent, "rect", place | {"rx": f"{radius}"} | look)


def _text(parent: Element, x: float, y: float, words: str, size: int, **look: str) -> None:
    place = {"x": _number(x), "y": _number(y), "font-size": f"{size}"}
    SubElement(
        parent, "text", place | {name.replace("_", "-"): value for name, value in look.items()}
    ).text = words


def _number(value: float) -> str:
    return f"{value:g}" if value == int(value) else f"{value:.1f}"


def main() -> None:
    """Write the picture to the file given on the command line."""
    if len(sys.argv) != 2:
        sys.exit("usage: python -m workbench.pictures.layout docs/layout.svg")
    Path(sys.argv[1]).write_text(layout(read_packages()), "utf-8")


if __name__ == "__main__":
    main()
