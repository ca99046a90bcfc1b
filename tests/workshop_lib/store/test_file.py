"""The log's file: its owner, its location, its damage, and the protection of its content."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import duckdb
import pytest

from tests.workshop_lib.store.conftest import SocketPlugged, SocketRead
from workshop_lib import open_store
from workshop_lib.events import StoredEvent
from workshop_lib.store.chain import GENESIS, link
from workshop_lib.store.duckdb_engine import file as duckdb_file
from workshop_lib.store.errors import (
    AppendOnly,
    NotAnEventStore,
    StoreClosed,
    StoreError,
    StoreInUse,
    StoreNotWritable,
    WrongStorageVersion,
)

ROOT = Path(__file__).parents[3]


def filled(path, readings=3):
    with open_store(path) as store:
        store.append("socket-7", [SocketPlugged("7"), *(SocketRead("7", n) for n in range(readings))])


def in_another_process(code, *arguments):
    command = [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=False)


def test_recorded_events_are_there_after_reopening_the_file(path):
    filled(path)
    with open_store(path) as store:
        assert (store.position(), store.stream_version("socket-7"), store.verify()) == (4, 4, None)
        assert store.append("socket-7", [SocketRead("7", 9)], expected_version=4).positions == (5,)
        assert store.verify() is None


def test_a_closed_store_leaves_one_file(path):
    filled(path)
    assert [file.name for file in path.parent.iterdir()] == ["network.duckdb"]


def test_a_program_that_ends_without_closing_leaves_one_file_too(path):
    program = """
        import sys
        from tests.workshop_lib.store.conftest import SocketPlugged
        from workshop_lib import open_store
        store = open_store(sys.argv[1])
        store.append("socket-7", [SocketPlugged("7")])
        """
    assert in_another_process(program, path).returncode == 0
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    with open_store(path) as store:
        assert (store.position(), store.verify()) == (1, None)


def test_a_closed_store_raises_store_closed(path):
    store = open_store(path)
    store.close()
    store.close()
    for ask in (
        lambda: store.append("socket-7", [SocketPlugged("7")]),
        lambda: list(store.read_stream("socket-7")),
        lambda: store.sql("FROM events"),
        store.verify,
    ):
        with pytest.raises(StoreClosed, match="Open it again"):
            ask()


def test_opening_a_file_twice_in_one_program_asks_to_close_the_first(path):
    with open_store(path), pytest.raises(StoreInUse, match=r"this very program.*store\.close\(\)"):
        open_store(path)


def test_opening_a_file_in_use_names_the_process_that_holds_it(path):
    with open_store(path):
        refused = in_another_process("import sys, workshop_lib; workshop_lib.open_store(sys.argv[1])", path)
    assert f"StoreInUse: You asked to open {path}, but process {os.getpid()} (" in refused.stderr
    assert "Close it there" in refused.stderr


def test_a_process_that_opened_the_file_with_raw_duckdb_is_named_too(path):
    filled(path)
    raw = duckdb.connect(str(path))
    refused = in_another_process("import sys, workshop_lib; workshop_lib.open_store(sys.argv[1])", path)
    raw.close()
    assert f"process {os.getpid()} has it open" in refused.stderr


def test_a_killed_owner_holds_no_lock(path):
    dead = in_another_process(
        """
        import os, signal, sys
        from tests.workshop_lib.store.conftest import SocketPlugged
        from workshop_lib import open_store
        store = open_store(sys.argv[1])
        store.append("socket-7", [SocketPlugged("7")])
        os.kill(os.getpid(), signal.SIGKILL)
        """,
        path,
    )
    assert dead.returncode == -9
    with open_store(path) as store:
        assert (store.position(), store.verify()) == (1, None)


def test_a_path_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("a file")
    for place in (
        tmp_path,
        tmp_path / "missing" / "a.duckdb",
        tmp_path / "file" / "a.duckdb",
        Path("/proc/a.duckdb"),
    ):
        with pytest.raises(StoreNotWritable, match="Choose a folder that exists"):
            open_store(place)
    assert not (tmp_path / "missing").exists()


@pytest.mark.parametrize("content", [b"I am a letter.", b"", b"x" * 100_000])
def test_a_file_that_is_not_a_database_is_left_unchanged(path, content):
    path.write_bytes(content)
    with pytest.raises(NotAnEventStore, match="left as it is"):
        open_store(path)
    assert path.read_bytes() == content
    assert [file.name for file in path.parent.iterdir()] == ["network.duckdb"]


def test_a_truncated_file_is_an_error_not_a_shorter_log(path):
    filled(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(duckdb_file.DamagedLog, match="damaged"):
        open_store(path)


def test_a_database_of_another_program_is_left_unchanged(path):
    with duckdb.connect(str(path)) as theirs:
        theirs.execute("CREATE TABLE customers (name VARCHAR)")
    with pytest.raises(NotAnEventStore, match="customers"):
        open_store(path)


def test_a_log_with_another_layout_names_both_versions(path):
    filled(path)
    with duckdb.connect(str(path)) as raw:
        raw.execute("UPDATE layout SET version = 99")
    with pytest.raises(
        WrongStorageVersion, match="layout version 99 and this program reads layout version 1"
    ):
        open_store(path)


@pytest.mark.parametrize(
    "sentence",
    [
        "Trying to read a database file with version number 39, but we can only read 64 to 67",
        "Serialization Error: Failed to deserialize: field id mismatch",
    ],
)
def test_duckdbs_message_about_an_older_storage_becomes_a_clear_error(path, sentence):
    assert isinstance(duckdb_file.opening_error(path, duckdb.IOException(sentence)), WrongStorageVersion)


def test_an_address_without_an_adapter_is_rejected():
    with pytest.raises(StoreError, match="no adapter"):
        open_store("carrier-pigeon://home")


SLIPPED_IN = "INSERT INTO log.events SELECT * REPLACE (5 AS position) FROM log.events WHERE position = 4"
CHANGES = [
    "UPDATE events SET data = '{}'",
    "DELETE FROM events WHERE position = 1",
    "TRUNCATE events",
]


@pytest.mark.parametrize("change", CHANGES)
def test_the_log_cannot_be_changed_even_with_raw_duckdb(path, change):
    filled(path)
    with duckdb.connect(str(path)) as raw, pytest.raises(duckdb.Error, match="append-only"):
        raw.execute(change)
    with open_store(path) as store:
        assert (store.position(), store.verify()) == (4, None)


@pytest.mark.parametrize(
    "change",
    [
        *CHANGES,
        "INSERT INTO events SELECT * FROM events",
        "DROP TABLE events",
        "DROP TABLE heads",
        "DROP TRIGGER events_no_UPDATE ON log.main.events",
        "ALTER TABLE log.main.events ADD COLUMN note VARCHAR",
        "CREATE TABLE mine (x INT); DELETE FROM events",
        "EXPLAIN ANALYZE DROP TABLE log.events",
        "EXPLAIN ANALYZE INSERT INTO log.events SELECT * FROM log.events",
        "WITH x AS (INSERT INTO log.events SELECT * FROM log.events RETURNING *) FROM x",
        "COMMIT; DROP TRIGGER events_no_DELETE ON log.main.events; DELETE FROM log.events",
        "DELETE FROM log.layout",
        "DROP INDEX log.events_by_stream",
        "CREATE VIEW log.main.v AS SELECT 1",
    ],
)
def test_sql_cannot_change_the_log(path, change):
    with open_store(path) as store:
        store.append("socket-7", [SocketPlugged("7")])
        with pytest.raises(AppendOnly, match="Record the correction as a new event"):
            store.sql(change)
        store.append("socket-7", [SocketRead("7", 1)])
        assert (store.position(), store.verify()) == (2, None)


def test_a_tampered_event_is_found_at_its_position(path):
    filled(path, readings=40)
    with duckdb.connect(str(path)) as raw:
        raw.execute("DROP TRIGGER events_no_UPDATE ON events")
        raw.execute("""UPDATE events SET data = '{"socket":"7","energy_wh":9999}' WHERE position = 17""")
    with open_store(path) as store:
        assert store.verify() == 17
        assert store.as_of(position=16).verify() is None


def test_a_rehashed_log_is_detected_by_its_saved_head(path):
    """The chain alone is valid again, but the head saved at closing differs."""
    filled(path, readings=40)
    with duckdb.connect(str(path)) as raw:
        raw.execute("DROP TRIGGER events_no_UPDATE ON events")
        raw.execute("""UPDATE events SET data = '{"socket":"7","energy_wh":9999}' WHERE position = 17""")
        columns = ", ".join(StoredEvent._fields)
        rows = [
            StoredEvent(*row) for row in raw.execute(f"SELECT {columns} FROM events ORDER BY 1").fetchall()
        ]
        hash_ = GENESIS
        for row in rows:
            hash_ = link(hash_, row)
            raw.execute("UPDATE events SET hash = ? WHERE position = ?", [hash_, row.position])
    with open_store(path) as store:
        last = store.position()
        assert [event.event.energy_wh for event in store.read(16, limit=1)] == [9999]
        assert store.verify() == last
        assert store.as_of(position=last - 1).verify() is None  # no saved head covers this part
        assert store.fork(last).verify() == last


def test_a_truncated_log_is_detected_by_its_saved_head_even_after_new_appends(path):
    filled(path)
    with duckdb.connect(str(path)) as raw:
        raw.execute("DROP TRIGGER events_no_DELETE ON events")
        raw.execute("DELETE FROM events WHERE position >= 3")
    with open_store(path) as store:
        assert store.verify() == 3
        store.append("socket-7", [SocketRead("7", 1)])
        assert store.verify() == 4
        store.append("socket-7", [SocketRead("7", 2)])
        assert store.verify() == 4


def test_the_saved_heads_of_a_log_do_not_apply_to_its_branch(path):
    filled(path)
    with open_store(path) as store, store.fork(2) as branch:
        branch.append("socket-7", [SocketRead("7", n) for n in range(5)])
        assert branch.verify() is None
        assert branch.as_of(position=5).verify() is None
        with branch.fork(5) as twig:
            assert twig.verify() is None


def test_an_event_deleted_or_inserted_while_the_store_is_open_is_detected(path):
    for change, position in (("DELETE FROM log.events WHERE position = 4", 4), (SLIPPED_IN, 5)):
        path.unlink(missing_ok=True)
        filled(path)
        with open_store(path) as store:
            intruder = store._file.connection.cursor()
            intruder.execute("USE log; DROP TRIGGER events_no_DELETE ON events; USE memory")
            intruder.execute(change)
            assert store.verify() == position


def test_a_store_can_be_closed_while_another_thread_appends(path):
    from threading import Thread

    store = open_store(path)
    recorded = []

    def charge():
        with contextlib.suppress(StoreClosed):
            while True:
                recorded.append(store.append("socket-7", [SocketRead("7", 1)]).version)

    worker = Thread(target=charge)
    worker.start()
    while not recorded:
        pass
    store.close()
    worker.join()
    with open_store(path) as again:
        assert (again.stream_version("socket-7"), again.verify()) == (recorded[-1], None)


def test_a_removed_event_is_detected_in_the_middle_and_at_the_end(path):
    for removed in (2, 4):
        path.unlink(missing_ok=True)
        filled(path)
        with duckdb.connect(str(path)) as raw:
            raw.execute("DROP TRIGGER events_no_DELETE ON events")
            raw.execute("DELETE FROM events WHERE position = ?", [removed])
        with open_store(path) as store:
            assert store.verify() == (3 if removed == 2 else 4)
