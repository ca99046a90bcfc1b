"""Group commit: who leads, who shares a commit, and what an interrupt affects."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from workshop_lib.store.errors import NOTHING, StoreError
from workshop_lib.store.group_commit import GroupCommit, PendingAppend
from workshop_lib.store.port import Append


class Commits:
    """A group commit that can be blocked and that records its groups."""

    def __init__(self) -> None:
        self.groups: list[list[str]] = []
        self.busy, self.may_go_on = Event(), Event()
        self.group = GroupCommit(self._commit)
        self.then: Callable[[], None] = lambda: None

    def _commit(self, group: list[PendingAppend]) -> None:
        self.groups.append([append.stream for pending in group for append in pending.appends])
        self.busy.set()
        assert self.may_go_on.wait(10)
        self.then()

    def submit(self, name: str) -> str:
        self.group.submit([Append(name, [])])
        return name

    def queue_up(self, threads: ThreadPoolExecutor, *names: str) -> list:
        """Block one caller in its commit, and return once the others have queued."""
        first = threads.submit(self.submit, names[0])
        assert self.busy.wait(10)
        others = [threads.submit(self.submit, name) for name in names[1:]]
        while len(self.group._queue) < len(others):
            Event().wait(0.001)
        return [first, *others]


@pytest.fixture
def commits():
    return Commits()


@pytest.fixture
def threads():
    with ThreadPoolExecutor(8) as pool:
        yield pool


def test_callers_waiting_during_a_commit_share_the_next_one(commits, threads):
    waiting = commits.queue_up(threads, "a", "b", "c", "d")
    commits.may_go_on.set()
    assert [caller.result() for caller in waiting] == ["a", "b", "c", "d"]
    assert commits.groups[0] == ["a"]
    assert sorted(commits.groups[1]) == ["b", "c", "d"]


def test_a_failed_commit_raises_in_each_of_its_callers_and_in_no_other(commits, threads):
    waiting = commits.queue_up(threads, "a", "b", "c")

    def fail():
        if len(commits.groups) == 1:
            raise StoreError("no")

    commits.then = fail
    commits.may_go_on.set()
    with pytest.raises(StoreError, match="no"):
        waiting[0].result()
    assert [caller.result() for caller in waiting[1:]] == ["b", "c"]


def test_an_interrupt_reaches_only_the_leader_and_the_others_get_outcome_unknown(commits, threads):
    waiting = commits.queue_up(threads, "a", "b", "c")

    def interrupt():
        if len(commits.groups) == 2:
            raise KeyboardInterrupt

    commits.then = interrupt
    commits.may_go_on.set()
    assert waiting[0].result() == "a"
    errors = [caller.exception() for caller in waiting[1:]]
    assert sorted(type(error).__name__ for error in errors) == ["KeyboardInterrupt", "OutcomeUnknown"]
    assert commits.submit("d") == "d"


def test_an_interrupted_waiting_caller_withdraws_its_appends(commits, threads, monkeypatch):
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    first = threads.submit(commits.submit, "a")
    assert commits.busy.wait(10)
    monkeypatch.setattr("workshop_lib.store.group_commit.sleep", interrupt)  # called while it waits
    with pytest.raises(KeyboardInterrupt) as caught:
        commits.submit("b")
    assert caught.value.__notes__ == [NOTHING]
    monkeypatch.undo()
    commits.may_go_on.set()
    assert (first.result(), commits.submit("c")) == ("a", "c")
    assert commits.groups == [["a"], ["c"]]


def test_an_append_inside_another_append_is_rejected_at_once(commits):
    commits.may_go_on.set()
    commits.then = lambda: commits.submit("inner")
    with pytest.raises(StoreError, match="in the middle of another append"):
        commits.submit("outer")
    commits.then = lambda: None
    assert commits.submit("next") == "next"
