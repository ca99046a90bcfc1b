"""Colours, fonts and matplotlib settings for every picture; a colour means the same everywhere.

Figures have a paper-coloured background, so they look the same in a light and a dark notebook.
Read `figures.py` next: the pictures in this style.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import cycle
from textwrap import fill
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PAPER, INK, FAINT = "#FDFCF9", "#1F2430", "#6B7280"

STICKY = {
    "event": "#FF9F2E",
    "command": "#6FB1F0",
    "aggregate": "#FFF3B0",
    "actor": "#FFDF4D",
    "policy": "#C9A9EE",
    "read model": "#8FD694",
    "external system": "#FBB4CF",
    "hot spot": "#E5383B",
    "opportunity": "#C5E063",
}
"""The sticky notes of Event Storming: kind and colour."""


class Look(NamedTuple):
    """How a state is drawn: its name, a colour, a legible text colour, a symbol, a hatch for print."""

    word: str
    colour: str
    ink: str
    symbol: str
    hatch: str


STATUSES = (
    Look("Available", "#D6EFC9", INK, "○", ""),
    Look("Preparing", "#7ACCF7", INK, "◔", "."),
    Look("Charging", "#1C66C9", "#FFFFFF", "●", ""),
    Look("SuspendedEV", "#AD88F2", INK, "◐", "//"),
    Look("SuspendedEVSE", "#551A86", "#FFFFFF", "◑", "\\\\"),
    Look("Finishing", "#38A37F", INK, "◕", "-"),
    Look("Reserved", "#CDBE2B", INK, "◇", "||"),
    Look("Unavailable", "#616161", "#FFFFFF", "–", "xx"),
    Look("Faulted", "#C01622", "#FFFFFF", "✕", ""),
)
"""The nine connector statuses of OCPP 1.6. The circle fills as the session proceeds; the colours differ for
every kind of colour blindness.
"""

RC: dict[Any, Any] = {
    "figure.dpi": 144,
    "figure.facecolor": PAPER,
    "figure.constrained_layout.use": True,
    "figure.constrained_layout.h_pad": 0.12,
    "figure.constrained_layout.w_pad": 0.12,
    "axes.facecolor": PAPER,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.titlelocation": "left",
    "axes.titlesize": 18,
    "axes.titleweight": "bold",
    "axes.titlepad": 14,
    "axes.labelsize": 14,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "font.family": ["DejaVu Sans"],
    "font.size": 14,
    "hatch.linewidth": 0.8,
    "legend.fontsize": 13,
    "legend.frameon": False,
    "text.color": INK,
    "text.parse_math": False,  # a name with two dollar signs is a name, not a formula
    "timezone": "UTC",
    "xtick.color": INK,
    "xtick.labelsize": 13,
    "ytick.color": INK,
    "ytick.labelsize": 13,
}
"""Matplotlib settings for all pictures, legible from the back row."""


def use_style() -> None:
    """Apply the workshop's style to every figure of this kernel, including your own."""
    import matplotlib

    matplotlib.rcParams.update(RC)


def figure(
    finding: str, *, x: str = "", y: str = "", size: tuple[float, float] = (10, 4.5)
) -> tuple[Figure, Axes]:
    """Return a figure with the finding as title; `x` and `y` name the axes with units; size in inches."""
    from matplotlib import pyplot

    use_style()
    whole_pixels = tuple(round(side * 4) / 4 for side in size)  # at 144 dots an inch
    sheet, axes = pyplot.subplots(figsize=whole_pixels)
    axes.set_title(fill(finding, int(size[0] * 5.4)))
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    return sheet, axes


def looks_of(words: Iterable[object]) -> list[Look]:
    """Return a look for each state: connector statuses first, in their order, then others by name."""
    given = {str(word) for word in words}
    known = [look for look in STATUSES if look.word in given]
    others = sorted(given - {look.word for look in known})
    spare = (
        cycle(look for look in STATUSES if look not in known)
        if len(known) < len(STATUSES)
        else cycle(STATUSES)
    )
    return known + [next(spare)._replace(word=word, symbol=word[:1] or "?") for word in others]


def by_number(name: str) -> list[str | int]:
    """Return a key that sorts numbers in names by value: socket-9 before socket-10."""
    parts = re.split(r"(\d+)", name)
    return [int(part) if place % 2 else part for place, part in enumerate(parts)]
