"""Group commit: callers queue, and whoever comes first commits for all who wait.

A commit costs the disk the same whether it holds one append or sixteen. So the first caller to come leads:
it takes along everything that was queued meanwhile, then hands the lead to the first who came too late.
No thread runs in the background. Read `commit.py` next: what happens inside one commit.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from threading import Event, Lock, RLock, get_ident
from time import sleep

from workshop_lib.store.arguments import several
from workshop_lib.store.errors import OutcomeUnknown, StoreError
from workshop_lib.store.port import Append, AppendResult


class Ticket:
    """One caller's appends in the queue, and what became of them."""

    def __init__(self, appends: Iterable[Append]) -> None:
        self.appends, self.thread = appends, get_ident()
        self.results: list[AppendResult] = []
        self.error: BaseException | None = None
        self.done = False
        self.called = Event()
        """Set when the ticket is done, or when its caller is to lead."""


class GroupCommit:
    """The one place where appends become commits. `commit` settles each of the tickets that it is given."""

    def __init__(self, commit: Callable[[list[Ticket]], None]) -> None:
        self._commit, self._queue = commit, list[Ticket]()
        self._entry, self._committing = Lock(), RLock()
        self._leader: Ticket | None = None

    def submit(self, appends: Iterable[Append]) -> list[AppendResult]:
        """Have appends committed, all or none; returns when they are. One caller's refusal is nobody
        else's.
        """
        ticket = Ticket(several("appends", appends))
        self._refuse_within(ticket)
        try:
            self._enter(ticket)
            if self._leader is not ticket:
                ticket.called.wait()
                sleep(0)  # whoever was just served may queue again: groups of 14 instead of 8 with 16 threads
            if not ticket.done:
                self._lead()
        finally:
            self._leave(ticket)
        if ticket.error is not None:
            raise ticket.error
        return ticket.results

    def pause_for(self, act: Callable[[], None]) -> None:
        """Do something with nobody committing meanwhile."""
        with self._committing:
            act()

    def _refuse_within(self, ticket: Ticket) -> None:
        leader = self._leader
        if leader is not None and leader.thread == ticket.thread:
            raise StoreError(
                "You asked to append in the middle of another append (from its generator, clock or ids). "
                "Make the events first, then append them together."
            )

    def _enter(self, ticket: Ticket) -> None:
        with self._entry:
            self._queue.append(ticket)
            self._leader = self._leader or ticket

    def _lead(self) -> None:
        with self._entry:
            tickets, self._queue = self._queue, []
        try:
            with self._committing, _no_collection():
                self._commit(tickets)
        except BaseException as error:  # an interrupt is the leader's own; the others must know all the same
            told = error if isinstance(error, Exception) else OutcomeUnknown("another thread was interrupted")
            for ticket in tickets:
                ticket.error = ticket.error or (error if ticket is self._leader else told)
        finally:
            for ticket in tickets:
                ticket.done = True
                ticket.called.set()

    def _leave(self, ticket: Ticket) -> None:
        """Go, and hand the lead on. Who was interrupted while waiting takes the appends along."""
        with self._entry:
            if ticket in self._queue:
                self._queue.remove(ticket)
            if self._leader is ticket:
                self._leader = self._queue[0] if self._queue else None
                if self._leader:
                    self._leader.called.set()


@contextmanager
def _no_collection() -> Iterator[None]:
    """Spare the garbage collector what is young and all alive: the rows of a large append would take it a
    third of the time.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()
