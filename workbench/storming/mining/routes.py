"""Compute the coordinates of a directly-follows graph from the slots of `tracks.py`.

Read `sheet.py` next: it puts several graphs on one sheet, with their texts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from math import cos, pi, sin
from typing import NamedTuple

from workbench.storming.drawing.boxes import Box
from workbench.storming.drawing.scene import Point
from workbench.storming.mining.layers import FEW_COLUMNS
from workbench.storming.mining.tracks import Grid, Way

NOTE = 150.0
"""The width of a note, in board units."""

GAP, STEEP, MOST = 44.0, 0.12, 110.0
"""The smallest width of a gap, what it gains from the height of an arrow in it, the largest width."""

STRAIGHT, TRACK, LANE, ROUND = 22.0, 14.0, 66.0, 12.0
"""What is straight at a note, between two upright tracks, the height of a lane, the radius of a corner."""

LOOP_HIGH, LOOP_WIDE = 40.0, 64.0

Ports = Mapping[tuple[int, bool], float]
"""The height of each way at its left and (True) its right end."""


class Routes(NamedTuple):
    """A box for each note; for each way its points and the middle of its label; the size of it all."""

    boxes: list[Box]
    ways: list[list[Point]]
    labels: list[Point]
    size: Point


def routes(heights: Sequence[float], layers: Sequence[int], ways: Sequence[Way]) -> Routes:
    """Return where the notes of a connected graph and the ways between them are, from (0, 0) on."""
    grid = Grid(heights, layers, ways)
    across = _Across(grid, _ports(grid))
    lanes = _lanes(grid, across)
    tops, bottom = _stacked(grid, lanes)
    for (row, _), slots in grid.columns.items():
        for slot in slots:
            slot.y += tops[row]
    ports = _ports(grid)
    lane_heights = {
        number: _bottom(grid, grid.notes[grid.ends(number)[0]].place[0]) + LANE * (lane + 0.5)
        for number, lane in lanes.items()
    }
    drawn = [_drawn(grid, across, ports, lane_heights, number) for number in range(len(ways))]
    boxes = [_box(grid, across, note) for note in range(len(heights))]
    return Routes(boxes, [way for way, _ in drawn], [label for _, label in drawn], (across.wide, bottom))


class _Across:
    """The left and right edges of all columns, and the upright tracks of the ways between rows."""

    def __init__(self, grid: Grid, ports: Ports) -> None:
        last = 2 * (FEW_COLUMNS - 1)
        tracks = _tracks(grid)
        rises, wide = _rises(grid, ports), _label_widths(grid)
        used = {column for _, column in grid.columns}
        self.edges: dict[int, tuple[float, float]] = {}
        x = self._room(len(tracks[-1]), 0.0) if tracks[-1] else 0.0
        for column in range(min(last, max(used)) + 1):
            right = x + (wide[column] if column % 2 else NOTE)
            self.edges[column] = x, right
            x = right + (
                self._room(len(tracks[column]), rises[column]) if column < max(used) or tracks[column] else 0
            )
        self.wide = x
        self.track = {
            (number, bool(gap % 2)): self._track(gap, place)
            for gap, numbers in tracks.items()
            for place, number in enumerate(numbers)
        }

    @staticmethod
    def _room(tracks: int, rise: float) -> float:
        return min(GAP + STEEP * rise, MOST) + (STRAIGHT + TRACK * tracks if tracks else 0)

    def _track(self, gap: int, place: int) -> float:
        """Return where a track is: right of a column of notes, or left of one."""
        away = STRAIGHT + 8 + TRACK * place
        return self.edges[gap + 1][0] - away if gap % 2 else self.edges[gap][1] + away


def _tracks(grid: Grid) -> dict[int, list[int]]:
    """Return for each gap, by the column before it, the ways between rows that run up or down in it."""
    found = defaultdict[int, list[int]](list)
    for number in grid.far:
        left, right = (grid.notes[note] for note in grid.ends(number))
        found[left.place[1]].append(number)
        found[right.place[1] - 1].append(number)
    return found


def _rises(grid: Grid, ports: Ports) -> dict[int, float]:
    """Return for each gap how far the steepest way in it goes up or down."""
    found = defaultdict[int, float](float)
    for number, chain in grid.chains.items():
        for (_, height), (slot, below) in pairwise(zip(chain, _heights(grid, ports, number), strict=True)):
            gap = slot.place[1] - 1
            found[gap] = max(found[gap], abs(height - below))
    return found


def _label_widths(grid: Grid) -> dict[int, float]:
    found = defaultdict[int, float](float)
    for number, slot in grid.labels.items():
        found[slot.place[1]] = max(found[slot.place[1]], grid.ways[number].wide)
    for number in grid.far:
        left, right = (grid.notes[note].place[1] for note in grid.ends(number))
        if right == left + 2:
            found[left + 1] = max(found[left + 1], grid.ways[number].wide)
    return found


def _heights(grid: Grid, ports: Ports, number: int) -> list[float]:
    inner = [slot.y for slot in grid.chains[number][1:-1]]
    return [ports[number, False], *inner, ports[number, True]]


def _ports(grid: Grid) -> dict[tuple[int, bool], float]:
    """Spread the ways over the sides of their notes, in the order of where they lead."""
    sides = defaultdict[tuple[int, bool], list[tuple[float, int]]](list)
    for number in range(len(grid.ways)):
        if number in grid.loops:
            continue
        chain = grid.chains.get(number)
        for right, note in enumerate(grid.ends(number)):
            beyond = float("-inf" if right else "inf") if chain is None else chain[-2 if right else 1].y
            sides[note, bool(right)].append((beyond, number))
    found = {}
    for (note, right), numbers in sides.items():
        slot = grid.notes[note]
        for place, (_, number) in enumerate(sorted(numbers), 1):
            found[number, right] = slot.y + slot.down * (2 * place / (len(numbers) + 1) - 1)
    return found


def _lanes(grid: Grid, across: _Across) -> dict[int, int]:
    """Return the lane of each way between rows; ways that do not meet share one."""
    lanes = defaultdict[int, list[list[tuple[float, float]]]](list)
    found = {}
    for number in grid.far:
        mine = lanes[grid.notes[grid.ends(number)[0]].place[0]]
        low, high = sorted(across.track[number, side] for side in (False, True))
        free = (
            lane
            for lane, taken in enumerate(mine)
            if all(high < a - ROUND or b + ROUND < low for a, b in taken)
        )
        found[number] = next(free, len(mine))
        if found[number] == len(mine):
            mine.append([])
        mine[found[number]].append((low, high))
    return found


def _stacked(grid: Grid, lanes: Mapping[int, int]) -> tuple[list[float], float]:
    """Return what each row moves down, so that it is below the lanes of the row above; and the bottom."""
    moves, y = [], 0.0
    for row in range(grid.rows):
        top = min(slot.y - slot.up for (at, _), slots in grid.columns.items() if at == row for slot in slots)
        moves.append(y - top)
        many = [
            lane + 1 for number, lane in lanes.items() if grid.notes[grid.ends(number)[0]].place[0] == row
        ]
        y += _bottom(grid, row) - top + LANE * max(many, default=0) + (ROUND if many else 0)
    return moves, y


def _bottom(grid: Grid, row: int) -> float:
    return max(slot.y + slot.down for (at, _), slots in grid.columns.items() if at == row for slot in slots)


def _box(grid: Grid, across: _Across, note: int) -> Box:
    slot = grid.notes[note]
    left, right = across.edges[slot.place[1]]
    return Box(left, slot.y - slot.down, right, slot.y + slot.down)


def _drawn(
    grid: Grid, across: _Across, ports: Ports, lanes: Mapping[int, float], number: int
) -> tuple[list[Point], Point]:
    """Return the points of a way from its source to its target, and the middle of its label."""
    if number in grid.loops:
        return _loop(_box(grid, across, grid.ways[number].source))
    if number in lanes:
        points, label = _far(grid, across, ports, lanes[number], number)
    else:
        points = [*_chained(grid, across, ports, number)]
        slot = grid.labels[number]
        left, right = across.edges[slot.place[1]]
        label = (left + right) / 2, slot.y
    return points if grid.ends(number)[0] == grid.ways[number].source else points[::-1], label


def _loop(box: Box) -> tuple[list[Point], Point]:
    """Return an arrow from the top of a note back to it, and the middle of the label above."""
    middle = (box.left + box.right) / 2
    turns = [pi * step / 16 for step in range(17)]
    arch = [(middle - LOOP_WIDE / 2 * cos(a), box.top - 14 - (LOOP_HIGH - 14) * sin(a)) for a in turns]
    ends = (arch[0][0], box.top), (arch[-1][0], box.top)
    return [ends[0], *arch, ends[1]], (middle, box.top - LOOP_HIGH - 28)


def _chained(grid: Grid, across: _Across, ports: Ports, number: int) -> Iterator[Point]:
    """Yield the points of a way within its row: straight in its slots, bent in the gaps."""
    steps = [*zip(grid.chains[number], _heights(grid, ports, number), strict=True)]
    for (one, y), (other, below) in pairwise(steps):
        x, right = across.edges[one.place[1]][1], across.edges[other.place[1]][0]
        yield x, y
        start = x + (STRAIGHT if one is steps[0][0] else 0)
        end = right - (STRAIGHT if other is steps[-1][0] else 0)
        for step in range(17):
            t = step / 16
            yield start + (end - start) * t, y + (below - y) * t * t * (3 - 2 * t)
        yield right, below


def _far(grid: Grid, across: _Across, ports: Ports, lane: float, number: int) -> tuple[list[Point], Point]:
    """Return the points of a way to another row, and the middle of its label above a column it passes."""
    left, right = (grid.notes[note].place[1] for note in grid.ends(number))
    out, into = across.track[number, False], across.track[number, True]
    begin, end = ports[number, False], ports[number, True]
    corners = [(across.edges[left][1], begin), (out, begin), (out, lane), (into, lane), (into, end)]
    low, high = sorted((out, into))
    passed = [sum(edge) / 2 for edge in across.edges.values() if low <= edge[0] and edge[1] <= high]
    wide = [sum(across.edges[at]) / 2 for at in range(0, 2 * FEW_COLUMNS, 2) if at in across.edges]
    notes = [x for x in passed if x in wide] or passed
    return _rounded([*corners, (across.edges[right][0], end)]), (notes[len(notes) // 2], lane)


def _rounded(corners: Sequence[Point]) -> list[Point]:
    """Return a line with its right angles rounded."""
    points = [corners[0]]
    for (a, b), (x, y), (u, v) in zip(corners, corners[1:], corners[2:], strict=False):
        before, after = max(abs(x - a), abs(y - b)), max(abs(u - x), abs(v - y))
        near, far = min(ROUND, before / 2) / (before or 1), min(ROUND, after / 2) / (after or 1)
        start, end = (x + (a - x) * near, y + (b - y) * near), (x + (u - x) * far, y + (v - y) * far)
        for t in (0, 0.25, 0.5, 0.75, 1):
            first, middle, last = (1 - t) ** 2, 2 * t * (1 - t), t * t
            points.append(
                (
                    first * start[0] + middle * x + last * end[0],
                    first * start[1] + middle * y + last * end[1],
                )
            )
    return [*points, corners[-1]]
