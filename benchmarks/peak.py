"""Measure the peak memory of one piece of work, in a process of its own.

    python -m benchmarks.peak read|query LOG

`read` folds the whole log event by event, `query` does the same in SQL. Each prints a line of JSON with the
peak in bytes and the sum of the last readings.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from workbench.setup.workspace import COURSE
from workshop_lib.store.duckdb_engine.store import DuckDBStore

LAST_METERS = """
SELECT stream, (arg_max(data, version) ->> 'energy_wh')::BIGINT FROM events
WHERE type = 'MeterRead' GROUP BY stream
"""
"""The last reading of every session: the rows are compared as text, and only the last are parsed."""


def read(store: DuckDBStore) -> dict[str, int]:
    """Return the last reading of every session, folded event by event."""
    meters: dict[str, int] = {}
    for recorded in store.read():
        if recorded.type == "MeterRead":
            meters[recorded.stream] = recorded.event.energy_wh
    return meters


def query(store: DuckDBStore) -> dict[str, int]:
    """Return the last reading of every session, with one statement."""
    return dict(store.sql(LAST_METERS).fetchall())


def peak() -> int:
    """Return the most memory that this process has used, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():  # here getrusage includes the parent's memory from before the program started
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def measured(work: str, log: Path) -> dict[str, Any]:
    """Run a piece of work in a child process; return its peak memory and its result."""
    command = [sys.executable, "-m", "benchmarks.peak", work, str(log)]
    return json.loads(subprocess.run(command, cwd=COURSE, check=True, capture_output=True, text=True).stdout)


def main() -> None:
    """Do the work named on the command line."""
    import workshop_lib.charging.session  # noqa: F401  (registers the event types)

    work, log = sys.argv[1:]
    with DuckDBStore(log) as store:
        found = {"read": read, "query": query}[work](store)
        print(json.dumps({"bytes": peak(), "sum": sum(found.values())}))


if __name__ == "__main__":
    main()
