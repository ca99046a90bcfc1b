"""The code is read as teaching material: linter, formatter and type checker have nothing to say."""

from __future__ import annotations

import subprocess
import sys

import pytest

from workshop_lib.classroom.workspace import COURSE


@pytest.mark.parametrize(
    "tool", ["ruff check", "ruff format --check", "mypy"], ids=["linter", "formatter", "type checker"]
)
def test_the_tools_have_nothing_to_say(tool: str):
    command = [sys.executable, "-m", *tool.split()]
    result = subprocess.run(command, cwd=COURSE, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
