"""The event store that comes with the workbench: one DuckDB file, or the same in memory.

One owner writes. Concurrent appends are committed together (`commit.py`) in one transaction, so a crash
leaves all of them or none. Read `log.py` for the rows, `writer.py` for the inserts, `views.py` for the views.
"""

from __future__ import annotations

import atexit
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from weakref import WeakSet

import duckdb

from workshop_lib.clock import Clock, IdSource, random_ids, wall_clock
from workshop_lib.events import shortened
from workshop_lib.store.commit import Uncommitted
from workshop_lib.store.duckdb_engine import file as duckdb_file
from workshop_lib.store.duckdb_engine.checkpoint import Checkpoints
from workshop_lib.store.duckdb_engine.connection import BranchFile, LogFile
from workshop_lib.store.duckdb_engine.log import LOG, GrowingLog
from workshop_lib.store.duckdb_engine.reader import DuckDBReader
from workshop_lib.store.duckdb_engine.views import Views
from workshop_lib.store.duckdb_engine.writer import Writer
from workshop_lib.store.errors import MAYBE, NOTHING, RECORDED, StoreError, StoreNotWritable
from workshop_lib.store.group_commit import PendingAppend, note_outcome
from workshop_lib.store.store import Store
from workshop_lib.store.subscription import Wakeup
from workshop_lib.store.transactions import Act, Transactions

_open = WeakSet["DuckDBStore"]()


def _close_all() -> None:
    """Close the stores that a program leaves open when it ends, so that each log is one file."""
    for store in [*_open]:
        store.close()


class DuckDBWriter(DuckDBReader, Store):
    """A DuckDB log that can be appended to: the base of stores and branches."""

    _log: GrowingLog

    def __init__(self, log: GrowingLog, table: str, clock: Clock, ids: IdSource) -> None:
        super().__init__(log, clock, ids)
        self._file, self._table, self._acts = log.file, table, list[Act]()
        self._wakeup = Wakeup(self.position)
        self._checkpoints = Checkpoints(log.file, table == LOG)
        self._writer = Writer(self._file.connection, self._table)
        self._clean = True
        """False from the start of a commit until the cached heads are those of the table again."""

    @duckdb_file.interruptible
    def fork(self, position: int | None = None) -> DuckDBFork:
        return DuckDBFork(self._log, self._end(position), self._clock, self._ids)

    @duckdb_file.interruptible
    def _commit(self, group: list[PendingAppend]) -> None:
        if self._file.connection is None or self._wakeup.closed:
            raise self._file.gone()
        if replaced := self._file.replaced():
            raise replaced
        self._recover()
        uncommitted = self._uncommitted(self._log, self._log.head())
        uncommitted.add_each(group)
        if uncommitted.rows:
            self._write(uncommitted, self._acts, group)
            self._wakeup.notify()
            self._checkpoints.after_commit()

    def _write(self, uncommitted: Uncommitted, acts: Sequence[Act], group: Sequence[PendingAppend]) -> None:
        try:
            self._clean = False
            note_outcome(group, MAYBE)
            self._writer.commit(uncommitted.rows, acts)
            self._log.grow(uncommitted.head, uncommitted.versions, uncommitted.rows)
            self._clean = True
            note_outcome(group, RECORDED)
        except BaseException as error:
            self._recover()
            note_outcome(group, RECORDED if self._log.head() == uncommitted.head else NOTHING)
            if isinstance(error, duckdb.Error):
                raise duckdb_file.writing_error(self._file.path, error) from error
            raise

    def _recover(self) -> None:
        """After a commit that did not finish: roll back what is open, read the heads from the table."""
        if self._checkpoints.lost or not self._clean:
            self._clean = False
            self._checkpoints.recover()
            self._writer.close()
            self._writer = Writer(self._file.connection, self._table)
            self._log.load()
            self._clean = True

    def _wait_beyond(self, after: int, timeout: float | None) -> bool:
        return self._wakeup.wait(after, timeout)

    def _let_go(self) -> None:
        self._wakeup.close()
        self._file.close()


class DuckDBStore(DuckDBWriter):
    """An event store in a DuckDB file, or in memory without a path. Use it in a `with` block, or close it."""

    def __init__(
        self, path: str | Path | None = None, clock: Clock = wall_clock, ids: IdSource = random_ids
    ) -> None:
        self._place = path or "memory"
        try:
            file = LogFile(Path(path).expanduser().resolve() if path else None)
        except (OSError, RuntimeError) as error:  # a name that is too long, or of an unknown home
            raise StoreNotWritable(shortened(path), str(error)[:60]) from error
        try:
            log = GrowingLog(file, LOG, Views(file.connection, "memory", LOG))
            super().__init__(log, LOG, clock, ids)
            offered = (self._acts.append, self._between_commits, file.ask)
            self._transactions = Transactions(*offered, "?", "log.main.{}", file.codec)
            _open.add(self)
            atexit.unregister(_close_all)
            atexit.register(_close_all)  # the last to be registered runs first: before filelock's release
        except duckdb.Error as error:
            file.close()
            raise duckdb_file.opening_error(file.path, error) from error
        except BaseException:
            file.close()
            raise

    @duckdb_file.interruptible
    def _let_go(self) -> None:
        """Save the head of the chain, for `verify`, and close the file."""
        try:
            with suppress(duckdb.Error, StoreError):  # a full disk: the events are safe without the head
                if not (self._file.damaged or self._file.replaced()):
                    self._note_head()
        finally:
            super()._let_go()

    def _note_head(self) -> None:
        noted = self._file.ask("SELECT coalesce(max(position), 0) FROM log.heads")[0][0]
        self._recover()
        head = self._log.head()
        if head.position > noted:
            self._writer.note_head(head.position, head.hash)

    def _between_commits(self, act: Act) -> None:
        self._group.pause_for(lambda: self._by_itself(act))

    @duckdb_file.interruptible
    def _by_itself(self, act: Act) -> None:
        self._file.cursor()
        self._recover()
        self._write(self._uncommitted(self._log, self._log.head()), [act], ())


class DuckDBFork(DuckDBWriter):
    """A branch of a log: the parent's events up to a position, then its own, which stay in memory."""

    def __init__(self, parent: GrowingLog, end: int, clock: Clock, ids: IdSource) -> None:
        file = BranchFile(parent.file)
        source, own = f"{file.catalog}.main.events", f"{file.catalog}.main.own"
        file.cursor().execute(
            f"CREATE TABLE {own} AS FROM {LOG} LIMIT 0;"
            f"CREATE VIEW {source} AS FROM {parent.table} WHERE position <= {end} UNION ALL FROM {own}"
        )
        log = GrowingLog(file, source, Views(file.connection, file.catalog, source), min(parent.noted, end))
        super().__init__(log, own, clock, ids)
