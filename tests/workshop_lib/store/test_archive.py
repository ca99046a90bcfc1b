"""Closed months leave the log's file, and nobody who asks the log notices."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import timedelta
from random import Random
from time import sleep

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workshop_lib.store.conftest import SocketPlugged, SocketRead
from workshop_lib import Query, SimulatedClock, WrongExpectedVersion, open_store, seeded_ids
from workshop_lib.store.duckdb_engine import archive as archiving
from workshop_lib.store.duckdb_engine.archive import ArchiveNotWritten, archive, open_archive
from workshop_lib.store.duckdb_engine.archive_files import ArchiveDamaged, folder_of, manifest
from workshop_lib.store.errors import AppendOnly, ReadOnly, StoreInUse

CINEMA, HARBOUR = "socket-7 at the cinema", "socket-1 at the harbour"
DAY = timedelta(days=1)


def january():
    return SimulatedClock("2026-01-05T08:00:00+00:00")


def clock_at(month):
    return SimulatedClock(f"2026-{month:02}-15T08:00:00+00:00")


@pytest.fixture
def path(tmp_path):
    """A log of ninety days, from January to April, with every kind of column filled."""
    clock = january()
    with open_store(tmp_path / "network.duckdb", clock=clock, ids=seeded_ids(7)) as store:
        for day in range(90):
            stream = HARBOUR if day % 3 else CINEMA
            read = SocketRead('"é⚡', day)
            store.append(stream, [read], tags=["x", "y"] if day % 2 else [], metadata={"day": day})
            clock.now += DAY
        store.append(
            CINEMA, [SocketPlugged("7")], correlation_id=seeded_ids(1)(), causation_id=seeded_ids(2)()
        )
    return tmp_path / "network.duckdb"


def answers(store):
    """What a store says to each question of the port."""
    everything = list(store.read())
    return {
        "read": everything,
        "backwards": list(store.read(backwards=True, limit=40)),
        "page": list(store.read(after=20, limit=10)),
        "query": list(store.read(query=Query(types=["SocketRead"], tags=["x"]))),
        "stream": list(store.read_stream(CINEMA)),
        "versions": list(store.read_stream(HARBOUR, 3, 40, backwards=True)),
        "version": (store.stream_version(CINEMA), store.stream_version("socket-0")),
        "position": store.position(),
        "as of": [list(store.as_of(position=end).read_stream(CINEMA)) for end in (10, 30, 80)],
        "then": list(store.as_of(recorded_at=everything[33].recorded_at).read()),
        "sql": store.sql(
            "SELECT stream, count(*), sum(energy_wh) FROM events.SocketRead GROUP BY 1 ORDER BY 1"
        ),
        "all": store.sql("SELECT * FROM events ORDER BY position"),
        "past": store.as_of(position=30).sql("SELECT max(version) FROM events"),
        "verify": (store.verify(), store.as_of(position=30).verify()),
    }


def asked(path):
    with open_store(path) as store:
        return {
            what: answer.fetchall() if isinstance(answer, duckdb.DuckDBPyRelation) else answer
            for what, answer in answers(store).items()
        }


def in_the_table(path):
    with open_store(path) as store:
        return store._file.ask("SELECT min(position), max(position) FROM log.main.events")[0]


def test_closed_months_leave_the_table_and_every_answer_stays(path):
    before = asked(path)
    months = archive(path, clock_at(4))
    assert [(month.month, month.first, month.last) for month in months] == [
        ("2026-01", 1, 27),
        ("2026-02", 28, 55),
        ("2026-03", 56, 86),
    ]
    assert in_the_table(path) == (87, 91)
    assert asked(path) == before


def test_a_month_that_still_runs_stays(path):
    assert [month.month for month in archive(path, clock_at(2))] == ["2026-01"]
    assert archive(path, clock_at(2)) == []


def test_months_are_archived_one_after_the_other(path):
    before = asked(path)
    for month in (2, 3, 5):
        archive(path, clock_at(month))
    assert [month.month for month in manifest(folder_of(path))] == [
        "2026-01",
        "2026-02",
        "2026-03",
        "2026-04",
    ]
    assert asked(path) == before
    assert in_the_table(path) == (None, None)


def test_the_log_goes_on_upon_its_archive(path):
    archive(path, clock_at(5))
    with open_store(path) as store:
        assert store.append(CINEMA, [SocketRead("7", 1)], expected_version=31) == (32, (92,))
        with pytest.raises(WrongExpectedVersion) as refused:
            store.append(CINEMA, [SocketRead("7", 1)], expected_version=29)
        assert [version for version, _ in refused.value.events_since] == [30, 31, 32]
        assert store.verify() is None


def test_an_event_id_in_the_archive_still_makes_its_append_come_once(path):
    archive(path, clock_at(5))
    with open_store(path) as store:
        first = next(store.read())
        again = store.append(first.stream, [first.event], metadata={"day": 0}, event_ids=[first.event_id])
        assert (again.positions, store.position()) == ((1,), 91)


def test_a_branch_reads_the_archive_and_writes_to_itself(path):
    archive(path, clock_at(4))
    with open_store(path) as store, store.fork(position=30) as branch:
        branch.append(CINEMA, [SocketPlugged("7")])
        assert (branch.position(), branch.verify(), store.position()) == (31, None, 91)


def test_what_stays_in_the_table_is_guarded_as_before(path):
    archive(path, clock_at(4))
    with open_store(path) as store:
        for change in ("DELETE FROM log.events", "UPDATE log.events SET version = 1"):
            with pytest.raises(AppendOnly):
                store.sql(change)
    with duckdb.connect(path) as raw, pytest.raises(duckdb.Error, match="append-only"):
        raw.execute("DELETE FROM events")


def test_the_files_alone_are_replayed_on_another_machine(path, tmp_path):
    archive(path, clock_at(4))
    copy = shutil.copytree(folder_of(path), tmp_path / "on another machine's disk")
    path.unlink()
    with open_archive(copy) as past:
        assert (past.position(), past.verify(), past.stream_version(CINEMA)) == (86, None, 29)
        assert [recorded.position for recorded in past.read()] == list(range(1, 87))
        assert past.sql("SELECT count(*) FROM events.SocketRead").fetchall() == [(86,)]
        with pytest.raises(ReadOnly):
            past.append(CINEMA, [SocketPlugged("7")])


def swapped(folder, first, second):
    shutil.copy(folder / first, folder / second)


DAMAGES = {
    "cannot be read": lambda folder: (folder / "2026-02-from-28.parquet").unlink(),
    "was changed": lambda folder: (folder / "2026-01-from-1.parquet").write_bytes(b"PAR1"),
    "2026-02-from-28.parquet": lambda folder: swapped(
        folder, "2026-01-from-1.parquet", "2026-02-from-28.parquet"
    ),
    "there is no manifest": lambda folder: (folder / "manifest.json").unlink(),
    "manifest.json cannot be read": lambda folder: (folder / "manifest.json").write_text("[{}]"),
    "does not go up to position 86": lambda folder: (folder / "manifest.json").write_text("[]"),
}


@pytest.mark.parametrize("reason", DAMAGES)
def test_a_missing_or_changed_file_is_noticed_when_the_log_is_opened(path, reason):
    archive(path, clock_at(4))
    DAMAGES[reason](folder_of(path))
    with pytest.raises(ArchiveDamaged, match=f"{reason}.*Put that file back from a copy"):
        open_store(path)


def test_a_manifest_with_a_gap_is_noticed(path):
    archive(path, clock_at(4))
    lines = (folder_of(path) / "manifest.json").read_text()
    (folder_of(path) / "manifest.json").write_text(lines.replace('"first": 28', '"first": 29'))
    with pytest.raises(ArchiveDamaged, match="position 28 is in none of the files"):
        open_archive(folder_of(path))


def power_cut(*_):
    raise OSError("the lights went out")


CRASHES = {
    "before the manifest": ("write_manifest", power_cut),
    "before it is read back": ("_require_all", power_cut),
    "in the middle of the removal": (
        "REMOVE",
        archiving.REMOVE.replace("COMMIT", "SELECT error('lights out')"),
    ),
}


@pytest.mark.parametrize("moment", CRASHES)
def test_a_crash_leaves_the_log_whole_and_the_next_run_archives_it(path, monkeypatch, moment):
    before = asked(path)
    archive(path, clock_at(2))
    with monkeypatch.context() as crash:
        crash.setattr(archiving, *CRASHES[moment])
        with pytest.raises(ArchiveNotWritten, match="Nothing was removed"):
            archive(path, clock_at(4))
    assert in_the_table(path) == (28, 91)
    assert asked(path) == before
    assert [month.month for month in archive(path, clock_at(4))] == ["2026-02", "2026-03"]
    assert asked(path) == before


def test_what_does_not_read_back_the_same_is_not_removed(path, monkeypatch):
    forged = archiving.WRITE.replace("SELECT *", "SELECT * REPLACE (version + 1 AS version)")
    monkeypatch.setattr(archiving, "WRITE", forged)
    with pytest.raises(ArchiveNotWritten, match="does not read back the same"):
        archive(path, clock_at(4))
    assert in_the_table(path) == (1, 91)


def test_a_log_that_was_tampered_with_is_not_archived(path):
    with duckdb.connect(path) as raw:
        raw.execute(
            "DROP TRIGGER events_no_UPDATE ON events; UPDATE events SET version = 9 WHERE position = 5"
        )
    with pytest.raises(ArchiveNotWritten, match="position 5 does not fit"):
        archive(path, clock_at(4))


def test_a_log_that_is_open_or_does_not_exist_is_not_archived(path):
    with open_store(path), pytest.raises(StoreInUse):
        archive(path)
    with pytest.raises(ArchiveNotWritten, match="no such file"):
        archive(path.with_name("typo.duckdb"))
    assert not path.with_name("typo.duckdb").exists()


@settings(max_examples=5, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 40), st.booleans()), min_size=1, max_size=15))
def test_whenever_it_is_archived_the_log_reads_the_same(tmp_path_factory, steps):
    path, clock = tmp_path_factory.mktemp("log") / "network.duckdb", january()
    with open_store("memory://") as oracle:
        for n, (days, archived) in enumerate(steps):
            clock.now += days * DAY
            with open_store(path, clock=clock) as store:
                for log in (oracle, store):
                    log.append(CINEMA, [SocketRead("7", n)], expected_version=n)
                assert store.verify() is None
                assert [seen.event for seen in store.read()] == [seen.event for seen in oracle.read()]
            if archived:
                archive(path, clock)
    with open_archive(folder_of(path)) if folder_of(path).exists() else open_store() as past:
        assert past.verify() is None


ARCHIVING = """
import sys
from workshop_lib import SimulatedClock
from workshop_lib.store.duckdb_engine.archive import archive
clock = SimulatedClock("2026-05-15T08:00:00+00:00")
print("ready", flush=True)
sys.stdin.readline()
archive(sys.argv[1], clock)
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="no kill -9 on Windows")
def test_a_kill_in_the_middle_of_archiving_loses_nothing(path):
    before, chance, unfinished = asked(path), Random(3), 0
    for _ in range(12):
        victim = subprocess.Popen(
            [sys.executable, "-c", ARCHIVING, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        with victim:
            assert victim.stdout.readline() == "ready\n"
            victim.stdin.write("go\n")
            victim.stdin.flush()
            sleep(chance.random() * 0.15)
            victim.kill()
        unfinished += victim.returncode != 0
        assert asked(path) == before
    assert unfinished
    archive(path, clock_at(5))
    assert in_the_table(path) == (None, None)
    assert asked(path) == before
