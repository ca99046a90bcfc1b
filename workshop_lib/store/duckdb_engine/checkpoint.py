"""Checkpoints: now and then the write-ahead log is brought into the file, between two commits.

DuckDB would do that within the commit that fills the write-ahead log. Then an append that finds the disk full
may stand in the log and be reported as failed, and single appends wait long for a checkpoint of many of them.
Here a commit is over before a checkpoint begins, and what a checkpoint meets is never an append's error.
Read `duckdb_engine/store.py` for who calls.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import duckdb

from workshop_lib.store.duckdb_engine.connection import LogFile
from workshop_lib.store.errors import StoreError

COMMITS = 2_000
"""After so many commits a checkpoint is due: it takes some milliseconds then."""

BYTES = 64 * 2**20
"""From this size of the write-ahead log on it is due sooner. Each rewrites a row group of 122,880 rows."""

NEVER = "SET GLOBAL wal_autocheckpoint = '1TB'"


class Checkpoints:
    """Brings a file's write-ahead log in, and the file itself back if the disk was too full for it."""

    def __init__(self, file: LogFile, writes_to_it: bool, renew: Callable[[], None]) -> None:
        self._file, self._renew, self._commits, self._lost = file, renew, 0, False
        self._wal: Path | None = None
        if file.path is not None and writes_to_it:
            self._wal = file.path.with_name(file.path.name + ".wal")
            file.connection.execute(NEVER)

    def after_commit(self) -> None:
        """Take a checkpoint if one is due. It fails silently: the events are safe without it."""
        if self._wal is None:
            return
        self._commits += 1
        if self._commits >= COMMITS or size_of(self._wal) >= BYTES:
            self._commits = 0
            self._take()

    def recover(self) -> None:
        """Attach the file again if DuckDB has given it up. Raises a `StoreError` if it cannot be had yet."""
        if self._lost:
            self._file.reattach()
            self._renew()
            self._lost = False

    def _take(self) -> None:
        try:
            self._file.connection.cursor().execute("CHECKPOINT log")
        except duckdb.Error as error:  # or somebody else is writing into the file: it is due again later
            self._lost = "invalidated" in str(error)
            with suppress(StoreError):
                self.recover()


def size_of(file: Path) -> int:
    """The size of a file in bytes, 0 if it does not exist."""
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0
