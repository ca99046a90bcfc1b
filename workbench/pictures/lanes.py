"""A film strip with lanes: who did what, in which order. Time runs to the right, one step per column.

A step is a name, a kind of sticky note, a heading and a text. Read `figures.py` for pictures of a log.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from workbench.pictures.sticky import arrow, height_for, note, wall
from workbench.pictures.style import FAINT, INK

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAMES = 0.5
"""The space for the names of the lanes, in note widths."""


def lanes(steps: Sequence[tuple[str, str, str, str]], finding: str) -> Figure:
    """Draw a lane for each name, in the order of their first steps; arrows join the steps in time order."""
    who = list(dict.fromkeys(name for name, *_ in steps))
    tall = max([0.5, *(height_for(heading, text) for *_, heading, text in steps)])
    gap = tall + 0.25
    sheet, axes = wall(finding, max(len(steps), 3) + NAMES, gap * len(who) + 0.1)
    middle = {name: gap * (len(who) - 1 - place) + tall / 2 + 0.1 for place, name in enumerate(who)}
    for name, y in middle.items():
        axes.axhline(y, color=FAINT, linewidth=1, zorder=0)
        axes.text(0.02, y + 0.05, name, va="bottom", size=15, weight="bold", color=INK)
    for place, (name, kind, heading, text) in enumerate(steps):
        note(axes, kind, (NAMES + place + 0.06, middle[name] - tall / 2), (0.86, tall), heading, text)
    for place, ((before, *_), (after, *_)) in enumerate(pairwise(steps)):
        x = NAMES + place
        arrow(axes, (x + 0.92, middle[before]), (x + 1.06, middle[after]))
    return sheet
