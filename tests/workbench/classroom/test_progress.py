"""Progress is a stream of events that survives damage to its file."""

from __future__ import annotations

import json
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from workbench.classroom.progress import (
    HintShown,
    Outbox,
    SolutionShown,
    Standing,
    TaskAttempted,
    TaskReset,
    find_outbox,
    outbox_here,
    standings,
)
from workshop_lib import SimulatedClock, seeded_ids


def attempt(outcome: str) -> TaskAttempted:
    return TaskAttempted("fold", "1_1", outcome, "seen")


@pytest.fixture
def outbox(tmp_path: Path) -> Outbox:
    return Outbox(tmp_path / "progress.jsonl", SimulatedClock("2027-03-01T09:00:00"), seeded_ids(1))


def test_standing_is_a_fold_of_events():
    events = [
        attempt("WRONG"),
        HintShown("fold", 1),
        SolutionShown("fold"),
        attempt("PASSED"),
        attempt("ERROR"),
    ]
    assert standings(events) == {"fold": Standing(attempts=3, solved=True, hints=1, seen=True)}


def test_an_untouched_gap_and_a_stale_answer_do_not_count_as_attempts():
    assert standings([attempt("STALE"), attempt("NOT_ATTEMPTED")])["fold"] == Standing()


def test_after_a_reset_hints_start_at_the_first_again():
    assert standings([HintShown("fold", 3), TaskReset("fold")])["fold"] == Standing()


def test_a_line_holds_id_time_type_and_data(outbox: Outbox):
    outbox.append(HintShown("fold", 2))
    line = json.loads(outbox.file.read_text())
    assert line.pop("event_id") == str(seeded_ids(1)())
    assert line == {
        "occurred_at": "2027-03-01T09:00:00Z",
        "type": "HintShown",
        "data": {"task": "fold", "step": 2},
    }


@pytest.mark.parametrize(
    "damage", ['{"event_id": "cut sho', "\x00\xff garbage\n", '{"type": "Unknown"}\n', "\n\n"]
)
def test_a_damaged_line_stays_and_hides_no_other_line(outbox: Outbox, damage: str):
    outbox.append(HintShown("fold", 1))
    with outbox.file.open("a", encoding="utf-8") as file:
        file.write(damage)
    outbox.append(HintShown("fold", 2))
    assert outbox.events() == [HintShown("fold", 1), HintShown("fold", 2)]
    assert damage.strip() in outbox.file.read_text("utf-8")


def test_a_file_that_cannot_be_written_causes_one_warning_and_loses_nothing(tmp_path: Path):
    (tmp_path / "progress.jsonl").mkdir()
    outbox = Outbox(tmp_path / "progress.jsonl")
    assert "kept until the kernel stops" in outbox.append(HintShown("fold", 1))
    assert outbox.append(HintShown("fold", 2)) == ""
    assert outbox.events() == [HintShown("fold", 1), HintShown("fold", 2)]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_the_warning_about_a_full_disk_says_so():
    outbox = Outbox(Path("/dev/full"))
    assert "No space left on device" in outbox.append(HintShown("fold", 1))


def test_without_a_workspace_events_stay_in_memory_and_there_is_no_warning():
    outbox = Outbox(None)
    assert outbox.append(HintShown("fold", 1)) == ""
    assert outbox.events() == [HintShown("fold", 1)]


def append_many(file: Path) -> None:
    for step in range(200):
        Outbox(file).append(HintShown("fold", step))


def test_several_kernels_append_to_one_file_and_no_line_is_lost(tmp_path: Path):
    file = tmp_path / "progress.jsonl"
    with ProcessPoolExecutor(2, get_context("spawn")) as kernels:
        list(kernels.map(append_many, [file, file]))
    assert len(Outbox(file).events()) == 400


def test_a_working_folder_that_is_gone_has_no_outbox(monkeypatch):
    def gone():
        raise FileNotFoundError

    monkeypatch.setattr(Path, "cwd", gone)
    assert outbox_here() is None


def test_the_outbox_is_found_from_any_folder_of_the_workspace(tmp_path: Path):
    (tmp_path / ".workshop").mkdir()
    (tmp_path / "exercises/deep").mkdir(parents=True)
    assert find_outbox(tmp_path / "exercises/deep") == tmp_path / ".workshop/progress.jsonl"
