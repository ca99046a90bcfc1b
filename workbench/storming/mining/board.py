"""Turn a directly-follows graph into a wall: a note for each event type, an arrow for each arc.

Read `conformance.py` next: it compares a wall that people made with the log.
"""

from __future__ import annotations

import re
from itertools import count

from workbench.storming.commands import Command, LinkNotes, PlaceNote
from workbench.storming.events import Kind
from workbench.storming.mining.discovery import DirectlyFollows
from workbench.storming.mining.layers import places

ACROSS, DOWN = 240, 200
"""The distance from one note to the next, in board units."""


def mined(graph: DirectlyFollows) -> list[Command]:
    """Return the commands that put a graph on an empty wall, without arrows from a note to itself."""
    where = places(graph.activities, graph.arcs)
    ids = dict(zip(graph.activities, map("n{}".format, count(1)), strict=False))
    notes = [
        PlaceNote(Kind.EVENT, _note_text(graph, name), (1 + column) * ACROSS, (1 + row) * DOWN, ids[name])
        for name, (column, row) in sorted(where.items(), key=lambda one: int(ids[one[0]][1:]))
    ]
    arrows = [LinkNotes(ids[arc.source], ids[arc.target]) for arc in graph.arcs if arc.source != arc.target]
    return [*notes, *arrows]


def spaced(name: str) -> str:
    """Return an event type with spaces, as on a note: `ChargingStarted` gives Charging Started."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)


def _note_text(graph: DirectlyFollows, name: str) -> str:
    times = graph.activities[name]
    lines = [spaced(name), f"{times:,} {'time' if times == 1 else 'times'}"]
    if begins := graph.start_activities.get(name):
        lines.append(f"begins {begins:,}")
    if ends := graph.end_activities.get(name):
        lines.append(f"ends {ends:,}")
    return "\n".join(lines)
