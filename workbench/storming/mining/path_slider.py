"""The path slider: a widget that shows more or fewer paths of a directly-follows graph, frequent ones first.

The pictures for all positions of the slider are computed once, in Python; the browser only draws them.
`slider.position` follows the slider, and setting it moves the slider. Read `sheet.py` for the picture.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from workbench.pictures.show import bundle
from workbench.storming.drawing.picture import polygon_of, scene_png, shaft_of
from workbench.storming.drawing.scene import Point, Scene, Sheet, Stroke, Words
from workbench.storming.mining.arcs import Arc
from workbench.storming.mining.sheet import RARE, graph_scene, with_heading

STOPS = (1, 2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 32, 40, 50, 60)
"""The numbers of paths that the slider offers, up to all of them; more could not be told apart."""

AT_FIRST = 16
"""The most paths that are shown at first, and in the still picture."""

PIXELS = 1600.0
"""The largest width of the still picture."""


class PathSlider(anywidget.AnyWidget):
    """The most frequent paths between event types; arcs are sorted, the most frequent one first."""

    _esm = Path(__file__).with_suffix(".js")
    _css = Path(__file__).with_suffix(".css")
    title = traitlets.Unicode().tag(sync=True)
    pictures = traitlets.List(traitlets.Dict()).tag(sync=True)
    position = traitlets.Int(0).tag(sync=True)

    def __init__(
        self, activities: Mapping[str, int], arcs: Sequence[Arc], surprises: Sequence[Arc], title: str
    ) -> None:
        self.stops = stops(len(arcs))
        self._graph = activities, arcs, surprises
        self._scenes = [graph_scene(activities, arcs[:most], surprises) for most in self.stops]
        super().__init__(
            title=title,
            pictures=[
                _picture(scene, self._says(most))
                for scene, most in zip(self._scenes, self.stops, strict=True)
            ],
            position=max(at for at, most in enumerate(self.stops) if at == 0 or most <= AT_FIRST),
        )

    @property
    def paths(self) -> int:
        """The number of paths that are shown."""
        return self.stops[self.position]

    def __repr__(self) -> str:
        return f"{self.title}. {self._says(self.paths)}"

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[Any, Any], dict[Any, Any]]:
        return bundle(self, repr(self), self.still()), {}

    def still(self) -> bytes:
        """Return the picture at the slider's position as a PNG."""
        return scene_png(
            with_heading(self._scenes[self.position], self.title, self._says(self.paths)), PIXELS
        )

    def _says(self, most: int) -> str:
        """Return how much of the graph is shown."""
        activities, arcs, _ = self._graph
        steps, shown = (sum(arc.frequency for arc in part) for part in (arcs, arcs[:most]))
        types = {name for arc in arcs[:most] for name in (arc.source, arc.target)} or activities
        return (
            f"{most:,} of {len(arcs):,} directly-follows pairs, {_percent(shown, steps)} of "
            f"{steps:,} steps, {len(types):,} of {len(activities):,} event types"
        )

    @traitlets.validate("position")
    def _within(self, proposal: Any) -> int:
        return max(0, min(int(proposal["value"]), len(self.stops) - 1))


def stops(total: int) -> list[int]:
    """Return the numbers of paths that a slider over `total` paths offers."""
    return [most for most in STOPS if most < total] + [min(total, STOPS[-1])] * (total <= STOPS[-1])


def _percent(part: int, whole: int) -> str:
    """Return a share in percent: 100 % only for the whole, 0 % only for nothing."""
    if part in (0, whole):
        return "100 %" if part else "0 %"
    return f"{min(max(100 * part / whole, 0.1), 99.9):.1f} %"


def _picture(scene: Scene, says: str) -> dict[str, Any]:
    return {"width": scene.box.right, "height": scene.box.bottom, "says": says, "marks": [*_shapes(scene)]}


def _shapes(scene: Scene) -> Iterator[dict[str, Any]]:
    """Yield what the browser draws; text on a note is dark in every theme."""
    on_note = False
    for mark in scene.marks:
        match mark:
            case Sheet():
                on_note = True
                x, y, width, height = mark.box.shape
                yield {"note": [*map(_tenth, (x, y, width, height))], "fill": mark.fill}
            case Stroke():
                on_note = False
                look = {"thick": _tenth(mark.thick), "rare": mark.colour == RARE}
                yield {"line": _points(shaft_of(mark)), "head": _points(polygon_of(mark)), **look}
            case Words():
                look = {"size": mark.size, "bold": mark.bold, "on_note": on_note, "rare": mark.colour == RARE}
                yield {"text": mark.text, "place": [*map(_tenth, mark.place)], **look}


def _points(points: Sequence[Point]) -> str:
    return " ".join(f"{_tenth(x)},{_tenth(y)}" for x, y in points)


def _tenth(number: float) -> float:
    return round(number, 1)
