"""The event store's benchmarks run and report only what was measured; nothing here depends on a time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from benchmarks.event_logs import Logs, facts
from benchmarks.event_picture import draw, finding
from benchmarks.event_store import CONTESTS, main, measured, report
from benchmarks.peers import SQLITE, application, id_of, last_meters
from benchmarks.rounds import Row, at_least, at_most
from workbench import cli
from workbench.setup import workspace
from workshop_lib.store.duckdb_engine.store import DuckDBStore

FAST = Row("append one event", "1 ms", "bare DuckDB: 2 ms", *at_most(0.5, 1))
SLOW = Row("load an aggregate", "2 ms", "eventsourcing: 3 ms", *at_least(1.5, 2))
PLAIN = Row("catch-up read", "100 k/s", "eventsourcing: 60 k/s", "1.7× as fast")


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Logs:
    return Logs(tmp_path_factory.mktemp("logs"), 10_000, 1_000, quick=True)


@pytest.mark.parametrize("name", CONTESTS)
def test_every_contest_gets_equal_answers_from_all_sides_and_reports_them(logs: Logs, name: str):
    rows = list(measured(logs, [name]))
    assert rows
    assert any(row.target for row in rows)
    assert all(row.ours for row in rows)


def test_a_quick_run_has_no_verdict(logs: Logs):
    assert [(row.met, row.margin) for row in measured(logs, ["size"])] == [(None, None)]


def test_both_sides_hold_the_same_events(logs: Logs):
    with DuckDBStore(logs.ours(500)) as store, application(SQLITE, logs.sqlite(500)) as app:
        ours = [(id_of(one.stream), one.version) for one in store.read()]
        theirs = [
            (one.originator_id, one.originator_version) for one in app.recorder.select_notifications(1, 501)
        ]
        assert ours == theirs
        assert [one.event for one in store.read()] == [fact for _, _, fact in facts(500)]
        assert len(last_meters(app)) == 5


def test_an_unfinished_log_is_made_anew_and_a_finished_one_is_kept(tmp_path: Path):
    (tmp_path / "unfinished-log-500.duckdb").write_text("interrupted")
    made = Logs(tmp_path, 50_000, 5_000).ours(500)
    before = made.stat().st_mtime_ns
    assert Logs(tmp_path, 50_000, 5_000).ours(500).stat().st_mtime_ns == before
    assert [file.name for file in tmp_path.iterdir()] == [made.name]


@pytest.mark.parametrize(
    ("verdict", "fields"),
    [
        (at_most(1.0, 1), ("1×", "≤ 1×", True, 1.0)),
        (at_most(2.0, 1), ("2×", "≤ 1×", False, 0.5)),
        (at_least(24.0, 8), ("24×", "≥ 8×", True, 3.0)),
        (at_least(75.0, 150, " k/s"), ("75 k/s", "≥ 150 k/s", False, 0.5)),
    ],
)
def test_a_verdict_says_how_many_times_its_target_is_reached(verdict: tuple, fields: tuple):
    assert tuple(verdict) == fields


def test_the_picture_says_how_many_targets_are_met_and_which_is_furthest():
    assert finding([FAST]) == "The event store reaches each of its 1 targets"
    assert (
        finding([FAST, SLOW]) == "The event store reaches 1 of 2 targets; furthest short: load an aggregate"
    )


def test_only_rows_with_a_target_are_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    drawn = []
    monkeypatch.setattr(
        "benchmarks.event_picture._bar", lambda _axes, _place, row, _margin: drawn.append(row)
    )
    draw([FAST, PLAIN, SLOW], tmp_path / "all.png")
    assert drawn == [SLOW, FAST]
    assert (tmp_path / "all.png").read_bytes().startswith(b"\x89PNG")


def test_a_log_whose_hundredth_has_no_whole_session_is_rejected(monkeypatch: pytest.MonkeyPatch, capsys):
    monkeypatch.setattr(sys, "argv", ["bench", "--events", "12345"])
    with pytest.raises(SystemExit):
        main()
    assert "a multiple of 10,000" in capsys.readouterr().err


def test_a_report_is_a_table_and_a_picture(tmp_path: Path):
    report(tmp_path / "report", ["| a table |"], [FAST, SLOW])
    assert {file.name for file in (tmp_path / "report").iterdir()} == {"event_store.md", "event_store.png"}


def test_the_command_runs_in_any_folder(tmp_path: Path):
    command = [
        sys.executable,
        "-m",
        "workbench.cli",
        "bench",
        "--quick",
        "--only",
        "batch",
        "--report",
        ".",
    ]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert "| 1,000 events a commit" in run.stdout
    assert (tmp_path / "event_store.md").read_text(encoding="utf-8") == run.stdout


def test_without_the_courses_folder_the_command_says_where_the_benchmarks_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(workspace, "COURSE", tmp_path)
    result = CliRunner().invoke(cli.app, ["bench", "--quick"])
    assert result.exit_code == 1
    assert "Clone the course and run this there." in " ".join(result.output.split())
