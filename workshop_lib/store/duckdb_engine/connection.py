"""The open database of a DuckDB store: a cursor for each thread, and queries with their rows.

It is shared by a store, its earlier moments and its branches. Read `log.py` next.
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from itertools import count
from pathlib import Path
from time import sleep
from typing import Any

import duckdb

from workshop_lib.codec import Codec
from workshop_lib.store.duckdb_engine import file as duckdb_file
from workshop_lib.store.duckdb_engine.views import Views
from workshop_lib.store.errors import StoreClosed, StoreError
from workshop_lib.store.process import belongs_to_this_process

LONG = 500_000
"""The number of events from which a query uses all cores."""

GLANCE = 0.001
"""How often closing checks whether running reads have ended, in seconds."""


class LogFile:
    """The open database that a store and its earlier moments share."""

    def __init__(self, path: Path | None) -> None:
        self.path, self.codec = path, Codec()
        belongs_to_this_process(self)
        self.ownership: duckdb_file.Ownership | None = None
        self._database: duckdb.DuckDBPyConnection | None = None
        self._alone, self.damaged = True, False
        self._mine = threading.local()
        self._views: dict[str, Views] = {}
        self._catalogs = count(1)
        self._opening = threading.Lock()
        self._identity: duckdb_file.Identity | None = None
        try:
            self.ownership = duckdb_file.Ownership(path) if path else None
            self._database = self.connection = duckdb.connect(":memory:")
            self.connection.execute("SET GLOBAL TimeZone = 'UTC'; SET enable_progress_bar = false")
            self.connection.execute(
                "SET threads = 1"
            )  # for one event or stream, waking other threads takes longer
            self.connection.execute("PRAGMA disable_checkpoint_on_shutdown")  # `close` enables it
            self.connection.execute("CREATE TABLE memory.main.guard (statement INTEGER)")
            duckdb_file.attach(self.connection, path)
            self._identity = duckdb_file.identity(path)
        except BaseException:
            self.close()
            raise

    def replaced(self) -> duckdb_file.FileReplaced | None:
        """Return an error if the file at the path is not the one that was opened."""
        there = duckdb_file.identity(self.path)
        if there == self._identity:
            return None
        return duckdb_file.FileReplaced(self.path, "another file has its name" if there else "it was removed")

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """Return this thread's cursor; read its result to the end before the next one."""
        if self.connection is None:
            raise self.gone()
        if not hasattr(self._mine, "cursor"):
            self._mine.cursor, self._mine.statements = self.connection.cursor(), {}
        return self._mine.cursor  # type: ignore[no-any-return]

    @duckdb_file.interruptible
    def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Run a query and return all rows. Raises a `StoreError` if the file is damaged."""
        cursor = self.cursor()
        try:
            return cursor.execute(self._statement(cursor, query), values).fetchall()
        except duckdb.Error as error:
            raise self._unreadable(error) from error

    def query_error(self, error: duckdb.Error) -> StoreError:
        """Translate DuckDB's error for a participant's query."""
        if duckdb_file.means_damage(self.path, error):
            return self._unreadable(error)
        return duckdb_file.query_error(error)

    def _unreadable(self, error: duckdb.Error) -> StoreError:
        """Translate an error; once damage is found, closing no longer writes into the file."""
        if self.connection is None:
            return self.gone()
        found = duckdb_file.reading_error(self.path, error)
        if isinstance(found, duckdb_file.DamagedLog):
            self.damaged = True
        return found

    def _statement(self, cursor: duckdb.DuckDBPyConnection, query: str) -> duckdb.Statement:
        """Parse a query once per thread; parsing is a sixth of the time to read a short stream."""
        known: dict[str, duckdb.Statement] = self._mine.statements
        return known.get(query) or known.setdefault(query, cursor.extract_statements(query)[0])

    def use_all_cores(self) -> None:
        """Use all cores from now on; switching back and forth is slow."""
        if self._alone:
            self._alone = False
            self.cursor().execute(f"SET threads = {os.cpu_count() or 1}")

    def new_catalog(self, kind: str) -> str:
        """Attach a database in memory beside the log's, and return its name."""
        name = f"{kind}_{next(self._catalogs)}"
        self.cursor().execute(f"ATTACH ':memory:' AS {name}")
        return name

    def views_until(self, source: str) -> Views:
        """Return the views of a log up to the position in the variable `log_end` of the cursor."""
        with self._opening:
            return self._views.get(source) or self._make_views(source)

    def _make_views(self, source: str) -> Views:
        catalog = self.new_catalog("past")
        until = f"SELECT * FROM {source} WHERE position <= getvariable('log_end')"
        self.cursor().execute(f"CREATE VIEW {catalog}.main.events AS {until}")
        return self._views.setdefault(source, Views(self.connection, catalog, f"{catalog}.main.events"))

    def drop_catalog(self, catalog: str) -> None:
        """Detach a database in memory and the views of earlier moments that read from it."""
        with self._opening:
            for source in [source for source in self._views if source.startswith(f"{catalog}.")]:
                self.cursor().execute(f"DETACH {self._views.pop(source).catalog}")
            self.cursor().execute(f"DETACH {catalog}")

    def reattach(self) -> None:
        """Attach the file again, with all that was committed. Raises `StoreError`s."""
        self.connection.execute("DETACH DATABASE IF EXISTS log")
        duckdb_file.attach(self.connection, self.path)

    def gone(self) -> StoreClosed:
        """Return the error raised after closing."""
        return StoreClosed(self.path or "memory")

    def close(self) -> None:
        """Stop new reads, wait for running ones, close the file. Closing twice is harmless."""
        self.connection = None  # type: ignore[assignment]
        if self._database is not None and not (self.damaged or self.replaced()):
            self._database.execute("PRAGMA enable_checkpoint_on_shutdown")
        while self._database is not None:
            try:
                self._database.close()
                self._database = None
            except duckdb.ResourceInUseException:  # another thread is still reading
                sleep(GLANCE)
        if self.ownership is not None:
            self.ownership.release()


class BranchFile(LogFile):
    """The open database with one more catalog in memory, for a branch. The catalog is dropped when the
    branch and its own branches are closed; everything else is shared with the parent.
    """

    def __init__(self, parent: LogFile) -> None:
        self.catalog = parent.new_catalog("fork")
        belongs_to_this_process(self)
        self._parent = parent if isinstance(parent, BranchFile) else None
        self._whole: LogFile = self._parent._whole if self._parent else parent
        self._open, self._users = True, 1
        if self._parent:
            self._parent._users += 1

    def __getattr__(self, name: str) -> Any:
        return getattr(self._whole, name)

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """Return this thread's cursor while the branch is open."""
        if not self._open:
            raise self.gone()
        return self._whole.cursor()

    def gone(self) -> StoreClosed:
        """Return the error raised after the branch or its parent is closed."""
        return self._whole.gone() if self._open else StoreClosed("of this branch")

    def _unreadable(self, error: duckdb.Error) -> StoreError:
        return self._whole._unreadable(error) if self._open else self.gone()

    def close(self) -> None:
        """Stop new reads. Closing twice is harmless."""
        if self._open:
            self._open = False
            self._let_go()

    def _let_go(self) -> None:
        self._users -= 1
        if self._users:
            return
        with suppress(StoreClosed):  # the database is closed, and the catalog with it
            self._whole.drop_catalog(self.catalog)
        if self._parent:
            self._parent._let_go()
