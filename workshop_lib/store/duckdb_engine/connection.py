"""The open database under a DuckDB store: a cursor for each thread, questions and their rows.

A store, its earlier moments and its branches share it. Read `duckdb_engine/reader.py` next.
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from itertools import count
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Any

import duckdb
import msgspec

from workshop_lib.codec import Codec
from workshop_lib.events import StoredEvent
from workshop_lib.store.duckdb_engine import file as duckdb_file
from workshop_lib.store.duckdb_engine.views import Views
from workshop_lib.store.errors import StoreClosed, StoreError

if TYPE_CHECKING:
    from filelock import BaseFileLock

LONG = 500_000
"""From this many events on, a question in SQL is worth all cores of the machine."""

KEPT_PASTS = 100
"""Of how many earlier moments the relations are kept."""

GLANCE = 0.001
"""How often a close looks whether the others have read their page, in seconds."""


class LogFile:
    """The open database that a store and its earlier moments share."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.lock: BaseFileLock | None = duckdb_file.take_lock(path) if path else None
        self.connection = duckdb.connect(":memory:")
        self.connection.execute("SET GLOBAL TimeZone = 'UTC'; SET enable_progress_bar = false")
        self.connection.execute("SET threads = 1")  # one event, one stream: waking others takes longer
        self._alone = True
        self.connection.execute("CREATE TABLE memory.main.guard (statement INTEGER)")
        self.codec = Codec()
        self.damaged = False
        self._mine = threading.local()
        self._pasts: dict[tuple[str, int], Views] = {}
        self._catalogs = count(1)
        self._opening = threading.Lock()
        try:
            duckdb_file.attach(self.connection, path)
        except BaseException:
            self.close()
            raise

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """This thread's cursor; its result must be read to the end before the next one."""
        if self.connection is None:
            raise self.gone()
        if not hasattr(self._mine, "cursor"):
            self._mine.cursor, self._mine.statements = self.connection.cursor(), {}
        return self._mine.cursor  # type: ignore[no-any-return]

    def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """All rows of an answer. Raises a `StoreError` if the file is damaged."""
        cursor = self.cursor()
        try:
            return cursor.execute(self._statement(cursor, query), values).fetchall()
        except duckdb.Error as error:
            raise self._unreadable(error) from error

    def refused(self, error: duckdb.Error) -> StoreError:
        """What DuckDB says to a question of somebody's own, as an error of ours."""
        if duckdb_file.tells_of_damage(self.path, error):
            return self._unreadable(error)
        return duckdb_file.query_error(error)

    def _unreadable(self, error: duckdb.Error) -> StoreError:
        """An error of ours; from a damaged file on, closing writes nothing into it."""
        if self.connection is None:
            return self.gone()
        found = duckdb_file.reading_error(self.path, error)
        if isinstance(found, duckdb_file.DamagedLog):
            self.damaged = True
            self.connection.execute("PRAGMA disable_checkpoint_on_shutdown")
        return found

    def rows(self, query: str, *values: object) -> list[StoredEvent]:
        """All rows of an answer as stored events."""
        return msgspec.convert(self.ask(query, *values), list[StoredEvent])

    def _statement(self, cursor: duckdb.DuckDBPyConnection, query: str) -> duckdb.Statement:
        """The query, parsed once a thread: for a short stream that is a sixth of the work."""
        known: dict[str, duckdb.Statement] = self._mine.statements
        return known.get(query) or known.setdefault(query, cursor.extract_statements(query)[0])

    def use_all_cores(self) -> None:
        """For questions to the whole of a long log; from then on, because to change it takes a while."""
        if self._alone:
            self._alone = False
            self.cursor().execute(f"SET threads = {os.cpu_count() or 1}")

    def new_catalog(self, kind: str) -> str:
        """A database in memory, beside the log's, for relations of one's own."""
        name = f"{kind}_{next(self._catalogs)}"
        self.cursor().execute(f"ATTACH ':memory:' AS {name}")
        return name

    def past_views(self, source: str, end: int) -> Views:
        """The relations of a log up to a position; those of the moments asked for last are kept."""
        with self._opening:
            return self._pasts.get((source, end)) or self._open_past(source, end)

    def _open_past(self, source: str, end: int) -> Views:
        catalog = self.new_catalog("past")
        self.cursor().execute(
            f"CREATE VIEW {catalog}.main.events AS SELECT * FROM {source} WHERE position <= {end}"
        )
        self._pasts[source, end] = Views(self.connection, catalog, f"{catalog}.main.events")
        if len(self._pasts) > KEPT_PASTS:
            self._forget_past(next(iter(self._pasts)))
        return self._pasts[source, end]

    def _forget_past(self, place: tuple[str, int]) -> None:
        self.connection.cursor().execute(f"DETACH {self._pasts.pop(place).catalog}")

    def drop_catalog(self, catalog: str) -> None:
        """Let such a database go, and with it the earlier moments of the log in it."""
        with self._opening:
            for place in [place for place in self._pasts if place[0].startswith(f"{catalog}.")]:
                self._forget_past(place)
            self.cursor().execute(f"DETACH {catalog}")

    def reattach(self) -> None:
        """Take the file in anew, with all that was committed. Raises `StoreError`s."""
        self.connection.execute("DETACH DATABASE IF EXISTS log")
        duckdb_file.attach(self.connection, self.path)

    def gone(self) -> StoreClosed:
        """What whoever asks is told once it is closed."""
        return StoreClosed(self.path or "memory")

    def close(self) -> None:
        """Let nobody begin to read, wait for those who do, and let go of the file."""
        connection, self.connection = self.connection, None  # type: ignore[assignment]
        while connection is not None:
            try:
                connection.close()
                break
            except duckdb.ResourceInUseException:  # another thread's cursor is in the middle of a page
                sleep(GLANCE)
        if self.lock is not None and self.path is not None:
            duckdb_file.release_lock(self.path, self.lock)
            self.lock = None


class BranchFile(LogFile):
    """The open database as one branch has it: with a catalog more, in memory, which goes when the branch is
    closed and no branch of it is left. All else it has from the whole.
    """

    def __init__(self, parent: LogFile) -> None:
        self.catalog = parent.new_catalog("fork")
        self._parent = parent if isinstance(parent, BranchFile) else None
        self._whole: LogFile = self._parent._whole if self._parent else parent
        self._open, self._users = True, 1
        if self._parent:
            self._parent._users += 1

    def __getattr__(self, name: str) -> Any:
        return getattr(self._whole, name)

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """As of the whole, as long as the branch is open."""
        if not self._open:
            raise self.gone()
        return self._whole.cursor()

    def gone(self) -> StoreClosed:
        """What whoever asks is told once the branch is closed, or the whole."""
        return self._whole.gone() if self._open else StoreClosed("of this branch")

    def _unreadable(self, error: duckdb.Error) -> StoreError:
        return self._whole._unreadable(error) if self._open else self.gone()

    def close(self) -> None:
        """Let nobody begin to read. Closing twice is harmless."""
        if self._open:
            self._open = False
            self._let_go()

    def _let_go(self) -> None:
        self._users -= 1
        if self._users:
            return
        with suppress(StoreClosed):  # the whole is closed: the catalog went with it
            self._whole.drop_catalog(self.catalog)
        if self._parent:
            self._parent._let_go()
