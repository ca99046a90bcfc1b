"""A read model: who has which copy, and how often each title was lent. It follows the log in a thread."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from threading import Condition, Thread

from examples.library.copies import CopyBought, CopyLent, CopyReturned
from workshop_lib import EventStore


@dataclass
class Report:
    """What the log says about loans, as of a position."""

    position: int = 0
    readers: dict[str, str] = field(default_factory=dict)
    times_lent: Counter[str] = field(default_factory=Counter)
    titles: dict[str, str] = field(default_factory=dict)

    def apply(self, event: object) -> None:
        """Take note of an event; most are of no interest here."""
        match event:
            case CopyBought(copy, title):
                self.titles[copy] = title
            case CopyLent(copy, member):
                self.readers[copy] = member
                self.times_lent[self.titles[copy]] += 1
            case CopyReturned(copy):
                del self.readers[copy]

    def as_json(self) -> dict[str, object]:
        """Return what the web page shows."""
        readers, times = dict(sorted(self.readers.items())), dict(sorted(self.times_lent.items()))
        return {"position": self.position, "readers": readers, "times_lent": times}


class LiveReport:
    """A report that is kept up to date until the store is closed."""

    def __init__(self, store: EventStore) -> None:
        self._report, self._changed = Report(), Condition()
        self._events = store.subscribe()
        self._thread = Thread(target=self._follow, name="report", daemon=True)
        self._thread.start()

    def read(self, at_least: int = 0, timeout: float = 2.0) -> dict[str, object] | None:
        """Return the report when it has reached a position, None if that takes too long.

        Whoever passes the position of a command's result reads what the command has written.
        """
        with self._changed:
            reached = self._changed.wait_for(lambda: self._report.position >= at_least, timeout)
            return self._report.as_json() if reached else None

    def close(self) -> None:
        """Stop following the log."""
        self._events.close()
        self._thread.join()

    def _follow(self) -> None:
        for recorded in self._events:
            with self._changed:
                self._report.apply(recorded.event)
                self._report.position = recorded.position
                self._changed.notify_all()
