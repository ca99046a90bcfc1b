"""Checkpoints merge the write-ahead log into the file, between two commits.

By default DuckDB does this within the commit that fills the write-ahead log. Then an append on a full disk
may be recorded and still be reported as failed, and single appends wait long. Here a checkpoint begins after
the commit, so its errors are never errors of an append. `duckdb_engine/store.py` calls it.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import duckdb

from workshop_lib.store.duckdb_engine.connection import LogFile
from workshop_lib.store.errors import StoreError

COMMITS = 2_000
"""The number of commits after which a checkpoint is due; it takes some milliseconds."""

BYTES = 64 * 2**20
"""The size of the write-ahead log at which it is due sooner. Each rewrites a row group of 122,880 rows."""

NEVER = "SET GLOBAL wal_autocheckpoint = '1TB'"


class Checkpoints:
    """Runs checkpoints, and reattaches the file after one failed on a full disk."""

    def __init__(self, file: LogFile, writes_to_it: bool) -> None:
        self._file, self._commits = file, 0
        self.lost = False
        """True if DuckDB has invalidated the file: it is reattached before the next commit."""
        self._wal: Path | None = None
        if file.path is not None and writes_to_it:
            self._wal = file.path.with_name(file.path.name + ".wal")
            file.connection.execute(NEVER)

    def after_commit(self) -> None:
        """Run a checkpoint if one is due. Errors are ignored: the events are safe without it."""
        if self._wal is None:
            return
        self._commits += 1
        if self._commits >= COMMITS or size_of(self._wal) >= BYTES:
            self._commits = 0
            self._take()

    def recover(self) -> None:
        """Reattach the file if DuckDB has invalidated it. Raises a `StoreError` if that fails."""
        if self.lost:
            self._file.reattach()
            self.lost = False

    def _take(self) -> None:
        try:
            self._file.connection.cursor().execute("CHECKPOINT log")
        except duckdb.Error as error:  # or another transaction is writing
            self.lost = "invalidated" in str(error)
            if self.lost:
                with suppress(StoreError):  # for the readers; the next commit does it again
                    self._file.reattach()


def size_of(file: Path) -> int:
    """Return the size of a file in bytes, 0 if it does not exist."""
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0
