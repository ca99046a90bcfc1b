"""Subscriptions: first existing events, then new ones, without a gap.

A subscription pulls: it keeps one position and reads the events after it; at the end of the log it waits
until it is woken. A slow consumer therefore needs no buffer, and no event is lost or repeated between
catching up and live: both read the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Lock
from time import monotonic

from workshop_lib.events import RecordedEvent, UnreadableEvent
from workshop_lib.store.arguments import checked_from, checked_timeout, optional_query
from workshop_lib.store.errors import StoreClosed
from workshop_lib.store.port import Query, Reading, Subscription
from workshop_lib.store.process import belongs_to_this_process

PAGE = 1_000
"""The maximum number of events that a subscription reads at a time."""

GLANCE = 0.25
"""How often a waiting subscription checks whether it was closed, in seconds."""


class Wakeup:
    """Lets threads wait until a log has grown. One per open log, within this process.

    Waiting threads queue for a lock that is released when the log has grown, and replaced by a new one. A
    thread that is not woken, because the writer was interrupted, checks the position after a moment anyway.
    """

    def __init__(self, position: Callable[[], int]) -> None:
        self._position, self.closed = position, False
        self._entry, self._turn = Lock(), _locked()

    def notify(self) -> None:
        """Wake the waiting threads: the log has grown."""
        with self._entry:
            turn, self._turn = self._turn, _locked()
            turn.release()

    def close(self) -> None:
        """Wake all threads; later waits raise."""
        self.closed = True
        self.notify()

    def wait(self, after: int, timeout: float | None) -> bool:
        """Wait until the log has grown beyond `after`; return False on timeout. Raises `StoreClosed`."""
        deadline = None if timeout is None else monotonic() + timeout
        while True:
            turn = self._turn  # before the position is read, so that no growth is missed
            if self.closed:
                raise StoreClosed("of this subscription")
            if self._position() > after:
                return True
            left = GLANCE if deadline is None else min(GLANCE, deadline - monotonic())
            if left <= 0:
                return False
            if turn.acquire(timeout=left):
                turn.release()  # for the next thread


def _locked() -> Lock:
    lock = Lock()
    lock.acquire()
    return lock


class CatchUp(Subscription):
    """A subscription to any readable log."""

    def __init__(self, log: Reading, after: int = 0, query: Query | None = None) -> None:
        self._log, self._query = log, optional_query(query)
        belongs_to_this_process(self)
        self.position = checked_from("after", after, 0)
        self._page: Iterator[RecordedEvent] = iter(())
        self._end, self._unreadable, self._closed = self.position, 0, False

    def next(self, timeout: float | None = None) -> RecordedEvent | None:
        deadline = None if (seconds := checked_timeout(timeout)) is None else monotonic() + seconds
        try:
            while not self._closed:
                for recorded in self._page:
                    self.position = recorded.position
                    return recorded
                self.position = max(self.position, self._end)
                if not self._turn_page() and not self._wait(deadline):
                    return None
        except StoreClosed:
            self._closed = True
        return None

    def skip(self) -> None:
        self.position = max(self.position, self._unreadable)

    def close(self) -> None:
        self._closed = True

    def _turn_page(self) -> bool:
        """Read the next page; return whether the log had more events, even if the query matches none."""
        end = self._log.position()
        if end <= self.position:
            return False
        page = list[RecordedEvent]()
        try:
            page += self._log.read(self.position, self._query, limit=PAGE)
        except UnreadableEvent as error:
            self._unreadable = error.position
            if not page:
                raise
            end = page[-1].position  # deliver the events before it first
        self._page = iter(page)
        last = page[-1].position if page else end
        self._end = last if len(page) == PAGE else max(end, last)
        return True

    def _wait(self, deadline: float | None) -> bool:
        """Wait for the log to grow; return whether there is time to check again."""
        left = GLANCE if deadline is None else min(GLANCE, deadline - monotonic())
        if left > 0:
            self._log.wait(self.position, left)
        return left > 0
