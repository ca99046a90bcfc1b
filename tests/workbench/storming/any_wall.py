"""Random walls for Hypothesis, made from random commands; impossible ones are skipped."""

from __future__ import annotations

from collections import Counter

from hypothesis import strategies as st

from workbench.storming.commands import (
    AssignHotSpot,
    DrawArea,
    EnterPhase,
    LinkNotes,
    MarkPivot,
    Overrule,
    PlaceNote,
    RemoveNote,
    ResolveHotSpot,
    RetypeNote,
)
from workbench.storming.events import AreaKind, Kind, Phase
from workbench.storming.gestures import BoardError, decide
from workbench.storming.wall import EMPTY, Wall, fold

ODD = [
    "",
    "a -> b",
    "{x}",
    '"q"',
    "#2 x",
    "a #2",
    "| y",
    "line\n  two\n\n| three",
    "event: x",
    "→",
    "a, in b",
    " {",
    ":",
]

texts = st.one_of(
    st.sampled_from(["Car Plugged In", "car  plugged in", "Start Charging", "Driver", "charging"]),
    st.sampled_from(ODD),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
)
places = st.one_of(st.integers(-900, 900), st.floats(-1e6, 1e6))
sizes = st.one_of(st.integers(1, 900), st.floats(1, 1e6))
ids = st.sampled_from(["n1", "n2", "n3", "n4"])

doings = st.one_of(
    st.builds(PlaceNote, st.sampled_from(Kind), texts, places, places),
    st.builds(DrawArea, st.sampled_from(AreaKind), texts, places, places, sizes, sizes),
    st.builds(LinkNotes, ids, ids),
    st.builds(MarkPivot, ids),
    st.builds(ResolveHotSpot, ids, texts),
    st.builds(AssignHotSpot, ids, texts),
    st.builds(RetypeNote, ids, st.sampled_from(Kind)),
    st.builds(RemoveNote, ids),
    st.builds(EnterPhase, st.none() | st.sampled_from(Phase)),
    st.builds(Overrule, texts, texts),
)


def done(commands: list, wall: Wall = EMPTY) -> Wall:
    """Return the wall after all possible ones of these commands."""
    for command in commands:
        try:
            wall = fold(decide(wall, command), wall)
        except BoardError:
            continue
    return wall


walls = st.builds(done, st.lists(doings, max_size=30))


def shown(wall: Wall) -> tuple[object, ...]:
    """Return what is visible on a wall, independent of ids."""
    say = {id_: (*list(vars(note).values())[1:], wall.context_of(note)) for id_, note in wall.notes.items()}
    links = Counter((say[a.id], say[b.id]) for a, b in wall.links)
    areas = Counter(tuple(vars(area).values())[1:] for area in wall.areas.values())
    return Counter(say.values()), links, areas, wall.phase, dict(wall.overruled)
