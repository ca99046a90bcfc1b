"""Contests of writing: one event, sixteen threads, a thousand and ten thousand at once, and the worst wait.

Every append is durable when it returns: DuckDB and SQLite both wait for the disk. Read next:
`event_loading.py`.
"""

from __future__ import annotations

import shutil
import statistics
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from itertools import count
from threading import Barrier, Thread
from time import perf_counter

from benchmarks.event_logs import Logs, reading
from benchmarks.peers import MEMORY, SQLITE, Bare, Charging, application, id_of, theirs
from benchmarks.rounds import Act, Prepare, Row, always, at_least, at_most, contest
from workshop_lib import Append
from workshop_lib.store.duckdb_engine.store import DuckDBStore

BLOCK = 20
"""How many appends of one event are timed together."""

THREADS = 16
PATIENCE = 120.0
"""How many seconds of single appends are measured, long enough for several checkpoints."""


def one_event(logs: Logs) -> Iterator[Row]:
    """Append one event. The bare row is ready, with its hash; ours and theirs start from an event."""
    with (
        logs.scratch() as folder,
        closing(Bare(folder / "bare.duckdb")) as bare,
        DuckDBStore(folder / "ours.duckdb") as store,
        application(SQLITE, folder / "theirs.sqlite") as sqlite,
        application(MEMORY) as memory,
    ):
        row = _a_row(store, bare)
        variants = {
            "ours": _singles(store),
            "bare": always(lambda: [bare.connection.execute(bare.insert, row) for _ in range(BLOCK)]),
            "sqlite": _their_singles(sqlite),
            "memory": _their_singles(memory),
        }
        times = contest(variants, logs.size(50, 2), units=BLOCK)
        _require_equal(store.stream_version("session-7"), [sqlite, memory])
    what, ours = "one event, one durable commit", times["ours"].as_duration()
    ratio = times["ours"].each / times["bare"].each
    yield Row(what, ours, f"bare DuckDB, `execute`: {times['bare'].as_duration()}", *at_most(ratio, 1))
    for name, where in (("sqlite", "SQLite"), ("memory", "memory, not durable")):
        beside = f"eventsourcing, {where}: {times[name].as_duration()}"
        yield Row(what, ours, beside, times["ours"].beside(times[name]))


def many_threads(logs: Logs) -> Iterator[Row]:
    """Append from many threads, each to its own stream; every variant makes the same number of appends."""
    each = logs.size(100, 5)
    with (
        logs.scratch() as folder,
        DuckDBStore(folder / "ours.duckdb") as store,
        application(SQLITE, folder / "theirs.sqlite") as sqlite,
    ):
        streams = count()

        def ours(events: int) -> Act:
            stream = f"visit-{next(streams)}"
            facts = [(reading(7, turn), turn) for turn in range(events)]
            return lambda: [store.append(stream, [fact], version) for fact, version in facts]

        def put(events: int) -> Act:
            stream = f"visit-{next(streams)}"
            facts = [theirs(stream, turn + 1, reading(7, turn)) for turn in range(events)]
            return lambda: [sqlite.events.put([fact]) for fact in facts]

        variants = {
            "16": lambda _: _together([ours(each) for _ in range(THREADS)]),
            "1": lambda _: ours(each * THREADS),
            "theirs": lambda _: _together([put(each) for _ in range(THREADS)]),
        }
        rounds = logs.size(9, 1)
        times = contest(variants, rounds, units=each * THREADS)
        made = each * THREADS * (rounds + 1)
        assert (store.position(), sqlite.recorder.max_notification_id()) == (2 * made, made)
    ours_as_rate = times["16"].as_rate()
    for name, target, beside in (("1", 4, "one thread"), ("theirs", 2, "eventsourcing, SQLite, 16 threads")):
        faster = at_least(times[name].each / times["16"].each, target)
        yield Row(f"{THREADS} threads appending", ours_as_rate, f"{beside}: {times[name].as_rate()}", *faster)


def thousand_at_once(logs: Logs) -> Iterator[Row]:
    """Append a thousand events to a long log and to an empty one; theirs to its longest log.

    The events belong to a thousand streams, as in traffic. One stream is the easiest case for an index.
    """
    size = logs.size(1_000, 100)
    with (
        logs.scratch() as folder,
        DuckDBStore(shutil.copy(logs.ours(logs.long), folder / "long.duckdb")) as long,
        DuckDBStore(folder / "empty.duckdb") as empty,
        application(SQLITE, shutil.copy(logs.sqlite(logs.peer), folder / "theirs.sqlite")) as sqlite,
    ):
        variants = {
            "long": _batches(long, size, streams=size),
            "empty": _batches(empty, size, streams=size),
            "theirs": _their_batches(sqlite, size, streams=size),
            "long, one stream": _batches(long, size),
            "theirs, one stream": _their_batches(sqlite, size),
        }
        times = contest(variants, logs.size(30, 1))
        _require_equal(long.stream_version("visit-0-0-of-1"), [sqlite], "visit-0-0-of-1")
    growth = at_most(times["long"].each / times["empty"].each, 1.3)
    what, ours = f"{size:,} events a commit onto {logs.long:,}", times["long"].as_duration()
    yield Row(what, ours, f"an empty store: {times['empty'].as_duration()}", *growth)
    theirs_there = f"eventsourcing, SQLite, onto {logs.peer:,}"
    faster = at_least(times["theirs"].each / times["long"].each, 8)
    yield Row(what, ours, f"{theirs_there}: {times['theirs'].as_duration()}", *faster)
    ours_alone, theirs_alone = times["long, one stream"], times["theirs, one stream"]
    beside = f"{theirs_there}: {theirs_alone.as_duration()}"
    yield Row(f"{what}, in one stream", ours_alone.as_duration(), beside, ours_alone.beside(theirs_alone))


def ten_thousand_at_once(logs: Logs) -> Iterator[Row]:
    """Append ten thousand events, beside a copy from table to table, which is the limit."""
    size = logs.size(10_000, 1_000)
    with (
        logs.scratch() as folder,
        closing(Bare(folder / "bare.duckdb")) as bare,
        DuckDBStore(folder / "ours.duckdb") as store,
    ):
        store.append("session-7", [reading(7, turn) for turn in range(size)])
        bare.take_rows(store, folder / "rows.parquet", table="ready")
        bare.take_columns(store)
        copied = always(lambda: bare.connection.execute("INSERT INTO events FROM ready"))
        times = contest({"ours": _batches(store, size), "bare": copied}, logs.size(15, 1), size)
    rate = at_least(times["ours"].rate / 1000, 150, " k/s")
    beside = f"DuckDB, from table to table: {times['bare'].as_rate()}"
    yield Row(f"{size:,} events a commit, public API", times["ours"].as_rate(), beside, *rate)


def worst_wait(logs: Logs) -> Iterator[Row]:
    """Append one event after the other until several checkpoints were written; two minutes on a slow disk."""
    with logs.scratch() as folder:
        long = shutil.copy(logs.ours(logs.long), folder / "long.duckdb")
        with DuckDBStore(long) as store:
            waits = sorted(_waits(store, logs.size(60_000, 200)))
    wait, over = waits[int(len(waits) * 0.999)], sum(wait > 0.05 for wait in waits)
    yield Row(
        f"longest wait with checkpoints at {logs.long:,}, p99.9 of {len(waits):,} appends",
        f"{wait * 1000:.3g} ms (worst {waits[-1] * 1000:.3g})",
        f"median {statistics.median(waits) * 1000:.3g} ms; {over} over 50 ms",
        *at_most(wait * 1000, 50, " ms"),
    )


def _waits(store: DuckDBStore, appends: int) -> Iterator[float]:
    end = perf_counter() + PATIENCE
    for turn in range(appends):
        began = perf_counter()
        store.append("visit-0", [reading(7, turn)])
        yield perf_counter() - began
        if began > end:
            return


def _singles(store: DuckDBStore) -> Prepare:
    """Prepare a block of appends of one event each, all to one stream."""

    def prepare(number: int) -> Act:
        versions = range(number * BLOCK, (number + 1) * BLOCK)
        events = [(reading(7, version), version) for version in versions]
        return lambda: [store.append("session-7", [event], version) for event, version in events]

    return prepare


def _their_singles(app: Charging) -> Prepare:
    """Prepare the same for the other library, whose versions begin with 1."""

    def prepare(number: int) -> Act:
        versions = range(number * BLOCK, (number + 1) * BLOCK)
        events = [theirs("session-7", version + 1, reading(7, version)) for version in versions]
        return lambda: [app.events.put([event]) for event in events]

    return prepare


def _batches(store: DuckDBStore, size: int, streams: int = 1) -> Prepare:
    """Prepare one commit of many events to new streams, an equal number to each."""

    def prepare(number: int) -> Act:
        names = [f"visit-{number}-{one}-of-{streams}" for one in range(streams)]
        appends = [Append(name, [reading(7, turn) for turn in range(size // streams)], 0) for name in names]
        return lambda: store.append_batch(appends)

    return prepare


def _their_batches(app: Charging, size: int, streams: int = 1) -> Prepare:
    """Prepare the same for the other library."""

    def prepare(number: int) -> Act:
        names = [f"visit-{number}-{one}-of-{streams}" for one in range(streams)]
        places = [(name, turn) for name in names for turn in range(size // streams)]
        events = [theirs(name, turn + 1, reading(7, turn)) for name, turn in places]
        return lambda: app.events.put(events)

    return prepare


def _require_equal(version: int, apps: Sequence[Charging], stream: str = "session-7") -> None:
    """Check that both sides have recorded the same number of events in a stream."""
    for app in apps:
        there = len(app.recorder.select_events(id_of(stream)))
        assert there == version, f"{stream} has {version} events here and {there} there"


def _a_row(store: DuckDBStore, bare: Bare) -> tuple[object, ...]:
    """Return a row as the store writes it; make a table with its columns in the bare database."""
    store.append("session-8", [reading(7, 1)])
    bare.take_columns(store)
    row: tuple[object, ...] = store.sql("FROM events").fetchall()[0]
    return row


def _together(acts: Sequence[Act]) -> Act:
    """Run all at once, each in a thread that is already waiting when the clock starts."""
    ready = Barrier(len(acts) + 1)

    def run(act: Act) -> None:
        ready.wait()
        act()

    threads = [Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()

    def go() -> None:
        ready.wait()
        for thread in threads:
            thread.join()

    return go


CONTESTS: dict[str, Callable[[Logs], Iterator[Row]]] = {
    "single": one_event,
    "threads": many_threads,
    "thousand": thousand_at_once,
    "batch": ten_thousand_at_once,
    "wait": worst_wait,
}
