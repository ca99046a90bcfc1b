"""The participant's folder: a copy of the course in which answers are safe.

`workspace/` holds copies of `notebooks/`, `exercises/` and, once revealed, `solutions/`. A hash of the cell
sources of each shipped file is stored, so that newer material replaces unchanged files and is put beside
changed ones. Nothing is ever deleted: a replaced file is first copied to `.workshop/kept/`.
Read next: `lab.py`, which opens JupyterLab on this folder.
"""

from __future__ import annotations

import difflib
import hashlib
import itertools
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from workshop_lib.events import WorkshopError

COURSE = Path(__file__).resolve().parents[2]
"""The folder that holds notebooks/, exercises/ and solutions/."""
ANSWER_KEYS = Path("exercises/checks")
"""Checks are loaded from here; a workspace never contains a copy."""


class WorkspaceNotWritable(WorkshopError):
    """The copy of the course cannot be written."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(
            f"You asked for a workspace, but {path} cannot be written: {reason}. "
            "Free disk space, close programs that use the file, or move the course to a folder of your own."
        )


class UnknownName(WorkshopError):
    """No notebook, chapter or task has this name."""

    def __init__(self, name: str, known: list[str]) -> None:
        self.name, self.close = name, difflib.get_close_matches(name, known, n=3)
        advice = f"Did you mean {' or '.join(self.close)}?" if self.close else "Look in exercises/ for names."
        super().__init__(f"You asked for {name!r}, but no notebook, chapter or task has this name. {advice}")


class TaskCellMissing(WorkshopError):
    """The participant's notebook no longer has the cell that checks the task."""

    def __init__(self, task: str, notebook: str) -> None:
        self.task, self.notebook = task, notebook
        super().__init__(
            f'You asked to reset {task!r}, but your {notebook} has no cell with check("{task}", …) '
            "after a code cell, or it cannot be read. "
            f"Reset the whole notebook instead (a copy of yours is kept): workshop reset {notebook}"
        )


@dataclass(frozen=True)
class FileChange:
    """What was done to a file: `kind` is copied, updated, beside or reset; `kept` is a copy of the old."""

    kind: str
    path: Path
    kept: Path | None = None


def now() -> datetime:
    """Return the local time, which names the folder of kept copies."""
    return datetime.now().astimezone()


@dataclass(frozen=True)
class Workspace:
    """The copy of a course in `folder`. Methods raise `WorkspaceNotWritable` if a file cannot be written."""

    course: Path = COURSE
    folder: Path = COURSE / "workspace"
    clock: Callable[[], datetime] = now

    @property
    def hidden(self) -> Path:
        """The folder for the workbench's own files, beside the participant's."""
        return self.folder / ".workshop"

    def sync(self) -> list[FileChange]:
        """Copy new material without touching an answer; return what was done."""
        memory = self._remembered()
        changes = [
            change
            for name in self._shipped_names(memory["revealed"])
            if (change := self._sync(name, memory["files"]))
        ]
        self._remember(memory)
        return changes

    def reveal(self, chapter: str) -> list[FileChange]:
        """Copy the solutions of a chapter (`"1_1"`, a notebook's name, or `"all"`); syncs update them."""
        solutions = [name for name in self._names("solutions") if chapter == "all" or _fits(name, chapter)]
        if not solutions:
            raise UnknownName(chapter, [Path(name).stem for name in self._names("solutions")])
        memory = self._remembered()
        memory["revealed"] = sorted({*memory["revealed"], *solutions})
        self._remember(memory)
        return self.sync()

    def reset(self, name: str) -> list[FileChange]:
        """Restore a notebook, a chapter (all its changed files) or one task's gap; keep copies of the old."""
        names = [
            shipped for shipped in self._shipped_names(self._remembered()["revealed"]) if _fits(shipped, name)
        ]
        if names:
            return self._reset(names)
        if notebook := self._notebook_with(name):
            return [self._reset_task(name, notebook)]
        known = [Path(shipped).stem for shipped in self._names("exercises")] + self._tasks()
        raise UnknownName(name, known)

    def reset_all(self) -> list[FileChange]:
        """Restore every file that differs from the shipped one; keep copies of the old ones."""
        return self._reset(self._shipped_names(self._remembered()["revealed"]))

    def _sync(self, name: str, files: dict[str, str]) -> FileChange | None:
        source, target = self.course / name, self.folder / name
        new, shipped = fingerprint(source), files.get(name)
        files[name] = new
        if not target.exists():
            return self._copy("copied", source, target)
        mine = fingerprint(target)
        if mine == new or shipped == new:
            return None
        if mine == shipped:
            return self._copy("updated", source, target)
        return self._copy("beside", source, target.with_name(f"{target.stem}.new{target.suffix}"))

    def _reset(self, names: list[str]) -> list[FileChange]:
        changed = [
            n
            for n in names
            if not (at := self.folder / n).exists() or fingerprint(at) != fingerprint(self.course / n)
        ]
        changes = [self._copy("reset", self.course / name, self.folder / name) for name in changed]
        memory = self._remembered()
        memory["files"].update({name: fingerprint(self.course / name) for name in changed})
        self._remember(memory)
        return changes

    def _reset_task(self, task: str, name: str) -> FileChange:
        target = self.folder / name
        shipped = _notebook(self.course / name)
        try:
            mine = _notebook(target)
            gap, place = place_of_gap(shipped, task), place_of_gap(mine, task)
        except (OSError, ValueError, KeyError, TypeError):
            gap = place = None
        if gap is None or place is None:
            raise TaskCellMissing(task, Path(name).stem)
        mine["cells"][place] |= {
            "source": shipped["cells"][gap]["source"],
            "outputs": [],
            "execution_count": None,
        }
        kept = self._keep(target)
        self._write(target, json.dumps(mine, indent=1, ensure_ascii=False).encode() + b"\n")
        return FileChange("reset", target, kept)

    def _copy(self, kind: str, source: Path, target: Path) -> FileChange:
        kept = self._keep(target) if target.exists() else None
        self._write(target, source.read_bytes())
        return FileChange(kind, target, kept)

    def _keep(self, path: Path) -> Path:
        """Make a dated copy that is never overwritten; return its path."""
        stamp = self.clock().strftime("%Y-%m-%dT%H-%M-%S")
        kept = self.hidden / "kept" / stamp / path.relative_to(self.folder)
        number = 1
        while kept.exists():
            number += 1
            kept = self.hidden / "kept" / f"{stamp}-{number}" / path.relative_to(self.folder)
        self._write(kept, path.read_bytes())
        return kept

    def _write(self, path: Path, content: bytes) -> None:
        """Write the file atomically."""
        half = path.with_name(f".{path.name}.half")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            half.write_bytes(content)
            half.replace(path)
        except OSError as error:
            raise WorkspaceNotWritable(path, error.strerror or str(error)) from error

    def _remembered(self) -> dict[str, Any]:
        try:
            memory = json.loads((self.hidden / "shipped.json").read_text(encoding="utf-8"))
            return {"files": dict(memory["files"]), "revealed": list(memory["revealed"])}
        except (OSError, ValueError, KeyError, TypeError):
            return {
                "files": {},
                "revealed": [],
            }  # unreadable: every file that differs counts as the participant's

    def _remember(self, memory: dict[str, Any]) -> None:
        self._write(self.hidden / "shipped.json", json.dumps(memory, indent=1, sort_keys=True).encode())

    def _shipped_names(self, revealed: list[str]) -> list[str]:
        solutions = [name for name in self._names("solutions") if name in revealed]
        return self._names("notebooks") + self._names("exercises") + solutions

    def _names(self, folder: str) -> list[str]:
        """Return the files of a course folder as paths from the root; no hidden files, no answer keys."""
        files = (
            path.relative_to(self.course) for path in (self.course / folder).rglob("*") if path.is_file()
        )
        return sorted(
            path.as_posix()
            for path in files
            if not path.is_relative_to(ANSWER_KEYS)
            and not any(part.startswith((".", "__")) for part in path.parts)
        )

    def _exercises(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for name in self._names("exercises"):
            if name.endswith(".ipynb"):
                yield name, _notebook(self.course / name)

    def _notebook_with(self, task: str) -> str | None:
        return next(
            (name for name, notebook in self._exercises() if place_of_gap(notebook, task) is not None), None
        )

    def _tasks(self) -> list[str]:
        sources = ("".join(cell["source"]) for _, notebook in self._exercises() for cell in notebook["cells"])
        return sorted({name for source in sources for name in re.findall(r"\bcheck\(\s*[\"'](\w+)", source)})


def fingerprint(path: Path) -> str:
    """Return the hash of a notebook's cell sources (no outputs or metadata), or of any other file's bytes."""
    content = path.read_bytes()
    try:
        cells = json.loads(content)["cells"]
        content = json.dumps([[cell["cell_type"], "".join(cell["source"])] for cell in cells]).encode()
    except (ValueError, KeyError, TypeError):
        pass  # not a valid notebook: hash all bytes
    return hashlib.sha256(content).hexdigest()


def place_of_gap(notebook: dict[str, Any], task: str) -> int | None:
    """Return the index of a task's gap: the code cell directly before the one that checks the task."""
    calls = re.compile(rf"\bcheck\(\s*[\"']{re.escape(task)}[\"']")
    code = [index for index, cell in enumerate(notebook["cells"]) if cell["cell_type"] == "code"]
    for before, index in itertools.pairwise(code):
        if calls.search("".join(notebook["cells"][index]["source"])):
            return before
    return None


def _fits(shipped: str, asked: str) -> bool:
    """Return whether a path, a notebook's name or a chapter's number refers to this shipped file."""
    path = Path(shipped)
    return asked in (shipped, path.name, path.stem) or path.stem.startswith(
        f"{asked.removesuffix('.ipynb')}_"
    )


def _notebook(path: Path) -> dict[str, Any]:
    notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return notebook
