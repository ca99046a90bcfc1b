"""Measure how fast traffic is generated, and how fast it is generated and recorded in a file.

The result is one row of a table in Markdown.

    python benchmarks/traffic.py [--events 10_000_000] [--rounds 5]

The best round shows what the program can do, the median what it does while this machine does other work.
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
| events | rounds | generated: best, median | generated and recorded: best, median | file |
|---|---|---|---|---|"""


def generate(events: int) -> None:
    for _ in traffic(events=events):
        pass


def record(events: int, path: Path) -> None:
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
    generating, recording, size = [], [], 0
    for _ in range(asked.rounds):
        generating.append(seconds(lambda: generate(asked.events)))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "network.duckdb"
            recording.append(seconds(lambda path=path: record(asked.events, path)))  # type: ignore[misc]
            size = path.stat().st_size
    both = f"{rates(asked.events, generating)} | {rates(asked.events, recording)}"
    print(f"{HEADER}\n| {asked.events:,} | {asked.rounds} | {both} | {size / 2**20:,.0f} MiB |")


if __name__ == "__main__":
    main()
