"""Find a task's gap and its solution in the course's notebooks.

A task's gap is the code cell directly before the cell that calls `check("<task>", …)`.
"""

from __future__ import annotations

import json
import re
import types
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import workbench

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"


def course_root() -> Path:
    """Return the folder that holds notebooks/, exercises/ and solutions/."""
    return Path(str(workbench.__file__)).parents[1]


def code_cells(notebook: Path) -> list[str]:
    """Return the sources of a notebook's code cells, in order; empty if it cannot be read."""
    try:
        cells = json.loads(notebook.read_text("utf-8"))["cells"]
        return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def checks_in(source: str) -> list[str]:
    """Return the names of the tasks that a cell checks; a method such as `board.check` is ignored."""
    return re.findall(r"(?m)^[^#\n]*?(?<![\w.])check\(\s*[\"'](\w+)[\"']", source)


def gaps(cells: list[str]) -> Iterator[tuple[str, str]]:
    """Yield each task that these cells check, with the cell directly before."""
    for before, cell in pairwise(cells):
        for name in checks_in(cell):
            yield name, before


def gap_of(task: str, notebook: Path) -> str | None:
    """Return the gap of a task in one notebook; None unless it is there exactly once."""
    found = [gap for name, gap in gaps(code_cells(notebook)) if name == task]
    return found[0] if len(found) == 1 else None


def shipped_gap(task: str, root: Path) -> str | None:
    """Return the gap as it is in the unsolved exercise."""
    return _first(task, root / "exercises")


def solution_of(task: str, root: Path) -> str | None:
    """Return our solution: the solved gap without its markers, ready to run."""
    cell = _first(task, root / "solutions")
    return None if cell is None else without_markers(cell)


def without_markers(source: str) -> str:
    """Return the cell without the lines that mark where the solution begins and ends."""
    kept = [line for line in source.splitlines() if not line.strip().startswith((BEGIN, END))]
    return "\n".join(kept)


def functions_in(source: str | None) -> dict[str, types.CodeType]:
    """Return the functions that a cell defines at its top level; none if the cell is not plain Python."""
    try:
        code = compile(source or "", "<gap>", "exec")
    except SyntaxError:
        return {}
    return {one.co_name: one for one in code.co_consts if isinstance(one, types.CodeType)}


def _first(task: str, folder: Path) -> str | None:
    for notebook in sorted(folder.glob("*.ipynb")):
        mentioned = task in notebook.read_text("utf-8")  # parsing every notebook is too slow
        if mentioned and (gap := gap_of(task, notebook)) is not None:
            return gap
    return None
