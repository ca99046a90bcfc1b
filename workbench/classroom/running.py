"""The checks that run now, which threads are theirs, and what each may still show.

A check runs in a thread of its own, and the answer may start more. Read `stage.py` next: what it does with
this knowledge.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from weakref import WeakSet

LEFT_OUT = "… the rest of what the check prints is left out\n"


class TimeIsUp(BaseException):
    """Raised in a check that takes too long; not an `Exception`, so that few handlers catch it."""


class Allowance:
    """What one check may still show: lines and characters of text, and the size of rich outputs."""

    def __init__(self, lines: int = 20, characters: int = 4000, rich: int = 1_000_000) -> None:
        self._lines, self._characters, self._rich = lines, characters, rich
        self._lock = threading.Lock()

    def text(self, text: str) -> str:
        """Return the part of a text that is still shown; when nothing is left, it says so once."""
        with self._lock:
            if self._is_spent():
                return ""
            kept = "".join(text.splitlines(keepends=True)[: self._lines])[: self._characters]
            self._lines -= kept.count("\n")
            self._characters -= len(kept)
            return kept + LEFT_OUT if self._is_spent() else kept

    def output(self, data: dict[str, Any]) -> dict[str, Any]:
        """Return a rich output if it is still shown, else nothing or a note. It counts as four lines."""
        with self._lock:
            if self._is_spent():
                return {}
            self._lines -= 4
            self._rich -= sum(len(one) for one in data.values() if isinstance(one, (str, bytes)))
            if self._lines < 0 or self._rich < 0:
                self._lines = 0
                return {"text/plain": LEFT_OUT.rstrip()}
            return data

    def _is_spent(self) -> bool:
        return self._lines <= 0 or self._characters <= 0


class Running:
    """One check: the thread that waits for it, the threads from before, and whether it is `over`.

    `ended` are its threads that were ended because they showed something after the check, `sleeping` those
    that went on and were put to sleep for good.
    """

    def __init__(self) -> None:
        self.allowance = Allowance()
        self.over = False
        self.called_itself = False
        self.has_put_to_sleep = threading.Event()
        self.sleeping: WeakSet[threading.Thread] = WeakSet()
        self.ended: WeakSet[threading.Thread] = WeakSet()
        self.waiter = threading.current_thread()
        self._before = WeakSet(threading.enumerate())
        self._left: WeakSet[threading.Thread] = WeakSet()

    def end(self) -> None:
        """Note that the check is over; the threads that are still alive stay its own, later ones do not."""
        self._left.update(thread for thread in threading.enumerate() if self.owns(thread))
        self.over = True

    def owns(self, thread: threading.Thread) -> bool:
        """Return whether a thread was started during the check; only known if the main thread waits."""
        if self.over:
            return thread in self._left
        return self.waiter is threading.main_thread() and thread not in self._before

    def has_left_threads(self) -> bool:
        """Return whether a thread of the check still runs after its end."""
        return any(thread.is_alive() and thread not in self.sleeping for thread in self._left)


_MINE: ContextVar[Running | None] = ContextVar("check", default=None)
_LOCK = threading.RLock()
_ALL: list[Running] = []


@contextmanager
def registered() -> Iterator[Running]:
    """Register a check for the `with` block; afterwards it is over, but its last threads stay known."""
    running = Running()
    with _LOCK:
        _ALL.append(running)
    try:
        yield running
    finally:
        running.end()


def known() -> list[Running]:
    """Return the checks that run, and those that are over while a thread of theirs is alive."""
    with _LOCK:
        _ALL[:] = [one for one in _ALL if not one.over or one.has_left_threads()]
        return list(_ALL)


def enter(running: Running) -> None:
    """Note that this thread, and what inherits its context, belongs to the check."""
    _MINE.set(running)


def current() -> Running | None:
    """Return the check that this thread belongs to, running or over; None for every other thread."""
    if mine := _MINE.get():
        return mine
    thread = threading.current_thread()
    return next((one for one in reversed(_ALL) if one.owns(thread)), None)


def payer() -> Running | None:
    """Return the check whose allowance pays for what this thread shows.

    While a check runs, that includes threads from before, such as the one that reads the output of programs.
    """
    if mine := current():
        return mine
    thread = threading.current_thread()
    open_ones = [one for one in reversed(_ALL) if not one.over]
    return None if any(one.waiter is thread for one in open_ones) else next(iter(open_ones), None)
