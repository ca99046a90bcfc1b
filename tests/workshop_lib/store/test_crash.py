"""Kill -9 at any moment: acknowledged appends are complete, and no append is partial."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.workshop_lib.store.crash_child import MeterStepped
from workshop_lib import open_store
from workshop_lib.store.duckdb_engine import checkpoint as duckdb_checkpoint

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="no kill -9 and no fork on Windows"),
]

Acknowledged = dict[str, tuple[int, int, int]]
"""For each append by name: its number of events, first and last position."""

ROOT = Path(__file__).parents[3]
KILLS, EVENTS = 21, 5_000
"""The kills of each history, and its minimum of acknowledged events; there are ten histories."""


class History(NamedTuple):
    seed: int
    threads: int = 1
    inline: bool = False
    wal: int = duckdb_checkpoint.BYTES
    """The size of the write-ahead log from which a commit is followed by a checkpoint."""
    pause: int = 0
    """The milliseconds a checkpoint pauses at each table, so that most kills hit one."""


HISTORIES = [
    History(1),
    History(2, inline=True),
    History(3, threads=4),
    History(4, threads=4, inline=True),
    History(5, wal=60_000),
    History(6, wal=60_000, inline=True),
    History(7, wal=60_000, threads=4, pause=15),
    History(8, wal=200_000, threads=4, inline=True),
    History(9, wal=1_000),
    History(10, threads=16),
]


class Victim:
    """The appending process, controlled by the test that kills it."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.workshop_lib.store.crash_child"]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def live(self, order: dict[str, object], events: int, delay: float) -> Acknowledged:
        """Let it append at least `events`, kill it a moment later, and return what was acknowledged."""
        self._say(json.dumps(order))
        acknowledged = {}
        while recorded_by(acknowledged) < events:
            self._hear(acknowledged)
        time.sleep(delay)
        self._say("kill")
        while not self._hear(acknowledged):
            pass
        return acknowledged

    def _say(self, line: str) -> None:
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def _hear(self, acknowledged: Acknowledged) -> bool:
        """Read one line. Return whether the child has ended."""
        kind, _, words = self._process.stdout.readline().strip().partition(" ")
        assert kind in ("recorded", "ended"), words or "the process ended before it was killed"
        if kind == "recorded":
            act, *numbers = words.split()
            acknowledged[act] = tuple(map(int, numbers))
        else:
            assert words == "-9"
        return kind == "ended"

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()


@pytest.fixture(scope="module")
def victim():
    process = Victim()
    yield process
    process.close()


def recorded_by(acknowledged: Acknowledged) -> int:
    return sum(size for size, _, _ in acknowledged.values())


def moment(chance: random.Random) -> tuple[int, float]:
    """Choose when to kill: one time in six while the file is being opened, else after some events."""
    if chance.random() < 1 / 6:
        return 0, chance.uniform(0, 0.06)
    return chance.randrange(1, 650), chance.uniform(0, 0.006)


def log_after(path: Path, tmp_path: Path) -> tuple[list, list]:
    """Read the log and projection after a crash from a copy; the next run recovers the original."""
    shutil.rmtree(tmp_path / "copy", ignore_errors=True)
    copy = Path(shutil.copytree(path.parent, tmp_path / "copy")) / path.name
    with open_store(copy) as store:
        recorded = list(store.read())
        there = store._file.ask("FROM duckdb_tables() WHERE table_name = 'tally'")
        tally = store._file.ask("FROM log.main.tally") if there else None
        assert store.append("next-1", [MeterStepped("next", 0, 1)]).positions == (len(recorded) + 1,)
        assert store.verify() is None
    return recorded, tally


def require_whole(recorded: list, acknowledged: Acknowledged) -> None:
    """Check that no acknowledged event is missing, no batch is torn, and there are no gaps."""
    places, streams = defaultdict(list), defaultdict(list)
    for event in recorded:
        places[event.event.append].append((event.position, event.event.of))
        streams[event.stream].append(event.version)
    assert [event.position for event in recorded] == list(range(1, len(recorded) + 1))
    for versions in streams.values():
        assert versions == list(range(1, len(versions) + 1))
    for placed in places.values():
        assert len(placed) == placed[0][1], "a torn batch"
    for act, (size, first, last) in acknowledged.items():
        assert act in places, "acknowledged but lost"
        assert [len(places[act]), places[act][0][0], places[act][-1][0]] == [size, first, last]


@pytest.mark.parametrize("history", HISTORIES, ids=str)
def test_acknowledged_events_survive_every_kill(victim, tmp_path, history):
    chance, acknowledged = random.Random(history.seed), {}
    path = tmp_path / "network" / "network.duckdb"
    path.parent.mkdir()
    for kill in range(KILLS):
        order = {**history._asdict(), "path": str(path), "name": str(kill)}
        events, delay = moment(chance)
        missing = EVENTS - recorded_by(acknowledged) if kill == KILLS - 1 else 0
        acknowledged |= victim.live(order, max(events, missing), delay)
        recorded, tally = log_after(path, tmp_path)
        require_whole(recorded, acknowledged)
        if tally is not None:
            assert dict(tally) == Counter(event.stream for event in recorded)
    assert recorded_by(acknowledged) >= EVENTS
