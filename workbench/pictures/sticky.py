"""Draw sticky notes with matplotlib.

One unit of the axes is the width of a note, about two and a half inches. `figures.py` combines the notes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from workbench.pictures.style import INK, STICKY, figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LINE, HEADING = 0.15, 0.18
"""The height of a line of text and of a line of a note's heading."""


def wall(finding: str, columns: float, rows: float) -> tuple[Figure, Axes]:
    """Return a figure and bare axes with room for this many columns and rows of notes."""
    sheet, axes = figure(finding, size=(2.45 * columns, 1.75 * rows + 0.8))
    axes.set(xlim=(0, columns), ylim=(0, rows))
    axes.axis("off")
    return sheet, axes


def note(
    axes: Axes,
    kind: str,
    corner: tuple[float, float],
    size: tuple[float, float],
    heading: str,
    text: str = "",
) -> None:
    """Draw a sticky note of this kind (see `STICKY`), given its lower left corner and its size."""
    from matplotlib.patches import FancyBboxPatch

    (x, y), (width, height) = corner, size
    round_corners = "round,pad=0,rounding_size=0.03"
    paper = FancyBboxPatch(corner, width, height, round_corners, facecolor=STICKY[kind], edgecolor="none")
    axes.add_patch(paper)
    top = y + height - 0.07
    lines = broken(heading)
    axes.text(x + 0.05, top, lines, va="top", weight="bold", size=13, color=INK)
    below = top - HEADING * (lines.count("\n") + 1)
    axes.text(x + 0.05, below, text, va="top", size=13, color=INK)


def height_for(heading: str, text: str) -> float:
    """Return the height that a note needs for its text."""
    return 0.16 + HEADING * (1 + broken(heading).count("\n")) + LINE * (1 + text.count("\n"))


def arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Draw an arrow."""
    axes.annotate("", xy=end, xytext=start, arrowprops={"arrowstyle": "-|>", "color": INK, "lw": 1.8})


def pairs(thing: object) -> list[tuple[str, str]]:
    """Return the fields of an event or a state with their values as readable text."""
    if is_dataclass(thing):
        return [(field.name, _plain(getattr(thing, field.name))) for field in fields(thing)]
    if isinstance(thing, Mapping):
        return [(str(name), _plain(value)) for name, value in thing.items()]
    return [("", _plain(thing))]


def facts(thing: object, most: int = 12) -> str:
    """Return the fields, one per line (two if long), cut to `most` lines and to a note's width."""
    lines = [line for name, value in pairs(thing) for line in _lines(name, value)]
    return "\n".join(lines[:most])


def cut(text: str, longest: int = 19) -> str:
    """Return the text, or its beginning and an ellipsis."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def broken(name: str, longest: int = 17) -> str:
    """Break a long name into several lines, before capital letters."""
    lines = [""]
    for word in re.findall(r"[A-Z]?[^A-Z]+|[A-Z]+", name):
        if lines[-1] and len(lines[-1] + word) > longest:
            lines.append("")
        lines[-1] += word
    return "\n".join(cut(line, longest) for line in lines)


def _lines(name: str, value: str) -> list[str]:
    if not name:
        return [cut(value)]
    whole = f"{name}: {value}"
    return [whole] if whole == cut(whole) else [cut(f"{name}:"), cut(f"  {value}")]


def _plain(value: object) -> str:
    return f"{value:%d %b %H:%M}" if isinstance(value, datetime) else str(getattr(value, "value", value))
