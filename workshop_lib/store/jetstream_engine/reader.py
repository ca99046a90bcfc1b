"""Reading a log on JetStream, which cannot be asked in SQL. Read `log.py` for its rows."""

from __future__ import annotations

from datetime import datetime
from typing import NoReturn

from workshop_lib.store.errors import NotSupported
from workshop_lib.store.reader import AsOf, Reader


class JetStreamReader(Reader):
    """A log on JetStream that can be read."""

    def sql(self, query: str, **values: object) -> NoReturn:
        """Refuse: there is no SQL here. Raises `NotSupported`."""
        raise NotSupported(
            "JetStream", "an answer in SQL", "Copy the log to DuckDB with read() and append(), and ask that."
        )

    def as_of(self, *, position: int | None = None, recorded_at: datetime | None = None) -> JetStreamAsOf:
        """Return the log as it stood then. Where writers' clocks differ, so does what each calls then."""
        return JetStreamAsOf(self._log.until(self._end(position, recorded_at)))


class JetStreamAsOf(JetStreamReader, AsOf):
    """A log on JetStream as of a position."""
