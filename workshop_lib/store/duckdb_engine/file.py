"""The file under the log: its owner, its tables, and the translation of DuckDB's errors.

A log file has one owner. DuckDB locks its file against other processes; our own lock file also names the
owner.
"""

from __future__ import annotations

import errno
import gc
import os
import re
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from workshop_lib.store.errors import (
    AppendOnly,
    CannotLock,
    DiskFull,
    NotAnEventStore,
    QueryFailed,
    StoreError,
    StoreErrorAt,
    StoreInUse,
    StoreNotWritable,
    WrongStorageVersion,
)

if TYPE_CHECKING:
    import duckdb

_P = ParamSpec("_P")
_T = TypeVar("_T")

LAYOUT = 1
"""The version of our tables; a file with another one is not opened."""

APPEND_ONLY = "the log is append-only"

OTHER_STORAGE = ("version number", "newer version of DuckDB", "older version", "Serialization Error")
NO_DATABASE = ("not a valid DuckDB database", "Corrupt", "checksum", "Could not read enough bytes")
FOREIGN_WAL = ("while replaying WAL", "This WAL was created for")
NO_LOCKS = {errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOLCK, errno.ENOSYS, errno.EINVAL}
UNBOUND = r"Values were not provided for the following parameters: (.+)"
EXCERPT = r"\s*\nLINE (\d+): .*\n *\^+"
FULL = ("No space left", "File too large", "not enough space")

SCHEMA = f"""
CREATE TABLE log.events (
    position BIGINT NOT NULL, stream VARCHAR NOT NULL, version INTEGER NOT NULL, type VARCHAR NOT NULL,
    schema_version INTEGER NOT NULL, occurred_at TIMESTAMP NOT NULL, recorded_at TIMESTAMP NOT NULL,
    data JSON NOT NULL, tags VARCHAR[], metadata JSON NOT NULL,
    event_id UUID NOT NULL, correlation_id UUID, causation_id UUID, hash BLOB NOT NULL
);
CREATE INDEX events_by_stream ON log.events (stream);
CREATE TABLE log.heads (position BIGINT NOT NULL, hash BLOB NOT NULL);
CREATE TABLE log.layout (version INTEGER NOT NULL);
INSERT INTO log.layout VALUES ({LAYOUT});
CREATE TABLE log.errors (reason VARCHAR);
"""


Identity = tuple[int, int]
"""The device and the inode of a file: they stay the same when it is moved, and differ from a new one's."""


class FileReplaced(StoreErrorAt):
    """The file of an open store was removed, moved, or replaced by another one."""

    sentence = (
        "You asked to append to {place}, but {reason} since this store was opened. Nothing was recorded, "
        "and the file that is there was not touched. Close this store, put the right file in its place, and "
        "open that."
    )


class DamagedLog(StoreErrorAt):
    """A log file that was truncated, overwritten or mixed up with another one."""

    sentence = (
        "You asked for the events in {place}, but {reason}. It was left as it is; restore the file and "
        "its write-ahead log (.wal), both from the same copy."
    )


def interruptible(act: Callable[_P, _T]) -> Callable[_P, _T]:
    """Make a function raise `KeyboardInterrupt` where DuckDB makes a `RuntimeError` of it."""

    @wraps(act)
    def acting(*args: _P.args, **keywords: _P.kwargs) -> _T:
        try:
            return act(*args, **keywords)
        except RuntimeError as error:
            if str(error) != "Query interrupted":
                raise
            raise KeyboardInterrupt from error

    return acting


def guards() -> list[str]:
    """Return triggers that reject updates and deletes, even by SQL that bypasses this library."""
    return [
        f"CREATE TRIGGER {table}_no_{verb} AFTER {verb} ON {table} FOR EACH STATEMENT "
        f"INSERT INTO errors SELECT error('{APPEND_ONLY}')"
        for table in ("events", "heads")
        for verb in ("UPDATE", "DELETE")
    ]


class Ownership:
    """The lock file beside a log, which only its owner holds, and a file that names the owner.

    Raises `StoreInUse` or `StoreNotWritable`.
    """

    def __init__(self, path: Path) -> None:
        from filelock import FileLock, Timeout

        self._beside = path.with_name(path.name + ".lock")
        self._owner = self._beside.with_suffix(".owner")
        self._identity: Identity | None = None
        _require_place(path, self._beside)
        # any thread may release it; a file instead of a lock would outlive a killed program
        self._lock = FileLock(self._beside, timeout=0, thread_local=False, fallback_to_soft=False)
        try:
            self._acquire()
            self._identity = identity(self._beside)
            self._owner.write_text(f"{os.getpid()} {_program()}", encoding="utf-8")
        except Timeout:
            raise _in_use(path, _owner(self._owner)) from None
        except OSError as error:
            self.release()
            kind = CannotLock if error.errno in NO_LOCKS else StoreNotWritable
            raise kind(path, error.strerror or str(error)) from error
        except BaseException:
            self.release()
            raise

    def release(self) -> None:
        """Let others own the log; leave the files of an owner who came after. Twice is harmless."""
        own = self._lock.is_locked and identity(self._beside) == self._identity
        if own:
            self._owner.unlink(missing_ok=True)
        self._lock.release()
        if own:
            self._beside.unlink(missing_ok=True)

    def _acquire(self) -> None:
        from filelock import Timeout

        try:
            self._lock.acquire()
        except Timeout:
            gc.collect()  # a store of this program may hold it that nothing refers to any more
            self._lock.acquire()


def identity(path: Path | None) -> Identity | None:
    """Return the device and inode of a file, or None if there is none."""
    try:
        found = path.stat() if path else None
    except OSError:
        return None
    return (found.st_dev, found.st_ino) if found else None


@interruptible
def attach(connection: duckdb.DuckDBPyConnection, path: Path | None) -> None:
    """Attach the file as the catalog `log`; create the tables in a new file. Raises `StoreError`s."""
    import duckdb

    try:
        place = str(path).replace("'", "''") if path else ":memory:"
        connection.execute(f"ATTACH '{place}' AS log")
        found = connection.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'log'")
        tables = {name for (name,) in found.fetchall()}
        if not tables:
            connection.execute(
                f"BEGIN; {SCHEMA} COMMIT; USE log; {'; '.join(guards())}; USE memory; CHECKPOINT log"
            )
        elif not {"events", "heads", "layout"} <= tables:
            raise NotAnEventStore(
                path, f"it holds other tables ({', '.join(sorted(tables)[:5])}) and no log of events"
            )
        elif (layout := connection.execute("SELECT version FROM log.layout").fetchall()) != [(LAYOUT,)]:
            other = layout[0][0] if layout else "?"
            raise WrongStorageVersion(path, f"layout version {other}", f"layout version {LAYOUT}")
    except duckdb.Error as error:
        raise opening_error(path, error) from error


def opening_error(path: Path | None, error: Exception) -> StoreError:
    """Translate DuckDB's error when it cannot open a file."""
    text, reason = str(error), _plain(error)
    if holder := re.search(r"PID (\d+)", text):
        return _in_use(path, f"process {holder[1]}")
    if "already attached" in text:
        return _in_use(path, f"process {os.getpid()}")
    if path and re.search("File locks are not supported|No locks available", text):
        return CannotLock(path, reason)
    if any(sign in text for sign in FOREIGN_WAL):
        return DamagedLog(path, f"the write-ahead log beside it is damaged or not its own ({reason})")
    if any(sign in text for sign in OTHER_STORAGE):
        return WrongStorageVersion(path, f"another storage format ({reason})", "that of DuckDB 2")
    if any(sign in text for sign in NO_DATABASE):
        return NotAnEventStore(path, f"it is not a DuckDB file, or a damaged one ({reason})")
    return DiskFull(path, reason) if any(sign in text for sign in FULL) else StoreNotWritable(path, reason)


def reading_error(path: Path | None, error: Exception) -> StoreError:
    """Translate DuckDB's error when it reads; a damaged block is found only then."""
    if any(sign in str(error) for sign in NO_DATABASE):
        return DamagedLog(path, f"a part of it is damaged ({_plain(error)})")
    return opening_error(path, error)


def means_damage(path: Path | None, error: Exception) -> bool:
    """Return whether a query met a damaged block of this file (its text may mention checksums too)."""
    cut = f'IO Error: Could not read enough bytes from file "{path}"'
    return str(error).startswith(("Corrupt database file", cut))


def writing_error(path: Path | None, error: Exception) -> StoreError:
    """Translate DuckDB's error when a commit fails."""
    reason = _plain(error)
    if any(sign in str(error) for sign in FULL):
        return DiskFull(path or "memory", reason)
    return StoreError(f"You asked to append, but DuckDB could not commit it: {reason}. Nothing was recorded.")


def query_error(error: Exception) -> StoreError:
    """Translate DuckDB's error for a query."""
    text = str(error).strip()
    if unbound := re.search(UNBOUND, text):
        return QueryFailed(_unbound(sorted(unbound[1].split(", "))))
    if APPEND_ONLY in text or 'write to database "log"' in text:
        return AppendOnly()
    said = in_one_line(text)
    return QueryFailed(said if said.endswith((".", "!", "?")) else f"{said}.")


def in_one_line(text: str) -> str:
    """Return DuckDB's message in one line; of its query excerpt only the line number is kept."""
    return " ".join(re.sub(EXCERPT, r" (line \1)", text).split())


def _unbound(names: list[str]) -> str:
    """Say which values are missing, and how to pass them to `sql`."""
    there = "".join(f", ${name}" for name in names).lstrip(", ")
    return (
        f"it has no value for {there}. Bind values by name, as in "
        'sql("FROM events WHERE stream = $name", name="session-42").'
    )


def _require_place(path: Path, lock_file: Path) -> None:
    """Check that a file can be created here. Raises `StoreNotWritable`."""
    if path.is_dir():
        raise StoreNotWritable(path, "that is a folder, not a file")
    if not path.parent.is_dir():
        raise StoreNotWritable(path, f"there is no folder {path.parent}")
    try:
        lock_file.touch()
    except OSError as error:
        raise StoreNotWritable(path, error.strerror or str(error)) from error


def _in_use(path: Path | None, holder: str) -> StoreInUse:
    if holder.startswith(f"process {os.getpid()}"):
        remedy = "Close it first with store.close(), or restart the kernel."
        return StoreInUse(path, "this very program", remedy)
    remedy = "Close it there (store.close(), or shut that kernel down), or open another file."
    return StoreInUse(path, holder, remedy)


def _owner(owner_file: Path) -> str:
    try:
        pid, _, program = owner_file.read_text(encoding="utf-8").partition(" ")
    except OSError:
        return "another process"
    return f"process {pid} ({program})"


def _program() -> str:
    notebook = os.environ.get("JPY_SESSION_NAME")
    return f"notebook {Path(notebook).name}" if notebook else Path(sys.argv[0] or sys.executable).name


def _plain(error: Exception) -> str:
    return str(error).partition("\n")[0].strip()
