"""Group commit: callers queue, and the first one commits for all that wait.

Writing to disk takes as long for one append as for sixteen. The first caller leads: it takes a lock, commits
everything queued so far, and wakes those callers and the next leader. There is no background thread.

The leader may be interrupted (Ctrl-C) at any point. A caller that is not woken then tries the lock itself
after a moment. Read `commit.py` next: the inside of a commit.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable
from threading import Lock, RLock, get_ident
from time import sleep

from workshop_lib.store.arguments import several
from workshop_lib.store.errors import MAYBE, NOTHING, RECORDED, AppendWithinAppend, OutcomeUnknown
from workshop_lib.store.port import Append, AppendResult

GLANCE = 0.25
"""How long a caller waits to be woken, in seconds, before it tries to lead."""


class PendingAppend:
    """One caller's appends in the queue; `results` or `error` are set when it is done."""

    def __init__(self, appends: Iterable[Append]) -> None:
        self.appends = appends
        self.results: list[AppendResult] = []
        self.error: Exception | None = None
        self.outcome = NOTHING
        """What has become of the appends so far: true at every moment, for a caller that is interrupted."""
        self.turn = Lock()
        """Released when the append is done, or when its caller should lead."""
        self.turn.acquire()


class GroupCommit:
    """The queue of a store. `commit` sets the results or error of each pending append in a group."""

    def __init__(self, commit: Callable[[list[PendingAppend]], None]) -> None:
        self._commit = commit
        self._queue, self._group = list[PendingAppend](), list[PendingAppend]()
        self._entry, self._committing = Lock(), RLock()
        self._leader: int | None = None

    def submit(self, appends: Iterable[Append]) -> list[AppendResult]:
        """Commit appends, all or none, and return their results. An error affects only its own caller."""
        pending = PendingAppend(several("appends", appends))
        if self._leader == get_ident():
            raise AppendWithinAppend
        try:
            self._take_part(pending)
        except BaseException as interrupt:
            interrupt.add_note(self._withdraw(pending))
            raise
        if pending.error is not None:
            raise pending.error
        if pending.outcome is not RECORDED:
            raise OutcomeUnknown("another thread was interrupted")
        return pending.results

    def pause_for(self, act: Callable[[], None]) -> None:
        """Call `act` while no commit is running."""
        with self._committing:
            act()

    def _take_part(self, pending: PendingAppend) -> None:
        with self._entry:
            self._queue.append(pending)
            waits = self._group or self._queue[0] is not pending
        if waits:
            pending.turn.acquire(timeout=GLANCE)
            sleep(0)  # callers just served may queue again, which makes larger groups
        if pending in self._queue or pending in self._group:
            with self._committing:
                if pending in self._queue:
                    self._lead()

    def _lead(self) -> None:
        collects = gc.isenabled()
        self._leader = get_ident()
        try:
            with self._entry:
                self._group, self._queue = self._queue, []
            gc.disable()  # a collection would take a third of the time of a large append
            self._commit(self._group)
            note_outcome(self._group, RECORDED)
        except Exception as error:
            for pending in self._group:
                if pending.outcome is not RECORDED:
                    pending.error = pending.error or error
        finally:
            group, self._group, self._leader = self._group, [], None
            if collects:
                gc.enable()
            for pending in (*group, *self._queue[:1]):
                if pending.turn.locked():
                    pending.turn.release()

    def _withdraw(self, pending: PendingAppend) -> str:
        """Withdraw an interrupted caller's appends if no commit has taken them; return their outcome."""
        with self._entry:
            if pending in self._queue:
                self._queue.remove(pending)
        return MAYBE if pending in self._group else pending.outcome


def note_outcome(group: Iterable[PendingAppend], outcome: str) -> None:
    """Note what has become of the appends of a group."""
    for pending in group:
        if pending.error is None:
            pending.outcome = outcome
