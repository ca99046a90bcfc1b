"""Contests of loading: one aggregate as the object that its events fold to, with and without a snapshot.

Each answer is compared with the other side's. Read next: `event_reading.py`.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import reduce
from uuid import UUID

from benchmarks.event_logs import STREAM_LENGTH, Logs, reading
from benchmarks.peers import SQLITE, Bare, Charging, application, id_of
from benchmarks.rounds import Act, Prepare, Row, Times, always, at_least, at_most, contest
from workshop_lib.charging.session import ChargingStarted, Session, evolve, initial
from workshop_lib.reading.snapshots import Fold, Snapshots
from workshop_lib.reading.snapshots import load as load_from
from workshop_lib.store.duckdb_engine.store import DuckDBStore

LOADS = 10
"""How many aggregates are loaded in a row."""

FOLD = Fold("session", initial, evolve)
SINCE = 10
"""How many events follow a snapshot."""


def one_aggregate(logs: Logs) -> Iterator[Row]:
    """Load a session of a hundred events as the folded object, from logs of three lengths."""
    bare = Bare(logs.bare(logs.middle))
    with ExitStack() as opened:
        opened.callback(bare.close)
        stores = {size: opened.enter_context(DuckDBStore(logs.ours(size))) for size in logs.lengths}
        sizes = [size for size in logs.lengths if size <= logs.peer]
        sqlite = {size: opened.enter_context(application(SQLITE, logs.sqlite(size))) for size in sizes}
        memory = opened.enter_context(logs.in_memory(sizes[0]))
        variants = {
            **{f"ours {size}": _loading(store, size) for size, store in stores.items()},
            **{f"sqlite {size}": _getting(app, size) for size, app in sqlite.items()},
            "memory": _getting(memory, sizes[0]),
            "bare": _selecting(bare, logs.middle),
        }
        for size, app in sqlite.items():
            _require_same_session(stores[size], app)
        times = contest(variants, logs.size(40, 1), units=LOADS)
    yield from _loading_rows(logs, times)


def _loading_rows(logs: Logs, times: dict[str, Times]) -> Iterator[Row]:
    for size in logs.lengths:
        ours, there = times[f"ours {size}"], min(size, logs.peer)
        peer = times[f"sqlite {there}"]
        beside = f"eventsourcing, SQLite, {there:,}: {peer.as_duration()}"
        what = f"load an aggregate of {STREAM_LENGTH} events, log of {size:,}"
        yield Row(what, ours.as_duration(), beside, *at_least(peer.each / ours.each, 2))
    shortest, longest = (times[f"ours {size}"] for size in (logs.lengths[0], logs.long))
    what, ours_there = f"load an aggregate of {STREAM_LENGTH} events at {logs.long:,}", longest.as_duration()
    growth = at_most(longest.each / shortest.each, 1.5)
    yield Row(what, ours_there, f"{logs.lengths[0]:,}: {shortest.as_duration()}", *growth)
    for name, beside in (
        ("memory", f"eventsourcing, memory, {logs.lengths[0]:,}"),
        ("bare", f"bare DuckDB without an index, undecoded, {logs.middle:,}"),
    ):
        peer = times[name]
        yield Row(what, ours_there, f"{beside}: {peer.as_duration()}", longest.beside(peer))


def from_snapshots(logs: Logs) -> Iterator[Row]:
    """Load a session from a snapshot and its last ten events, from logs of three lengths."""
    with ExitStack() as opened:
        stores = {size: opened.enter_context(DuckDBStore(logs.ours(size))) for size in logs.lengths}
        folder = opened.enter_context(logs.scratch())
        copied = shutil.copy(logs.sqlite(logs.middle), folder / "theirs.sqlite")
        sqlite = opened.enter_context(application(SQLITE, copied, snapshots=True))
        caches = {size: opened.enter_context(Snapshots(folder / f"{size}.snapshots")) for size in stores}
        variants = {
            **{str(size): _resuming(store, caches[size], size) for size, store in stores.items()},
            "theirs": _getting_resumed(sqlite, logs.middle),
        }
        times = contest(variants, logs.size(40, 1), units=LOADS)
        for size, store in stores.items():
            state, version = load_from(store, "session-0", FOLD, caches[size])
            assert (state, version) == (load(store, "session-0"), STREAM_LENGTH)
    shortest, longest = (times[str(size)] for size in (logs.lengths[0], logs.long))
    what = f"load from a snapshot and {SINCE} events, log of {logs.long:,}"
    flat = at_most(longest.each / shortest.each, 1.5)
    yield Row(what, longest.as_duration(), f"{logs.lengths[0]:,}: {shortest.as_duration()}", *flat)
    beside = f"eventsourcing, SQLite, {logs.middle:,}: {times['theirs'].as_duration()}"
    yield Row(what, longest.as_duration(), beside, longest.beside(times["theirs"]))


def _loading(store: DuckDBStore, size: int) -> Prepare:
    return lambda number: lambda: [load(store, name) for name in _names(number, size)]


def load(store: DuckDBStore, name: str) -> Session:
    """Return a session, folded from its events."""
    return reduce(evolve, (recorded.event for recorded in store.read_stream(name)), initial)


def from_snapshots_of_long_streams(logs: Logs) -> Iterator[Row]:
    """Do the same with a long stream whose snapshot is near its end."""
    longer = logs.size(10_000, 1_000)
    with (
        logs.scratch() as folder,
        DuckDBStore(folder / "streams.duckdb") as store,
        Snapshots(folder / "streams.snapshots") as snapshots,
    ):

        def resuming(length: int) -> Prepare:
            name = f"visit-{length}"
            start = ChargingStarted(7, "cinema-1", "token-7", "night", 4_000_000)
            store.append(name, [start, *(reading(7, turn) for turn in range(1, length))], 0)
            _keep(store, snapshots, name, length - SINCE)
            return always(lambda: [load_from(store, name, FOLD, snapshots) for _ in range(LOADS)])

        variants = {str(length): resuming(length) for length in (STREAM_LENGTH, longer)}
        times = contest(variants, logs.size(40, 1), units=LOADS)
        for length in (STREAM_LENGTH, longer):
            state, version = load_from(store, f"visit-{length}", FOLD, snapshots)
            assert (state, version) == (load(store, f"visit-{length}"), length)
    short, long = times[str(STREAM_LENGTH)], times[str(longer)]
    what = f"load from a snapshot and {SINCE} events, stream of {longer:,}"
    flat = at_most(long.each / short.each, 1.5)
    yield Row(what, long.as_duration(), f"stream of {STREAM_LENGTH}: {short.as_duration()}", *flat)


def _keep(store: DuckDBStore, snapshots: Snapshots, name: str, version: int) -> None:
    *_, last = read = list(store.read_stream(name, to_version=version))
    snapshots.keep(FOLD, last, reduce(evolve, (recorded.event for recorded in read), initial))


def _resuming(store: DuckDBStore, snapshots: Snapshots, size: int) -> Prepare:
    """Load from snapshots; make those that are missing first."""

    def prepare(number: int) -> Act:
        for name in (names := _names(number, size)):
            _keep(store, snapshots, name, STREAM_LENGTH - SINCE)
        return lambda: [load_from(store, name, FOLD, snapshots) for name in names]

    return prepare


def _getting_resumed(app: Charging, size: int) -> Prepare:
    taken: set[UUID] = set()

    def prepare(number: int) -> Act:
        ids = [id_of(name) for name in _names(number, size)]
        for aggregate in set(ids) - taken:
            app.take_snapshot(aggregate, version=STREAM_LENGTH - SINCE)
        taken.update(ids)
        return lambda: [app.repository.get(aggregate) for aggregate in ids]

    return prepare


def _getting(app: Charging, size: int) -> Prepare:
    def prepare(number: int) -> Act:
        ids = [id_of(name) for name in _names(number, size)]
        return lambda: [app.repository.get(aggregate) for aggregate in ids]

    return prepare


def _selecting(bare: Bare, size: int) -> Prepare:
    select, run = "SELECT * FROM events WHERE stream = ?", bare.connection.execute
    return lambda number: lambda: [run(select, [name]).fetchall() for name in _names(number, size)]


def _names(number: int, size: int) -> list[str]:
    sessions = size // STREAM_LENGTH
    return [f"session-{(number * LOADS + turn) * 7919 % sessions}" for turn in range(LOADS)]


def _require_same_session(store: DuckDBStore, app: Charging) -> None:
    ours, theirs = load(store, "session-0"), app.repository.get(id_of("session-0"))
    assert (ours.meter_wh, ours.seq_no, ours.token) == (theirs.meter_wh, theirs.seq_no, theirs.token)


CONTESTS: dict[str, Callable[[Logs], Iterator[Row]]] = {
    "load": one_aggregate,
    "snapshot": from_snapshots,
    "snapshot-of-long": from_snapshots_of_long_streams,
}
