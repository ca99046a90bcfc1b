"""The event store that comes with the workbench: one DuckDB file, or the same in memory.

One owner writes. Appends that come together become one draft (`commit.py`), and the draft's rows go in with
one transaction, so a crash leaves all of it or nothing. `duckdb_engine/reader.py` has the reading half,
`duckdb_engine/writer.py` the way into the table, `duckdb_engine/views.py` the log as relations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb

from workshop_lib.clock import Clock, IdSource, random_ids, wall_clock
from workshop_lib.events import StoredEvent
from workshop_lib.store.arguments import append_of
from workshop_lib.store.commit import Draft, Head
from workshop_lib.store.duckdb_engine import file as duckdb_file
from workshop_lib.store.duckdb_engine.archive_files import relation_of
from workshop_lib.store.duckdb_engine.checkpoint import Checkpoints
from workshop_lib.store.duckdb_engine.connection import BranchFile, LogFile
from workshop_lib.store.duckdb_engine.reader import LOG, ROW, UNSEALED, DuckDBPast, filtered
from workshop_lib.store.duckdb_engine.views import Views
from workshop_lib.store.duckdb_engine.writer import Writer
from workshop_lib.store.errors import (
    ANY,
    ExpectedVersion,
    StoreError,
    checked_from,
    checked_stream,
)
from workshop_lib.store.group_commit import GroupCommit, Ticket
from workshop_lib.store.port import Append, AppendResult, Query, Subscription
from workshop_lib.store.subscription import CatchUp, Wakeup

SHORT = 2_000
"""DuckDB looks up to 2,048 rows in its index, and goes through the table for more."""

Inline = Callable[[duckdb.DuckDBPyConnection, Sequence[StoredEvent]], None]
"""What is done in the transaction of each commit, with a cursor in it and the rows that it adds."""


class DuckDBStore(DuckDBPast):
    """An event store in a DuckDB file, or in memory without a path. Use it in a `with` block, or close it."""

    def __init__(
        self, path: str | Path | None = None, clock: Clock = wall_clock, ids: IdSource = random_ids
    ) -> None:
        file = LogFile(Path(path).expanduser().resolve() if path else None)
        try:
            super().__init__(file, 0, relation_of(file))
            self._open(clock, ids, Views(file.connection, "memory", self._source), LOG)
        except duckdb.Error as error:
            file.close()
            raise duckdb_file.opening_error(file.path, error) from error
        except BaseException:
            file.close()
            raise

    def _open(self, clock: Clock, ids: IdSource, views: Views, table: str) -> None:
        self._clock, self._ids, self._views = clock, ids, views
        self._table = table
        self._whole_stream = f"SELECT {UNSEALED} FROM {self._source} WHERE stream = ?"
        self._ready_to_write()
        self._checkpoints = Checkpoints(self._file, table == LOG, self._ready_to_write)
        self._inline: list[Inline] = []
        self._group, self._wakeup = GroupCommit(self._settle), Wakeup()
        self._load_heads()
        self._wakeup.notify(self.position())

    def _ready_to_write(self) -> None:
        self._writer = Writer(self._file.connection, self._table)

    def append(
        self, stream: str, events: Sequence[object], expected_version: ExpectedVersion = ANY, **what_else: Any
    ) -> AppendResult:
        """Record events at the end of one stream, all or none; `what_else` as in `Append`: `condition`,
        `occurred_at`, `tags`, `metadata`, `event_ids`, `correlation_id`, `causation_id`. Raises
        `WrongExpectedVersion`.
        """
        return self.append_batch([append_of(stream, events, expected_version, what_else)])[0]

    def append_batch(self, appends: Iterable[Append]) -> list[AppendResult]:
        """Several appends in one commit, all or none. The clock is read once for each append, as it is
        taken.
        """
        return self._group.submit(appends)

    def in_each_commit(self, act: Inline) -> None:
        """Do this too in the transaction of each commit from now on: both are there afterwards, or neither.

        Its tables have to be in the log's file (`log.…`), because a transaction writes to one database only.
        """
        self._inline.append(act)

    def between_commits(self, act: Inline) -> None:
        """Do this in a transaction of its own while nobody appends; its tables as in `in_each_commit`."""
        self._group.pause_for(lambda: self._in_between(act))

    def _in_between(self, act: Inline) -> None:
        self._file.cursor()
        self._checkpoints.recover()
        try:
            self._writer.commit((), [act])
        except duckdb.Error as error:
            raise duckdb_file.writing_error(self._file.path, error) from error

    def stream_version(self, stream: str) -> int:
        """The number of events in the stream, 0 if it does not exist."""
        return self.version_of(checked_stream(stream))

    def position(self) -> int:
        """The position of the last event, 0 if there is none."""
        return self._head.position

    def wait(self, after: int, timeout: float | None = None) -> bool:
        """Wait until the log has gone beyond a position, `timeout` seconds at most; whether it has."""
        return self._wakeup.wait(checked_from("after", after, 0), timeout)

    def subscribe(self, after: int = 0, query: Query | None = None) -> Subscription:
        """Each event behind a position, once and in order: those that are there, then those to come."""
        return CatchUp(self, after, query)

    def fork(self, position: int | None = None) -> DuckDBFork:
        """A what-if branch: it reads this log's past up to a position and writes to itself, in memory."""
        end = self.position() if position is None else checked_from("position", position, 0)
        return DuckDBFork(self, self._clock, self._ids, min(end, self.position()))

    def close(self) -> None:
        """Note down the head of the chain and let go of the file. Closing twice is harmless."""
        self._group.pause_for(self._let_go)

    def _let_go(self) -> None:
        if self._file.connection is None:
            return
        try:
            noted = self._file.ask("SELECT coalesce(max(position), 0) FROM log.heads")[0][0]
            if self._head.position > noted and not self._file.damaged:
                self._writer.note_head(self._head.position, self._head.hash)
        except (duckdb.Error, StoreError):  # a full disk: the events are safe, only the note is missing
            pass
        finally:
            self._wakeup.close()
            self._file.close()

    def verify(self) -> int | None:
        """None if every row follows from the rows before it, else the first position that does not fit."""
        misfit = super().verify()
        if misfit is not None:
            return misfit
        last = self._file.ask(f"SELECT coalesce(max(position), 0) FROM {self._source}")[0][0]
        return None if last == self._head.position else int(min(last, self._head.position)) + 1

    def version_of(self, stream: str) -> int:
        """For the draft: a stream's version."""
        return self._versions.get(stream, 0)

    def rows_since(self, stream: str, version: int) -> list[StoredEvent]:
        """For the draft: what came after a version of a stream."""
        return sorted(self._stream_rows(stream, version + 1, 2**31 - 1), key=lambda row: row.version)

    def rows_with_ids(self, ids: Sequence[UUID]) -> list[StoredEvent]:
        """For the draft: the events that have one of these ids."""
        marks = ", ".join("?::UUID" for _ in ids)
        return self._file.rows(f"SELECT {ROW} FROM {self._source} WHERE event_id IN ({marks})", *ids)

    def rows_found(self, query: Query, after: int) -> list[StoredEvent]:
        """For the draft: the events that a query finds behind a position."""
        if after >= self.position():
            return []
        condition, values = filtered(query)
        select = f"SELECT {ROW} FROM {self._source} WHERE position > ?{condition} ORDER BY position LIMIT 100"
        return self._file.rows(select, after, *values)

    def _stream_rows(self, stream: str, first: int, last: int) -> list[StoredEvent]:
        """A condition besides the stream's name would keep DuckDB from its index: short streams are read
        whole.
        """
        if self._versions.get(stream, 0) > SHORT:
            return super()._stream_rows(stream, first, last)
        rows, end = self._file.rows(self._whole_stream, stream), self.position()
        return [row for row in rows if first <= row.version <= last and row.position <= end]

    def _settle(self, tickets: list[Ticket]) -> None:
        if self._file.connection is None or self._wakeup.closed:
            raise self._file.gone()
        self._checkpoints.recover()
        draft = Draft(self, self._head, self._file.codec, self._clock, self._ids)
        draft.settle(tickets)
        if draft.rows:
            self._commit(draft)
            self._wakeup.notify(self.position())
            self._checkpoints.after_commit()

    def _commit(self, draft: Draft) -> None:
        try:
            self._writer.commit(draft.rows, self._inline)
        except BaseException as error:
            self._load_heads()
            if isinstance(error, duckdb.Error):
                raise duckdb_file.writing_error(self._file.path, error) from error
            raise
        self._head = draft.head
        self._versions.update(draft.versions)

    def _load_heads(self) -> None:
        last = f"SELECT max(position) FROM {self._source}"
        head = f"SELECT position, hash, recorded_at FROM {self._source} WHERE position = ({last})"
        found = self._file.ask(head)
        self._head = Head(found[0][0], bytes(found[0][1]), found[0][2]) if found else Head()
        versions = f"SELECT stream, max(version) FROM {self._source} GROUP BY stream"
        self._versions: dict[str, int] = dict(self._file.ask(versions))

    def _ready_views(self) -> Views:
        self._file.cursor()
        self._views.refresh()
        return self._views

    def _end_of_heads(self) -> int:
        return 2**63 - 1


class DuckDBFork(DuckDBStore):
    """A branch of a log: the parent's events up to a position, then its own, which stay in memory."""

    def __init__(self, parent: DuckDBStore, clock: Clock, ids: IdSource, end: int) -> None:
        file, self._base = BranchFile(parent._file), end
        source, own = f"{file.catalog}.main.events", f"{file.catalog}.main.own"
        file.cursor().execute(
            f"CREATE TABLE {own} AS FROM {LOG} LIMIT 0;"
            f"CREATE VIEW {source} AS FROM {parent._source} WHERE position <= {end} UNION ALL FROM {own}"
        )
        DuckDBPast.__init__(self, file, end, source)
        self._open(clock, ids, Views(file.connection, file.catalog, source), own)

    def close(self) -> None:
        """Let the branch go, with what was appended to it; the log it came from stays open."""
        self._group.pause_for(self._let_go)

    def _let_go(self) -> None:
        self._wakeup.close()
        self._file.close()

    def _end_of_heads(self) -> int:
        return self._base
