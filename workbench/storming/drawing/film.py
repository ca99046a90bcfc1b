"""Draw a storming as a film strip: the same wall at the end of each phase.

Nothing extra is stored for it: the wall at any moment is a fold of the events until then (`wall.py`).
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from workbench.pictures.style import FAINT, figure
from workbench.storming.drawing.boxes import Box
from workbench.storming.drawing.picture import draw
from workbench.storming.drawing.scene import scene_of
from workbench.storming.events import PhaseEntered
from workbench.storming.shared_wall import SharedWall
from workbench.storming.wall import Wall

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ACROSS, WIDE, TITLE = 2, 6.0, 0.4
"""Pictures in a row; the width of a picture and the height of its heading, in inches."""


def phase_ends(board: SharedWall) -> list[tuple[str, Wall]]:
    """Return the phases with changes, in their order, and the wall at the end of each."""
    ends: dict[str, int] = {}
    phase = "before any phase"
    done = (event for gesture in board.history for event in gesture.events)
    for version, event in enumerate(done, 1):
        if isinstance(event, PhaseEntered):
            phase = event.phase or "after all phases"
        else:
            ends[phase] = version
    return [(phase, board.as_of(ends[phase])) for phase in ends]


def film_strip(board: SharedWall, finding: str = "One wall, phase by phase") -> Figure:
    """Draw the wall at the end of each phase; all pictures have the same scale and section."""
    ends = phase_ends(board)
    scenes = [scene_of(wall) for _, wall in ends]
    box = reduce(Box.with_, (scene.box for scene in scenes), Box(0, 0, 1, 1))
    inches = WIDE / (box.right - box.left)
    rows, tall = -(-len(scenes) // ACROSS) or 1, (box.bottom - box.top) * inches + TITLE
    sheet, strip = figure(finding, size=(ACROSS * WIDE, rows * tall + 0.7))
    strip.set(xlim=(0, ACROSS * WIDE), ylim=(0, rows * tall))
    strip.axis("off")
    for place, ((phase, _), scene) in enumerate(zip(ends, scenes, strict=True)):
        left, low = place % ACROSS * WIDE, (rows - 1 - place // ACROSS) * tall
        strip.text(left + 0.1, low + tall - TITLE * 0.7, f"{place + 1} · {phase}", size=15, color=FAINT)
        bounds = (left + 0.05, low + 0.05, WIDE - 0.1, tall - TITLE - 0.1)
        panel = strip.inset_axes(bounds, transform=strip.transData)
        panel.set(xlim=(box.left, box.right), ylim=(box.bottom, box.top))
        panel.axis("off")
        draw(panel, scene, inches * 72)
    return sheet
