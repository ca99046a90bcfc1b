"""The notebook's folder counts, not the current one; a check needs neither that nor a home."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from workbench.classroom import boards
from workbench.classroom.progress import outbox_here
from workbench.setup.workspace import COURSE
from workbench.storming.board import Board
from workbench.storming.place import notebook_folder

CHILD = Path(__file__).with_name("gone_child.py")
posix = pytest.mark.skipif(os.name != "posix", reason="Windows keeps a folder that is in use")


@posix
@pytest.mark.parametrize("when", ["first", "later"])
def test_a_check_needs_neither_a_home_nor_the_current_folder(when: str):
    ran = subprocess.run(
        [sys.executable, str(CHILD), when],
        env=os.environ | {"PYTHONPATH": str(COURSE)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr
    assert "stumbled" not in ran.stdout
    assert "Hint 1 of 3" in ran.stdout
    assert "The gap as it was" in ran.stdout
    assert "Your progress" in ran.stdout


@pytest.fixture
def kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> InteractiveShell:
    """The shell of a notebook in a workspace."""
    workspace = tmp_path / "workspace"
    (workspace / ".workshop").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(workspace)
    shell = InteractiveShell(config=Config(HistoryManager={"enabled": False}))
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    return shell


def test_changing_the_folder_between_cells_keeps_the_board(kernel, tmp_path, monkeypatch):
    first = Board("fair")
    first.place("event", "Car Plugged In")
    monkeypatch.chdir(tmp_path / "elsewhere")
    again, named = Board("fair"), Board("fair", ".boards/fair.duckdb")
    assert again.wall == named.wall == first.wall
    assert first.wall.notes
    first.close()
    assert [file.name for file in (tmp_path / "elsewhere").iterdir()] == []
    reopened = Board("fair")
    assert reopened.wall.notes
    reopened.close()


def test_changing_the_folder_before_the_first_check_keeps_the_workspace(kernel, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert outbox_here() == tmp_path / "workspace" / ".workshop" / "progress.jsonl"
    board = boards.board_for("pivotal_events")
    assert (tmp_path / "workspace" / ".boards" / "pivotal_events.duckdb").exists()
    board.close()


def test_the_notebook_that_vs_code_names_counts(kernel, tmp_path):
    kernel.user_ns["__vsc_ipynb_file__"] = str(tmp_path / "elsewhere" / "1_1.ipynb")
    assert notebook_folder() == tmp_path / "elsewhere"
