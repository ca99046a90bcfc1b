"""Measure what the workbench promises beside bare DuckDB or Python: one table in Markdown.

    python -m benchmarks.store [--quick] [--only append stream]

Ratios within a run carry over to other machines, times do not. `--quick` shows in seconds that everything
runs; its logs are too small to compare with a target. Read first: `rounds.py`. See also `traffic.py`.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from itertools import islice
from pathlib import Path

import duckdb

from benchmarks.lab import until_served, why_not
from benchmarks.rounds import HEADER, Act, Row, always, contest, machine
from benchmarks.traffic import generate
from workbench.city.traffic import START, network
from workshop_lib import Append, SimulatedClock, open_store, seeded_ids
from workshop_lib.charging.session import MeterRead
from workshop_lib.events import StoredEvent
from workshop_lib.reading.temporal import evenly, life_of, state_at, state_at_instants
from workshop_lib.store.duckdb_engine.file import SCHEMA
from workshop_lib.store.duckdb_engine.log import LOG, UNHASHED
from workshop_lib.store.duckdb_engine.store import DuckDBStore
from workshop_lib.store.duckdb_engine.writer import INSERT_MANY, INSERT_ONE, document

STREAM_LENGTH = 100
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Bench:
    """The folder of one run's logs, and their lengths."""

    folder: Path
    quick: bool

    def size(self, full: int, quick: int) -> int:
        return quick if self.quick else full

    def store(self, name: str) -> DuckDBStore:
        return DuckDBStore(self.folder / name, SimulatedClock(START, tick=SECOND), seeded_ids(1))

    @cached_property
    def long_log(self) -> Path:
        """The file of a log of interleaved streams of 100 events each."""
        events = self.size(1_000_000, 10_000)
        appends = (
            Append(f"session-{number % (events // STREAM_LENGTH)}", [reading(number)])
            for number in range(events)
        )
        with self.store("long.duckdb") as store:
            while store.append_batch(islice(appends, 10_000)):
                pass
        return self.folder / "long.duckdb"


def reading(number: int) -> MeterRead:
    """Return one reading of the cinema's meter."""
    return MeterRead(7, "cinema-1", number, 4_000_000 + 183 * number, 11_000)


def stored(count: int, name: str = "session-7") -> list[StoredEvent]:
    """Return rows as a store would write them."""
    with open_store(clock=SimulatedClock(START), ids=seeded_ids(1)) as store:
        store.append(name, [reading(number) for number in range(count)])
        columns = ", ".join(StoredEvent._fields)
        rows = store.sql(f"SELECT {columns} FROM events ORDER BY position").fetchall()
    return [StoredEvent._make(row) for row in rows]


def bare(path: Path) -> duckdb.DuckDBPyConnection:
    """Open DuckDB without the library, with the same tables and index; make the file if it is missing."""
    new = not path.exists()
    connection = duckdb.connect(":memory:")
    connection.execute(f"ATTACH '{path}' AS log")
    if new:
        connection.execute(SCHEMA)
    return connection


def importing(bench: Bench) -> Iterator[Row]:
    def run(code: str) -> Act:
        return lambda: subprocess.run([sys.executable, "-c", code], check=True)

    variants = {"ours": always(run("import workshop_lib")), "pass": always(run("pass"))}
    times = contest(variants, bench.size(10, 2))
    more = times["ours"].each - times["pass"].each
    yield Row(
        "`import workshop_lib`",
        times["ours"].as_duration(),
        f"`pass`: {times['pass'].as_duration()}",
        f"{more * 1000:.0f} ms more",
        "< 0.3 s",
        times["ours"].each < 0.3,
    )


def one_append(bench: Bench) -> Iterator[Row]:
    """Append one event. The bare row is ready, with its hash; ours starts from an event."""
    block = 20
    with bench.store("one.duckdb") as store:
        plain, tuned = (bare(bench.folder / f"bare-{name}.duckdb") for name in ("plain", "tuned"))
        tuned.execute("PRAGMA disable_optimizer")
        insert = INSERT_ONE % LOG
        prepared, rows = tuned.extract_statements(INSERT_ONE % LOG)[0], stored(block)

        def ours(number: int) -> Act:
            events = [reading(number * block + place) for place in range(block)]
            return lambda: [store.append("session-7", [event]) for event in events]

        variants = {
            "ours": ours,
            "plain": always(lambda: [plain.execute(insert, row) for row in rows]),
            "tuned": always(lambda: [tuned.execute(prepared, row) for row in rows]),
        }
        times = contest(variants, bench.size(50, 2), units=block)
        plain.close()
        tuned.close()
    for name, how in (("plain", "bare INSERT"), ("tuned", "the same, prepared without optimizer")):
        ratio = times["ours"].each / times[name].each
        target, met = ("≤ 1.3×", ratio <= 1.3) if name == "plain" else ("", None)
        beside = f"{how}: {times[name].as_duration()}"
        yield Row("append one event", times["ours"].as_duration(), beside, f"{ratio:.2f}×", target, met)


def many_in_one_append(bench: Bench) -> Iterator[Row]:
    count = bench.size(10_000, 1_000)
    rows, ready = stored(count), bare(bench.folder / "ready.duckdb")
    ready.execute("PRAGMA disable_optimizer")
    with bench.store("many.duckdb") as store:

        def ours(number: int) -> Act:
            events = [reading(place) for place in range(count)]
            return lambda: store.append(f"session-{number}", events)

        def written(number: int) -> Act:
            text = document([row._replace(stream=f"session-{number}") for row in rows])
            return lambda: ready.execute(INSERT_MANY % LOG, [text])

        times = contest({"ours": ours, "document": written}, bench.size(15, 2), units=count)
    ready.close()
    yield Row(
        f"append {count:,} events at once",
        times["ours"].as_rate(),
        f"DuckDB, ready document: {times['document'].as_rate()}",
        f"{times['ours'].each / times['document'].each:.2f}×",
        "≥ 100 k/s",
        times["ours"].rate >= 100_000,
    )


def one_stream(bench: Bench) -> Iterator[Row]:
    """Read streams in blocks, because the first reads after the other's turn find a cold cache."""
    block = bench.size(50, 10)
    copy = shutil.copy(bench.long_log, bench.folder / "copy.duckdb")
    log = bare(Path(copy))
    with bench.store("long.duckdb") as store:
        streams, end = store.position() // STREAM_LENGTH, store.position()

        def names(number: int) -> list[str]:
            return [f"session-{(number * block + turn) * 7919 % streams}" for turn in range(block)]

        bounds = "stream = ? AND version >= ? AND version <= ? AND position <= ?"

        def selected(number: int) -> Act:
            values = [[name, 1, 2**31 - 1, end] for name in names(number)]
            return lambda: [
                log.execute(f"SELECT {UNHASHED} FROM {LOG} WHERE {bounds}", those).fetchall()
                for those in values
            ]

        variants = {
            "ours": lambda number: lambda: [list(store.read_stream(name)) for name in names(number)],
            "select": selected,
        }
        times = contest(variants, bench.size(40, 2), units=block)
    log.close()
    yield Row(
        f"read a stream of {STREAM_LENGTH} out of {end:,}",
        times["ours"].as_duration(),
        f"SELECT, undecoded: {times['select'].as_duration()}",
        f"{times['ours'].each / times['select'].each:.2f}×",
        "≤ 2 ms",
        times["ours"].each <= 0.002,
    )


def hundred_instants(bench: Bench) -> Iterator[Row]:
    events, count = bench.size(100_000, 2_000), bench.size(100, 10)
    with network(events=events) as store:
        life = life_of(store)
        assert life, "the network reports its status from the first minute on"
        instants = evenly(*life, count)
        variants = {
            "at once": always(lambda: state_at_instants(store, instants=instants).fetchall()),
            "one by one": always(lambda: [state_at(store, instant) for instant in instants]),
        }
        times = contest(variants, bench.size(5, 1))
    yield Row(
        f"state at {count} instants of {events:,} events",
        times["at once"].as_duration(),
        f"instant by instant: {times['one by one'].as_duration()}",
        f"{times['one by one'].each / times['at once'].each:.0f}× faster",
        "< 0.5 s",
        times["at once"].each < 0.5,
    )


def traffic_recorded(bench: Bench) -> Iterator[Row]:
    events = bench.size(100_000, 2_000)

    def record(number: int) -> Act:
        path = bench.folder / f"traffic-{number}.duckdb"
        return lambda: network(events=events, path=path).close()

    times = contest(
        {"recorded": record, "generated": always(lambda: generate(events))}, bench.size(5, 1), units=events
    )
    yield Row(
        f"traffic of {events:,} events, recorded in a file",
        times["recorded"].as_rate(),
        f"generated only: {times['generated'].as_rate()}",
        f"{times['recorded'].each / times['generated'].each:.1f}×",
        "≥ 100 k/s",
        times["recorded"].rate >= 100_000,
    )


def lab_served(bench: Bench) -> Iterator[Row]:
    what = "`start.py` until the Lab is served"
    if reason := why_not():
        yield Row(what, f"skipped: {reason}", target="< 5 s")
        return
    times = contest({"lab": always(until_served)}, bench.size(5, 1))["lab"]
    yield Row(what, times.as_duration(), target="< 5 s", met=times.each < 5)


def whole_log(bench: Bench) -> Iterator[Row]:
    path = bench.long_log
    with bench.store(path.name) as store:
        events = store.position()
        variants = {
            "read()": always(lambda: deque(store.read(), maxlen=0)),
            "verify()": always(store.verify),
            "fetched": always(lambda: store.sql(f"SELECT {UNHASHED} FROM events").fetchall()),
        }
        times = contest(variants, bench.size(3, 1), units=events)
    for name in ("read()", "verify()"):
        ratio = times[name].each / times["fetched"].each
        beside = f"rows fetched only: {times['fetched'].as_rate()}"
        yield Row(f"{name} of {events:,} events", times[name].as_rate(), beside, f"{ratio:.1f}×")


BENCHES: dict[str, Callable[[Bench], Iterator[Row]]] = {
    "import": importing,
    "append": one_append,
    "batch": many_in_one_append,
    "stream": one_stream,
    "instants": hundred_instants,
    "traffic": traffic_recorded,
    "lab": lab_served,
    "log": whole_log,
}


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.store",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--quick", action="store_true", help="small logs and two rounds")
    parser.add_argument(
        "--only", nargs="+", choices=BENCHES, default=list(BENCHES), metavar="NAME", help=", ".join(BENCHES)
    )
    asked = parser.parse_args()
    print(f"`{' '.join([parser.prog, *sys.argv[1:]])}`: {machine()}\n\n{HEADER}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), asked.quick)
        for name in asked.only:
            for row in BENCHES[name](bench):
                print(replace(row, met=None) if asked.quick else row, flush=True)


if __name__ == "__main__":
    main()
