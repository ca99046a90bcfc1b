"""The most memory that one piece of work takes, in a process of its own.

    python -m benchmarks.peak read|query LOG

`read` folds the whole log event by event, `query` asks SQL for the same; each prints a line of JSON with the
peak in bytes and the sum of what it found.
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
    """The last reading of every session, folded event by event."""
    meters: dict[str, int] = {}
    for recorded in store.read():
        if recorded.type == "MeterRead":
            meters[recorded.stream] = recorded.event.energy_wh
    return meters


def query(store: DuckDBStore) -> dict[str, int]:
    """The last reading of every session, in one statement."""
    return dict(store.sql(LAST_METERS).fetchall())


def peak() -> int:
    """The most memory that this process has had, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():  # what getrusage says here includes the parent from before the program started
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def measured(work: str, log: Path) -> dict[str, Any]:
    """What a child process took for a piece of work, and what it found."""
    command = [sys.executable, "-m", "benchmarks.peak", work, str(log)]
    return json.loads(subprocess.run(command, cwd=COURSE, check=True, capture_output=True, text=True).stdout)


def main() -> None:
    """Do the work that the command line names."""
    import workshop_lib.charging.session  # noqa: F401  (registers the event types)

    work, log = sys.argv[1:]
    with DuckDBStore(log) as store:
        found = {"read": read, "query": query}[work](store)
        print(json.dumps({"bytes": peak(), "sum": sum(found.values())}))


if __name__ == "__main__":
    main()
