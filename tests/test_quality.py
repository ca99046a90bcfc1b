"""Linter, formatter and type checker find nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest

from workbench.setup.workspace import COURSE

CODE = [
    name
    for name in ("start.py", "workshop_lib", "workbench", "examples", "exercises", "tests", "benchmarks")
    if (COURSE / name).exists()
]
TOOLS = {
    "linter": ["ruff", "check", "--output-format", "concise", *CODE],
    "formatter": ["ruff", "format", "--check", "--output-format", "concise", *CODE],
    "type checker": ["mypy"],
}


@pytest.mark.parametrize("tool", TOOLS)
def test_the_tool_finds_nothing(tool: str):
    command = [sys.executable, "-m", *TOOLS[tool]]
    result = subprocess.run(command, cwd=COURSE, capture_output=True, text=True, check=False)
    output = (result.stdout + result.stderr)[-3000:]
    if result.returncode:
        pytest.fail(f"{' '.join(command[2:])} printed:\n{output}", pytrace=False)
