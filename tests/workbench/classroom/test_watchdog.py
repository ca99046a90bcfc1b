"""The watchdog's file says which check runs; what it says of a kernel that ended is read once."""

from __future__ import annotations

import faulthandler
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.workbench.classroom.support import DEMO, Room
from workbench.classroom import watchdog
from workbench.classroom.watchdog import PATIENCE, Watchdog

TASK = DEMO.find("status_in_the_demo")
HUNG = """Timeout (0:00:20)!
Thread 0x00007f0000000001 (most recent call first):
  File "/usr/lib/python3.11/threading.py", line 1119 in join
  File "<ipython-input-1>", line 99 in another_cell

Thread 0x00007f0000000002 (most recent call first):
  File "{stdlib}", line 3 in cached
  File "/tmp/ipykernel_7/123.py", line 2 in status_of
  File "{ours}", line 120 in _find
"""


@pytest.fixture
def timers(monkeypatch) -> list[object]:
    """The timers that are set, and None for each one that is removed."""
    found: list[object] = []
    monkeypatch.setattr(
        faulthandler, "dump_traceback_later", lambda after, exit, file: found.append((after, exit))
    )
    monkeypatch.setattr(faulthandler, "cancel_dump_traceback_later", lambda: found.append(None))
    return found


def test_the_timer_is_set_before_the_check_and_anew_while_the_kernel_runs(tmp_path: Path, timers):
    with Watchdog(tmp_path).watching(TASK) as alive:
        assert timers == [(TASK.seconds + PATIENCE, True)]
        alive(3)
        alive(-1)
    assert timers[1:] == [(3 + PATIENCE, True), (PATIENCE, True), None]
    assert not list(tmp_path.iterdir())


def test_a_disk_that_cannot_be_written_means_a_check_without_a_timer(tmp_path: Path, timers):
    with Watchdog(tmp_path / "missing").watching(TASK) as alive:
        alive(3)
    assert timers == []


def test_outside_of_a_notebook_nothing_is_watched(room: Room, timers):
    room.participant.check(TASK.name, lambda events: "available")
    assert timers == []


def ended_process() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def left_by(folder: Path, pid: int, trace: str = "") -> Path:
    """Write the file that a kernel with this process id leaves behind."""
    with Watchdog(folder).watching(TASK):
        text = (folder / f"running-{os.getpid()}.log").read_text("utf-8")
    file = folder / f"running-{pid}.log"
    file.write_text(text.replace(f'"pid":{os.getpid()}', f'"pid":{pid}') + trace, "utf-8")
    return file


def test_a_kernel_that_hung_is_described_with_the_participants_line(tmp_path: Path, timers):
    trace = HUNG.format(stdlib=os.__file__, ours=watchdog.__file__)
    left_by(tmp_path, ended_process(), trace)
    (one,) = Watchdog(tmp_path).ended()
    assert one.hung
    assert one.seen.startswith("While “Status is a fold” was checked, one call did not end")
    assert one.seen.endswith("It was at line 2 of `status_of`.")
    assert Watchdog(tmp_path).ended() == []


def test_a_kernel_that_ended_in_another_way_did_not_hang(tmp_path: Path, timers, monkeypatch):
    monkeypatch.setenv("JPY_SESSION_NAME", "/course/workspace/1_1.ipynb")
    left_by(tmp_path, ended_process())
    (one,) = Watchdog(tmp_path).ended()
    assert not one.hung
    assert one.seen.startswith("The kernel ended while “Status is a fold” was checked in `1_1.ipynb`")


def test_a_check_that_may_still_run_is_left_alone(tmp_path: Path, timers):
    there = left_by(tmp_path, ended_process())
    here = left_by(tmp_path, os.getpid())
    there.write_text(there.read_text("utf-8").replace('"machine":"', '"machine":"another-'), "utf-8")
    damaged = tmp_path / "running-1.log"
    damaged.write_bytes(b'{"task": "cut sho\xff')
    assert Watchdog(tmp_path).ended() == []
    assert here.exists()
    assert there.exists()
    assert damaged.exists()
