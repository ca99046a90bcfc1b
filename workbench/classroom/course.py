"""Find a task's gap and its solution in the course's notebooks.

Read `workbench/setup/notebooks.py` for how a gap is found, in these and in a participant's own notebook.
"""

from __future__ import annotations

import types
from pathlib import Path

import workbench
from workbench.setup.notebooks import code_cells, shipped_gap

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"


def course_root() -> Path:
    """Return the folder that holds notebooks/, exercises/ and solutions/."""
    return Path(str(workbench.__file__)).parents[1]


def exercise_of(task: str, root: Path) -> list[str]:
    """Return the code cells of the unsolved exercise that contains a task; none if there is no such one."""
    return _cells_with(task, root / "exercises")


def solution_of(task: str, root: Path) -> str | None:
    """Return our solution: the solved gap without its markers, ready to run."""
    cell = shipped_gap(task, _cells_with(task, root / "solutions"))
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


def _cells_with(task: str, folder: Path) -> list[str]:
    files = (notebook for notebook in sorted(folder.glob("*.ipynb")) if _mentions(notebook, task))
    return next((cells for cells in map(code_cells, files) if shipped_gap(task, cells) is not None), [])


def _mentions(notebook: Path, task: str) -> bool:
    """Return whether a notebook contains the name; parsing every notebook would be too slow."""
    try:
        return task.encode() in notebook.read_bytes()
    except OSError:
        return False
