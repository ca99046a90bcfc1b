"""Group commit: who leads, who is taken along, and what an interruption costs."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from workshop_lib.store.errors import StoreError
from workshop_lib.store.group_commit import GroupCommit, PendingAppend
from workshop_lib.store.port import Append


class Desk:
    """A commit that can be held up, and remembers the groups that it was given."""

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
        """One caller commits and is held up; the others have queued when this returns."""
        first = threads.submit(self.submit, names[0])
        assert self.busy.wait(10)
        others = [threads.submit(self.submit, name) for name in names[1:]]
        while len(self.group._queue) < len(others):
            Event().wait(0.001)
        return [first, *others]


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def threads():
    with ThreadPoolExecutor(8) as pool:
        yield pool


def test_callers_waiting_during_a_commit_share_the_next_one(desk, threads):
    waiting = desk.queue_up(threads, "a", "b", "c", "d")
    desk.may_go_on.set()
    assert [caller.result() for caller in waiting] == ["a", "b", "c", "d"]
    assert desk.groups[0] == ["a"]
    assert sorted(desk.groups[1]) == ["b", "c", "d"]


def test_a_failed_commit_raises_in_each_of_its_callers_and_in_no_other(desk, threads):
    waiting = desk.queue_up(threads, "a", "b", "c")

    def fail():
        if len(desk.groups) == 1:
            raise StoreError("no")

    desk.then = fail
    desk.may_go_on.set()
    with pytest.raises(StoreError, match="no"):
        waiting[0].result()
    assert [caller.result() for caller in waiting[1:]] == ["b", "c"]


def test_an_interrupt_reaches_only_the_leader_and_the_others_get_outcome_unknown(desk, threads):
    waiting = desk.queue_up(threads, "a", "b", "c")

    def interrupt():
        if len(desk.groups) == 2:
            raise KeyboardInterrupt

    desk.then = interrupt
    desk.may_go_on.set()
    assert waiting[0].result() == "a"
    errors = [caller.exception() for caller in waiting[1:]]
    assert sorted(type(error).__name__ for error in errors) == ["KeyboardInterrupt", "OutcomeUnknown"]
    assert desk.submit("d") == "d"


def test_an_interrupted_waiting_caller_withdraws_its_appends(desk, threads, monkeypatch):
    class Interrupted(Event):
        def wait(self, timeout: float | None = None) -> bool:
            raise KeyboardInterrupt

    first = threads.submit(desk.submit, "a")
    assert desk.busy.wait(10)
    monkeypatch.setattr("workshop_lib.store.group_commit.Event", Interrupted)
    with pytest.raises(KeyboardInterrupt):
        desk.submit("b")
    monkeypatch.undo()
    desk.may_go_on.set()
    assert (first.result(), desk.submit("c")) == ("a", "c")
    assert desk.groups == [["a"], ["c"]]


def test_an_append_inside_another_append_is_rejected_at_once(desk):
    desk.may_go_on.set()
    desk.then = lambda: desk.submit("inner")
    with pytest.raises(StoreError, match="in the middle of another append"):
        desk.submit("outer")
    desk.then = lambda: None
    assert desk.submit("next") == "next"
