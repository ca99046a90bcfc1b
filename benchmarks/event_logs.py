"""The logs that are measured: made once, kept in a folder, the same everywhere.

Charging sessions with a hundred events each, and all of them charge at once: the events of a session lie as
far from each other as they can, which is the worst case for whoever reads one. Read next:
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
    """Nine sockets stand at the cinema."""
    return f"cinema-{session % 9}"


def reading(session: int, turn: int) -> MeterRead:
    """What the meter of a session showed the nth time."""
    return MeterRead(session, connector_of(session), turn, 4_000_000 + session + 183 * turn, 11_000)


def facts(events: int) -> Iterator[tuple[str, int, Fact]]:
    """Stream, version and event, as they happen: every session starts, then all are read in turn."""
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
        """The file of our store with so many events."""

        def make(path: Path) -> None:
            appends = (Append(stream, [fact], version - 1) for stream, version, fact in facts(events))
            tell = telling(f"building a log of {events:,} events", events)
            with self.deterministic(path) as store:
                while results := store.append_batch(islice(appends, BATCH)):
                    tell(len(results))

        return self._once(f"log-{events}.duckdb", make)

    def sqlite(self, events: int) -> Path:
        """The file of the other library with the same events."""

        def make(path: Path) -> None:
            with application(SQLITE, path) as app:
                fill(app, facts(events), telling(f"the same {events:,} events in eventsourcing", events))

        return self._once(f"log-{events}.sqlite", make)

    def bare(self, events: int) -> Path:
        """The file of DuckDB alone with the same rows."""

        def make(path: Path) -> None:
            bare = Bare(path)
            with DuckDBStore(self.ours(events)) as store:
                bare.take_rows(store, path.with_suffix(".parquet"))
            bare.close()

        return self._once(f"bare-{events}.duckdb", make)

    @contextmanager
    def in_memory(self, events: int) -> Iterator[Charging]:
        """The other library without a file, with the same events."""
        with application(MEMORY) as app:
            fill(app, facts(events), telling(f"the same {events:,} events in its memory", events))
            yield app

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A folder for what one contest writes, gone afterwards."""
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            yield Path(folder)

    def deterministic(self, path: Path) -> DuckDBStore:
        """A store that writes the same on every machine."""
        return DuckDBStore(path, SimulatedClock(START, tick=TICK), seeded_ids(1))

    def _once(self, name: str, make: Callable[[Path], None]) -> Path:
        """A file that is whole or not there: it gets its name when it is finished."""
        path, unfinished = self.folder / name, self.folder / f"unfinished-{name}"
        if not path.exists():
            for left_over in self.folder.glob(f"{unfinished.name}*"):
                left_over.unlink()
            make(unfinished)
            unfinished.rename(path)
        return path


def telling(what: str, total: int) -> Callable[[int], None]:
    """Tells at each tenth how far a long work has come; takes how much was done since the last call."""
    done = 0

    def tell(more: int) -> None:
        nonlocal done
        before, done = done, done + more
        if total >= 100_000 and done * 10 // total > before * 10 // total:
            print(f"{what}: {done * 100 // total} %", file=sys.stderr, flush=True)

    return tell
