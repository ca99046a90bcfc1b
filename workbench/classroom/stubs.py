"""Make the exercises from the solutions: `python -m workbench.classroom.stubs [--check] [name …]`.

The code between `### BEGIN SOLUTION` and `### END SOLUTION` becomes a gap; the notebook is then run, so that
each check stores its "not attempted yet". A gap must run: a function keeps its `def` above the marker, and a
value is set to `...` there. `--check` writes nothing and names the exercises that are out of date.
`--run notebooks/1_1….ipynb` runs any notebook from top to bottom and stores its outputs.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.classroom.course import course_root
from workbench.pictures.show import WIDGET

if TYPE_CHECKING:
    from nbformat import NotebookNode

STUB = "# your code here\n..."


def cleared(solved: NotebookNode) -> NotebookNode:
    """Return a copy of a solved notebook with gaps instead of solutions, and without outputs."""
    from nbgrader.preprocessors import ClearSolutions

    cutter = ClearSolutions(code_stub={"python": STUB}, enforce_metadata=False)
    notebook: NotebookNode = cutter.preprocess(deepcopy(solved), {})[0]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.source = _without_bare_dots(cell.source)
            cell.outputs, cell.execution_count = [], None
    notebook.metadata.pop("widgets", None)
    return notebook


def executed(notebook: NotebookNode, folder: Path) -> NotebookNode:
    """Run the notebook in that folder and return it with its outputs. Raises `CellExecutionError`."""
    from nbclient import NotebookClient

    path = os.pathsep.join(filter(None, [str(folder.parent), os.environ.get("PYTHONPATH")]))
    client = NotebookClient(
        notebook,
        timeout=60,
        kernel_name="python3",
        record_timing=False,
        store_widget_state=False,
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute(env={**os.environ, "PYTHONPATH": path})
    return still(notebook)


def still(notebook: NotebookNode) -> NotebookNode:
    """Remove the widgets from the outputs, since they need their kernel; their pictures stay."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            output.get("data", {}).pop(WIDGET, None)
    return notebook


def run_in_place(file: Path) -> None:
    """Run a notebook from top to bottom and write it with its outputs."""
    notebook = _read(file)
    notebook.metadata.pop("widgets", None)
    _write(executed(notebook, file.resolve().parent), file)


def generate(root: Path, names: Sequence[str] = ()) -> list[str]:
    """Write the exercises of these notebooks, or of all; return their names.

    Each is written before it is run, because its checks read the shipped gap from the file.
    """
    (root / "exercises").mkdir(exist_ok=True)
    chosen = [file for file in _notebooks(root / "solutions") if not names or file.stem in names]
    for solution in chosen:
        exercise = cleared(_read(solution))
        target = root / "exercises" / solution.name
        _write(exercise, target)
        _write(executed(exercise, target.parent), target)
    return [file.stem for file in chosen]


def out_of_date(root: Path) -> list[str]:
    """Return the names of exercises that are missing, never ran, or do not match their solution."""
    solved = {file.stem: file for file in _notebooks(root / "solutions")}
    given = {file.stem: file for file in _notebooks(root / "exercises")}
    late = solved.keys() ^ given.keys()
    for name in solved.keys() & given.keys():
        wanted = cleared(_read(solved[name]))
        exercise = _read(given[name])
        if _text(wanted) != _text(exercise) or not _was_run(exercise):
            late.add(name)
    return sorted(late)


def main(arguments: Sequence[str] | None = None, root: Path | None = None) -> int:
    """Generate or compare, print the result, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m workbench.classroom.stubs", description=__doc__)
    parser.add_argument("notebooks", nargs="*", help="names without .ipynb; default: all")
    parser.add_argument("--check", action="store_true", help="only name the exercises that are out of date")
    parser.add_argument("--run", action="store_true", help="take paths, and run these notebooks in place")
    options = parser.parse_args(arguments)
    root = root or course_root()
    if options.run:
        for file in options.notebooks:
            run_in_place(Path(file))
            print(f"Run: {file}")
        return 0
    if not options.check:
        print(
            "Written:",
            ", ".join(generate(root, options.notebooks)) or "nothing; solutions/ has no such notebook",
        )
        return 0
    late = out_of_date(root)
    print(
        f"Out of date: {', '.join(late)}. Run this command without --check."
        if late
        else "Exercises are up to date."
    )
    return 1 if late else 0


def _read(file: Path) -> NotebookNode:
    import nbformat

    text = file.read_text("utf-8-sig")
    notebook: NotebookNode = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
    return notebook


def _write(notebook: NotebookNode, file: Path) -> None:
    import nbformat

    nbformat.write(notebook, file)  # type: ignore[no-untyped-call]


def _notebooks(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.ipynb"))


def _without_bare_dots(source: str) -> str:
    """Remove `...` outside of functions, where it would be displayed as the cell's value."""
    lines = source.split("\n")
    bare = [i for i, line in enumerate(lines) if line == "..." and i and lines[i - 1] == STUB.split("\n")[0]]
    return "\n".join(line for i, line in enumerate(lines) if i not in bare)


def _text(notebook: NotebookNode) -> list[tuple[Any, ...]]:
    return [(cell.cell_type, cell.source, tuple(cell.metadata.get("tags", ()))) for cell in notebook.cells]


def _was_run(notebook: NotebookNode) -> bool:
    return all(cell.execution_count for cell in notebook.cells if cell.cell_type == "code" and cell.source)


if __name__ == "__main__":
    sys.exit(main())
