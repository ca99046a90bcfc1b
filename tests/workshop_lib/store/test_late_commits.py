"""The late-commit gap: why a position must not be assigned before commits are ordered.

A transaction that draws its position at the insert becomes visible at the commit. Another transaction with a
higher position may commit in between; a reader that continues from the highest position it has seen then
misses the first one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from random import Random
from threading import Event
from time import sleep

import duckdb

from tests.workshop_lib.store.conftest import SocketRead
from workshop_lib import open_store
from workshop_lib.store.contract.support import granted, positions, together

WRITERS, EACH = 8, 40
EVENTS = WRITERS * EACH


class Naive:
    """A log whose writers draw positions from a sequence inside their own transactions."""

    def __init__(self, path: object) -> None:
        self._connection = duckdb.connect(str(path))
        self.reads = 0
        self._connection.execute("CREATE TABLE events (position BIGINT, wh INTEGER); CREATE SEQUENCE places")

    def write(self, worker: int) -> None:
        cursor, draw = self._connection.cursor(), Random(worker)
        for n in range(EACH):
            cursor.begin()
            cursor.execute("INSERT INTO events SELECT nextval('places'), ?", [n])
            until = self.reads + draw.randint(0, 3)
            while self.reads < until:  # stands for other work in the transaction, while the reader continues
                sleep(0.0005)
            cursor.commit()

    def after(self, position: int) -> list[int]:
        query = "SELECT position FROM events WHERE position > ? ORDER BY position"
        places = self._connection.cursor().execute(query, [position]).fetchall()
        self.reads += 1
        return [place for (place,) in places]

    def close(self) -> None:
        self._connection.close()


def followed(after: Callable[[int], list[int]], write: Callable[[int], object]) -> tuple[int, int]:
    """Return how many events were recorded, and how many a reader following the writers saw."""
    done, seen = Event(), list[int]()

    def follow() -> None:
        finished = False
        while not finished:
            finished = done.is_set()
            seen.extend(after(seen[-1] if seen else 0))

    def all_write() -> None:
        try:
            granted(together([partial(write, worker) for worker in range(WRITERS)], patience=60))
        finally:
            done.set()

    granted(together([follow, all_write], patience=90))
    assert len(seen) == len(set(seen))
    return len(after(0)), len(seen)


def test_a_position_drawn_inside_a_transaction_loses_events_and_the_store_loses_none(path, tmp_path):
    naive = Naive(tmp_path / "naive.duckdb")
    recorded, seen = followed(naive.after, naive.write)
    naive.close()
    assert recorded == EVENTS
    assert recorded - seen > EVENTS / 10

    with open_store(path) as store:

        def write(worker: int) -> None:
            for n in range(EACH):
                store.append(f"socket-{worker}", [SocketRead(str(worker), n)])

        assert followed(lambda after: positions(store.read(after=after)), write) == (EVENTS, EVENTS)
