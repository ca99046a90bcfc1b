"""A wall that several people share: the use cases of the board, and where its store comes from.

Any number of kernels may share one. Each gesture is handled by the application layer of `workshop_lib`: load,
decide, append; whoever was slower decides again upon the newest wall, so all end with the same wall. Read
`board.py` next.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from weakref import WeakValueDictionary

from workbench.storming.commands import Command
from workbench.storming.decider import BoardState, Change, RedoLast, Request, UndoLast
from workbench.storming.gestures import NotPossible, decide_all
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
"""How many lost races a gesture survives. Each loss means that somebody else's gesture was recorded."""

_open_files: WeakValueDictionary[Path, EventStore] = WeakValueDictionary()


class SharedWall:
    """One wall, kept in one stream of a store, as one person works at it.

    `store` is an event store or its address; without one the wall is a file beside the notebook. `by` names
    the person: undo takes back their own gestures only. Boards of one kernel share an open file. Raises
    `BoardError` for a name that no board can have, and a `StoreError` if the file cannot be opened.
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
                f"You gave {shortened(store, 60)} as the store of the board {name!r}, but that is no event "
                "store. Pass what open_store(…) gave you, its address, or nothing for a file beside the "
                "notebook."
            )
        self._boards = BoardRepository(self.store)
        self.stream = self._boards.stream_of(name)

    @property
    def wall(self) -> Wall:
        """What hangs there now, whoever hung it."""
        return self._state().wall

    @property
    def version(self) -> int:
        """How many events this wall is made of."""
        return self._state().version

    @property
    def history(self) -> list[Gesture]:
        """Everything that was done here, oldest first."""
        return [*self._state().gestures]

    def as_of(self, version: int) -> Wall:
        """The wall after so many events; after all of them, if there are fewer. Raises `InvalidVersion`."""
        checked_from("version", version, 0)
        return fold(
            event
            for gesture in self.history
            for event in gesture.events[: max(0, version + 1 - gesture.number)]
        )

    def do(self, *commands: Command) -> list[object]:
        """Do several things in one gesture, which one undo takes back. Returns its events.

        Raises `BoardError` if one of them makes no sense; then none is done.
        """
        return self._change(lambda wall: decide_all(wall, commands))

    def undo(self) -> bool:
        """Take back one's own last gesture. Returns whether there was any."""
        return bool(self._handle(UndoLast(self.by)))

    def redo(self) -> bool:
        """Repeat what one's last undo took back. Returns whether there was any."""
        return bool(self._handle(RedoLast(self.by)))

    def close(self) -> None:
        """Close the store. The board is there again when it is opened."""
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
    """The file beside the notebook."""
    if not re.fullmatch(r"\w[\w \-]{0,60}", name):
        raise NotPossible(
            f"You asked for a board named {shortened(name, 60)}, which no file can be called. Use up to 61 "
            "letters, digits, spaces, _ and -."
        )
    return f"{name}.board.duckdb"


def _opened(address: str) -> EventStore:
    """The store at an address; boards of one kernel share a file."""
    if not address or address.startswith(":") or re.match(r"\w+:", address):
        return open_store(address)
    path = Path(address).expanduser().resolve()
    store = _open_files.get(path)
    if store is None or not path.exists():
        _open_files[path] = store = open_store(path)
    return store
