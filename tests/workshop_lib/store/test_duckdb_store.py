"""What only the DuckDB store does: three ways to insert rows, and an index for short streams."""

from __future__ import annotations

import pytest

from tests.workshop_lib.store.conftest import SocketRead
from workshop_lib import open_store
from workshop_lib.store.duckdb_engine.log import SHORT
from workshop_lib.store.duckdb_engine.writer import DOCUMENT, FEW, WORDY

CINEMA = "socket-7 at the cinema"


def versions(store, **bounds):
    return [recorded.version for recorded in store.read_stream(CINEMA, **bounds)]


def test_a_long_stream_reads_the_same_as_a_short_one(path):
    with open_store(path) as store:
        for more in (SHORT - 1, 1, 1):
            last = store.append(CINEMA, [SocketRead("7", n) for n in range(more)]).version
            assert versions(store, from_version=last - 2) == [last - 2, last - 1, last]
            assert versions(store, from_version=3, to_version=5, backwards=True) == [5, 4, 3]
            assert versions(store, from_version=last + 1) == []
            assert versions(store) == list(range(1, last + 1))


@pytest.mark.parametrize("length", [1, WORDY + 1], ids=["terse", "wordy"])
@pytest.mark.parametrize("count", [1, FEW - 1, FEW, DOCUMENT + 1])
def test_events_read_the_same_whichever_way_they_were_inserted(path, count, length):
    events = [SocketRead('ü"☕'[n % 3] * length, n) for n in range(count)]
    with open_store(path) as store:
        store.append(CINEMA, events, tags=["a", "b,c"], metadata={"device": "\\n"})
    with open_store(path) as store:
        read = list(store.read_stream(CINEMA))
        assert [recorded.event for recorded in read] == events
        assert {(recorded.tags, recorded.metadata["device"]) for recorded in read} == {(("a", "b,c"), "\\n")}
        assert store.verify() is None
