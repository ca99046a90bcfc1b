"""Following a wall: whoever changes it, from another cell, kernel or machine, those who look at it see it.

One daemon thread for each follower sleeps at a subscription to the board's stream; it ends with the
subscription or with the store, and keeps no kernel alive. Read `board.py` next: who follows.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread

from workshop_lib.store.port import EventStore, Query


class Live:
    """Calls `changed` whenever the stream has grown, once for all events that are there by then.

    If the store fails, `failed` is told how, and nothing follows any more.
    """

    def __init__(
        self,
        store: EventStore,
        stream: str,
        changed: Callable[[], object],
        failed: Callable[[Exception], object],
    ) -> None:
        self._changed, self._failed = changed, failed
        self._news = store.subscribe(after=store.position(), query=Query(tags=[stream]))
        self._thread = Thread(target=self._follow, name=f"follows {stream}", daemon=True)
        self._thread.start()

    @property
    def follows(self) -> bool:
        """Whether a change would be noticed."""
        return self._thread.is_alive()

    def close(self) -> None:
        """Stop following; what is being told now is told to its end."""
        self._news.close()

    def _follow(self) -> None:
        try:
            while self._news.next() is not None:
                while self._news.next(timeout=0) is not None:
                    pass  # a gesture may be many events: one look at the wall is enough for all
                self._changed()
        except Exception as error:  # nobody sees a traceback of a thread: the widget shows it
            self._failed(error)
