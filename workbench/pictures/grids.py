"""Pictures with rows and columns: which test catches which bug, and two decisions with four outcomes.

Both take only names and texts. Read `compare.py` for pictures that compare numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import TYPE_CHECKING, Any

from workbench.pictures.sticky import note, wall
from workbench.pictures.style import FAINT, INK, PAPER, STICKY, figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH = 12.0
"""The width of a grid, in inches."""


def caught_grid(caught: Mapping[str, Sequence[str]], tests: Sequence[str], finding: str) -> Figure:
    """Draw a line for each bug, a column for each test, and a square where the test catches the bug.

    A bug that no test catches has a red tag in the last column.
    """
    sheet, axes = figure("", size=(WIDTH, 2.2 + 0.46 * len(caught)))
    sheet.suptitle(fill(finding, 66), x=0.012, ha="left", fontsize=18, fontweight="bold", color=INK)
    columns = [*(fill(test.replace("_", " "), 13) for test in tests), "nobody"]
    for line, names in enumerate(caught.values()):
        axes.axhline(line, color=FAINT, linewidth=0.4, zorder=0)
        places = [place for place, test in enumerate(tests) if test in names]
        axes.scatter(places, [line] * len(places), 210, color=STICKY["read model"], marker="s", edgecolor=INK)
        if not names:
            axes.text(len(tests), line, "survives", **_TAG)
    axes.set_yticks(range(len(caught)), [fill(bug, 50) for bug in caught])
    axes.set_xticks(range(len(columns)), columns)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.set(xlim=(-0.6, len(tests) + 0.6), ylim=(len(caught) - 0.5, -0.5))
    for spine in axes.spines.values():
        spine.set_visible(False)
    return sheet


_TAG: dict[str, Any] = {
    "ha": "center",
    "va": "center",
    "weight": "bold",
    "color": PAPER,
    "bbox": {"boxstyle": "round,pad=0.2", "facecolor": STICKY["hot spot"], "edgecolor": "none"},
}


def two_decisions(
    across: tuple[str, str], down: tuple[str, str], outcomes: Sequence[tuple[str, str, str]], finding: str
) -> Figure:
    """Draw the four outcomes of two decisions as notes (kind, heading, text), row by row."""
    sheet, axes = wall(finding, 4.6, 1.9)
    for column, words in enumerate(across):
        axes.text(1.95 + 1.75 * column, 1.78, words, ha="center", va="center", size=15, color=INK)
    for row, words in enumerate(down):
        axes.text(1.02, 1.28 - 0.8 * row, words, ha="right", va="center", size=15, color=INK)
    for place, (kind, heading, text) in enumerate(outcomes):
        row, column = divmod(place, 2)
        note(axes, kind, (1.12 + 1.75 * column, 0.92 - 0.8 * row), (1.66, 0.7), heading, text)
    return sheet
