"""Wake the waiting threads of a PostgreSQL store when any program appends: LISTEN on a separate connection.

There is no background thread. One of the waiting threads listens to the server and wakes the others. Waits
are short and the caller checks the log again, so a lost notification costs a moment and no event.
"""

from __future__ import annotations

from threading import Condition, Lock

import psycopg

from workshop_lib.store.postgres_engine.connection import Connection, Link, key_of


class Listener:
    """Lets the threads of one store wait for the log to grow."""

    def __init__(self, link: Link, schema: str) -> None:
        self.channel = f"log_{key_of(schema) & 2**64 - 1:016x}"
        self._link = link
        self._connection: Connection | None = None
        self._listening, self._heard = Lock(), Condition()
        self.count = 0
        """The number of notifications. Read it before you check the log, then pass it to `sleep`."""

    def ready(self) -> int:
        """Start listening; return the argument for `sleep`. Raises `ServerUnreachable`."""
        if self._connection is None and self._listening.acquire(blocking=False):
            try:
                self._connect()
            finally:
                self._listening.release()
        return self.count

    def sleep(self, since: int, seconds: float) -> None:
        """Wait for a notification after `since`, `seconds` at most."""
        if not self._listening.acquire(blocking=False):
            with self._heard:
                self._heard.wait_for(lambda: self.count != since, seconds)
            return
        try:
            if self.count == since and self._listen(seconds):
                self.wake()
        finally:
            self._listening.release()

    def wake(self) -> None:
        """Wake all waiting threads to check the log again."""
        with self._heard:
            self.count += 1
            self._heard.notify_all()

    def close(self) -> None:
        """Close the connection after the listening thread has stopped."""
        self.wake()
        with self._listening:
            self._drop()

    def _connect(self) -> None:
        if self._connection is not None or self._link.closed:
            return
        self._connection = self._link.connect()
        try:
            self._connection.execute(f"LISTEN {self.channel}")
        except psycopg.Error:  # the connection is lost: waits check the log regularly anyway
            self._drop()

    def _listen(self, seconds: float) -> bool:
        if self._connection is None:
            return False
        try:
            return bool(list(self._connection.notifies(timeout=seconds, stop_after=1)))
        except psycopg.Error:  # the connection is lost: the caller checks the log, which raises
            self._drop()
            return True

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
