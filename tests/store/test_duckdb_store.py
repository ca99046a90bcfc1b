"""What only the DuckDB store does: short streams by their index, long ones by their versions."""

from __future__ import annotations

from tests.store.conftest import SocketRead
from workshop_lib import open_store
from workshop_lib.store.duckdb_store import SHORT

CINEMA = "socket-7 at the cinema"


def versions(store, **bounds):
    return [recorded.version for recorded in store.read_stream(CINEMA, **bounds)]


def test_a_stream_reads_the_same_when_it_has_become_a_long_one(path):
    with open_store(path) as store:
        for more in (SHORT - 1, 1, 1):
            last = store.append(CINEMA, [SocketRead("7", n) for n in range(more)]).version
            assert versions(store, from_version=last - 2) == [last - 2, last - 1, last]
            assert versions(store, from_version=3, to_version=5, backwards=True) == [5, 4, 3]
            assert versions(store, from_version=last + 1) == []
            assert versions(store) == list(range(1, last + 1))
