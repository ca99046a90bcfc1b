"""A coroutine that runs in the event loop's thread, while the calling thread waits for it.

A `Future` is not used: a caller that is interrupted while it enters the condition of one would leave it
locked, and the loop's thread would then wait for ever. Read `connection.py` next.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from threading import Lock
from typing import Any, Generic, TypeVar

_T = TypeVar("_T")


class Call(Generic[_T]):
    """A coroutine and its result. `start` and `cancel` are called in the loop's thread."""

    def __init__(self, coroutine: Coroutine[Any, Any, _T], ended: Callable[[Any], None]) -> None:
        self._coroutine, self._when_ended, self._running = coroutine, ended, Lock()
        self._task: asyncio.Task[_T] | None = None
        self._running.acquire()

    def start(self) -> None:
        """Start the coroutine."""
        if self._running.locked():
            self._task = asyncio.ensure_future(self._coroutine)
            self._task.add_done_callback(self._end)

    def cancel(self) -> None:
        """Cancel the coroutine; the caller does not wait for it any more."""
        if self._task is None:
            self._coroutine.close()
        else:
            self._task.cancel()
        self._end()

    def result(self, timeout: float = -1) -> _T:
        """Wait for the end and return the result. Raises the coroutine's error, or `CancelledError`."""
        self._running.acquire(timeout=timeout)
        if self._task is None or not self._task.done():
            raise asyncio.CancelledError
        return self._task.result()

    def _end(self, _: object = None) -> None:
        self._when_ended(self)
        if self._running.locked():
            self._running.release()
