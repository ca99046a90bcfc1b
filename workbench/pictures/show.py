"""Showing a widget where widgets run, and a picture and a sentence where they do not.

A notebook's page on a forge, an export and a test all see the still picture and the text, which is the same
in every run; a running notebook sees the widget.
"""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDGET = "application/vnd.jupyter.widget-view+json"


def bundle(widget: Any, text: str, picture: Figure | bytes | None = None) -> dict[str, Any]:
    """The data of a widget's `_repr_mimebundle_`: the widget, its text, and a figure (or PNG) beside it.

    The figure is closed: it is shown here and nowhere else.
    """
    view = {"version_major": 2, "version_minor": 1, "model_id": widget.model_id}
    shown: dict[str, Any] = {WIDGET: view, "text/plain": text}
    if picture is not None:
        shown["image/png"] = b64encode(picture if isinstance(picture, bytes) else png(picture)).decode()
    return shown


def show(widget: Any, text: str | None = None, picture: Figure | bytes | None = None) -> None:
    """Display a widget in a cell; without a text one that has its own still form is shown in that."""
    from IPython.display import display

    if text is None:
        display(widget)  # type: ignore[no-untyped-call]
    else:
        display(bundle(widget, text, picture), raw=True)  # type: ignore[no-untyped-call]


def png(picture: Figure, dpi: int = 110) -> bytes:
    """The figure as a PNG of 64 colours, a third of the size in a notebook; the figure is closed."""
    from matplotlib import pyplot
    from PIL import Image

    drawn, small = BytesIO(), BytesIO()
    picture.savefig(drawn, format="png", dpi=dpi)
    pyplot.close(picture)
    Image.open(drawn).convert("RGB").quantize(64, dither=Image.Dither.NONE).save(small, "png", optimize=True)
    return small.getvalue()
