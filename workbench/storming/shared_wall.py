"""The use cases of a board that several people share, and its store.

Any number of kernels may share one board. The application layer of `workshop_lib` handles each gesture: load,
decide, append. After a conflict the slower one decides again on the newest wall, so all see the same wall.
Read `board.py` next.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from weakref import WeakValueDictionary

from workbench.storming.commands import Command
from workbench.storming.decider import BoardState, Change, RedoLast, Request, UndoLast
from workbench.storming.gestures import NotPossible, decide_all
from workbench.storming.place import notebook_folder
from workbench.storming.repository import BoardRepository
from workbench.storming.undo import Gesture
from workbench.storming.wall import Wall, fold
from workshop_lib.events import shortened
from workshop_lib.modeling.application import decide_again, handle
from workshop_lib.store import open_store
from workshop_lib.store.arguments import checked_from, checked_stream
from workshop_lib.store.errors import InvalidStreamName
from workshop_lib.store.port import EventStore

TIMES = 1_000
"""How often a gesture is retried. Each conflict means that somebody else's gesture was recorded."""

FOLDER = ".boards"
"""The folder beside a notebook that holds its boards; Jupyter's file browser hides it."""

_open_files: WeakValueDictionary[Path, EventStore] = WeakValueDictionary()


class SharedWall:
    """One wall in one stream of a store, as seen and changed by one person.

    `store` is an event store or its address; by default a file in `.boards` beside the notebook, where
    relative addresses begin, whatever `os.chdir` did. `by` names the person: undo reverts only their own
    gestures. Boards of one kernel share an open file. Raises `BoardError` for an invalid name, and
    `StoreError` if the file cannot be opened.
    """

    def __init__(
        self, name: str = "storm", store: EventStore | Path | str | None = None, *, by: str = ""
    ) -> None:
        _check_name(name)
        self.name, self.by = name, by
        store = _file_of(name) if store is None else store
        self.store = _opened(str(store)) if isinstance(store, (str, Path)) else store
        if not hasattr(self.store, "read_stream"):
            raise NotPossible(
                f"You gave {shortened(store, 60)} as the store of the board {name!r}, but that is not an "
                "event store. Pass what open_store(…) returned, its address, or nothing for a file beside "
                "the notebook."
            )
        self._boards = BoardRepository(self.store)
        self.stream = self._boards.stream_of(name)

    @property
    def wall(self) -> Wall:
        """The current wall."""
        return self._state().wall

    @property
    def version(self) -> int:
        """The number of events of this wall."""
        return self._state().version

    @property
    def history(self) -> list[Gesture]:
        """All gestures, oldest first."""
        return [*self._state().gestures]

    def as_of(self, version: int) -> Wall:
        """Return the wall after the first `version` events (or all, if fewer). Raises `InvalidVersion`."""
        checked_from("version", version, 0)
        return fold(
            event
            for gesture in self.history
            for event in gesture.events[: max(0, version + 1 - gesture.number)]
        )

    def do(self, *commands: Command) -> list[object]:
        """Handle commands as one gesture, which one undo reverts. Returns its events.

        Raises `BoardError` if one of them is not possible; then none is done.
        """
        return self._change(lambda wall: decide_all(wall, commands))

    def undo(self) -> bool:
        """Undo this person's last gesture. Returns whether there was one."""
        return bool(self._handle(UndoLast(self.by)))

    def redo(self) -> bool:
        """Redo what this person's last undo reverted. Returns whether there was anything."""
        return bool(self._handle(RedoLast(self.by)))

    def close(self) -> None:
        """Close the store. Its boards can be opened again."""
        for path in [path for path, store in _open_files.items() if store is self.store]:
            del _open_files[path]
        self.store.close()

    def _change(self, events_on: Callable[[Wall], Sequence[object]]) -> list[object]:
        return self._handle(Change(self.by, events_on))

    def _handle(self, request: Request) -> list[object]:
        """Load, decide, append. Returns the events of the gesture, none if nothing changed."""
        made = handle(self._boards, self.name, request, retry=decide_again(TIMES)).events
        return [event for gesture in made for event in gesture.events]

    def _state(self) -> BoardState:
        return self._boards.load(self.name).state


def _check_name(name: str) -> None:
    try:
        checked_stream(f"board-{name}" if isinstance(name, str) else name)
    except InvalidStreamName as wrong:
        raise NotPossible(
            f"You asked for a board named {shortened(name, 60)}, but {wrong.reason}. Give it a name such as "
            "charging."
        ) from None


def _file_of(name: str) -> str:
    """Return the board's file: in a folder beside the notebook that file browsers hide.

    A file directly beside the notebook, where they were once kept, stays in use.
    """
    if not re.fullmatch(r"\w[\w \-]{0,60}", name):
        raise NotPossible(
            f"You asked for a board named {shortened(name, 60)}, but a file cannot have this name. Use up "
            "to 61 letters, digits, spaces, _ and -."
        )
    folder = notebook_folder() or Path()
    if (folder / f"{name}.board.duckdb").exists():
        return f"{name}.board.duckdb"
    with suppress(OSError):  # the store says why the folder cannot be made
        (folder / FOLDER).mkdir(exist_ok=True)
    return f"{FOLDER}/{name}.duckdb"


def _opened(address: str) -> EventStore:
    """Open the store at an address; boards of one kernel share a file."""
    if not address or address.startswith(":") or re.match(r"\w+:", address):
        return open_store(address)
    try:
        path = (notebook_folder() or Path()).joinpath(Path(address).expanduser()).resolve()
    except (OSError, RuntimeError):  # no current folder or no home: the store says so
        return open_store(address)
    store = _open_files.get(path)
    if store is None or not path.exists():
        _open_files[path] = store = open_store(path)
    return store
