"""The event store beside bare DuckDB (the limit) and the `eventsourcing` package: one table, one picture.

    workshop bench [--quick] [--only load state] [--folder logs] [--report docs/benchmarks]

Ratios within a run carry over to other machines, times do not. The full run takes about half an hour and
5 GB of disk; the logs that it builds are kept if a folder is given. `--quick` shows in seconds that
everything runs; its logs are too small to compare with a target. Read first: `rounds.py`, `event_logs.py`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from benchmarks import event_loading, event_reading, event_writing
from benchmarks.event_logs import Logs
from benchmarks.rounds import HEADER, Row, machine

CONTESTS = event_writing.CONTESTS | event_loading.CONTESTS | event_reading.CONTESTS
FULL, QUICK, SHORTEST = 10_000_000, 20_000, 10_000


def measured(logs: Logs, only: Sequence[str]) -> Iterator[Row]:
    """Run the contests and yield their rows; in a quick run without a verdict."""
    for name in only:
        for row in CONTESTS[name](logs):
            yield replace(row, met=None, margin=None) if logs.quick else row


@contextmanager
def folder_for(asked: Path | None) -> Iterator[Path]:
    """Yield the given folder, or a temporary one."""
    if asked:
        asked.mkdir(parents=True, exist_ok=True)
        yield asked.resolve()
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder)


def report(folder: Path, lines: Sequence[str], rows: Sequence[Row]) -> None:
    """Write the table and its picture."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "event_store.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    if any(row.margin for row in rows):
        from benchmarks.event_picture import draw

        draw(rows, folder / "event_store.png")


def arguments() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        prog="workshop bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="tiny logs and one round")
    names = ", ".join(CONTESTS)
    parser.add_argument(
        "--only", nargs="+", choices=CONTESTS, default=list(CONTESTS), metavar="NAME", help=names
    )
    parser.add_argument("--events", type=int, default=FULL, help=f"the length of the longest log, {FULL:,}")
    parser.add_argument("--equal", action="store_true", help="the peer's log is as long, not a tenth")
    parser.add_argument("--folder", type=Path, help="keep the logs here and use those from earlier runs")
    parser.add_argument("--report", type=Path, help="write event_store.md and event_store.png here")
    return parser


def main() -> None:
    """Measure, print each row when it is known, and write the report."""
    parser = arguments()
    asked = parser.parse_args()
    if asked.events < SHORTEST or asked.events % SHORTEST:
        parser.error(
            f"--events is a multiple of {SHORTEST:,}, so that a log of a hundredth has whole sessions"
        )
    command = f"`{' '.join(['workshop bench', *sys.argv[1:]])}`"
    lines = [f"{command}: {machine()}, eventsourcing {version('eventsourcing')}", "", *HEADER.splitlines()]
    print("\n".join(lines), flush=True)
    rows = []
    with folder_for(asked.folder) as folder:
        long = QUICK if asked.quick else asked.events
        logs = Logs(folder, long, long if asked.equal else long // 10, asked.quick)
        for row in measured(logs, asked.only):
            print(row, flush=True)
            rows.append(row)
    if asked.report:
        report(asked.report, [*lines, *map(str, rows)], rows)


if __name__ == "__main__":
    main()
