"""The code is read as teaching material: linter, formatter and type checker have nothing to say."""

from __future__ import annotations

import subprocess
import sys

import pytest

from workbench.setup.workspace import COURSE

CODE = [
    name
    for name in ("start.py", "workshop_lib", "workbench", "exercises", "tests", "benchmarks")
    if (COURSE / name).exists()
]
TOOLS = {
    "linter": ["ruff", "check", "--output-format", "concise", *CODE],
    "formatter": ["ruff", "format", "--check", "--output-format", "concise", *CODE],
    "type checker": ["mypy"],
}


@pytest.mark.parametrize("tool", TOOLS)
def test_the_tools_have_nothing_to_say(tool: str):
    command = [sys.executable, "-m", *TOOLS[tool]]
    result = subprocess.run(command, cwd=COURSE, capture_output=True, text=True, check=False)
    said = (result.stdout + result.stderr)[-3000:]
    if result.returncode:
        pytest.fail(f"{' '.join(command[2:])} says:\n{said}", pytrace=False)
