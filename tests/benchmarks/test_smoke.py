"""The benchmarks run. Nothing here depends on a time."""

from __future__ import annotations

import subprocess
import sys

import pytest

from benchmarks.rounds import Times, contest
from workbench.setup.workspace import COURSE

CONTESTS = ["append", "batch", "stream", "instants", "traffic", "log"]


def test_a_quick_run_prints_a_line_for_every_contest():
    command = [sys.executable, "-m", "benchmarks.store", "--quick", "--only", *CONTESTS]
    run = subprocess.run(command, cwd=COURSE, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    table = [line for line in run.stdout.splitlines() if line.startswith("|")]
    measured = [line.split("|")[1].split()[0] for line in table[2:]]
    assert measured == ["append", "append", "append", "read", "state", "traffic", "read()", "verify()"]


def test_a_quick_run_of_the_queries_prints_a_line_for_each_engine():
    command = [sys.executable, "-m", "benchmarks.queries", "--quick"]
    run = subprocess.run(command, cwd=COURSE, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    kinds = [line.partition(",")[0] for line in run.stdout.splitlines()]
    assert (kinds.count("ids"), kinds.count("tags"), kinds.count("rule")) == (4, 4, 6)


def test_a_quick_run_compares_with_no_target():
    command = [sys.executable, "-m", "benchmarks.store", "--quick", "--only", "batch"]
    printed = subprocess.run(command, cwd=COURSE, capture_output=True, text=True, check=True).stdout
    assert "≥ 100 k/s |  |" in printed


def test_every_variant_runs_once_a_round_and_the_warm_up_is_not_counted():
    prepared: list[tuple[str, int]] = []
    acted: list[tuple[str, int]] = []

    def variant(name: str):
        def prepare(number: int):
            prepared.append((name, number))
            return lambda: acted.append((name, number))

        return prepare

    times = contest({"ours": variant("ours"), "bare": variant("bare")}, rounds=3)
    assert acted == prepared
    assert sorted(acted) == sorted((name, number) for name in ("ours", "bare") for number in range(4))
    assert [number for _, number in acted] == [0, 0, 1, 1, 2, 2, 3, 3]
    assert {name: len(those.seconds) for name, those in times.items()} == {"ours": 3, "bare": 3}


@pytest.mark.parametrize(
    ("times", "text"),
    [
        (Times((2.0, 1.0, 4.0)), "2 s (1–4)"),
        (Times((0.02, 0.01, 0.03), units=10), "2 ms (1–3)"),
        (Times((0.0005,), units=10), "50 µs (50–50)"),
        (Times((0.0009, 0.0008, 0.0012)), "900 µs (800–1,200)"),
    ],
)
def test_times_show_the_median_and_the_extremes_of_one_thing(times: Times, text: str):
    assert times.as_duration() == text


def test_a_rate_shows_the_slowest_round_first():
    assert Times((0.1, 0.2, 0.4), units=20_000).as_rate() == "100 k/s (50–200)"
