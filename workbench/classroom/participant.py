"""The commands of a participant: check, hint, show_solution, reset, progress.

Each returns a card that displays itself in the notebook, and none raises; each but `progress` records an
event (`progress.py`). Authors of tasks read `task.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, wraps
from pathlib import Path
from typing import Any, ParamSpec

from workbench.classroom.course import course_root, exercise_of, functions_in, solution_of
from workbench.classroom.explain import inside_itself
from workbench.classroom.outcome import Feedback, Found, Outcome, Verdict
from workbench.classroom.plain import message_of, type_name
from workbench.classroom.progress import (
    HintShown,
    Outbox,
    SolutionShown,
    Standing,
    TaskAttempted,
    TaskReset,
    outbox_here,
    standings,
)
from workbench.classroom.runner import run
from workbench.classroom.running import current
from workbench.classroom.show import Bar, Notice, Shown, notice
from workbench.classroom.stage import is_kernel, this_shell
from workbench.classroom.stale import Kernel
from workbench.classroom.task import TASKS, Task, Tasks, UnknownTask
from workbench.classroom.watchdog import Watchdog
from workbench.setup.notebooks import check_of, shipped_gap
from workbench.storming.place import leave_removed_folder

_TRY_FIRST = "A solution teaches most after an attempt: check one of your own first, right or wrong."
_WHICH = 'Pass its name in quotation marks; you find it in the `check("…")` of the exercise.'
_NEXT = "Please ask the trainer, and go on with the next task."


class StillChecking:
    """A card that counts the seconds of a slow check."""

    def __init__(self) -> None:
        self._handle: Any = None

    def __call__(self, seconds: int) -> None:
        from IPython import display

        card = notice("… Still checking", f"{seconds} s so far; the stop button ends it.")
        if self._handle is None:
            self._handle = display.DisplayHandle()  # type: ignore[no-untyped-call]
            self._handle.display(card)  # after the assignment, so that `clear` finds it after a stop
        else:
            self._handle.update(card)

    def clear(self) -> None:
        """Empty the card after the check has ended."""
        if self._handle is not None:
            self._handle.update({"text/plain": "", "text/html": ""}, raw=True)


_P = ParamSpec("_P")


def never_raises(verb: Callable[_P, Shown]) -> Callable[_P, Shown]:
    """Turn an exception of the workbench into a card, so that no traceback reaches the notebook.

    Called by an answer that is being checked, it ends that check with a question about the indentation.
    """

    @wraps(verb)
    def safe(*args: _P.args, **kwargs: _P.kwargs) -> Shown:
        if (running := current()) is not None:
            running.called_itself = True
            raise Found(inside_itself("…"))
        try:
            leave_removed_folder()
            announce()
            return verb(*args, **kwargs)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            seen = f"`{type_name(type(error))}: {message_of(error)}`"
            return notice("! The workbench itself stumbled, not you", seen, _NEXT)

    return safe


class Participant:
    """One participant's tasks, progress, course and kernel; the functions below use this kernel's."""

    def __init__(
        self, outbox: Outbox, tasks: Tasks = TASKS, root: Path | None = None, shell: Any = None
    ) -> None:
        self.outbox, self._tasks = outbox, tasks
        self._root = root or course_root()
        self._shell = shell
        self._kernel = Kernel(shell)
        self._watchdog = Watchdog(outbox.file.parent if outbox.file and is_kernel(shell) else None)
        self._tried_here = False

    def check(self, name: str, *answers: object) -> Verdict | Notice:
        """Return the verdict on these answers to a task."""
        task = self._find(name)
        if isinstance(task, Notice):
            return task
        exercise = exercise_of(task.name, self._root)

        def stale() -> Feedback | None:
            return self._kernel.stale(task.name, answers, exercise)

        with self._waiting() as waiting, self._watchdog.watching(task) as alive:
            shipped = functions_in(shipped_gap(task.name, exercise))
            call = check_of(task.name, exercise)
            finding = run(
                task, answers, shipped=shipped, call=call, before=stale, waiting=waiting, alive=alive
            )
        return self._verdict(task, finding)

    def hint(self, name: str) -> Notice:
        """Return the next of a task's three hints; the third again after all were shown."""
        task = self._find(name)
        if isinstance(task, Notice):
            return task
        step = min(self._standing(name).hints + 1, 3)
        trouble = self.outbox.append(HintShown(name, step))
        more = f'`hint("{name}")` again goes one step further.' if step < 3 else ""
        lines = [line for line in (task.hints[step - 1], more, trouble) if line]
        return notice(f"Hint {step} of 3", *lines, subject=task.title)

    def show_solution(self, name: str) -> Notice:
        """Return our solution of a task, if it was attempted before."""
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
        trouble = self.outbox.append(SolutionShown(name))
        return notice("One way to do it", *filter(None, [trouble]), subject=task.title, code=code)

    def reset(self, name: str) -> Notice:
        """Put the original gap into a new cell below; nothing is removed."""
        task = self._find(name)
        if isinstance(task, Notice):
            return task
        gap = shipped_gap(name, exercise_of(name, self._root))
        if gap is None:
            return notice("No gap here", "The course folder has no exercise with this task. Ask the trainer.")
        trouble = self.outbox.append(TaskReset(name))
        if self._shell is None:
            return notice("The gap as it was", *filter(None, [trouble]), subject=task.title, code=gap)
        self._shell.set_next_input(gap, replace=False)
        where = "It is in a new cell below. What you wrote is still there."
        return notice("The gap as it was", where, *filter(None, [trouble]), subject=task.title)

    def progress(self, chapter: str | None = None) -> Notice:
        """Return a bar for each chapter, or for one, and after a restart the task that was tried last."""
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

    def look_back(self) -> list[Notice]:
        """Return a card for each check whose kernel ended; each is recorded as an attempt, once."""
        cards = []
        for one in self._watchdog.ended():
            check, safe = one.check, "Nothing is lost: your answers and your progress are saved."
            self.outbox.append(TaskAttempted(check.task, check.chapter, Outcome.ERROR.name, one.seen))
            look = "What in your answer could take for ever?" if one.hung else ""
            cards.append(notice("! The kernel ended during a check", one.seen, safe, *filter(None, [look])))
        return cards

    def _find(self, name: object) -> Task | Notice:
        if type(name) is str and not name:
            return notice("? Which task", _WHICH)
        try:
            return self._tasks.find(name)
        except UnknownTask as unknown:
            return notice("? No such task", str(unknown))

    def _verdict(self, task: Task, finding: Feedback) -> Verdict:
        trouble = ""
        if finding.outcome is not Outcome.NOT_ATTEMPTED:
            self._tried_here = True
            attempted = TaskAttempted(task.name, task.chapter, finding.outcome.name, finding.seen)
            trouble = self.outbox.append(attempted)
        comparison = self._comparison(task, finding)
        solved = self._standing(task.name).solved and finding.outcome is not Outcome.PASSED
        before = "You solved this task before, and that still counts." if solved else ""
        return Verdict(task.name, task.title, finding, self._bar(task.chapter), comparison, before, trouble)

    def _comparison(self, task: Task, finding: Feedback) -> str:
        """Return our solution after a pass in a workspace; a solved notebook contains it already."""
        if finding.outcome is not Outcome.PASSED or self.outbox.file is None:
            return ""
        return solution_of(task.name, self._root) or ""

    def _standing(self, name: str) -> Standing:
        return standings(self.outbox.events()).get(name, Standing())

    def _bar(self, chapter: str, label: str = "") -> Bar:
        by_task, names = standings(self.outbox.events()), self._tasks.names(chapter)
        solved = sum(by_task.get(name, Standing()).solved for name in names)
        return Bar(label, solved, len(names))

    def _where_they_were(self) -> list[str]:
        tried = [event for event in self.outbox.events() if isinstance(event, TaskAttempted)]
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
        """Show the seconds of a slow check in a workspace; elsewhere nothing, so that outputs never vary."""
        if self._shell is None or self.outbox.file is None:
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
def participant() -> Participant:
    """Return the participant of this kernel, made on the first call."""
    return Participant(Outbox(outbox_here()), shell=this_shell())


@cache
def announce() -> None:
    """Show once in this kernel, if it belongs to a workspace, what happened to kernels before it."""
    if is_kernel(this_shell()):
        from IPython.display import display

        for card in participant().look_back():
            display(card)  # type: ignore[no-untyped-call]


@never_raises
def check(name: str = "", *answers: object) -> Shown:
    """Check what you made: `check("name_of_the_task", your_function)`."""
    return participant().check(name, *answers)


@never_raises
def hint(name: str = "") -> Shown:
    """Show a hint; call it again for the next. There are three."""
    return participant().hint(name)


@never_raises
def show_solution(name: str = "") -> Shown:
    """Show our solution, after an attempt of your own."""
    return participant().show_solution(name)


@never_raises
def reset(name: str = "") -> Shown:
    """Put the original gap into a new cell below. Nothing you wrote is removed."""
    return participant().reset(name)


@never_raises
def progress(chapter: str | None = None) -> Shown:
    """Show what you have solved so far and where you were; `progress("1_1")` shows one chapter."""
    return participant().progress(chapter)
