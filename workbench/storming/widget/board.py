"""The widget that a notebook cell shows: the board for a mouse, a finger or a keyboard.

The browser sends one message for each finished gesture, with a list of commands; Python answers with the new
wall or with an error message. The wall is kept in the store, not in the widget; `live.py` follows changes
made elsewhere. The JavaScript is in `in_browser`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

import anywidget
import msgspec
import traitlets

from workbench.pictures.show import bundle
from workbench.pictures.style import STICKY
from workbench.storming.commands import AnyCommand
from workbench.storming.drawing.picture import PAGE, to_png, to_svg
from workbench.storming.drawing.scene import scene_of
from workbench.storming.events import Kind, Level
from workbench.storming.undo import Gesture, to_redo, to_undo
from workbench.storming.wall import SIZES, Wall, fold
from workbench.storming.widget.facilitation import GUIDES
from workbench.storming.widget.live import Live
from workshop_lib.events import WorkshopError

if TYPE_CHECKING:
    from workbench.storming.shared_wall import SharedWall


QUICK = 120
"""The PNG of this many notes takes about a second; larger walls are shown as SVG only."""

IN_BROWSER = Path(__file__).with_name("in_browser")
PIECES = (
    "things",
    "wall",
    "talk",
    "camera",
    "stage",
    "hands",
    "keys",
    "editor",
    "toolbar",
    "phases",
    "map",
    "panel",
    "help",
    "writing",
    "gestures",
    "choosing",
    "board",
)
"""The JavaScript module in pieces; each uses the ones before it."""


class Message(msgspec.Struct, frozen=True, tag=True):
    """A request of the browser; the answer has the same `id`."""

    id: str


class Do(Message, frozen=True):
    """A finished gesture."""

    commands: list[AnyCommand]


class Undo(Message, frozen=True):
    """Undo the last gesture."""


class Redo(Message, frozen=True):
    """Redo what was undone last."""


class ShowPast(Message, frozen=True, tag="Past"):
    """Show the wall after the first `step` gestures."""

    step: int


AnyMessage = Do | Undo | Redo | ShowPast


_open: WeakSet[BoardWidget] = WeakSet()


class BoardWidget(anywidget.AnyWidget):
    """A widget to see and change a board; `level` is the grammar's level, "" for no findings.

    One widget may have many views, and one board many widgets.
    """

    _esm = "\n".join((IN_BROWSER / f"{piece}.js").read_text("utf-8") for piece in PIECES)
    _css = (IN_BROWSER / "board.css").read_text("utf-8")
    name = traitlets.Unicode().tag(sync=True)
    kinds = traitlets.List(traitlets.Dict()).tag(sync=True)
    guides = traitlets.List(traitlets.Dict()).tag(sync=True)
    levels = traitlets.List(traitlets.Unicode(), [level.value for level in Level]).tag(sync=True)
    shown = traitlets.Dict().tag(sync=True)
    level = traitlets.Enum(["", *(level.value for level in Level)], "").tag(sync=True)
    clock = traitlets.Dict().tag(sync=True)
    trouble = traitlets.Unicode().tag(sync=True)
    _live: Live | None = None

    def __init__(self, board: SharedWall, level: Level | str = "") -> None:
        self.board, self._turn, self._version = board, RLock(), -1
        super().__init__(name=board.name, kinds=_kinds(), guides=_guides(), level=str(level), _view_count=0)
        self.on_msg(self._receive)
        self._stop_unseen_widgets()
        self._live = self._follow()
        self.refresh()

    def refresh(self) -> None:
        """Show the current wall if it has changed."""
        with self._turn:
            version = self.board.version
            if version == self._version:
                return
            history = self.board.history
            wall = self.board.wall
            about = {
                "version": version,
                "steps": len(history),
                "undo": to_undo(history, self.board.by) is not None,
                "redo": to_redo(history, self.board.by) is not None,
                "findings": self._findings(wall),
            }
            self.shown, self._version = drawn(wall) | about, version

    def _follow(self) -> Live:
        return Live(self.board.store, self.board.stream, self.refresh, self._show_error)

    def _stop_unseen_widgets(self) -> None:
        """Stop the widgets of cells that were run again, because nobody sees them any more."""
        for one in _open:
            if one.board.store is self.board.store and one.name == self.name and not one._view_count:
                one._stop_following()
        _open.add(self)

    @traitlets.observe("_view_count")
    def _seen_again(self, change: Any) -> None:
        if change["new"] and self._live and not self._live.follows:
            self._live = self._follow()
            self.refresh()

    def close(self) -> None:
        """Remove the widget from all pages and stop following the store."""
        self._stop_following()
        super().close()

    def _stop_following(self) -> None:
        if self._live:
            self._live.close()

    def _findings(self, wall: Wall) -> list[dict[str, Any]]:
        from workbench.storming.grammar import check_wall

        if not self.level:
            return []
        return [finding._asdict() | {"notes": [*finding.notes]} for finding in check_wall(wall, self.level)]

    @traitlets.observe("level")
    def _check_again(self, _: object) -> None:
        if self.shown:
            self._version = -1
            try:
                self.refresh()
            except Exception as error:  # traitlets would only log it, and the page show nothing
                self._show_error(error)

    def _receive(self, _: object, content: Any, __: object) -> None:
        """Answer any message; send errors to the page, which would not show them otherwise."""
        answer: dict[str, Any] = {"answer": content.get("id", "") if isinstance(content, Mapping) else ""}
        try:
            message = msgspec.convert(content, AnyMessage)
            answer |= self._handle(message)
            self.refresh()
            answer["version"] = self._version
        except Exception as error:
            answer["error"] = _message(error)
        self.send(answer)

    def _handle(self, message: AnyMessage) -> dict[str, Any]:
        match message:
            case Do(commands=commands):
                self.board.do(*commands)
            case Undo():
                self.board.undo()
            case Redo():
                self.board.redo()
            case ShowPast(step=step):
                return {"past": past(self.board.history, step)}
        return {}

    def _show_error(self, error: Exception) -> None:
        self.trouble = _message(error)


def mimebundle(board: SharedWall) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """Return what `_repr_mimebundle_` needs: the widget, and a picture and a text where no widget runs."""
    wall, still = board.wall, {"image/svg+xml": to_svg(board.wall)}
    if len(wall.notes) > QUICK:
        return bundle(BoardWidget(board), repr(board)) | still, {}
    # JupyterLab shows only the PNG of an untrusted notebook, that is, one that was not run here
    picture = to_png(wall, widest=PAGE)
    data = bundle(BoardWidget(board), repr(board), picture) | still
    _, _, units, _ = scene_of(wall).box.shape
    pixels = int.from_bytes(picture[16:20])  # the width in the PNG's header
    return data, {"image/png": {"width": min(pixels, int(units * 0.8))}}  # text as large as on the page


def drawn(wall: Wall) -> dict[str, Any]:
    """Return the visible part of a wall in the form that the browser reads."""
    return {
        "notes": [msgspec.to_builtins(note) for note in wall.notes.values()],
        "areas": [msgspec.to_builtins(area) for area in wall.areas.values()],
        "links": [[source.id, target.id] for source, target in wall.links],
        "phase": wall.phase and wall.phase.value,
    }


def past(history: list[Gesture], step: int) -> dict[str, Any]:
    """Return the wall after the first `step` gestures, with author and time of the last one."""
    done = history[: max(0, step)]
    wall = fold(event for gesture in done for event in gesture.events)
    last = done[-1] if done else Gesture(0, "", ())
    about = {
        "step": len(done),
        "by": last.by,
        "at": f"{last.at:%Y-%m-%d %H:%M:%S}" if last.at else "",
        "what": _summary(last) if done else "an empty wall",
        "findings": [],
    }
    return drawn(wall) | about


def _summary(gesture: Gesture) -> str:
    """Return the gesture's event types with their counts: "NotePlaced, 3 NoteMoved"."""
    names = [type(event).__name__ for event in gesture.events]
    counted = ", ".join(
        f"{count} {name}" if (count := names.count(name)) > 1 else name for name in dict.fromkeys(names)
    )
    return f"{'undo: ' if gesture.undoes else 'redo: ' if gesture.redoes else ''}{counted}"


def _message(error: Exception) -> str:
    """Return the message for the page: our own errors as they are, others with their type."""
    if isinstance(error, WorkshopError):
        return str(error)
    return (
        f"The board could not do this: {type(error).__name__}: {error}. Nothing was changed. Try another "
        "way, or run the cell again."
    )


def _kinds() -> list[dict[str, Any]]:
    return [
        {"kind": kind.value, "colour": STICKY[kind], "width": SIZES[kind][0], "height": SIZES[kind][1]}
        for kind in Kind
    ]


def _guides() -> list[dict[str, Any]]:
    return [
        {"phase": phase.value, "prompt": guide.prompt, "minutes": guide.minutes, "kinds": [*guide.kinds]}
        for phase, guide in GUIDES.items()
    ]
