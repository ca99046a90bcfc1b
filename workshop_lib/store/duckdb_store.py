"""The event store that comes with the workbench: one DuckDB file, or the same in memory.

One owner writes. An append becomes a draft (`draft.py`) and the draft's rows one INSERT, so a crash leaves
all of it or nothing. `duckdb_past.py` has the reading half, `duckdb_views.py` the log as relations.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb

from workshop_lib.clock import Clock, IdSource, random_ids, wall_clock
from workshop_lib.events import StoredEvent
from workshop_lib.store import duckdb_file
from workshop_lib.store.draft import Draft, Head, OneWriter
from workshop_lib.store.duckdb_past import COLUMNS, OF_STREAM, DuckDBPast, LogFile
from workshop_lib.store.duckdb_views import Views
from workshop_lib.store.port import Append, AppendResult
from workshop_lib.store.refusals import (
    ANY,
    ExpectedVersion,
    StoreClosed,
    StoreError,
    checked_stream,
)

INSERT_ONE = f"INSERT INTO log.events VALUES ({', '.join('?' for _ in StoredEvent._fields)})"
INSERT_MANY = f"INSERT INTO log.events SELECT {COLUMNS.replace('hash', 'unhex(hash)')} FROM draft_rows"


class DuckDBStore(DuckDBPast):
    """An event store in a DuckDB file, or in memory without a path. Use it in a `with` block, or close it."""

    def __init__(
        self, path: str | Path | None = None, clock: Clock = wall_clock, ids: IdSource = random_ids
    ) -> None:
        super().__init__(LogFile(Path(path).expanduser().resolve() if path else None), 0)
        self._clock, self._ids, self._write = clock, ids, OneWriter()
        try:
            self._prepare()
        except duckdb.Error as error:
            self._file.close()
            raise duckdb_file.opening_error(self._file.path, error) from error
        except BaseException:
            self._file.close()
            raise

    def _prepare(self) -> None:
        self._head, self._versions = self._load_heads()
        self._views = Views(self._file.connection, "memory", None)
        self._writer = self._file.connection.cursor()
        self._writer.execute("PRAGMA disable_optimizer")  # planning an INSERT takes longer than doing it
        self._insert_one = self._writer.extract_statements(INSERT_ONE)[0]

    def append(
        self, stream: str, events: Sequence[object], expected_version: ExpectedVersion = ANY, **what_else: Any
    ) -> AppendResult:
        """Record events at the end of one stream, all or none; `what_else` as in `Append`. Raises
        `WrongExpectedVersion`.
        """
        return self.append_batch([Append(stream, events, expected_version, **what_else)])[0]

    def append_batch(self, appends: Iterable[Append]) -> list[AppendResult]:
        """Several appends in one commit, all or none. The clock is read once for each append, as it is
        taken.
        """
        with self._write:
            if self._file.connection is None:
                raise StoreClosed(self._file.path or "memory")
            draft = Draft(self, self._head, self._file.codec, self._clock, self._ids)
            results = draft.add(appends)
            self._commit(draft)
            return results

    def stream_version(self, stream: str) -> int:
        """The number of events in the stream, 0 if it does not exist."""
        return self.version_of(checked_stream(stream))

    def position(self) -> int:
        """The position of the last event, 0 if there is none."""
        return self._head.position

    def close(self) -> None:
        """Note down the head of the chain and let go of the file. Closing twice is harmless."""
        with self._write:
            if self._file.connection is None:
                return
            try:
                noted = self._file.ask("SELECT coalesce(max(position), 0) FROM log.heads")[0][0]
                if self._head.position > noted:
                    head = [self._head.position, self._head.hash]
                    self._writer.execute("INSERT INTO log.heads VALUES (?, ?)", head)
            except (duckdb.Error, StoreError):  # a full disk: the events are safe, only the note is missing
                pass
            finally:
                self._file.close()

    def verify(self) -> int | None:
        """None if every row follows from the rows before it, else the first position that does not fit."""
        misfit = super().verify()
        if misfit is not None:
            return misfit
        last = self._file.ask("SELECT coalesce(max(position), 0) FROM log.events")[0][0]
        return None if last == self._head.position else int(min(last, self._head.position)) + 1

    def version_of(self, stream: str) -> int:
        """For the draft: a stream's version."""
        return self._versions.get(stream, 0)

    def rows_since(self, stream: str, version: int) -> list[StoredEvent]:
        """For the draft: what came after a version of a stream."""
        rows = self._file.rows(OF_STREAM, stream, version + 1, 2**31 - 1, self.position())
        return sorted(rows, key=lambda row: row.version)

    def rows_with_ids(self, ids: Sequence[UUID]) -> list[StoredEvent]:
        """For the draft: the events that have one of these ids."""
        return self._file.rows(
            f"SELECT {COLUMNS} FROM log.events WHERE list_contains(?::UUID[], event_id)", list(ids)
        )

    def _commit(self, draft: Draft) -> None:
        try:
            if len(draft.rows) == 1:
                self._writer.execute(self._insert_one, draft.rows[0])
            elif draft.rows:
                self._insert_columns(draft.rows)
        except duckdb.Error as error:
            raise duckdb_file.writing_error(self._file.path, error) from error
        self._head = draft.head
        self._versions.update(draft.versions)

    def _insert_columns(self, rows: list[StoredEvent]) -> None:
        self._writer.register("draft_rows", columns_of(rows))
        try:
            self._writer.execute(INSERT_MANY)
        finally:
            self._writer.unregister("draft_rows")

    def _load_heads(self) -> tuple[Head, dict[str, int]]:
        rows = (
            self._file.cursor()
            .execute("SELECT stream, max(version) FROM log.events GROUP BY stream")
            .fetchall()
        )
        last = (
            "SELECT position, hash, recorded_at FROM log.events "
            "WHERE position = (SELECT max(position) FROM log.events)"
        )
        found = self._file.ask(last)
        return (Head(found[0][0], bytes(found[0][1]), found[0][2]) if found else Head(), dict(rows))

    def _ready_views(self) -> Views:
        self._file.cursor()
        self._views.refresh()
        return self._views

    def _end_of_heads(self) -> int:
        return 2**63 - 1


def columns_of(rows: Sequence[StoredEvent]) -> dict[str, Any]:
    """Rows turned into one numpy array for each column: DuckDB takes these in three times as fast as rows."""
    import numpy as np

    def objects(values: Iterable[object]) -> Any:
        column = np.empty(len(rows), dtype=object)
        column[:] = list(values)
        return column

    columns = dict(zip(StoredEvent._fields, zip(*rows, strict=True), strict=True))
    arrays: dict[str, Any] = {name: objects(values) for name, values in columns.items()}
    for name in ("position", "version", "schema_version"):
        arrays[name] = np.array(columns[name], dtype=np.int64)
    for name in ("occurred_at", "recorded_at"):
        arrays[name] = np.array([_micros(value) for value in columns[name]], dtype=np.int64).view(
            "datetime64[us]"
        )
    for name in ("event_id", "correlation_id", "causation_id"):
        arrays[name] = objects(value and value.hex for value in columns[name])
    arrays["hash"] = objects(value.hex() for value in columns["hash"])
    return arrays


def _micros(value: datetime, epoch: datetime = datetime(1970, 1, 1)) -> int:
    since = value - epoch
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
