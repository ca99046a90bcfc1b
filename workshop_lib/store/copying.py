"""Copy a log of any engine to DuckDB, to query it with SQL.

The copy has the same events, ids, versions, times, tags and metadata. Its positions have no gaps: they equal
those of the original unless that is a JetStream log.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from workshop_lib.clock import SimulatedClock
from workshop_lib.store.port import Append, Reading

if TYPE_CHECKING:
    from workshop_lib.store.duckdb_engine.store import DuckDBStore

PAGE = 10_000
"""How many events are appended in one commit."""


def to_duckdb(log: Reading, path: str | Path | None = None) -> DuckDBStore:
    """Copy a log to a store in memory, or to a new file. Close the copy like any store.

    A report in SQL then runs on any log: `to_duckdb(store).sql("…")`. The copy does not follow the original.
    """
    from workshop_lib.store.duckdb_engine.store import DuckDBStore

    clock = SimulatedClock("0001-01-01T00:00:00+00:00")
    copy = DuckDBStore(path, clock)

    def appends() -> Iterator[Append]:
        for seen in log.read():
            clock.now = seen.recorded_at
            when, ids = seen.occurred_at, [seen.event_id]
            recording = seen.tags, seen.metadata, ids, seen.correlation_id, seen.causation_id
            yield Append(seen.stream, [seen.event], seen.version - 1, None, when, *recording)

    try:
        coming = appends()
        while copy.append_batch(islice(coming, PAGE)):
            pass
    except BaseException:
        copy.close()
        raise
    return copy
