"""Draw the table as one picture: how far each figure is beyond its target, or short of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING

from benchmarks.rounds import Row
from workbench.pictures.style import FAINT, INK, STICKY, figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MET, MISSED = STICKY["read model"], STICKY["hot spot"]


def draw(rows: Sequence[Row], path: Path) -> None:
    """Draw the rows that have a target, in the table's order, into a file."""
    from matplotlib import pyplot

    drawn = [row for row in rows if row.margin is not None][::-1]
    sheet, axes = figure("", x="times the target", size=(16, 2.2 + 0.66 * len(drawn)))
    title = fill(finding(drawn), 80)
    sheet.suptitle(title, x=0.012, ha="left", fontsize=22, fontweight="bold", linespacing=1.3)
    for place, row in enumerate(drawn):
        _bar(axes, place, row, row.margin or 0.0)
    _scale(axes, [row.margin or 0.0 for row in drawn])
    sheet.savefig(path)
    pyplot.close(sheet)


def finding(rows: Sequence[Row]) -> str:
    """Return the sentence that the picture shows."""
    missed = [row for row in rows if not row.met]
    if not missed:
        return f"The event store reaches each of its {len(rows)} targets"
    furthest = min(missed, key=lambda row: row.margin or 0.0)
    met = len(rows) - len(missed)
    return f"The event store reaches {met} of {len(rows)} targets; furthest short: {furthest.what}"


def _bar(axes: Axes, place: int, row: Row, margin: float) -> None:
    """Draw a bar from the target's line to the figure, with its name and its number."""
    axes.barh(place, margin - 1, left=1, height=0.62, color=MET if row.met else MISSED, edgecolor=INK)
    name, _, rest = row.beside.partition(":")
    above = 0.17 if rest else 0
    beside_axis = {"transform": axes.get_yaxis_transform(), "ha": "right", "va": "center"}
    axes.text(-0.01, place + above, row.what, fontsize=14, **beside_axis)
    if rest:
        axes.text(
            -0.01, place - 0.21, f"beside {name.replace('`', '')}", color=FAINT, fontsize=12, **beside_axis
        )
    axes.annotate(
        f"{'✓' if row.met else '✗'} {row.figure}  ({row.target})",
        (margin, place),
        xytext=(6 if margin >= 1 else -6, 0),
        textcoords="offset points",
        va="center",
        ha="left" if margin >= 1 else "right",
    )


def _scale(axes: Axes, margins: Sequence[float]) -> None:
    """Draw the axis: logarithmic, the same on both sides of the target, with room for the numbers."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    axes.set_xscale("log")
    axes.set_xlim(min([0.5, *margins]) / 8, max([2, *margins]) * 8)
    axes.set_ylim(-0.6, len(margins) - 0.1)
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}×"))
    axes.yaxis.set_major_locator(NullLocator())
    axes.axvline(1, color=INK, linewidth=2)
    for words, shift, side in (("← short of the target", -8, "right"), ("beyond the target →", 8, "left")):
        end = (1, len(margins) - 0.35)
        axes.annotate(words, end, (shift, 0), textcoords="offset points", ha=side, color=FAINT)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", color=FAINT, alpha=0.2)
    axes.set_axisbelow(True)
