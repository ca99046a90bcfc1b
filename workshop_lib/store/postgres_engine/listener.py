"""Wake the waiting threads of a PostgreSQL store when any program appends: LISTEN on a separate connection.

There is no background thread. One of the waiting threads listens to the server and wakes the others. Waits
are short and the caller checks the log again, so a lost notification costs a moment and no event.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock, get_ident
from time import sleep

import psycopg

from workshop_lib.store.postgres_engine.connection import Connection, Link, key_of
from workshop_lib.store.subscription import Wakeup

PAUSE = 0.001
"""How often closing checks whether a thread still listens, in seconds."""


class Listener:
    """Lets the threads of one store wait for the log to grow."""

    def __init__(self, link: Link, schema: str) -> None:
        self.channel = f"log_{key_of(schema) & 2**64 - 1:016x}"
        self._link = link
        self._connection: Connection | None = None
        self._entry, self._listening = Lock(), 0
        self.count = 0
        """The number of notifications. Read it before you check the log, then pass it to `sleep`."""
        self._heard = Wakeup(lambda: self.count)

    def ready(self) -> int:
        """Start listening; return the argument for `sleep`. Raises `ServerUnreachable`."""
        if self._connection is None:
            self._alone(self._connect)
        return self.count

    def sleep(self, since: int, seconds: float) -> None:
        """Wait for a notification after `since`, `seconds` at most."""
        if not self._alone(lambda: self._listen(since, seconds)):
            self._heard.wait(since, seconds)

    def wake(self) -> None:
        """Wake all waiting threads to check the log again."""
        self.count += 1
        self._heard.notify()

    def close(self) -> None:
        """Close the connection after the listening thread has stopped."""
        self.wake()
        while not self._alone(self._drop):
            sleep(PAUSE)

    def _alone(self, act: Callable[[], object]) -> bool:
        """Call `act` if no other thread listens; return whether it was called."""
        this = get_ident()
        try:
            with self._entry:
                self._listening = self._listening or this
            if alone := self._listening == this:
                act()
            return alone
        finally:  # without a call, at which an interrupt could come
            if self._listening == this:
                self._listening = 0

    def _connect(self) -> None:
        if self._connection is not None or self._link.closed:
            return
        self._connection = self._link.connect()
        try:
            self._connection.execute(f"LISTEN {self.channel}")
        except psycopg.Error:  # the connection is lost: waits check the log regularly anyway
            self._drop()

    def _listen(self, since: int, seconds: float) -> None:
        if self._connection is None or self.count != since:
            return
        try:
            if list(self._connection.notifies(timeout=seconds, stop_after=1)):
                self.wake()
        except psycopg.Error:  # the connection is lost: the caller checks the log, which raises
            self._drop()
            self.wake()
        except BaseException:
            self._drop()
            raise

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
