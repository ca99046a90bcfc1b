"""The process that is killed: it appends as fast as it can and reports each committed append.

It is started once, forks a child for each order it reads, kills the child on the next line it reads, and
reports the exit code. All output is short lines, which are written atomically.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
from itertools import count
from threading import Thread

import numpy  # noqa: F401  (import once, not in each child)

from workshop_lib import Append, event_type, open_store
from workshop_lib.store.duckdb_engine import checkpoint as duckdb_checkpoint
from workshop_lib.store.transactions import transactions_of

TABLE = "CREATE TABLE IF NOT EXISTS log.main.tally (stream VARCHAR PRIMARY KEY, events INTEGER)"
COUNT = """
    INSERT INTO log.main.tally
    SELECT stream, count(*) FROM (SELECT unnest(?::VARCHAR[]) AS stream) GROUP BY stream
    ON CONFLICT (stream) DO UPDATE SET events = events + excluded.events
"""


@event_type("MeterStepped")
class MeterStepped:
    append: str
    step: int
    of: int
    padding: str = ""


def main() -> None:
    for order in sys.stdin:
        child = os.fork()
        if child == 0:
            run(**json.loads(order))
        sys.stdin.readline()
        os.kill(child, signal.SIGKILL)
        say("ended", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def say(*words: object) -> None:
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def run(path: str, name: str, threads: int, **how) -> None:
    """Append until killed."""
    try:
        store = opened(path, **how)
        workers = [Thread(target=append_for_ever, args=(store, f"{name}.{n}")) for n in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    except BaseException as error:
        say("failed", repr(error))
    os._exit(1)


def opened(path: str, inline: bool, wal: int, pause: int, **_: object):
    duckdb_checkpoint.BYTES = wal
    store = open_store(path)
    settings = store._file.connection
    settings.execute(f"SET GLOBAL debug_checkpoint_scan_sleep_ms = {pause}")
    if inline:
        settings.execute(TABLE)
        transactions_of(store).in_each_commit(count_each)
    return store


def count_each(cursor, rows) -> None:
    cursor.execute(COUNT, [[row.stream for row in rows]])


def append_for_ever(store, name: str) -> None:
    """Append one event, some, a batch over several streams, or many."""
    chance = random.Random(name)
    try:
        for serial in count(1):
            act = f"{name}.{serial}"
            size = chance.choice([1, 1, 1, 1, 3, 20, 60, 400])
            events = [MeterStepped(act, step, size, "·" * chance.randrange(50)) for step in range(size)]
            results = store.append_batch(appends_of(events, store, f"meter-{name.split('.')[1]}", chance))
            positions = sorted(position for result in results for position in result.positions)
            say("recorded", act, size, positions[0], positions[-1])
    except BaseException as error:
        say("failed", repr(error))


def appends_of(events: list[MeterStepped], store, own: str, chance: random.Random) -> list[Append]:
    if len(events) in (3, 60):
        return [Append(f"meter-{n}-shared", events[n::3]) for n in range(3)]
    return [Append(own, events, store.stream_version(own))]


if __name__ == "__main__":
    main()
