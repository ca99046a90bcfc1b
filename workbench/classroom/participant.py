"""The participant's desk: check, hint, show_solution, reset, progress.

Each answers with something that shows itself; none raises into the notebook, and each keeps what happened as
an event (`progress.py`). Authors of tasks read `task.py`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, wraps
from pathlib import Path
from typing import Any, ParamSpec

from workbench.classroom.course import course_root, functions_in, shipped_gap, solution_of
from workbench.classroom.outcome import Feedback, Outcome, Verdict
from workbench.classroom.plain import clipped
from workbench.classroom.progress import (
    HintShown,
    Outbox,
    SolutionShown,
    Standing,
    TaskAttempted,
    TaskReset,
    find_outbox,
    standings,
)
from workbench.classroom.runner import run
from workbench.classroom.show import Bar, Notice, Shown, notice
from workbench.classroom.stale import Kernel
from workbench.classroom.task import TASKS, Task, Tasks, UnknownTask

_TRY_FIRST = "A solution says most to those who tried: check an attempt of your own once, right or wrong."
_WHICH = 'Say its name, in quotation marks: it stands in its `check("…")`.'
_TELL = "Please tell the trainer, and go on with the next task."


class StillChecking:
    """A card that counts the seconds of a check that takes its time."""

    def __init__(self) -> None:
        self._handle: Any = None

    def __call__(self, seconds: int) -> None:
        from IPython import display

        card = notice("… Still checking", f"{seconds} s so far; the stop button ends it.")
        if self._handle is None:
            self._handle = display.DisplayHandle()  # type: ignore[no-untyped-call]
            self._handle.display(card)  # known by now, should the stop button come in between
        else:
            self._handle.update(card)

    def clear(self) -> None:
        """Empty the card: the check has ended."""
        if self._handle is not None:
            self._handle.update({"text/plain": "", "text/html": ""}, raw=True)


_P = ParamSpec("_P")


def answers_always(verb: Callable[_P, Shown]) -> Callable[_P, Shown]:
    """A mistake of ours becomes a note, never a traceback in the notebook."""

    @wraps(verb)
    def safe(*args: _P.args, **kwargs: _P.kwargs) -> Shown:
        try:
            return verb(*args, **kwargs)
        except Exception as error:
            seen = f"`{type(error).__name__}: {clipped(str(error))}`"
            return notice("! The workbench itself stumbled, not you", seen, _TELL)

    return safe


class Desk:
    """One participant's tasks, progress, course and kernel; the functions below use this kernel's."""

    def __init__(
        self, outbox: Outbox, tasks: Tasks = TASKS, root: Path | None = None, shell: Any = None
    ) -> None:
        self._outbox, self._tasks = outbox, tasks
        self._root = root or course_root()
        self._shell = shell
        self._kernel = Kernel(shell)
        self._tried_here = False

    def check(self, name: str, *answers: object) -> Verdict | Notice:
        """The verdict on these answers to a task."""
        task = self._find(name)
        if isinstance(task, Notice):
            return task
        gap = shipped_gap(task.name, self._root)
        stale = self._kernel.stale(task.name, answers, gap)
        with self._waiting() as waiting:
            finding = stale or run(task, answers, shipped=functions_in(gap), waiting=waiting)
        return self._verdict(task, finding)

    def hint(self, name: str) -> Notice:
        """The next of a task's three hints; the third again when all were shown."""
        task = self._find(name)
        if isinstance(task, Notice):
            return task
        step = min(self._standing(name).hints + 1, 3)
        trouble = self._outbox.append(HintShown(name, step))
        more = f'`hint("{name}")` again goes one step further.' if step < 3 else ""
        lines = [line for line in (task.hints[step - 1], more, trouble) if line]
        return notice(f"Hint {step} of 3", *lines, subject=task.title)

    def show_solution(self, name: str) -> Notice:
        """Our solution of a task, once it was attempted."""
        task = self._find(name)
        if isinstance(task, Notice):
            return task
        if not self._standing(name).attempts:
            return notice("Try it first", _TRY_FIRST, f'`hint("{name}")` helps.', subject=task.title)
        code = solution_of(name, self._root)
        if code is None:
            return notice(
                "No solution here", "The course folder has no solution of this task. Ask the trainer."
            )
        trouble = self._outbox.append(SolutionShown(name))
        return notice("One way to do it", *filter(None, [trouble]), subject=task.title, code=code)

    def reset(self, name: str) -> Notice:
        """The gap as it was, in a new cell below; nothing is removed."""
        task = self._find(name)
        if isinstance(task, Notice):
            return task
        gap = shipped_gap(name, self._root)
        if gap is None:
            return notice("No gap here", "The course folder has no exercise with this task. Ask the trainer.")
        trouble = self._outbox.append(TaskReset(name))
        if self._shell is None:
            return notice("The gap as it was", *filter(None, [trouble]), subject=task.title, code=gap)
        self._shell.set_next_input(gap, replace=False)
        told = "It stands in a new cell below. What you wrote is still there."
        return notice("The gap as it was", told, *filter(None, [trouble]), subject=task.title)

    def progress(self, chapter: str | None = None) -> Notice:
        """A bar for each chapter, or for one, and after a restart where the participant was."""
        chapters = self._tasks.chapters()
        if chapter is not None and chapter not in chapters:
            known = ", ".join(chapters)
            return notice(
                "? No such chapter", f"You asked for `{chapter}`. The chapters with tasks are {known}."
            )
        shown = [chapter] if chapter else chapters
        bars = tuple(self._bar(one, f"Chapter {_dotted(one)}") for one in shown)
        done, total = sum(bar.done for bar in bars), sum(bar.total for bar in bars)
        lines = [] if self._tried_here else self._where_they_were()
        return notice("Your progress", *lines, subject=f"{done} of {total} solved", bars=bars)

    def _find(self, name: object) -> Task | Notice:
        if name == "":
            return notice("? Which task", _WHICH)
        try:
            return self._tasks.find(name)
        except UnknownTask as unknown:
            return notice("? No such task", str(unknown))

    def _verdict(self, task: Task, finding: Feedback) -> Verdict:
        trouble = ""
        if finding.outcome is not Outcome.NOT_ATTEMPTED:
            self._tried_here = True
            happened = TaskAttempted(task.name, task.chapter, finding.outcome.name, finding.seen)
            trouble = self._outbox.append(happened)
        comparison = self._comparison(task, finding)
        solved = self._standing(task.name).solved and finding.outcome is not Outcome.PASSED
        before = "You solved this task before, and that still counts." if solved else ""
        return Verdict(task.name, task.title, finding, self._bar(task.chapter), comparison, before, trouble)

    def _comparison(self, task: Task, finding: Feedback) -> str:
        """Our solution after a pass; only in a workspace, since in the solved notebook it stands above."""
        if finding.outcome is not Outcome.PASSED or self._outbox.file is None:
            return ""
        return solution_of(task.name, self._root) or ""

    def _standing(self, name: str) -> Standing:
        return standings(self._outbox.events()).get(name, Standing())

    def _bar(self, chapter: str, label: str = "") -> Bar:
        by_task, names = standings(self._outbox.events()), self._tasks.names(chapter)
        solved = sum(by_task.get(name, Standing()).solved for name in names)
        return Bar(label, solved, len(names))

    def _where_they_were(self) -> list[str]:
        tried = [event for event in self._outbox.events() if isinstance(event, TaskAttempted)]
        if not tried:
            return ["Nothing tried yet: every exercise ends in a `check(…)`."]
        task = self._find(tried[-1].task)
        title = task.title if isinstance(task, Task) else tried[-1].task
        outcome = Outcome[tried[-1].outcome].value if tried[-1].outcome in Outcome.__members__ else "tried"
        if outcome != Outcome.PASSED.value and self._standing(tried[-1].task).solved:
            outcome = "solved before"
        return [f"Last time you were at “{title}” in chapter {_dotted(tried[-1].chapter)}: {outcome}."]

    @contextmanager
    def _waiting(self) -> Iterator[Callable[[int], None]]:
        """In a workspace shows that a check takes its time; elsewhere every run prints the same."""
        if self._shell is None or self._outbox.file is None:
            yield lambda seconds: None
            return
        card = StillChecking()
        try:
            yield card
        finally:
            card.clear()


def _dotted(chapter: str) -> str:
    return chapter.replace("_", ".")


@cache
def desk() -> Desk:
    """The desk of this kernel, made when it is first needed."""
    ipython = sys.modules.get("IPython")
    return Desk(Outbox(find_outbox(Path.cwd())), shell=ipython.get_ipython() if ipython else None)


@answers_always
def check(name: str = "", *answers: object) -> Shown:
    """Check what you made: `check("name_of_the_task", your_function)`."""
    return desk().check(name, *answers)


@answers_always
def hint(name: str = "") -> Shown:
    """One hint; call it again for the next, there are three."""
    return desk().hint(name)


@answers_always
def show_solution(name: str = "") -> Shown:
    """Our solution, after an attempt of your own."""
    return desk().show_solution(name)


@answers_always
def reset(name: str = "") -> Shown:
    """The gap as it was, in a new cell below. Nothing you wrote is removed."""
    return desk().reset(name)


@answers_always
def progress(chapter: str | None = None) -> Shown:
    """What you have solved so far, and where you were; with `progress("1_1")` of one chapter."""
    return desk().progress(chapter)
