"""A course in a temporary folder: the library, one small chapter, one solved notebook."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest
from filelock import FileLock
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

import workbench
import workshop_lib
from tests.notebooks.library import KERNEL_LOCK
from tests.workbench.classroom.support import Room
from tests.workbench.pictures.conftest import browser, open_widget

__all__ = ["browser", "open_widget"]

FOLD = '''def status_of(events):
    """The connector's status."""
    ### BEGIN SOLUTION
    return "charging" if events[-1:] == ["started"] else "available"
    ### END SOLUTION'''
ENERGY = """energy_wh = ...
### BEGIN SOLUTION
energy_wh = 9 * 1000
### END SOLUTION"""


def demo_notebook() -> nbformat.NotebookNode:
    cells = [
        new_markdown_cell("# A demonstration"),
        new_code_cell("from workbench.classroom import check, hint, progress, reset, show_solution"),
        new_code_cell(FOLD),
        new_code_cell('check("status_in_the_demo", status_of)'),
        new_code_cell(ENERGY),
        new_code_cell('check("energy_of_a_session", energy_wh)'),
    ]
    kernel = {"name": "python3", "language": "python", "display_name": "Python 3"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """The root of a whole course: both packages, one chapter of tasks, solutions/, a workspace."""
    root = tmp_path / "course"
    without = shutil.ignore_patterns("__pycache__")
    for package in (workshop_lib, workbench):
        folder = Path(str(package.__file__)).parent
        shutil.copytree(folder, root / folder.name, ignore=without)
    shutil.copytree(Path(__file__).parent / "demo", root / "exercises/checks", ignore=without)
    (root / "solutions").mkdir()
    (root / "workspace/.workshop").mkdir(parents=True)
    nbformat.write(demo_notebook(), root / "solutions/9_1_demo.ipynb")
    return root


@pytest.fixture
def room(tmp_path: Path) -> Room:
    """A participant with a shell of their own, in a course with an exercise and its solution."""
    return Room(tmp_path, demo_notebook())


@pytest.fixture(scope="session")
def kernel_lock() -> FileLock:
    """A lock for starting kernels one at a time: two that start together may pick the same port."""
    return FileLock(KERNEL_LOCK)
