"""How fast a network is told, and how fast it is told and recorded in a file: one row of a table in Markdown.

    python benchmarks/traffic.py [--events 10_000_000] [--rounds 5]

Look at the best round for what the program can do, at the median for what this machine did meanwhile.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from workbench.city.traffic import network, traffic

HEADER = """
| events | rounds | told: best, median | told and recorded: best, median | file |
|---|---|---|---|---|"""


def told(events: int) -> None:
    for _ in traffic(events=events):
        pass


def recorded(events: int, path: Path) -> None:
    network(events=events, path=path, progress=True).close()


def seconds(act: Callable[[], None]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def rates(events: int, times: list[float]) -> str:
    return f"{events / min(times):,.0f}/s, {events / statistics.median(times):,.0f}/s"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    telling, recording, size = [], [], 0
    for _ in range(asked.rounds):
        telling.append(seconds(lambda: told(asked.events)))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "network.duckdb"
            recording.append(seconds(lambda path=path: recorded(asked.events, path)))  # type: ignore[misc]
            size = path.stat().st_size
    both = f"{rates(asked.events, telling)} | {rates(asked.events, recording)}"
    print(f"{HEADER}\n| {asked.events:,} | {asked.rounds} | {both} | {size / 2**20:,.0f} MiB |")


if __name__ == "__main__":
    main()
