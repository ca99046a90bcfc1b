"""Pictures that compare: several measures side by side, and which user reads or writes which field.

Both take only names and numbers. Read `figures.py` for pictures of a log.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import TYPE_CHECKING

from workbench.pictures.style import FAINT, INK, PAPER, STICKY, figure, use_style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 11.0
"""The width of both pictures, in inches."""


def side_by_side(
    names: Sequence[str], measures: Mapping[str, Sequence[float]], finding: str, bad: Sequence[str] = ()
) -> Figure:
    """Draw a line for each name and a panel for each measure; the measures in `bad` are red."""
    from matplotlib import pyplot

    use_style()
    size = (WIDTH, round((1.9 + 0.55 * len(names)) * 4) / 4)  # whole pixels, at 144 dots an inch
    sheet, all_axes = pyplot.subplots(1, len(measures), figsize=size, sharey=True, squeeze=False)
    sheet.suptitle(fill(finding, 64), x=0.012, ha="left", fontsize=18, fontweight="bold", color=INK)
    for axes, (measure, values) in zip(all_axes[0], measures.items(), strict=True):
        colour = STICKY["hot spot"] if measure in bad else STICKY["command"]
        _panel(axes, names, measure, values, colour)
    all_axes[0][0].invert_yaxis()
    return sheet


def _panel(axes: Axes, names: Sequence[str], measure: str, values: Sequence[float], colour: str) -> None:
    bars = axes.barh(range(len(names)), values, 0.62, color=colour)
    axes.bar_label(bars, [f"{value:,.4g}" for value in values], padding=5, fontsize=14)
    axes.set_title(measure, fontsize=14, fontweight="normal", pad=8)
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(axis="y", length=0)
    axes.set_xticks([])
    axes.set_xlim(0, max([*values, 1]) * 1.3)
    axes.spines["bottom"].set_visible(False)


def field_grid(used: Mapping[str, Mapping[str, str]], fields: Sequence[str], finding: str) -> Figure:
    """Draw a line for each field, a column for each user: a square for a write, a ring for a read.

    A field with several writers is red.
    """
    sheet, axes = figure(finding, size=(WIDTH, 1.7 + 0.34 * len(fields)))
    users = list(used)
    for line, name in enumerate(fields):
        writers = [user for user in users if "w" in used[user].get(name, "")]
        colour = STICKY["hot spot"] if len(writers) > 1 else STICKY["command"]
        axes.axhline(line, color=FAINT, linewidth=0.4, zorder=0)
        for place, user in enumerate(users):
            _mark(axes, place, line, used[user].get(name, ""), colour)
    axes.set_yticks(range(len(fields)), fields)
    axes.set_xticks(range(len(users)), users)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.set(xlim=(-0.6, len(users) - 0.4), ylim=(len(fields) - 0.4, -0.6))
    for spine in axes.spines.values():
        spine.set_visible(False)
    _legend(axes)
    return sheet


def _mark(axes: Axes, place: int, line: int, what: str, colour: str) -> None:
    if "w" in what:
        axes.scatter([place], [line], 170, color=colour, marker="s")
    if "r" in what:
        ring = PAPER if "w" in what else "none"
        axes.scatter([place], [line], 60, facecolor=ring, edgecolor=INK, linewidth=1.6)


def _legend(axes: Axes) -> None:
    red, blue = STICKY["hot spot"], STICKY["command"]
    axes.scatter([], [], 170, color=blue, marker="s", label="writes")
    axes.scatter([], [], 170, color=red, marker="s", label="one of several writers")
    axes.scatter([], [], 60, facecolor="none", edgecolor=INK, linewidth=1.6, label="reads")
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
