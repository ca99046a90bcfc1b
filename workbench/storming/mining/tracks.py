"""Find the way of each arrow of a directly-follows graph, so that it meets no note and no text.

Columns of notes alternate with columns of labels, and all that passes through a column has a slot of its own
there. Arrows bend only in the gaps in between, where nothing else is. A graph with many columns is folded
into rows, like the lines of a text; an arrow between two rows has a lane below the upper one. An arrow that
closes a circle runs to the left. Read `routes.py` next: it computes the coordinates.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import fmean
from typing import NamedTuple

from workbench.storming.mining.layers import FEW_COLUMNS

PORT, SPACE, PASS = 22.0, 12.0, 9.0
"""Between two arrows at a note, between two slots, and half the height of an arrow without a label."""

LABEL, LOOP = 29.0, 94.0
"""Half the height of a label, with the arrow in its middle; the height of a loop with its label."""

SWEEPS = 12
"""How often the order and the heights of the slots are improved."""

Place = tuple[int, int]
"""A row of the folded graph, and a column: even for notes, odd for labels."""


class Way(NamedTuple):
    """An arrow that needs a way: its ends as places in the list of notes, and the width of its label."""

    source: int
    target: int
    wide: float


@dataclass(eq=False)
class Slot:
    """A part of a column: a note, or the place where an arrow passes, with or without its label."""

    place: Place
    up: float
    down: float
    y: float = 0.0
    beside: list[Slot] = field(default_factory=list)


class Grid:
    """The slots of one connected graph: notes in layers, given by their heights, and the ways in between.

    `chains` has the slots of each way from its left end to its right end; ways in `far` lead from one row to
    another and ways in `loops` to the same note, and both have no slots.
    """

    def __init__(self, heights: Sequence[float], layers: Sequence[int], ways: Sequence[Way]) -> None:
        self.ways, self._layers = ways, layers
        self.columns = defaultdict[Place, list[Slot]](list)
        self.chains: dict[int, list[Slot]] = {}
        self.labels: dict[int, Slot] = {}
        self.loops = [number for number, way in enumerate(ways) if way.source == way.target]
        self.far: list[int] = []
        self.notes = self._notes(heights)
        for number in range(len(ways)):
            if number not in self.loops:
                self._lay(number)
        self._order()
        self._level()

    def ends(self, number: int) -> tuple[int, int]:
        """Return the notes at the left and the right end of a way."""
        one, other, _ = self.ways[number]
        return (one, other) if self._layers[one] <= self._layers[other] else (other, one)

    @property
    def rows(self) -> int:
        """The number of rows."""
        return 1 + max(row for row, _ in self.columns)

    def _notes(self, heights: Sequence[float]) -> list[Slot]:
        """Put the notes into their columns, high enough for their arrows."""
        straight = [self.ends(number) for number in range(len(self.ways)) if number not in self.loops]
        busiest = Counter(left for left, _ in straight) | Counter(right for _, right in straight)
        looped = {self.ways[number].source for number in self.loops}
        notes = []
        for note, height in enumerate(heights):
            row, column = divmod(self._layers[note], FEW_COLUMNS)
            half = max(height, PORT * (busiest[note] + 1)) / 2
            notes.append(self._slot((row, 2 * column), half + LOOP * (note in looped), half))
        return notes

    def _slot(self, place: Place, up: float, down: float) -> Slot:
        slot = Slot(place, up, down)
        self.columns[place].append(slot)
        return slot

    def _lay(self, number: int) -> None:
        """Give a way its slots; its label goes where the fewest labels are."""
        left, right = (self.notes[note] for note in self.ends(number))
        (row, first), (last_row, last) = left.place, right.place
        if row != last_row:
            self.far.append(number)
            return
        crowds = Counter(slot.place[1] for slot in self.labels.values() if slot.place[0] == row)
        labelled = min(range(first + 1, last, 2), key=lambda column: (crowds[column], column))
        inner = []
        for column in range(first + 1, last):
            half = LABEL if column == labelled else PASS
            inner.append(self._slot((row, column), half, half))
        self.labels[number] = inner[labelled - first - 1]
        self.chains[number] = [left, *inner, right]
        for one, other in pairwise(self.chains[number]):
            one.beside.append(other)
            other.beside.append(one)

    def _order(self) -> None:
        """Sort each column by the mean places of the slots beside, to and fro, so that few arrows cross."""
        for sweep in range(SWEEPS):
            step = 1 if sweep % 2 else -1
            for place in sorted(self.columns, reverse=step < 0):
                row, column = place
                rank = (
                    {slot: at for at, slot in enumerate(self.columns[row, column - step])}
                    if ((row, column - step) in self.columns)
                    else {}
                )
                slots = self.columns[place]
                now = {slot: at * max(len(rank), 1) / len(slots) for at, slot in enumerate(slots)}
                means = {
                    slot: fmean(near)
                    if (near := [rank[one] for one in slot.beside if one in rank])
                    else now[slot]
                    for slot in slots
                }
                slots.sort(key=means.__getitem__)

    def _level(self) -> None:
        """Move each slot as close as possible to the height of those beside it, to and fro."""
        for slots in self.columns.values():
            _spread(slots, [0.0] * len(slots))
        for sweep in range(SWEEPS):
            for place in sorted(self.columns, reverse=bool(sweep % 2)):
                slots = self.columns[place]
                _spread(slots, [fmean(one.y for one in slot.beside or [slot]) for slot in slots])


def _spread(slots: Sequence[Slot], wanted: Sequence[float]) -> None:
    """Set the heights next to the wanted ones, in order and apart; those that collide share the error."""
    offset, offsets = 0.0, [0.0]
    for above, below in pairwise(slots):
        offset += above.down + SPACE + below.up
        offsets.append(offset)
    pools: list[tuple[float, int]] = []
    for height, off in zip(wanted, offsets, strict=True):
        pools.append((height - off, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (one, few), (other, more) = pools[-2:]
            pools[-2:] = [((one * few + other * more) / (few + more), few + more)]
    levels = [level for level, many in pools for _ in range(many)]
    for slot, level, off in zip(slots, levels, offsets, strict=True):
        slot.y = level + off
