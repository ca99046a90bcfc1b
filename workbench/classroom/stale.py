"""Detect answers that are out of date: the participant edited the cell but did not run it.

An answer is out of date if the last run of its cell failed before the definition, if the saved notebook has
a text that this kernel never ran, or if no cell defines its name any more. In doubt it counts as up to date:
a false alarm costs more than a missed one.
"""

from __future__ import annotations

import ast
import inspect
import linecache
import os
import re
import time
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

from workbench.classroom.outcome import Feedback, Outcome
from workbench.setup.notebooks import (
    before_check,
    code_cells,
    names_bound,
    places_of_gap,
    shipped_gap,
)

Now = Callable[[], float]


class Kernel:
    """The history of the cells that IPython ran; `shell` is None outside of IPython."""

    def __init__(self, shell: Any, now: Now = time.time) -> None:
        self._shell, self._now = shell, now
        self._since = now()
        self._ran_at: dict[int, float] = {}
        if shell is not None:
            shell.events.register("pre_run_cell", self._note_time)

    def stale(self, task: str, answers: tuple[object, ...], exercise: list[str]) -> Feedback | None:
        """Return the feedback that an answer is older than what the participant wrote, or None.

        `exercise` holds the code cells of the shipped exercise.
        """
        if self._shell is None:
            return None
        for answer in answers:
            if self._was_left_behind(answer):
                return _finding("The last run of its cell failed before it was defined again", answer)
            if self._was_edited(task, answer, exercise):
                return _finding("Its cell was edited and not run", answer)
            if name := self._was_dropped(task, answer, exercise):
                return _dropped(name)
        return None

    def _note_time(self, info: Any) -> None:
        self._ran_at[self._shell.execution_count] = self._now()

    def _was_left_behind(self, answer: object) -> bool:
        """Return whether a newer cell should have made this object but did not get that far."""
        name, origin = _name_and_origin(answer)
        cells = self._cells()
        if not name or self._shell.user_ns.get(name) is not answer or origin not in cells:
            return False
        newest = next(cell for cell in reversed(cells) if cell == origin or name in _surely_bound(cell))
        return newest != origin

    def _was_edited(self, task: str, answer: object, exercise: list[str]) -> bool:
        """Return whether the saved gap is new to this kernel and was saved after the object was made."""
        notebook, shipped = self._notebook(), shipped_gap(task, exercise) or ""
        names = self._names_of(answer) & names_bound(shipped)
        cells = code_cells(notebook) if notebook and names else []
        places = places_of_gap(task, shipped, cells, names)
        if notebook is None or len(places) != 1:
            return False
        saved = cells[places[0]]
        if saved.strip() in {shipped.strip(), *self._raw_cells()} or _source(answer) in saved:
            return False
        made_at = self._made_at(names)
        return made_at is not None and notebook.stat().st_mtime > made_at

    def _was_dropped(self, task: str, answer: object, exercise: list[str]) -> str:
        """Return the object's name in the shipped gap if no saved cell binds it and the gap ran since."""
        notebook, shipped = self._notebook(), shipped_gap(task, exercise) or ""
        names = self._names_of(answer) & names_bound(shipped)
        cells = code_cells(notebook) if notebook and names else []
        if any(names & _may_bind(cell) for cell in cells):
            return ""
        runs = self._raw_cells()
        made = [place for place, cell in enumerate(runs) if names & _may_bind(cell)]
        own = before_check(task, cells, exercise)
        return min(names) if made and own and _ran_since(made[-1], runs, own) else ""

    def _names_of(self, answer: object) -> set[str]:
        """Return the names in the notebook that are bound to this object."""
        return {key for key, value in self._shell.user_ns.items() if value is answer and key[:1] != "_"}

    def _made_at(self, names: set[str]) -> float | None:
        """Return when a cell that binds one of these names last ran, at the earliest when recording began."""
        for count, cell in reversed(list(enumerate(self._history.input_hist_parsed))):
            if names & names_bound(cell):
                return self._ran_at.get(count, self._since)
        return None

    @property
    def _history(self) -> Any:
        return self._shell.history_manager

    def _cells(self) -> list[str]:
        return [cell.strip() for cell in self._history.input_hist_parsed]

    def _raw_cells(self) -> list[str]:
        return [cell.strip() for cell in self._history.input_hist_raw]

    def _notebook(self) -> Path | None:
        """Return the notebook of this kernel, if the server passed its path and the file exists."""
        name = os.environ.get("JPY_SESSION_NAME", "")
        path = Path(name) if name.endswith(".ipynb") else None
        return path if path and path.is_file() else None


def _finding(seen: str, answer: object) -> Feedback:
    name = getattr(answer, "__name__", "answer")
    return Feedback(
        Outcome.STALE,
        f"{seen}: this `{name}` is older than what you wrote.",
        "A check sees what the kernel holds, not what the page shows.",
        "Run the cell of the gap, read what it prints, then check again.",
    )


def _dropped(name: str) -> Feedback:
    return Feedback(
        Outcome.STALE,
        f"No cell defines `{name}` any more: this one is left from an earlier run.",
        "A check sees what the kernel holds, not what the page shows.",
        f"Define `{name}` in the gap again, run the cell, then check again.",
    )


def _name_and_origin(answer: object) -> tuple[str, str]:
    """Return the name of a plain function or class, and the text of the cell that made it."""
    code = _code_of(answer)
    name = getattr(answer, "__name__", "")
    if code is None or getattr(answer, "__qualname__", "") != name:
        return "", ""
    return name, "".join(linecache.getlines(code.co_filename)).strip()


def _code_of(answer: object) -> types.CodeType | None:
    if isinstance(answer, types.FunctionType):
        return answer.__code__ if answer.__code__.co_name == answer.__name__ else None
    if isinstance(answer, type):
        prefix = answer.__qualname__ + "."
        own = [one for one in vars(answer).values() if isinstance(one, types.FunctionType)]
        return next((one.__code__ for one in own if one.__qualname__.startswith(prefix)), None)
    return None


def _source(answer: object) -> str:
    """Return the source of a function or class; for other objects a text that is in no notebook."""
    try:
        return inspect.getsource(answer).strip()  # type: ignore[arg-type]
    except (OSError, TypeError):
        return "\0"


def _ran_since(made: int, runs: list[str], cells: list[str]) -> bool:
    """Return whether a gap among these cells ran after run number `made`; each may be a scratch cell.

    Either one of them is new since then, or all of them ran again.
    """
    if not set(cells) <= set(runs):
        return False
    last = {cell: place for place, cell in enumerate(runs)}
    return any(runs.index(cell) > made for cell in cells) or all(last[cell] > made for cell in cells)


def _surely_bound(cell: str) -> set[str]:
    """Return the names that a cell binds if it runs to its end; found by a pattern if it is not Python."""
    try:
        body = ast.parse(cell).body
    except (SyntaxError, ValueError):
        return set(re.findall(r"(?m)^(?:async\s+)?(?:def|class)\s+(\w+)", cell))
    names = {getattr(node, "name", "") for node in body}
    targets = [
        target for node in body for target in getattr(node, "targets", [getattr(node, "target", None)])
    ]
    return (names | {one.id for one in targets if isinstance(one, ast.Name)}) - {""}


def _may_bind(cell: str) -> set[str]:
    """Return every name that a cell could bind, at any depth; every word if it is not Python."""
    try:
        nodes = list(ast.walk(ast.parse(cell)))
    except (SyntaxError, ValueError):
        return set(re.findall(r"\w+", cell))
    stored = {one.id for one in nodes if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    return stored | {getattr(one, "asname", None) or getattr(one, "name", None) or "" for one in nodes} - {""}
