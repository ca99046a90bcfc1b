"""Group commit: callers queue, and the first one commits for all that wait.

Writing to disk takes as long for one append as for sixteen. The first caller leads: it commits everything
queued so far, then passes the lead to the first caller that queued later. There is no background thread. Read
`commit.py` next: the inside of a commit.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from threading import Event, Lock, RLock, get_ident
from time import sleep

from workshop_lib.store.arguments import several
from workshop_lib.store.errors import AppendWithinAppend, OutcomeUnknown
from workshop_lib.store.port import Append, AppendResult


class PendingAppend:
    """One caller's appends in the queue; `results` or `error` are set when it is done."""

    def __init__(self, appends: Iterable[Append]) -> None:
        self.appends, self.thread = appends, get_ident()
        self.results: list[AppendResult] = []
        self.error: BaseException | None = None
        self.done = False
        self.called = Event()
        """Set when it is done, or when its caller becomes the leader."""


class GroupCommit:
    """The queue of a store. `commit` sets the results or error of each pending append in a group."""

    def __init__(self, commit: Callable[[list[PendingAppend]], None]) -> None:
        self._commit, self._queue = commit, list[PendingAppend]()
        self._entry, self._committing = Lock(), RLock()
        self._leader: PendingAppend | None = None

    def submit(self, appends: Iterable[Append]) -> list[AppendResult]:
        """Commit appends, all or none, and return their results. An error affects only its own caller."""
        pending = PendingAppend(several("appends", appends))
        if (leader := self._leader) is not None and leader.thread == pending.thread:
            raise AppendWithinAppend
        try:
            self._enter(pending)
            if self._leader is not pending:
                pending.called.wait()
                sleep(0)  # callers just served may queue again: groups of 14 instead of 8 with 16 threads
            if not pending.done:
                self._lead()
        finally:
            self._leave(pending)
        if pending.error is not None:
            raise pending.error
        return pending.results

    def pause_for(self, act: Callable[[], None]) -> None:
        """Call `act` while no commit is running."""
        with self._committing:
            act()

    def _enter(self, pending: PendingAppend) -> None:
        with self._entry:
            self._queue.append(pending)
            self._leader = self._leader or pending

    def _lead(self) -> None:
        with self._entry:
            group, self._queue = self._queue, []
        try:
            with self._committing, _no_collection():
                self._commit(group)
        except BaseException as error:  # an interrupt is raised in the leader; the others get an error too
            unknown = OutcomeUnknown("another thread was interrupted")
            others = error if isinstance(error, Exception) else unknown
            for pending in group:
                pending.error = pending.error or (error if pending is self._leader else others)
        finally:
            for pending in group:
                pending.done = True
                pending.called.set()

    def _leave(self, pending: PendingAppend) -> None:
        """Leave the queue and wake the next leader; an interrupted caller withdraws its appends."""
        with self._entry:
            if pending in self._queue:
                self._queue.remove(pending)
            if self._leader is pending:
                self._leader = self._queue[0] if self._queue else None
                if self._leader:
                    self._leader.called.set()


@contextmanager
def _no_collection() -> Iterator[None]:
    """Disable the garbage collector, which would take a third of the time of a large append."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()
