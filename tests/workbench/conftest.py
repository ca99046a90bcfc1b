"""A small course and its workspace."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.workbench.helpers import write_notebook
from workbench.setup.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A course of one chapter, not yet copied, with a fixed clock."""
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
