"""The writing methods of every store: appends are queued and committed in groups.

An engine's store implements how a group is committed (`_commit`) and what is closed at the end (`_let_go`);
`Branch` is the simplest example. Read `group_commit.py` next, then `commit.py`, then
`duckdb_engine/store.py`: the store you work with.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from typing import Any

from workshop_lib.clock import Clock, IdSource
from workshop_lib.events import StoredEvent
from workshop_lib.store.branch import BranchLog
from workshop_lib.store.chain import Head
from workshop_lib.store.commit import Uncommitted
from workshop_lib.store.errors import MAYBE, RECORDED, StoreClosed
from workshop_lib.store.group_commit import GroupCommit, PendingAppend, note_outcome
from workshop_lib.store.port import Append, AppendResult, EventStore, Query, Subscription
from workshop_lib.store.reader import ClosedLog, Log, Reader
from workshop_lib.store.subscription import CatchUp, Wakeup


class Store(Reader, EventStore):
    """An event store. Use it in a `with` block, or close it."""

    _place: object = "of this branch"
    """The place of the log, for the error that is raised after closing."""

    def __init__(self, log: Log, clock: Clock, ids: IdSource) -> None:
        super().__init__(log)
        self._clock, self._ids, self._group = clock, ids, GroupCommit(self._commit)

    def append_batch(self, appends: Iterable[Append]) -> list[AppendResult]:
        return self._group.submit(appends)

    def subscribe(self, after: int = 0, query: Query | None = None) -> Subscription:
        return CatchUp(self, after, query)

    def fork(self, position: int | None = None) -> Store:
        return Branch(self._log.until(self._end(position)), self._clock, self._ids)

    def close(self) -> None:
        """Wait for the running commit, then close the file or connection. Closing twice is harmless."""
        self._group.pause_for(self._close)

    def _close(self) -> None:
        self._let_go()
        if not isinstance(self._log, ClosedLog):
            self._log: Any = ClosedLog(self._log, self._place)

    def _uncommitted(self, log: Log, head: Head) -> Uncommitted:
        """Make an empty list of events to follow a log's head."""
        return Uncommitted(log, head, self._clock, self._ids)

    @abstractmethod
    def _commit(self, group: list[PendingAppend]) -> None:
        """Commit the callers' appends; store results or an error on each `PendingAppend`."""

    @abstractmethod
    def _let_go(self) -> None:
        """Release the resources of the store."""


class Branch(Store):
    """The simplest store: it reads a log of any engine and keeps new events in a list."""

    def __init__(self, parent: Log, clock: Clock, ids: IdSource) -> None:
        self._own = list[StoredEvent]()
        super().__init__(BranchLog(parent, self._own), clock, ids)
        self._wakeup = Wakeup(self.position)

    def _commit(self, group: list[PendingAppend]) -> None:
        if self._wakeup.closed:
            raise StoreClosed("of this branch")
        uncommitted = self._uncommitted(self._log, self._log.head())
        uncommitted.add_each(group)
        note_outcome(group, MAYBE)
        self._own.extend(uncommitted.rows)
        note_outcome(group, RECORDED)
        self._wakeup.notify()

    def _wait_beyond(self, after: int, timeout: float | None) -> bool:
        return self._wakeup.wait(after, timeout)

    def _let_go(self) -> None:
        self._wakeup.close()
