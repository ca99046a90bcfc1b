"""A classroom without a browser: real tasks, a real IPython shell, a real folder."""

from __future__ import annotations

import os
from pathlib import Path
from types import FunctionType

import nbformat
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from tests.workbench.classroom.demo.c9_1 import checks as chapter_9_1
from workbench.classroom.outcome import Feedback, Verdict
from workbench.classroom.participant import Participant
from workbench.classroom.progress import Outbox
from workbench.classroom.runner import run
from workbench.classroom.stubs import cleared
from workbench.classroom.task import Task, Tasks

DEMO_PACKAGE = "tests.workbench.classroom.demo"


def demo_tasks() -> Tasks:
    """Return the tasks of the demonstration chapter in a registry of their own."""
    tasks = Tasks(Path(__file__).parent / "demo", DEMO_PACKAGE)
    for one in vars(chapter_9_1).values():
        if isinstance(one, Task):
            tasks.add(one)
    return tasks


DEMO = demo_tasks()


def found(name: str, *answers: object) -> Feedback:
    """Return the feedback of a demonstration task on these answers."""
    return run(DEMO.find(name), answers)


class Room:
    """A participant with a kernel, a workspace and a notebook that is saved only by `saves`."""

    def __init__(self, folder: Path, solved: nbformat.NotebookNode) -> None:
        self.root = folder / "course"
        for name in ("solutions", "exercises", "workspace/.workshop"):
            (self.root / name).mkdir(parents=True)
        self.exercise = cleared(solved)
        nbformat.write(solved, self.root / "solutions/9_1_demo.ipynb")
        nbformat.write(self.exercise, self.root / "exercises/9_1_demo.ipynb")
        self.notebook = self.root / "workspace/9_1_demo.ipynb"
        self.shell = InteractiveShell(config=Config(HistoryManager={"enabled": False}))
        self.outbox = Outbox(self.root / "workspace/.workshop/progress.jsonl")
        self.participant = Participant(self.outbox, DEMO, self.root, self.shell)

    def runs(self, source: str) -> None:
        """Run a cell; its mistakes stay in the cell."""
        self.shell.run_cell(source, store_history=True)

    def checks(self, task: str, name: str) -> Verdict:
        """Run the cell that checks the object with this name."""
        self.shell.user_ns["_participant"] = self.participant
        self.shell.run_cell(f'_verdict = _participant.check("{task}", {name})', store_history=True)
        verdict = self.shell.user_ns["_verdict"]
        assert isinstance(verdict, Verdict)
        return verdict

    def saves(self, gap: str, seconds_from_now: float = 1.0) -> None:
        """Save the notebook with this text in the first gap."""
        self.exercise.cells[2].source = gap
        nbformat.write(self.exercise, self.notebook)
        at = self.notebook.stat().st_mtime + seconds_from_now
        os.utime(self.notebook, (at, at))


def function_of(source: str) -> FunctionType:
    """Return the function that a piece of source defines."""
    names: dict[str, object] = {}
    exec(source, names)
    return next(one for one in names.values() if isinstance(one, FunctionType))
