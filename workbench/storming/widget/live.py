"""Follow a wall, so that changes from another cell, kernel or machine are shown.

Each follower has a daemon thread that waits on a subscription to the board's stream. It ends with the
subscription or the store, and keeps no kernel alive. Read `board.py` next: it uses `Live`.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread

from workshop_lib.store.port import EventStore, Query


class Live:
    """Calls `changed` after new events in the stream, once for all that have arrived.

    If the store fails, it calls `failed` with the error and stops.
    """

    def __init__(
        self,
        store: EventStore,
        stream: str,
        changed: Callable[[], object],
        failed: Callable[[Exception], object],
    ) -> None:
        self._changed, self._failed = changed, failed
        self._subscription = store.subscribe(after=store.position(), query=Query(tags=[stream]))
        self._thread = Thread(target=self._follow, name=f"follows {stream}", daemon=True)
        self._thread.start()

    @property
    def follows(self) -> bool:
        """Whether it still follows the stream."""
        return self._thread.is_alive()

    def close(self) -> None:
        """Stop following; a running call of `changed` still completes."""
        self._subscription.close()

    def _follow(self) -> None:
        try:
            while self._subscription.next() is not None:
                while self._subscription.next(timeout=0) is not None:
                    pass  # a gesture may be many events, but needs only one refresh
                self._changed()
        except Exception as error:  # nobody would see the thread's traceback; the widget shows the error
            self._failed(error)
