"""Contests of reading: the whole log, the state of everything now and at any instant, space and memory.

Each answer is compared with the other side's before its time counts. Read next:
`event_store.py`, the command.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from random import Random

from benchmarks.event_logs import STREAM_LENGTH, Logs
from benchmarks.peak import measured, query
from benchmarks.peers import SQLITE, Bare, application, domain_events, id_of, last_meters
from benchmarks.rounds import Act, Row, always, at_least, at_most, contest
from workshop_lib.store.duckdb_engine.store import DuckDBStore

INSTANTS = 100
PAGE = 10_000

TOTAL_AT_INSTANTS = """
WITH reports AS (
    SELECT recorded_at, stream, version, (data ->> 'energy_wh')::BIGINT AS energy_wh
    FROM events WHERE type = 'MeterRead'
), steps AS (
    SELECT
        ceil((epoch_us(recorded_at) - $first) / $distance) AS bucket,
        energy_wh - lag(energy_wh, 1, 0) OVER (PARTITION BY stream ORDER BY version) AS step
    FROM reports
)
SELECT bucket, sum(sum(step)) OVER (ORDER BY bucket) AS total FROM steps GROUP BY bucket ORDER BY bucket
"""
"""The sum of all meters at equally distant instants: what each reading added, summed up along time."""

TOTAL_AT_ONE = """
SELECT sum(energy_wh) FROM (
    SELECT (arg_max(data, version) ->> 'energy_wh')::BIGINT AS energy_wh
    FROM events WHERE type = 'MeterRead' AND recorded_at <= $instant GROUP BY stream
)
"""

CHANGELOG = """
CREATE OR REPLACE TABLE changes AS
SELECT
    (data ->> 'session')::INTEGER AS session,
    recorded_at AS since,
    (data ->> 'energy_wh')::BIGINT AS energy_wh
FROM events WHERE type = 'MeterRead' ORDER BY position
"""

TOTAL_BY_CHANGELOG = """
SELECT sum(energy_wh) FROM (
    SELECT arg_max(energy_wh, since) AS energy_wh FROM changes WHERE since <= $instant GROUP BY session
)
"""


def whole_log(logs: Logs) -> Iterator[Row]:
    """Read every event as an object: ours as RecordedEvents, theirs as domain events."""
    bare = Bare(logs.bare(logs.middle))
    with (
        DuckDBStore(logs.ours(logs.middle)) as store,
        application(SQLITE, logs.sqlite(logs.middle)) as sqlite,
    ):
        variants = {
            "ours": always(lambda: deque(store.read(), maxlen=0)),
            "sqlite": always(lambda: deque(domain_events(sqlite), maxlen=0)),
            "bare": always(lambda: deque(_pages(bare, logs.middle), maxlen=0)),
        }
        times = contest(variants, logs.size(3, 1), units=logs.middle)
        meters = {id_of(stream): energy for stream, energy in query(store).items()}
        assert meters == last_meters(sqlite), "both logs end with the same meters"
    bare.close()
    what, ours = f"catch-up read of {logs.middle:,} events", times["ours"].as_rate()
    faster = at_least(times["sqlite"].each / times["ours"].each, 1.5)
    yield Row(what, ours, f"eventsourcing, SQLite: {times['sqlite'].as_rate()}", *faster)
    beside = f"bare DuckDB, rows undecoded: {times['bare'].as_rate()}"
    yield Row(what, ours, beside, times["ours"].beside(times["bare"]))
    yield from _whole_log_in_memory(logs)


def _whole_log_in_memory(logs: Logs) -> Iterator[Row]:
    size = logs.lengths[0]
    with DuckDBStore(logs.ours(size)) as store, logs.in_memory(size) as memory:
        variants = {
            "ours": always(lambda: deque(store.read(), maxlen=0)),
            "memory": always(lambda: deque(domain_events(memory), maxlen=0)),
        }
        times = contest(variants, logs.size(3, 1), units=size)
    beside, faster = (
        f"eventsourcing, memory: {times['memory'].as_rate()}",
        times["ours"].beside(times["memory"]),
    )
    yield Row(f"catch-up read of {size:,} events", times["ours"].as_rate(), beside, faster)


def state_of_all(logs: Logs) -> Iterator[Row]:
    """Find the last reading of each session: one statement of ours, a fold over their notification log."""
    with (
        DuckDBStore(logs.ours(logs.middle)) as store,
        application(SQLITE, logs.sqlite(logs.middle)) as sqlite,
    ):
        folding = contest({"theirs": always(lambda: last_meters(sqlite))}, logs.size(2, 1), units=logs.middle)
        assert {id_of(stream): energy for stream, energy in query(store).items()} == last_meters(sqlite)
    with DuckDBStore(logs.ours(logs.long)) as store:
        times = contest({"ours": always(lambda: query(store))}, logs.size(7, 1), units=logs.long)["ours"]
    theirs, seconds = folding["theirs"], times.each * logs.long
    what = f"state of {logs.long // STREAM_LENGTH:,} aggregates from {logs.long:,} events"
    yield Row(what, times.as_rate(), "in SQL, JSON text", *at_most(seconds, 1.5, " s"))
    beside = f"eventsourcing, its log folded, {logs.middle:,}: {theirs.as_rate()}"
    yield Row(what, times.as_rate(), beside, *at_least(theirs.each / times.each, 50))


def any_instant(logs: Logs) -> Iterator[Row]:
    """Sum all meters at a hundred instants in one pass, then at any instant from a changelog."""
    with DuckDBStore(logs.ours(logs.long)) as store:
        bounds, instants = _instants(store)
        asked = Random(1).sample(range(1, INSTANTS), logs.size(20, 5))

        def passing() -> list[tuple[float, int]]:
            return store.sql(TOTAL_AT_INSTANTS, **bounds).fetchall()

        at_once = contest({"pass": always(passing)}, logs.size(3, 1))["pass"]
        building = contest({"build": always(lambda: store.sql(CHANGELOG))}, logs.size(2, 1))["build"]
        seek = {"seek": lambda number: _seek(store, instants[asked[number - 1]])}
        seeking = contest(seek, len(asked))["seek"]
        totals = dict(passing())
        for number in asked[:3]:
            alone = store.sql(TOTAL_AT_ONE, instant=instants[number]).fetchall()
            assert alone == _seek(store, instants[number])() == [(totals[number],)]
    what = f"state of everything over {logs.long:,} events"
    verdict = at_most(at_once.each, 3, " s")
    yield Row(f"{what}, {INSTANTS} instants", at_once.as_duration(), "one pass", *verdict)
    made = f"the changelog is made in {building.as_duration()}"
    yield Row(f"{what}, any instant", seeking.as_duration(), made, *at_most(seeking.each, 0.1, " s"))


def _instants(store: DuckDBStore) -> tuple[dict[str, float], list[datetime]]:
    """Cut a log's life into parts; return its start and their length in microseconds, and their ends."""
    life = "SELECT min(recorded_at), max(recorded_at), epoch_us(min(recorded_at)) FROM events"
    start, end, first = store.sql(life).fetchall()[0]
    part = (end - start) / INSTANTS
    bounds = {"first": first, "distance": part / timedelta(microseconds=1)}
    return bounds, [start + part * number for number in range(INSTANTS + 1)]


def _seek(store: DuckDBStore, instant: datetime) -> Act:
    return lambda: store.sql(TOTAL_BY_CHANGELOG, instant=instant).fetchall()


def on_disk(logs: Logs) -> Iterator[Row]:
    """Divide the size of the closed files by their events."""
    ours, bare = (file(logs.middle).stat().st_size / logs.middle for file in (logs.ours, logs.bare))
    long, theirs = (
        path.stat().st_size / events
        for path, events in ((logs.ours(logs.long), logs.long), (logs.sqlite(logs.peer), logs.peer))
    )
    beside = f"eventsourcing, SQLite, {logs.peer:,}: {theirs:.0f} B; bare DuckDB: {bare:.0f} B"
    what = f"size on disk of an event among {logs.long:,}"
    yield Row(what, f"{long:.0f} B (of {logs.middle:,}: {ours:.0f})", beside, *at_most(long / theirs, 1 / 3))


def in_memory(logs: Logs) -> Iterator[Row]:
    """Measure the peak of a process that does nothing else.

    Memory is bounded if a log ten times as long does not need ten times as much.
    """
    for work, what in (("read", "read and folded event by event"), ("query", "folded in SQL")):
        long, short = (measured(work, logs.ours(size)) for size in (logs.long, logs.middle))
        peak, before = (found["bytes"] / 2**20 for found in (long, short))
        with DuckDBStore(logs.ours(logs.middle)) as store:
            assert short["sum"] == sum(query(store).values()), "the child process and the query find the same"
        bounded = at_most(peak / before, 3)
        beside = f"{logs.middle:,} events: {before:,.0f} MB"
        yield Row(f"memory: {logs.long:,} events {what}", f"{peak:,.0f} MB", beside, *bounded)


def _pages(bare: Bare, events: int) -> Iterator[object]:
    select = "SELECT * FROM events WHERE position > ? AND position <= ?"
    for after in range(0, events, PAGE):
        yield from bare.connection.execute(select, [after, after + PAGE]).fetchall()


CONTESTS: dict[str, Callable[[Logs], Iterator[Row]]] = {
    "catch-up": whole_log,
    "state": state_of_all,
    "instants": any_instant,
    "size": on_disk,
    "memory": in_memory,
}
