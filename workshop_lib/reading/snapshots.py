"""Snapshots: store the state of a stream, so that only later events must be folded.

A snapshot is only a cache. It is kept in a file of its own that may be deleted at any time; the next `load`
folds the whole stream and keeps a new snapshot. The file is SQLite from the standard library: it finds a key
in a few microseconds, several processes can use it, and the log's file keeps its single owner.

A snapshot can be wrong for two reasons, and both are checked before it is used. It may come from other code:
it contains the fingerprint of its fold (`fingerprint.py` says what that covers). It may come from another
log: it contains the id of its last event, and is ignored if the stream has another event at that version.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from time import perf_counter
from types import UnionType
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar, get_args
from uuid import UUID

import msgspec

from workshop_lib.events import RecordedEvent, WorkshopError, shortened
from workshop_lib.frames import to_df
from workshop_lib.invalid_events import content
from workshop_lib.reading.fingerprint import Fingerprint
from workshop_lib.store.arguments import checked_from
from workshop_lib.store.port import Closing, Reading

if TYPE_CHECKING:
    import pandas

S = TypeVar("S")

Policy = Callable[[int, float], bool]
"""Whether to keep a new snapshot, given the number of events since the last one and the seconds they took."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS snapshots (
    fold TEXT, stream TEXT, fingerprint BLOB, version INTEGER, event_id BLOB, state BLOB,
    PRIMARY KEY (fold, stream)
) WITHOUT ROWID
"""
FIND_ALL = "SELECT stream, fingerprint, version, state FROM snapshots WHERE fold = ? ORDER BY stream"
FIND = "SELECT fingerprint, version, event_id, state FROM snapshots WHERE fold = ? AND stream = ?"


class StateDoesNotComeBack(WorkshopError):
    """A state that would be different after it is written and read back."""

    def __init__(self, fold: str, state: object, reason: str) -> None:
        self.fold, self.state, self.reason = fold, state, reason
        super().__init__(
            f"You asked to keep a snapshot of {fold}, but its state {shortened(state)} would not come back "
            f"unchanged: {reason}. Annotate the fields of the state with their actual types, or fold this "
            "stream without snapshots."
        )


class SnapshotsUnreadable(WorkshopError):
    """A file that is not a cache of snapshots, or is damaged."""

    def __init__(self, path: object, reason: str) -> None:
        self.path = path
        super().__init__(
            f"You asked for the snapshots in {path}, but they cannot be read or written: {reason}. "
            "Delete the file or choose another one: snapshots can be computed again from the log."
        )


@dataclass(frozen=True)
class Fold(Generic[S]):
    """How a stream becomes a state: the initial state, and the function that applies each event.

    `state` is the type that a snapshot is read back as, by default the type of `initial`. If each phase has a
    type of its own, pass their union: `state=Free | Reserved | Occupied`.
    """

    name: str
    initial: S
    evolve: Callable[[S, Any], S]
    state: Any = None

    def __post_init__(self) -> None:
        if self.state is None:
            object.__setattr__(self, "state", type(self.initial))
        object.__setattr__(self, "_fingerprint", Fingerprint(self.evolve, self.initial, self.state))

    @property
    def fingerprint(self) -> bytes:
        """The fingerprint of the current code. It changes when a changed cell is run again."""
        found: Fingerprint = self._fingerprint  # type: ignore[attr-defined]
        return found.now()


class Snapshot(NamedTuple):
    """A state as of a version of a stream, and the id of the event at that version."""

    version: int
    event_id: UUID
    state: Any


def every(events: int) -> Policy:
    """Return a policy that keeps a snapshot after so many events since the last one."""
    checked_from("events", events, 1)
    return lambda folded, seconds: folded >= events


EVERY_100 = every(100)
"""The default policy: folding so few events takes no noticeable time."""


def slower_than(seconds: float) -> Policy:
    """Return a policy that keeps a snapshot if folding the events since the last one took longer."""
    return lambda folded, took: took > seconds


class Snapshots(Closing):
    """A cache of snapshots in a file, or in memory without a path. Raises `SnapshotsUnreadable`."""

    def __init__(self, path: str | Path | None = None) -> None:
        self._path, self._one_at_a_time = path, Lock()
        try:
            self._file = sqlite3.connect(path or ":memory:", isolation_level=None, check_same_thread=False)
            self._file.execute("PRAGMA journal_mode = WAL")
            self._file.execute("PRAGMA synchronous = NORMAL")  # a lost snapshot is only computed again
            self._file.execute(SCHEMA)
        except sqlite3.Error as error:
            raise SnapshotsUnreadable(path, str(error)) from error

    def find(self, fold: Fold[Any], stream: str) -> Snapshot | None:
        """Return the last snapshot of a stream by this fold with this code, or None."""
        for fingerprint, version, event_id, state in self._execute(FIND, fold.name, stream):
            if fingerprint == fold.fingerprint:
                return Snapshot(version, UUID(bytes=event_id), _read(fold, state))
        return None

    def keep(self, fold: Fold[Any], last: RecordedEvent, state: object) -> None:
        """Store the state after an event in place of the last snapshot. Raises `StateDoesNotComeBack`."""
        place = (fold.name, last.stream, fold.fingerprint, last.version, last.event_id.bytes)
        self._execute("REPLACE INTO snapshots VALUES (?, ?, ?, ?, ?, ?)", *place, _written(fold, state))

    def to_df(self, fold: Fold[Any]) -> pandas.DataFrame:
        """Make a DataFrame of this fold's current snapshots: stream, version, the state's fields."""
        kept = [row for row in self._execute(FIND_ALL, fold.name) if row[1] == fold.fingerprint]
        frame = to_df({stream: _read(fold, state) for stream, _, _, state in kept}, key="stream")
        frame.insert(1, "as_of_version", [version for _, _, version, _ in kept])
        return frame

    def close(self) -> None:
        self._file.close()

    def _execute(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        try:
            with self._one_at_a_time:
                return self._file.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise SnapshotsUnreadable(self._path, str(error)) from error


def load(
    store: Reading, stream: str, fold: Fold[S], snapshots: Snapshots, policy: Policy = EVERY_100
) -> tuple[S, int]:
    """Return the state of a stream and its version, folded from the last snapshot.

    Keep a new snapshot if the policy says so. Raises `StateDoesNotComeBack`.
    """
    state, version, last, folded = fold.initial, 0, None, 0
    kept = snapshots.find(fold, stream)
    events = store.read_stream(stream, kept.version if kept else 1)
    if kept and (there := next(events, None)) and there.event_id == kept.event_id:
        state, version = kept.state, kept.version
    elif kept:  # of another log, or of this one before a restore
        events = store.read_stream(stream)
    started = perf_counter()
    for last in events:
        state, folded = fold.evolve(state, last.event), folded + 1
    if last is None:
        return state, version
    if policy(folded, perf_counter() - started):
        snapshots.keep(fold, last, state)
    return state, last.version


def _written(fold: Fold[Any], state: object) -> bytes:
    try:
        written = msgspec.json.encode([type(state).__name__, state] if _members(fold) else state)
        back = _read(fold, written)
    except Exception as error:
        raise StateDoesNotComeBack(fold.name, state, str(error)) from error
    if content(back) != content(state) or type(back) is not type(state):
        raise StateDoesNotComeBack(fold.name, state, f"it would be {shortened(back)}")
    return written


def _read(fold: Fold[Any], written: bytes) -> Any:
    members = _members(fold)
    if not members:
        return msgspec.json.decode(written, type=fold.state)
    name, state = msgspec.json.decode(written, type=tuple[str, msgspec.Raw])
    if name not in members:
        raise TypeError(f"{name} is not among the types {', '.join(members)}")
    return msgspec.json.decode(state, type=members[name])


def _members(fold: Fold[Any]) -> dict[str, type]:
    """Return the types of a union by name; JSON alone does not say which of them it contains."""
    return {one.__name__: one for one in get_args(fold.state)} if isinstance(fold.state, UnionType) else {}
