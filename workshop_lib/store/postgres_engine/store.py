"""The event store on PostgreSQL: one table, written by any number of programs.

Each commit takes the log's advisory lock, reads the head, adds the appends of all waiting callers
(`commit.py`), stores the rows, notifies the subscribers and commits. So positions have the order of the
commits. Read `log.py` for the rows, `schema.py` for the table.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from time import monotonic, sleep
from typing import Any, TypeVar
from uuid import UUID

import psycopg

from workshop_lib.clock import Clock, IdSource, random_ids, wall_clock
from workshop_lib.codec import Codec
from workshop_lib.events import StoredEvent, shortened
from workshop_lib.frames import sql_name
from workshop_lib.store.arguments import CheckedAppend
from workshop_lib.store.chain import Head
from workshop_lib.store.commit import Uncommitted
from workshop_lib.store.errors import (
    MAYBE,
    RECORDED,
    EventIdTaken,
    NotSupported,
    OutcomeUnknown,
    StoreClosed,
    StoreError,
)
from workshop_lib.store.group_commit import PendingAppend, note_outcome
from workshop_lib.store.postgres_engine.connection import (
    Connection,
    Link,
    key_of,
    lost,
    plain,
    query_error,
    writing_error,
)
from workshop_lib.store.postgres_engine.listener import Listener
from workshop_lib.store.postgres_engine.log import PostgresLog
from workshop_lib.store.postgres_engine.schema import prepared
from workshop_lib.store.reader import Log
from workshop_lib.store.server_errors import ConnectionLost, ServerUnreachable
from workshop_lib.store.store import Store
from workshop_lib.store.subscription import GLANCE
from workshop_lib.store.transactions import Act, Transactions

_T = TypeVar("_T")

FEW = 3
"""The maximum number of rows inserted one by one; more are copied."""

LONGEST_TAG = 600
"""The maximum length of a tag: it fits into an index entry in any script."""

PAUSES = (0.0, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2)
"""The pauses before each attempt to find out whether an append was recorded, in seconds."""


class PostgresStore(Store):
    """An event store in a PostgreSQL database: `postgresql://user:password@host/database?schema=room`.

    Any number of stores, in any number of programs, share a log. Use it in a `with` block, or close it.
    """

    _log: PostgresLog

    def __init__(self, url: str, clock: Clock = wall_clock, ids: IdSource = random_ids) -> None:
        self._link = Link(url)
        self._place = self._link.address
        schema = prepared(self._link)
        super().__init__(PostgresLog(self._link.ask, schema, Codec()), clock, ids)
        self._listener, self._seen, self._acts = Listener(self._link, schema), Head(), list[Act]()
        offered = (self._acts.append, self._between_commits, self._link.ask)
        self._transactions = Transactions(*offered, "%s", f"{sql_name(schema)}.{{}}", self._log.codec)
        self._begin = (
            f"BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock({key_of(schema)}); "
            f"SELECT position, hash, recorded_at FROM {self._log.table} ORDER BY position DESC LIMIT 1"
        ).encode()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._link.address}, {self._log}>"

    def verify(self) -> int | None:
        """Return None if the hash chain is valid, else the first position that is not. The last hash
        that this store has written must still be there.
        """
        if (mismatch := super().verify()) is not None or not self._seen.position:
            return mismatch
        there = self._log.head_at(self._seen.position)
        if there.hash == self._seen.hash:
            return None
        return there.position + 1 if there.position < self._seen.position else there.position

    def _wait_beyond(self, after: int, timeout: float | None) -> bool:
        deadline = None if timeout is None else monotonic() + timeout
        while True:
            if self._link.closed:
                raise StoreClosed("of this subscription")
            since = self._listener.ready()
            if self.position() > after:
                return True
            left = GLANCE if deadline is None else min(GLANCE, deadline - monotonic())
            if left <= 0:
                return False
            self._listener.sleep(since, left)

    def _let_go(self) -> None:
        """Save the head of the chain, for `verify`, and close the connections."""
        if self._seen.position and not self._link.closed:
            note = f"INSERT INTO {self._log.heads} VALUES (%s, %s) ON CONFLICT DO NOTHING"
            with suppress(StoreError):  # the events are safe without the saved head
                self._link.ask(note, self._seen.position, self._seen.hash)
        self._link.close()
        self._listener.close()

    def _between_commits(self, act: Act) -> None:
        def committed(connection: Connection, _: Head) -> None:
            act(connection, ())
            connection.execute("COMMIT")

        try:
            self._link.run(self._lock, committed)
        except psycopg.Error as error:
            raise query_error(str(self._link.address), error) from error

    def _uncommitted(self, log: Log, head: Head) -> Uncommitted:
        return _Uncommitted(log, head, self._clock, self._ids)

    def _commit(self, group: list[PendingAppend]) -> None:
        self._locked(partial(self._commit_on, group))

    def _commit_on(self, group: list[PendingAppend], connection: Connection, head: Head) -> None:
        uncommitted = self._uncommitted(self._log_in(connection), head)
        try:
            uncommitted.add_each(group)
            if not uncommitted.rows:
                connection.execute("ROLLBACK")
                return
            self._insert(connection, uncommitted.rows)
            for act in self._acts:
                act(connection, uncommitted.rows)
        except psycopg.Error as error:
            raise self._not_recorded(error, uncommitted.rows) from error
        note_outcome(group, MAYBE)
        self._finish(connection, uncommitted)
        note_outcome(group, RECORDED)
        self._seen = uncommitted.head
        self._listener.wake()

    def _locked(self, act: Callable[[Connection, Head], _T]) -> _T:
        """Call `act` with a connection that holds the log's lock, and the head, which cannot change."""
        try:
            return self._link.run(self._lock, act)
        except psycopg.Error as error:
            if lost(error):
                raise ServerUnreachable(str(self._link.address), plain(error)) from error
            raise writing_error(str(self._link.address), error) from error

    def _lock(self, connection: Connection) -> Head:
        cursor = connection.execute(self._begin)
        while cursor.nextset():
            pass
        found = cursor.fetchall()
        return Head(*found[0]) if found else Head()

    def _insert(self, connection: Connection, rows: list[StoredEvent]) -> None:
        if len(rows) <= FEW:
            statement = f"INSERT INTO {self._log.table} VALUES ({', '.join(['%s'] * len(rows[0]))})"
            for row in rows:
                connection.execute(statement, row)
            return
        with connection.cursor().copy(f"COPY {self._log.table} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def _finish(self, connection: Connection, uncommitted: Uncommitted) -> None:
        notify = f"SELECT pg_notify('{self._listener.channel}', '{uncommitted.head.position}'); COMMIT"
        try:
            connection.execute(notify.encode())
        except psycopg.Error as error:
            connection.close()
            if not lost(error):
                raise self._not_recorded(error, uncommitted.rows) from error
            if not self._was_recorded(uncommitted.rows[-1], error):
                raise ConnectionLost(str(self._link.address), plain(error)) from error

    def _was_recorded(self, last: StoredEvent, error: psycopg.Error) -> bool:
        """Return whether a commit without an answer succeeded. Raises `OutcomeUnknown`.

        Holding the lock means that the lost commit has ended. If the row with our hash is there, all rows
        of the commit are.
        """

        def hash_there(connection: Connection, _: Head) -> bytes:
            found = self._log_in(connection).head_at(last.position)
            connection.execute("ROLLBACK")
            return found.hash

        for pause in PAUSES:
            sleep(pause)
            with suppress(StoreError, psycopg.Error):
                return self._locked(hash_there) == last.hash
        raise OutcomeUnknown(f"{self._link.address} is gone ({plain(error)})") from error

    def _log_in(self, connection: Connection) -> PostgresLog:
        """Return the log as read within a transaction, without retries on another connection."""

        def ask(query: str, *values: object) -> list[tuple[Any, ...]]:
            try:
                return connection.execute(query, values).fetchall()
            except psycopg.Error as error:
                raise self._not_recorded(error, []) from error

        return self._log.through(ask)

    def _not_recorded(self, error: psycopg.Error, rows: list[StoredEvent]) -> StoreError:
        where = str(self._link.address)
        if lost(error):
            return ConnectionLost(where, plain(error))
        if isinstance(error, psycopg.errors.UniqueViolation):
            for there in self._log.rows_with_ids([row.event_id for row in rows]):
                return EventIdTaken(there.event_id, there.position)
        return writing_error(where, error)


class _Uncommitted(Uncommitted):
    """Uncommitted events; raises for tags that PostgreSQL cannot store before anything is sent."""

    def _recording(self, append: CheckedAppend) -> tuple[list[str] | None, str, UUID | None, UUID | None]:
        recording = super()._recording(append)
        for tag in recording[0] or ():
            if not PostgresLog.storable(tag) or len(tag) > LONGEST_TAG:
                raise NotSupported(
                    *("PostgreSQL", f"the tag {shortened(tag, 60)}"),
                    f"A tag has {LONGEST_TAG} characters there at most, and no NUL among them.",
                )
        return recording
