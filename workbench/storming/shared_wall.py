"""A wall that lives in an event store: caught up, written to, undone, looked at as it was.

Any number of kernels may share one. Each decides upon the newest wall it knows and appends with the version
it expects; who was slower looks again and decides anew, so all of them end with the same wall. Read
`board.py` next.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from threading import RLock
from weakref import WeakValueDictionary

from workbench.storming.commands import Command
from workbench.storming.gestures import NotPossible, decide_all
from workbench.storming.undo import Gesture, compensation, gestures, to_redo, to_undo
from workbench.storming.wall import EMPTY, Wall, fold
from workshop_lib.events import shortened
from workshop_lib.store import open_store
from workshop_lib.store.errors import InvalidStreamName, WrongExpectedVersion, checked_from, checked_stream
from workshop_lib.store.port import EventStore

Decision = tuple[list[object], dict[str, int]]
"""The events of a gesture, and which other gesture it undoes or redoes, if any."""

_open_files: WeakValueDictionary[Path, EventStore] = WeakValueDictionary()


class SharedWall:
    """One wall in one stream of a store, and the hands of one person at it.

    `store` is an event store or its address; none: a file beside the notebook. `by` is who works with this
    object: undo takes back one's own gestures only. Boards of one kernel share a file that is open. Raises
    `BoardError` for a name that no board can have, and a `StoreError` if the file cannot be opened.
    """

    def __init__(
        self, name: str = "storm", store: EventStore | Path | str | None = None, *, by: str = ""
    ) -> None:
        _check_name(name)
        self.name, self.by, self.stream = name, by, f"board-{name}"
        self._lock, self._wall, self._version = RLock(), EMPTY, 0
        self._history: list[Gesture] = []
        store = _file_of(name) if store is None else store
        self.store = _opened(str(store)) if isinstance(store, (str, Path)) else store
        if not hasattr(self.store, "read_stream"):
            raise NotPossible(
                f"You gave {shortened(store, 60)} as the store of the board {name!r}, but that is no event "
                "store. Pass what open_store(…) gave you, its address, or nothing for a file beside the "
                "notebook."
            )

    @property
    def wall(self) -> Wall:
        """What hangs there now, whoever hung it."""
        with self._lock:
            self._catch_up()
            return self._wall

    @property
    def version(self) -> int:
        """How many events this wall is made of."""
        with self._lock:
            self._catch_up()
            return self._version

    @property
    def history(self) -> list[Gesture]:
        """Everything that was done here, oldest first."""
        with self._lock:
            self._catch_up()
            return [*self._history]

    def as_of(self, version: int) -> Wall:
        """The wall after so many events; after all of them, if there are fewer. Raises `InvalidVersion`."""
        checked_from("version", version, 0)
        return fold(
            event
            for gesture in self.history
            for event in gesture.events[: max(0, version + 1 - gesture.number)]
        )

    def do(self, *commands: Command) -> list[object]:
        """Do several things in one gesture, which one undo takes back; the events that it became.

        Raises `BoardError` if one of them makes no sense; then none is done.
        """
        return self._record(lambda: (decide_all(self._wall, commands), {}))

    def undo(self) -> bool:
        """Take back the last gesture of one's own; whether there was any."""
        return bool(self._record(self._undone))

    def redo(self) -> bool:
        """Do again what the last undo took back; whether there was any."""
        return bool(self._record(self._redone))

    def close(self) -> None:
        """Let go of the store. The board is there again when it is opened."""
        for path in [path for path, store in _open_files.items() if store is self.store]:
            del _open_files[path]
        self.store.close()

    def _undone(self) -> Decision:
        last = to_undo(self._history, self.by)
        return (compensation(self._history, last), {"undoes": last.number}) if last else ([], {})

    def _redone(self) -> Decision:
        undone = to_redo(self._history, self.by)
        return (compensation(self._history, undone[1]), {"redoes": undone[0].number}) if undone else ([], {})

    def _record(self, decide: Callable[[], Decision]) -> list[object]:
        """Decide upon the newest wall and append; if somebody was faster, look and decide again."""
        with self._lock:
            while True:
                self._catch_up()
                events, marks = decide()
                if not events or self._appended(events, marks):
                    self._catch_up()
                    return events

    def _appended(self, events: list[object], marks: dict[str, int]) -> bool:
        told = {"gesture": self._version + 1, "by": self.by} | marks
        try:
            self.store.append(self.stream, events, self._version, metadata=told, tags=[self.stream])
        except WrongExpectedVersion:
            return False
        return True

    def _catch_up(self) -> None:
        news = gestures(self.store.read_stream(self.stream, from_version=self._version + 1))
        for gesture in news:
            self._wall = fold(gesture.events, self._wall)
            self._version += len(gesture.events)
        self._history += news


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
