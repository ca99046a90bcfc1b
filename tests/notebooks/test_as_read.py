"""The stored outputs of every notebook are up to date: nbval runs each and compares every output."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

from tests.notebooks.library import FOLDERS, ROOT, names, nbval, pytest_with


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_folder_has_a_notebook(folder: str):
    assert names(folder)


@pytest.mark.parametrize("name", names(*FOLDERS))
def test_a_notebook_stores_what_its_code_shows(name: str):
    ran = nbval(ROOT / name)
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-2000:]


@pytest.mark.parametrize(("shown", "code"), [("42", 0), ("43", 1)])
def test_a_wrong_stored_output_is_detected(tmp_path: Path, shown: str, code: int):
    result = nbformat.v4.new_output("execute_result", {"text/plain": shown}, execution_count=1)
    cell = nbformat.v4.new_code_cell("6 * 7", execution_count=1, outputs=[result])
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "answer.ipynb")
    assert nbval(tmp_path / "answer.ipynb").returncode == code


def test_the_command_in_contributing_runs_cells_in_order_although_tests_are_shuffled():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    [command] = re.findall(r"`\.venv/bin/python -m pytest (--nbval \S+ \S+\.ipynb)`", text)
    ran = pytest_with(*command.split(), "--randomly-seed=2")
    assert ran.returncode == 0, ran.stdout[-6000:]
