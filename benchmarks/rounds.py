"""How the benchmarks measure in rounds, and how they write what they measured.

A variant prepares a round and returns the function that is timed. The variants of one contest take turns in
shuffled order, so that other work of the machine slows all of them alike; a first round warms up and is not
counted. Read next: `store.py`, the contests.
"""

from __future__ import annotations

import gc
import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

import duckdb

Act = Callable[[], object]
Prepare = Callable[[int], Act]


@dataclass(frozen=True)
class Times:
    """The seconds that one variant took in each round, for `units` equal things."""

    seconds: tuple[float, ...]
    units: int = 1

    @property
    def each(self) -> float:
        """Seconds for one thing, in the median round."""
        return statistics.median(self.seconds) / self.units

    @property
    def rate(self) -> float:
        """Things in a second, in the median round."""
        return 1 / self.each

    def as_duration(self) -> str:
        """Return the median, and in brackets fastest and slowest round: 2.1 ms (1.9–3.0)."""
        ends = [self.each, min(self.seconds) / self.units, max(self.seconds) / self.units]
        unit, factor = next((name, factor) for name, factor in UNITS if self.each * factor >= 1)
        scaled = [seconds * factor for seconds in ends]
        median, fastest, slowest = (f"{end:,.0f}" if end >= 1000 else f"{end:.3g}" for end in scaled)
        return f"{median} {unit} ({fastest}–{slowest})"

    def as_rate(self) -> str:
        """Return the median, and in brackets slowest and fastest round: 101 k/s (90–120)."""
        rates = (self.rate, self.units / max(self.seconds), self.units / min(self.seconds))
        median, slowest, fastest = (
            f"{rate / 1000:,.0f}" if rate >= 10_000 else f"{rate / 1000:.2g}" for rate in rates
        )
        return f"{median} k/s ({slowest}–{fastest})"

    def beside(self, other: Times) -> str:
        """Say how many times as fast as another variant this one is."""
        return f"{other.each / self.each:.3g}× as fast"


UNITS = (("s", 1.0), ("ms", 1e3), ("µs", 1e6), ("ns", 1e9))


class Verdict(NamedTuple):
    """A figure, its target, whether the figure meets it, and how many times over."""

    figure: str
    target: str
    met: bool
    margin: float


def at_most(figure: float, target: float, unit: str = "×") -> Verdict:
    """Compare a figure with a target where less is better."""
    return Verdict(f"{figure:.3g}{unit}", f"≤ {target:.3g}{unit}", figure <= target, target / figure)


def at_least(figure: float, target: float, unit: str = "×") -> Verdict:
    """Compare a figure with a target where more is better."""
    return Verdict(f"{figure:.3g}{unit}", f"≥ {target:.3g}{unit}", figure >= target, figure / target)


@dataclass(frozen=True)
class Row:
    """One line of the table: what was measured, the figures, and the target."""

    what: str
    ours: str
    beside: str = ""
    figure: str = ""
    target: str = ""
    met: bool | None = None
    margin: float | None = None

    def __str__(self) -> str:
        verdict = {True: "met", False: "**missed**", None: ""}[self.met]
        return f"| {self.what} | {self.ours} | {self.beside} | {self.figure} | {self.target} | {verdict} |"


HEADER = """\
| measured | ours: median (extremes) | beside it | figure | target | |
|---|---|---|---|---|---|"""


def contest(variants: Mapping[str, Prepare], rounds: int, units: int = 1, seed: int = 1) -> dict[str, Times]:
    """Return the times of each variant: all run once a round, in an order that is shuffled each time."""
    chance, names = Random(seed), list(variants)
    taken: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds + 1):
        chance.shuffle(names)
        for name in names:
            seconds = _timed(variants[name](number))
            if number:
                taken[name].append(seconds)
    return {name: Times(tuple(seconds), units) for name, seconds in taken.items()}


def machine() -> str:
    """Return the versions and the machine that the figures were measured with."""
    versions = f"Python {platform.python_version()}, DuckDB {duckdb.__version__}"
    return f"{versions}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}"


def always(act: Act) -> Prepare:
    """Return a variant that prepares nothing."""
    return lambda _: act


def _timed(act: Act) -> float:
    gc.collect()  # so that no variant collects the garbage of the one before
    began = time.perf_counter()
    act()
    return time.perf_counter() - began
