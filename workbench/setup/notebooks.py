"""Read a notebook's cells, and find a task's gap in a shipped notebook and in a participant's own.

In a shipped notebook the gap is the code cell directly before the cell that calls `check("<task>", …)`. In a
participant's there may be other cells in between, so the gap is found by the names that it binds.
Read next: `workspace.py`, which resets a gap.
"""

from __future__ import annotations

import hashlib
import json
import re
import symtable
from collections.abc import Iterator, Sequence, Set
from itertools import pairwise
from pathlib import Path
from typing import Any

from workshop_lib.events import WorkshopError

FORMAT = 4
"""The notebook format (nbformat) of the course."""

CONFLICT = re.compile(rb"(?m)^(<{7}|>{7}) ")
"""A line that Git writes into a file that it could not merge."""

BINDING = re.compile(
    r"""(?mx) ^ (?: %{1,2}\w+ [ \t]+ )?                                      # a magic such as %time
    (?: (?: async [ \t]+ )? (?: def | class ) [ \t]+ (\w+) | (\w+) [ \t]* (?: : [^=\n]* )? = (?!=) )"""
)
"""A definition or an assignment in a cell that is not Python, because of a magic or a half-typed line."""


class UnreadableFile(WorkshopError):
    """A file of the course or of the participant cannot be read, or is no notebook that we know."""

    def __init__(self, path: Path, reason: str, remedy: str) -> None:
        self.path, self.reason, self.remedy = path, reason, remedy
        super().__init__(f"You asked for {path}, but {reason}. Nothing was changed. {remedy}")


class GapNotFound(WorkshopError):
    """No cell of the participant's notebook binds the names of a task's gap, or several do."""

    def __init__(self, task: str, notebook: str, shipped: str, places: Sequence[int]) -> None:
        self.task, self.notebook, self.places = task, notebook, tuple(places)
        names = _listed(sorted(names_bound(shipped)) or ["what the gap defines"])
        names += f' and contains "{task}"' if _quotes(shipped, task) else ""
        numbers = _listed([str(place + 1) for place in places]) if places else ""
        seen, remedy = (
            (
                f"more than one cell of your {notebook} defines {names}: "
                f"the code cells {numbers}, counted from the top",
                "Delete or rename what you do not need there, save the notebook and try again",
            )
            if places
            else (
                f"no cell of your {notebook} defines {names}",
                f'In the notebook, reset("{task}") puts the original gap into a new cell',
            )
        )
        super().__init__(
            f"You asked to reset {task!r}, but {seen}. Nothing was changed. {remedy}; or reset the whole "
            f"notebook, a copy of yours is kept: workshop reset {notebook}"
        )


def read_file(path: Path, remedy: str) -> bytes:
    """Return a file's bytes. Raises `UnreadableFile`; the remedy is the one for a folder in its place."""
    if path.is_dir():
        raise UnreadableFile(path, "there is a folder in its place", remedy)
    try:
        return path.read_bytes()
    except PermissionError:
        rights = "Give yourself the right to read and write it, then try again."
        raise UnreadableFile(path, "you have no permission to read it", rights) from None
    except OSError as error:
        raise UnreadableFile(path, f"it cannot be read: {error.strerror or error}", remedy) from error


def read_notebook(path: Path, remedy: str) -> dict[str, Any]:
    """Return a notebook as a dictionary whose cells have a type and a source. Raises `UnreadableFile`."""
    content = read_file(path, remedy)
    try:
        notebook = json.loads(content)
        found = notebook["nbformat"]
        if found == FORMAT and all(map(_is_cell, notebook["cells"])):
            return dict(notebook)
    except (ValueError, KeyError, TypeError, RecursionError):
        found = None
    raise UnreadableFile(path, _trouble(content, found), remedy)


def _is_cell(cell: dict[str, Any]) -> bool:
    return isinstance("".join(cell["source"]), str) and isinstance(cell["cell_type"], str)


def _trouble(content: bytes, found: object) -> str:
    """Return what is wrong with a notebook that is not of our format."""
    if CONFLICT.search(content):
        return "it contains the marks of a merge that is not finished (<<<<<<< and >>>>>>>)"
    if isinstance(found, int) and found != FORMAT:
        return f"it is a notebook of format {found}, and the workbench reads format {FORMAT}"
    return "it is not a notebook: its JSON is damaged"


def read_code(notebook: Path, remedy: str) -> list[str]:
    """Return the sources of a notebook's code cells, in order. Raises `UnreadableFile`."""
    cells = read_notebook(notebook, remedy)["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def code_cells(notebook: Path) -> list[str]:
    """Return the sources of a notebook's code cells, in order; empty if it cannot be read."""
    try:
        return read_code(notebook, "")
    except UnreadableFile:
        return []


def fingerprint(path: Path, remedy: str = "") -> str:
    """Return the hash of a notebook's cell sources (no outputs or metadata), or of any other file's bytes.

    Raises `UnreadableFile`.
    """
    content = read_file(path, remedy)
    try:
        cells = json.loads(content)["cells"]
        content = json.dumps([[cell["cell_type"], "".join(cell["source"])] for cell in cells]).encode()
    except (ValueError, KeyError, TypeError, RecursionError):
        pass  # not a valid notebook: hash all bytes
    return hashlib.sha256(content).hexdigest()


def checks_in(source: str) -> list[str]:
    """Return the names of the tasks that a cell checks; a method such as `board.check` is ignored."""
    return re.findall(r"(?m)^[^#\n]*?(?<![\w.])check\(\s*[\"'](\w+)[\"']", source)


def check_of(task: str, cells: Sequence[str]) -> str:
    """Return the call that checks a task, as a shipped notebook's code cells have it; "" if none does."""
    found = (re.search(rf"(?m)^check\([\"']{task}[\"'].*\)$", cell) for cell in cells)
    return next((one[0] for one in found if one), "")


def shipped_gaps(cells: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield each task that the code cells of a shipped notebook check, with its gap."""
    for before, cell in pairwise(cells):
        for name in checks_in(cell):
            yield name, before


def shipped_gap(task: str, cells: Sequence[str]) -> str | None:
    """Return the gap of a task in a shipped notebook's code cells."""
    return next((gap for name, gap in shipped_gaps(cells) if name == task), None)


def places_of_gap(task: str, shipped: str, cells: Sequence[str], names: Set[str] | None = None) -> list[int]:
    """Return the places of the cells that may be a participant's gap: those that bind all that it binds.

    `names` are those that matter, by default all. Several gaps of a chapter bind `board`: if the shipped gap
    quotes the task's name, so does the cell.
    """
    wanted, quoted = names_bound(shipped) if names is None else names, _quotes(shipped, task)
    return [
        place
        for place, cell in enumerate(cells)
        if wanted <= names_bound(cell) and (_quotes(cell, task) or not quoted)
    ]


def before_check(task: str, cells: Sequence[str], shipped: Sequence[str]) -> list[str]:
    """Return a participant's own cells between a task's check and the check before it, stripped.

    Empty cells and those of the shipped exercise are left out. There are none unless exactly one cell checks
    the task.
    """
    checks = [place for place, cell in enumerate(cells) if checks_in(cell)]
    mine = [number for number, place in enumerate(checks) if task in checks_in(cells[place])]
    if len(mine) != 1:
        return []
    start = checks[mine[0] - 1] + 1 if mine[0] else 0
    given = {"", *map(str.strip, shipped)}
    return [cell.strip() for cell in cells[start : checks[mine[0]]] if cell.strip() not in given]


def _quotes(source: str, task: str) -> bool:
    return f'"{task}"' in source or f"'{task}'" in source


def names_bound(source: str) -> set[str]:
    """Return the names that a cell binds outside of functions and classes, in whatever way."""
    try:
        symbols = symtable.symtable(source, "<cell>", "exec").get_symbols()
    except (SyntaxError, ValueError, RecursionError):
        return {name for pair in BINDING.findall(source) for name in pair if name}
    return {one.get_name() for one in symbols if one.is_assigned() or one.is_imported()}


def _listed(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
