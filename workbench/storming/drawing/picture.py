"""Draw the wall as a self-contained SVG or a PNG. `scene.py` computes what it shows.

The picture has its own background, so it looks the same in a light and a dark theme. Texts of notes are
escaped; the same wall gives the same picture.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import atan2, cos, sin
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from workbench.pictures.style import PAPER, RC
from workbench.storming.drawing.scene import Mark, Point, Scene, Sheet, Stroke, Words, scene_of
from workbench.storming.grammar.findings import Finding
from workbench.storming.wall import Wall

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HEAD = 13.0
"""The length of an arrow's head, in board units."""

WIDEST, HIGHEST = 2400.0, 6000.0
"""The most pixels of a PNG."""

PAGE = 1000.0
"""The largest width of an SVG in pixels; JupyterLab shows it as an image of that size."""

FONT = "'DejaVu Sans', Verdana, 'Segoe UI', Helvetica, Arial, sans-serif"


def to_svg(wall: Wall, findings: Iterable[Finding] | None = None) -> str:
    """Return the wall as an SVG document, with badges for open findings if any are given."""
    scene = scene_of(wall, findings or ())
    left, top, width, height = map(_number, scene.box.shape)
    place = f'x="{left}" y="{top}" width="{width}" height="{height}"'
    look = f'style="max-width:100%;height:auto" font-family={quoteattr(FONT)}'
    about = f'role="img" aria-label={quoteattr(scene.title)} {look}'
    _, _, wide, high = scene.box.shape
    scale = min(1.0, PAGE / wide)
    size = f'width="{_number(wide * scale)}" height="{_number(high * scale)}"'
    view = f'viewBox="{left} {top} {width} {height}" {size}'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {view} {about}>'
    paper = f'<title>{escape(scene.title)}</title>\n<rect {place} fill="{PAPER}"/>'
    return "\n".join([head, paper, *map(_svg, scene.marks), "</svg>\n"])


def to_png(wall: Wall, findings: Iterable[Finding] | None = None, widest: float = WIDEST) -> bytes:
    """Return the wall as a PNG, at most `widest` pixels wide."""
    return scene_png(scene_of(wall, findings or ()), widest)


def scene_png(scene: Scene, widest: float = WIDEST) -> bytes:
    """Return a scene as a PNG drawn with matplotlib, at most `widest` pixels wide."""
    import warnings

    import matplotlib
    from matplotlib.figure import Figure

    from workbench.pictures.show import png

    _, _, width, height = scene.box.shape
    scale = min(1.5, widest / width, HIGHEST / height) / 100  # inches for a board unit, at 100 dots an inch
    with matplotlib.rc_context(RC | {"figure.constrained_layout.use": False}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")
        sheet = Figure(figsize=(max(width * scale, 1), max(height * scale, 1)), layout=None)
        axes = sheet.add_axes((0, 0, 1, 1))
        axes.set(xlim=(scene.box.left, scene.box.right), ylim=(scene.box.bottom, scene.box.top))
        axes.axis("off")
        draw(axes, scene, scale * 72)
        return png(sheet, 100)


def _svg(mark: Mark) -> str:
    match mark:
        case Sheet():
            return _svg_sheet(mark)
        case Stroke():
            return _svg_stroke(mark)
    x, y = map(_number, mark.place)
    turn = f' transform="rotate({_number(mark.turn)} {x} {y})"' if mark.turn else ""
    look = (
        (' font-weight="bold"' if mark.bold else "") + (' text-anchor="middle"' if mark.middle else "") + turn
    )
    size = _number(mark.size)
    return f'<text x="{x}" y="{y}" font-size="{size}" fill="{mark.colour}"{look}>{escape(mark.text)}</text>'


def _svg_sheet(sheet: Sheet) -> str:
    x, y, width, height = map(_number, sheet.box.shape)
    turn = (
        f' transform="rotate({_number(sheet.turn)} {" ".join(map(_number, sheet.about))})"'
        if sheet.turn
        else ""
    )
    edge = f' stroke="{sheet.edge}" stroke-width="{_number(sheet.thick)}"' if sheet.edge else ""
    dashes = ' stroke-dasharray="9 6"' if sheet.dashed else ""
    place = f'x="{x}" y="{y}" width="{width}" height="{height}" rx="{_number(sheet.round)}"'
    return f'<rect {place} fill="{sheet.fill}"{edge}{dashes}{turn}/>'


def _svg_stroke(stroke: Stroke) -> str:
    dashes = ' stroke-dasharray="14 8"' if stroke.dashed else ""
    look = f'fill="none" stroke="{stroke.colour}" stroke-width="{_number(stroke.thick)}"{dashes}'
    line = f'<polyline points="{_points(shaft_of(stroke))}" {look}/>'
    head = f'<polygon points="{_points(polygon_of(stroke))}" fill="{stroke.colour}"/>'
    return line + (head if stroke.head else "")


def _points(points: Iterable[Point]) -> str:
    return " ".join(f"{_number(x)},{_number(y)}" for x, y in points)


def shaft_of(stroke: Stroke) -> list[Point]:
    """Return the points of an arrow's line, which ends within its head."""
    return [
        *stroke.points[:-1],
        _back(stroke, _head_size(stroke)[0] / 2, 0) if stroke.head else stroke.points[-1],
    ]


def polygon_of(stroke: Stroke) -> list[Point]:
    """Return the corners of an arrow's head; its tip is the end of the arrow."""
    long, half = _head_size(stroke)
    return [stroke.points[-1], _back(stroke, long, half), _back(stroke, long, -half)]


def _head_size(stroke: Stroke) -> Point:
    """Return the length and half the width of a head; that of a thick line is larger."""
    return max(HEAD, HEAD * 0.6 + 1.9 * stroke.thick), max(HEAD * 0.42, 2 + 1.2 * stroke.thick)


def _back(stroke: Stroke, along: float, aside: float) -> Point:
    """Return a point before the end of a line, and `aside` of it."""
    (x, y), (u, v) = stroke.points[-2:]
    angle = atan2(v - y, u - x)
    return u - along * cos(angle) - aside * sin(angle), v - along * sin(angle) + aside * cos(angle)


def _number(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def draw(axes: Axes, scene: Scene, points: float) -> None:
    """Draw a scene on axes; `points` is the length of a board unit in typographic points."""
    for layer, mark in enumerate(scene.marks):
        match mark:
            case Sheet():
                _draw_sheet(axes, mark, points, layer)
            case Stroke():
                _draw_stroke(axes, mark, points, layer)
            case Words():
                _draw_words(axes, mark, points, layer)


def _draw_sheet(axes: Axes, sheet: Sheet, points: float, layer: int) -> None:
    from matplotlib.patches import FancyBboxPatch
    from matplotlib.transforms import Affine2D

    x, y, width, height = sheet.box.shape
    look: dict[str, Any] = {"facecolor": sheet.fill, "edgecolor": sheet.edge or "none", "zorder": layer}
    look |= {"linewidth": sheet.thick * points, "linestyle": (0, (3, 2)) if sheet.dashed else "-"}
    shape = f"round,pad=0,rounding_size={min(sheet.round, width / 2, height / 2)}"
    patch = FancyBboxPatch((x, y), width, height, shape, **look)
    patch.set_transform(Affine2D().rotate_deg_around(*sheet.about, sheet.turn) + axes.transData)
    axes.add_patch(patch)


def _draw_stroke(axes: Axes, stroke: Stroke, points: float, layer: int) -> None:
    xs, ys = zip(*shaft_of(stroke), strict=True)
    look: dict[str, Any] = {"color": stroke.colour, "zorder": layer, "solid_capstyle": "butt"}
    axes.plot(xs, ys, lw=stroke.thick * points, linestyle=(0, (4, 2)) if stroke.dashed else "-", **look)
    if stroke.head:
        axes.fill(*zip(*polygon_of(stroke), strict=True), color=stroke.colour, linewidth=0, zorder=layer)


def _draw_words(axes: Axes, words: Words, points: float, layer: int) -> None:
    look: dict[str, Any] = {"size": words.size * points, "color": words.colour, "zorder": layer}
    look |= {"weight": "bold" if words.bold else "normal", "ha": "center" if words.middle else "left"}
    axes.text(*words.place, words.text, va="baseline", rotation=-words.turn, rotation_mode="anchor", **look)
