"""Show a widget where widgets run, and a picture and a text where they do not.

A running notebook shows the widget. On GitHub, in an export or in a test, the notebook shows the still
picture or the text, which are the same in every run.
"""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDGET = "application/vnd.jupyter.widget-view+json"


def bundle(widget: Any, text: str, picture: Figure | bytes | None = None) -> dict[str, Any]:
    """Return the data for a widget's `_repr_mimebundle_`: the widget, a text, and a figure (or PNG).

    The figure is closed, so that it is not shown a second time.
    """
    view = {"version_major": 2, "version_minor": 1, "model_id": widget.model_id}
    shown: dict[str, Any] = {WIDGET: view, "text/plain": text}
    if picture is not None:
        shown["image/png"] = b64encode(picture if isinstance(picture, bytes) else png(picture)).decode()
    return shown


def show(widget: Any, text: str | None = None, picture: Figure | bytes | None = None) -> None:
    """Display a widget in a cell; without `text`, the widget brings its own text and picture."""
    from IPython.display import display

    if text is None:
        display(widget)  # type: ignore[no-untyped-call]
    else:
        display(bundle(widget, text, picture), raw=True)  # type: ignore[no-untyped-call]


def png(picture: Figure, dpi: int = 110) -> bytes:
    """Return the figure as a PNG of 64 colours, a third of the usual size; close the figure."""
    from matplotlib import pyplot
    from PIL import Image

    drawn, small = BytesIO(), BytesIO()
    picture.savefig(drawn, format="png", dpi=dpi)
    pyplot.close(picture)
    Image.open(drawn).convert("RGB").quantize(64, dither=Image.Dither.NONE).save(small, "png", optimize=True)
    return small.getvalue()
