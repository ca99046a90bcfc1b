"""A small course and its workspace, a copy of the set-up script, and a stand-in for an installer."""

from __future__ import annotations

import importlib.util
import shutil
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest
from shell_helpers import write_notebook

from workshop_lib.classroom.workspace import COURSE, Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A course of one chapter, not yet copied; the clock stands still."""
    course = tmp_path / "course"
    write_notebook(course / "notebooks" / "1_1_state.ipynb", "look")
    write_notebook(
        course / "exercises" / "1_1_state.ipynb",
        "answer = ...",
        'check("plug_is_free", answer)',
        "cause = ...",
        'check("why_offline", cause)',
    )
    write_notebook(course / "solutions" / "1_1_state.ipynb", "answer = 42", 'check("plug_is_free", answer)')
    return Workspace(course, tmp_path / "workspace", lambda: datetime(2026, 11, 24, 18, 5, tzinfo=UTC))


@pytest.fixture
def start() -> ModuleType:
    """start.py as a module of its own."""
    spec = importlib.util.spec_from_file_location("start_under_test", COURSE / "start.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What start.py needs of a fresh clone, in a folder of its own with a blank in its name."""
    folder = tmp_path / "a clone"
    folder.mkdir()
    for name in ("start.py", "requirements.lock", "requirements-test.lock", "pyproject.toml", "LICENSE"):
        shutil.copy(COURSE / name, folder)
    (folder / "README.md").write_text("# A clone\n")
    return folder
