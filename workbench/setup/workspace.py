"""The participant's folder: a copy of the course in which answers are safe.

`workspace/` holds copies of `notebooks/`, `exercises/` and, once revealed, `solutions/`. A hash of the cell
sources of each shipped file is stored, so that newer material replaces unchanged files and is put beside
changed ones. Nothing is ever deleted: a replaced file is first copied to `.workshop/kept/`.
Read next: `lab.py`, which opens JupyterLab on this folder.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from workbench.setup.notebooks import (
    GapNotFound,
    UnreadableFile,
    fingerprint,
    places_of_gap,
    read_code,
    read_file,
    read_notebook,
    shipped_gaps,
)
from workshop_lib.events import WorkshopError

COURSE = Path(__file__).resolve().parents[2]
"""The folder that holds notebooks/, exercises/ and solutions/."""
ANSWER_KEYS = Path("exercises/checks")
"""Checks are loaded from here; a workspace never contains a copy."""
COURSE_FILE = (
    "It is a file of the course: restore it, with Git by `git merge --abort` or `git checkout -- FILE`."
)
"""The remedy for a shipped file that cannot be read."""


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


@dataclass(frozen=True)
class FileChange:
    """What was done to a file: `kind` is copied, updated, beside, reset, gap (a task's gap was reset), or
    skipped with a reason in `note`; `kept` is a copy of the old.
    """

    kind: str
    path: Path
    kept: Path | None = None
    note: str = ""


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
        known = [Path(shipped).stem for shipped in self._names("exercises")]
        for task, notebook, gap in self._gaps():
            if task == name:
                return [self._reset_task(task, notebook, gap)]
            known.append(task)
        raise UnknownName(name, known)

    def reset_all(self) -> list[FileChange]:
        """Restore every file that differs from the shipped one; keep copies of the old ones."""
        return self._reset(self._shipped_names(self._remembered()["revealed"]))

    def _sync(self, name: str, files: dict[str, str]) -> FileChange | None:
        source, target = self.course / name, self.folder / name
        try:
            new = fingerprint(source, COURSE_FILE)
            change = self._newer(name, new, files.get(name))
        except UnreadableFile as error:
            return FileChange("skipped", target, note=str(error))
        files[name] = new
        return change

    def _newer(self, name: str, new: str, shipped: str | None) -> FileChange | None:
        target = self.folder / name
        if not target.exists():
            return self._put("copied", name, target)
        mine = fingerprint(target, _whole(name))
        if mine == new or shipped == new:
            return None
        if mine == shipped:
            return self._put("updated", name, target)
        return self._put("beside", name, target.with_name(f"{target.stem}.new{target.suffix}"))

    def _reset(self, names: list[str]) -> list[FileChange]:
        new = {name: fingerprint(self.course / name, COURSE_FILE) for name in names}
        changed = {name: self._shipped(name) for name in names if self._differs(name, new[name])}
        changes = [
            FileChange("reset", at := self.folder / name, self._replace(at, content))
            for name, content in changed.items()
        ]
        memory = self._remembered()
        memory["files"].update({name: new[name] for name in changed})
        self._remember(memory)
        return changes

    def _differs(self, name: str, new: str) -> bool:
        at = self.folder / name
        return not at.exists() or at.is_dir() or fingerprint(at, _whole(name)) != new

    def _reset_task(self, task: str, name: str, gap: str) -> FileChange:
        target = self.folder / name
        mine = read_notebook(target, _whole(name))
        cells = [cell for cell in mine["cells"] if cell["cell_type"] == "code"]
        places = places_of_gap(task, gap, ["".join(cell["source"]) for cell in cells])
        if len(places) != 1:
            raise GapNotFound(task, Path(name).stem, gap, places)
        cells[places[0]] |= {"source": gap, "outputs": [], "execution_count": None}
        text = json.dumps(mine, indent=1, ensure_ascii=False) + "\n"
        kept = self._replace(target, text.encode("utf-8", "backslashreplace"))  # half a pair of surrogates
        return FileChange("gap", target, kept)

    def _put(self, kind: str, name: str, target: Path) -> FileChange:
        return FileChange(kind, target, self._replace(target, self._shipped(name)))

    def _shipped(self, name: str) -> bytes:
        """Return a file of the course. Raises `UnreadableFile` for a damaged notebook, so no copy is made."""
        if name.endswith(".ipynb"):
            read_notebook(self.course / name, COURSE_FILE)
        return read_file(self.course / name, COURSE_FILE)

    def _replace(self, target: Path, content: bytes) -> Path | None:
        """Write a file; return the path of the copy of what was there."""
        kept = self._keep(target) if target.exists() else None
        self._write(target, content)
        return kept

    def _keep(self, path: Path) -> Path:
        """Make a dated copy that is never overwritten, or move a folder there; return its path."""
        stamp = self.clock().strftime("%Y-%m-%dT%H-%M-%S")
        kept = self.hidden / "kept" / stamp / path.relative_to(self.folder)
        number = 1
        while kept.exists():
            number += 1
            kept = self.hidden / "kept" / f"{stamp}-{number}" / path.relative_to(self.folder)
        if path.is_dir():
            self._move(path, kept)
        else:
            self._write(kept, read_file(path, "Try again."))
        return kept

    def _move(self, folder: Path, kept: Path) -> None:
        try:
            kept.parent.mkdir(parents=True, exist_ok=True)
            folder.rename(kept)
        except OSError as error:
            raise WorkspaceNotWritable(folder, error.strerror or str(error)) from error

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
            memory = json.loads((self.hidden / "shipped.json").read_bytes())
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

    def _gaps(self) -> Iterator[tuple[str, str, str]]:
        """Yield each task of the exercises with its notebook and its gap, and at last a damaged notebook."""
        damaged: UnreadableFile | None = None
        for name in self._names("exercises"):
            try:
                cells = read_code(self.course / name, COURSE_FILE) if name.endswith(".ipynb") else []
            except UnreadableFile as error:
                damaged, cells = error, []
            yield from ((task, name, gap) for task, gap in shipped_gaps(cells))
        if damaged:
            raise damaged


def _whole(name: str) -> str:
    """Return the remedy for a file of the participant that cannot be read."""
    return f"Reset the whole file (a copy of yours is kept): workshop reset {name}"


def _fits(shipped: str, asked: str) -> bool:
    """Return whether a path, a notebook's name or a chapter's number refers to this shipped file."""
    path = Path(shipped)
    return asked in (shipped, path.name, path.stem) or path.stem.startswith(
        f"{asked.removesuffix('.ipynb')}_"
    )
