"""The logs that are measured: made once, kept in a folder, the same on every machine.

They contain charging sessions with a hundred events each that all charge at once. So the events of a session
are as far apart as possible, which is the worst case for reading one. Read next:
`event_writing.py`, `event_loading.py` and `event_reading.py`, the contests.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path

from benchmarks.peers import MEMORY, SQLITE, Bare, Charging, application, fill
from workbench.city.traffic import START
from workshop_lib import Append, SimulatedClock, seeded_ids
from workshop_lib.charging.session import ChargingStarted, MeterRead
from workshop_lib.store.duckdb_engine.store import DuckDBStore

STREAM_LENGTH = 100
BATCH = 10_000
TICK = timedelta(milliseconds=10)

Fact = ChargingStarted | MeterRead


def connector_of(session: int) -> str:
    """Return one of the nine connectors at the cinema."""
    return f"cinema-{session % 9}"


def reading(session: int, turn: int) -> MeterRead:
    """Return the nth reading of a session's meter."""
    return MeterRead(session, connector_of(session), turn, 4_000_000 + session + 183 * turn, 11_000)


def facts(events: int) -> Iterator[tuple[str, int, Fact]]:
    """Yield stream, version and event: every session starts, then all meters are read in turn."""
    sessions = events // STREAM_LENGTH
    for number in range(events):
        turn, session = divmod(number, sessions)
        started = ChargingStarted(session, connector_of(session), f"token-{session}", "night", 4_000_000)
        yield f"session-{session}", turn + 1, reading(session, turn) if turn else started


@dataclass(frozen=True)
class Logs:
    """The folder of the logs of one run, and how long they are.

    Ours is measured at three lengths. The other library is read from end to end at the `middle` one only; the
    longest log that it writes to and loads from has the length `peer`, because it takes long to fill.
    """

    folder: Path
    long: int
    peer: int
    quick: bool = False

    def size(self, full: int, quick: int) -> int:
        return quick if self.quick else full

    @property
    def lengths(self) -> tuple[int, int, int]:
        return self.long // 100, self.middle, self.long

    @property
    def middle(self) -> int:
        return self.long // 10

    def ours(self, events: int) -> Path:
        """Return the file of our store with this many events; make it if it is missing."""

        def make(path: Path) -> None:
            appends = (Append(stream, [fact], version - 1) for stream, version, fact in facts(events))
            report = progress(f"building a log of {events:,} events", events)
            with self.deterministic(path) as store:
                while results := store.append_batch(islice(appends, BATCH)):
                    report(len(results))

        return self._once(f"log-{events}.duckdb", make)

    def sqlite(self, events: int) -> Path:
        """Return the file of the other library with the same events."""

        def make(path: Path) -> None:
            with application(SQLITE, path) as app:
                fill(app, facts(events), progress(f"the same {events:,} events in eventsourcing", events))

        return self._once(f"log-{events}.sqlite", make)

    def bare(self, events: int) -> Path:
        """Return the file of DuckDB alone with the same rows."""

        def make(path: Path) -> None:
            bare = Bare(path)
            with DuckDBStore(self.ours(events)) as store:
                bare.take_rows(store, path.with_suffix(".parquet"))
            bare.close()

        return self._once(f"bare-{events}.duckdb", make)

    @contextmanager
    def in_memory(self, events: int) -> Iterator[Charging]:
        """Open the other library without a file, with the same events."""
        with application(MEMORY) as app:
            fill(app, facts(events), progress(f"the same {events:,} events in its memory", events))
            yield app

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """Yield a temporary folder for the files of one contest."""
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            yield Path(folder)

    def deterministic(self, path: Path) -> DuckDBStore:
        """Return a store that writes the same on every machine."""
        return DuckDBStore(path, SimulatedClock(START, tick=TICK), seeded_ids(1))

    def _once(self, name: str, make: Callable[[Path], None]) -> Path:
        """Return a file that is whole: it gets its name when it is finished."""
        path, unfinished = self.folder / name, self.folder / f"unfinished-{name}"
        if not path.exists():
            for left_over in self.folder.glob(f"{unfinished.name}*"):
                left_over.unlink()
            make(unfinished)
            unfinished.rename(path)
        return path


def progress(what: str, total: int) -> Callable[[int], None]:
    """Return a function that adds up what was done and prints each tenth of a long total."""
    done = 0

    def report(more: int) -> None:
        nonlocal done
        before, done = done, done + more
        if total >= 100_000 and done * 10 // total > before * 10 // total:
            print(f"{what}: {done * 100 // total} %", file=sys.stderr, flush=True)

    return report
