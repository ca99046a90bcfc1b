"""A log that was changed and hashed again: its chain is valid, but a head saved at closing differs."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tests.workshop_lib.store.conftest import SocketRead
from workshop_lib import open_store
from workshop_lib.events import StoredEvent
from workshop_lib.store.chain import GENESIS, link


def rehashed(path: Path, changed: int) -> None:
    """Change one event with raw DuckDB, and compute every hash after it again."""
    with duckdb.connect(str(path)) as raw:
        raw.execute("DROP TRIGGER events_no_UPDATE ON events")
        data = '{"socket":"7","energy_wh":9999}'
        raw.execute("UPDATE events SET data = ? WHERE position = ?", [data, changed])
        columns, hash_ = ", ".join(StoredEvent._fields), GENESIS
        for row in raw.execute(f"SELECT {columns} FROM events ORDER BY position").fetchall():
            hash_ = link(hash_, StoredEvent(*row))
            raw.execute("UPDATE events SET hash = ? WHERE position = ?", [hash_, row[0]])


def recorded_in_sessions(path: Path, *counts: int) -> None:
    """Record some events in each of several sessions; each ends with a saved head."""
    for count in counts:
        with open_store(path) as store:
            store.append("socket-7", [SocketRead("7", n) for n in range(count)])


@pytest.mark.parametrize(
    ("sessions", "changed", "found"),
    [
        ((1,), 1, 1),
        ((1, 1, 1), 1, 1),
        ((1, 1, 1), 2, 2),
        ((1, 1, 1), 3, 3),
        ((4, 3), 2, 4),  # the first saved head after the change
        ((4, 3), 5, 7),
        ((40, 1), 41, 41),
        ((300, 300), 299, 300),
    ],
)
def test_the_first_head_saved_after_the_change_is_reported(path, sessions, changed, found):
    recorded_in_sessions(path, *sessions)
    rehashed(path, changed)
    with open_store(path) as store:
        assert [event.event.energy_wh for event in store.read(changed - 1, limit=1)] == [9999]
        assert store.verify() == found
        assert store.as_of(position=found - 1).verify() is None  # no saved head covers this part


def test_a_session_that_only_reads_saves_no_head(path):
    recorded_in_sessions(path, 2)
    with open_store(path) as store:
        assert store.verify() is None
    with duckdb.connect(str(path)) as raw:
        assert raw.execute("SELECT position FROM heads").fetchall() == [(2,)]


def test_a_change_while_the_store_is_open_is_reported_by_a_later_session(path):
    recorded_in_sessions(path, 3)
    with open_store(path) as store:
        store.append("socket-7", [SocketRead("7", 1)])
    rehashed(path, 4)
    recorded_in_sessions(path, 5)  # appends to the changed log
    with open_store(path) as store:
        assert store.verify() == 4
