"""The event store that a whole room shares: one table in PostgreSQL, written by any number of programs.

Each commit takes the log's advisory lock, reads the heads behind it, makes one draft (`commit.py`) for all
callers that wait, stores the rows, notifies the subscribers and commits. So positions have the order of the
commits, whoever writes. `postgres_engine/reader.py` has the reading half, `postgres_engine/schema.py` the
table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from time import monotonic, sleep
from typing import Any
from uuid import UUID

import psycopg

from workshop_lib.clock import Clock, IdSource, random_ids, wall_clock
from workshop_lib.codec import Codec
from workshop_lib.events import StoredEvent, shortened
from workshop_lib.store.arguments import append_of
from workshop_lib.store.branch import Branch
from workshop_lib.store.commit import Draft, Head
from workshop_lib.store.errors import (
    ANY,
    EventIdTaken,
    ExpectedVersion,
    NotSupported,
    OutcomeUnknown,
    StoreClosed,
    StoreError,
    checked_from,
)
from workshop_lib.store.group_commit import GroupCommit, Ticket
from workshop_lib.store.port import Append, AppendResult, Query, Subscription
from workshop_lib.store.postgres_engine.connection import (
    Connection,
    Link,
    asking_error,
    key_of,
    lost,
    plain,
    writing_error,
)
from workshop_lib.store.postgres_engine.listener import Listener
from workshop_lib.store.postgres_engine.reader import LAST_POSITION, Ask, PostgresPast, Rows, storable
from workshop_lib.store.postgres_engine.schema import prepared
from workshop_lib.store.server_errors import ConnectionLost, ServerUnreachable
from workshop_lib.store.subscription import GLANCE, CatchUp

FEW = 3
"""Up to this many rows are inserted one by one; more are copied in."""

LONGEST_TAG = 600
"""Characters of a tag: what an index entry holds of any script."""

Inline = Callable[[Connection, Sequence[StoredEvent]], None]
"""What is done in the transaction of each commit, with the connection it is on and the rows that it adds."""

PAUSES = (0.0, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2)
"""When a lost connection is tried again to find out what became of an append, in seconds."""


class PostgresStore(PostgresPast):
    """An event store in a PostgreSQL database: `postgresql://user:password@host/database?schema=room`.

    Any number of stores, in any number of programs, share a log. Use it in a `with` block, or close it.
    """

    def __init__(self, url: str, clock: Clock = wall_clock, ids: IdSource = random_ids) -> None:
        link = Link(url)
        super().__init__(link, prepared(link), Codec(), LAST_POSITION)
        self._clock, self._ids = clock, ids
        self._group, self._listener = GroupCommit(self._settle), Listener(link, self._schema)
        self._seen, self._inline = Head(), list[Inline]()
        self._begin = (
            f"BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock({key_of(self._schema)}); "
            f"SELECT position, hash, recorded_at FROM {self._rows.table} ORDER BY position DESC LIMIT 1"
        ).encode()

    def append(
        self, stream: str, events: Sequence[object], expected_version: ExpectedVersion = ANY, **what_else: Any
    ) -> AppendResult:
        """Record events at the end of one stream, all or none; `what_else` as in `Append`: `condition`,
        `occurred_at`, `tags`, `metadata`, `event_ids`, `correlation_id`, `causation_id`. Raises
        `WrongExpectedVersion`.
        """
        return self.append_batch([append_of(stream, events, expected_version, what_else)])[0]

    def append_batch(self, appends: Iterable[Append]) -> list[AppendResult]:
        """Several appends in one commit, all or none. Raises `ConnectionLost` or `OutcomeUnknown` if the
        server goes away meanwhile.
        """
        return self._group.submit(appends)

    def in_each_commit(self, act: Inline) -> None:
        """Do this too in the transaction of each commit of this store from now on: both are there
        afterwards, or neither. What other programs append does not come by here.
        """
        self._inline.append(act)

    def between_commits(self, act: Inline) -> None:
        """Do this in a transaction of its own while nobody appends, in whichever program."""
        connection, _ = self._locked()
        try:
            act(connection, ())
            connection.execute("COMMIT")
        except BaseException as error:
            connection.close()
            if isinstance(error, psycopg.Error):
                raise asking_error(str(self._link.address), error) from error
            raise
        self._link.give_back(connection)

    def position(self) -> int:
        return self._rows.last()

    def wait(self, after: int, timeout: float | None = None) -> bool:
        """Wait until the log has gone beyond a position, whoever appends; whether it has in time."""
        checked_from("after", after, 0)
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

    def subscribe(self, after: int = 0, query: Query | None = None) -> Subscription:
        return CatchUp(self, after, query)

    def fork(self, position: int | None = None) -> Branch:
        """A what-if branch: it reads this log's past up to a position and writes to itself, in memory."""
        return Branch(self.as_of(position=position), self._clock, self._ids)

    def verify(self) -> int | None:
        misfit = super().verify()
        seen = self._rows.head(self._seen.position)
        if misfit is None and seen.hash != self._seen.hash and self._seen.position:
            return seen.position + (seen.position < self._seen.position)
        return misfit

    def close(self) -> None:
        """Note down the head of the chain and let the connections go. Closing twice is harmless."""
        self._group.pause_for(self._let_go)

    def _let_go(self) -> None:
        if self._link.closed:
            return
        if self._seen.position:
            note = f"INSERT INTO {self._rows.heads} VALUES (%s, %s) ON CONFLICT DO NOTHING RETURNING 1"
            with suppress(StoreError):  # the events are safe, only the note is missing
                self._link.ask(note, self._seen.position, self._seen.hash)
        self._link.close()
        self._listener.close()

    def _settle(self, tickets: list[Ticket]) -> None:
        connection, head = self._locked()
        log = Rows(self._asking(connection), self._schema)
        draft = _Draft(log, head, self.codec, self._clock, self._ids)
        try:
            draft.settle(tickets)
            if draft.rows:
                self._insert(connection, draft.rows)
                for act in self._inline:
                    act(connection, draft.rows)
            else:
                connection.execute("ROLLBACK")
        except BaseException as error:
            connection.close()
            if isinstance(error, psycopg.Error):
                raise self._not_recorded(error, draft.rows) from error
            raise
        if draft.rows:
            self._commit(connection, draft)
        self._link.give_back(connection)

    def _locked(self) -> tuple[Connection, Head]:
        """A connection that holds the log's lock, and the head that nobody can move meanwhile."""
        try:
            return self._link.reach(self._lock)
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
            statement = f"INSERT INTO {self._rows.table} VALUES ({', '.join(['%s'] * len(rows[0]))})"
            for row in rows:
                connection.execute(statement, row)
            return
        with connection.cursor().copy(f"COPY {self._rows.table} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def _commit(self, connection: Connection, draft: Draft) -> None:
        notify = f"SELECT pg_notify('{self._listener.channel}', '{draft.head.position}'); COMMIT"
        try:
            connection.execute(notify.encode())
        except BaseException as error:
            connection.close()
            if not isinstance(error, psycopg.Error):
                raise
            if not lost(error):
                raise self._not_recorded(error, draft.rows) from error
            if not self._was_recorded(draft.rows[-1], error):
                raise ConnectionLost(str(self._link.address), plain(error)) from error
        self._seen = draft.head
        self._listener.wake()

    def _was_recorded(self, last: StoredEvent, error: psycopg.Error) -> bool:
        """Whether the commit took place of which no answer came. Raises `OutcomeUnknown` if nobody can tell.

        Whoever holds the lock knows that the lost commit has ended, one way or the other; a row with the
        hash that we computed is ours, and all before it.
        """
        for pause in PAUSES:
            sleep(pause)
            with suppress(StoreError, psycopg.Error):
                connection, _ = self._locked()
                found = Rows(self._asking(connection), self._schema).head(last.position)
                connection.execute("ROLLBACK")
                self._link.give_back(connection)
                return found.hash == last.hash
        raise OutcomeUnknown(f"{self._link.address} is gone ({plain(error)})") from error

    def _asking(self, connection: Connection) -> Ask:
        """Questions within a transaction: there is no second connection on which to ask again."""

        def ask(query: str, *values: object) -> list[tuple[Any, ...]]:
            try:
                return connection.execute(query, values).fetchall()
            except psycopg.Error as error:
                raise self._not_recorded(error, []) from error

        return ask

    def _not_recorded(self, error: psycopg.Error, rows: list[StoredEvent]) -> StoreError:
        where = str(self._link.address)
        if lost(error):
            return ConnectionLost(where, plain(error))
        if isinstance(error, psycopg.errors.UniqueViolation):
            for there in self._rows.rows_with_ids([row.event_id for row in rows]):
                return EventIdTaken(there.event_id, there.position)
        return writing_error(where, error)


class _Draft(Draft):
    """A draft that refuses, before anything is sent, the tags that PostgreSQL could not hold."""

    def _recording(self, append: Append) -> tuple[list[str] | None, str, UUID | None, UUID | None]:
        recording = super()._recording(append)
        for tag in recording[0] or ():
            if not storable(tag) or len(tag) > LONGEST_TAG:
                raise NotSupported(
                    *("PostgreSQL", f"the tag {shortened(tag, 60)}"),
                    f"A tag has {LONGEST_TAG} characters there at most, and no NUL among them.",
                )
        return recording
