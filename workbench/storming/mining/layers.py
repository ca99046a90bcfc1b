"""Order the event types of a directly-follows graph in columns: types that mostly come first are on the left.

`places` gives each type a place on a wall. Read `tracks.py` next: it finds the way of each arrow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count

from workbench.storming.mining.arcs import Arc
from workbench.storming.reachable import reachable

Counted = Mapping[str, int]
"""How often each event type occurs."""

FEW_COLUMNS = 5


def places(activities: Counted, arcs: Sequence[Arc]) -> dict[str, tuple[int, int]]:
    """Return a column and a row for each event type, each place once.

    Connected types form a band, ordered by their frequent arcs; short bands stand side by side.
    """
    column_of = columns(activities, arcs)
    found: dict[str, tuple[int, int]] = {}
    taken: set[tuple[int, int]] = set()
    left, top, bottom = 0, 0, 0
    for band in bands(activities, arcs):
        width = 1 + max(column_of[name] for name in band)
        if left and left + width > FEW_COLUMNS:
            left, top = 0, bottom
        for name in band:
            column = left + column_of[name]
            found[name] = next((column, row) for row in count(top) if (column, row) not in taken)
            taken.add(found[name])
            bottom = max(bottom, 1 + found[name][1])
        left += width
    return found


def columns(activities: Counted, arcs: Sequence[Arc]) -> dict[str, int]:
    """Return the length of the longest path to each type, without arcs that close a circle.

    Arcs with the largest share of their target's events are added first. The types before and after each
    type are the bits of two numbers, so that thousands of arcs take a moment.
    """
    number = {name: place for place, name in enumerate(activities)}
    before, after = [1 << place for place in number.values()], [1 << place for place in number.values()]
    kept: list[tuple[int, int]] = []
    for arc in sorted(arcs, key=lambda arc: -arc.frequency / activities[arc.target]):
        source, target = number[arc.source], number[arc.target]
        if not after[target] >> source & 1:
            kept.append((source, target))
            _join(before, after, source, target)
    found = [0] * len(number)
    for source, target in sorted(kept, key=lambda way: before[way[0]].bit_count()):
        found[target] = max(found[target], found[source] + 1)
    return {name: found[place] for name, place in number.items()}


def _join(before: list[int], after: list[int], source: int, target: int) -> None:
    """Note that everything up to `source` now comes before everything from `target` on."""
    if after[source] >> target & 1:
        return
    earlier, later = before[source], after[target]
    for place in _bits(earlier):
        after[place] |= later
    for place in _bits(later):
        before[place] |= earlier


def _bits(number: int) -> list[int]:
    return [place for place in range(number.bit_length()) if number >> place & 1]


def bands(activities: Counted, arcs: Sequence[Arc]) -> list[list[str]]:
    """Return the groups of connected types, the largest first."""
    beside: dict[str, set[str]] = {name: set() for name in activities}
    for arc in arcs:
        beside[arc.source].add(arc.target)
        beside[arc.target].add(arc.source)
    found: list[list[str]] = []
    seen: set[str] = set()
    for name in beside:
        if name not in seen:
            band = {name} | reachable([name], beside.__getitem__)
            seen |= band
            found.append(sorted(band, key=lambda name: (-activities[name], name)))
    return sorted(found, key=lambda band: (-len(band), -activities[band[0]], band))
