"""Define tasks: functions that check a participant's answer. Start here to write one.

A task is a function in `exercises/checks/c<chapter>/checks.py`. Its name is the task's name and never
changes; its chapter is the number in the folder's name. It receives the answer, tries it on cases that are
not shown, and returns if all of them are right:

    from workbench.classroom.patterns import changes_nothing, never_refuses, same_twice
    from workbench.classroom.task import Attempt, task

    @task(title="Status is a fold", hints=("where to look", "which idea", "the first line"))
    def status_is_a_fold(attempt: Attempt, answer: object) -> None:
        status_of = attempt.function(answer, "status_of", parameters=1)
        for name, events, status in CASES:
            got = attempt.call(status_of, events, returns=str)
            attempt.expect(
                got == status,
                seen=f"After {name} your fold says `{got}`.",
                why="A state follows from *all* events together, not from the last one alone.",
                look="Which event types does your `match` not mention?",
            )
        same_twice(attempt, status_of, CASES[0].events)

In the notebook, `check("status_is_a_fold", status_of)` is the last line of the code cell right after the gap.
A task may take several answers: `check("name", decide, evolve)` calls `name(attempt, decide, evolve)`.

The methods of an attempt (`attempt.py`; each ends the check with its own verdict if something is wrong):

- `function` and `value` check the type of what was passed;
- `call` runs the participant's code on copies of the arguments and returns the result; `raises` returns the
  exception that the code must raise;
- `expect`, `refuse` and `same_events` check results, and `untouched` reports a gap.

`patterns.py` checks what is true of every decider and every fold. The runner (`runner.py`) handles gaps,
exceptions, endless loops and our own bugs: a task never catches anything. Say what was seen, why it matters
in event sourcing, where to look; a `word` between backticks becomes code. Never reveal the expected value.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType
from typing import Any

from workbench.classroom.attempt import Attempt
from workbench.classroom.course import course_root
from workbench.classroom.keys import PACKAGE, load_key
from workbench.classroom.plain import clipped, shown
from workshop_lib.events import WorkshopError

__all__ = ["TASKS", "Attempt", "InvalidTask", "Task", "Tasks", "UnknownTask", "task"]

Check = Callable[..., None]


class UnknownTask(WorkshopError):
    """There is no task with this name."""

    def __init__(self, name: object, close: tuple[str, ...]) -> None:
        self.name, self.close = name, close
        words = clipped(name, 80) if type(name) is str else shown(name, 80)
        advice = (
            f"Did you mean {' or '.join(f'`{one}`' for one in close)}?"
            if close
            else 'Copy the name from the `check("…")` in the exercise.'
        )
        super().__init__(f"You asked for the task `{words}`. There is no task with that name. {advice}")


class InvalidTask(WorkshopError):
    """A task's definition is invalid."""

    def __init__(self, name: str, reason: str) -> None:
        self.name, self.reason = name, reason
        super().__init__(f"You defined the task {name}. {reason}")


@dataclass(frozen=True)
class Task:
    """One exercise: name, chapter, title, three hints, the check with its time limit, what a pass proves."""

    name: str
    chapter: str
    title: str
    hints: tuple[str, str, str]
    check: Check
    seconds: float = 10.0
    methods: tuple[str, ...] = ()
    proven: str = ""

    @property
    def answers(self) -> tuple[str, ...]:
        """The names of the answers that the check takes, in order."""
        return tuple(inspect.signature(self.check).parameters)[1:]


class Tasks:
    """All tasks by name. A chapter's module is imported when one of its tasks is first needed.

    `folder` holds the answer keys, by default those of the course; `package` is the name under which they
    are imported.
    """

    def __init__(self, folder: Path | None = None, package: str = PACKAGE) -> None:
        self._folder, self._package = folder or course_root() / "exercises/checks", package
        self._tasks: dict[str, Task] = {}
        self._chapters: dict[str, str] | None = None

    def add(self, new: Task) -> None:
        """Register a task. Raises `InvalidTask` if another module has a task with its name."""
        old = self._tasks.get(new.name)
        if old is not None and old.check.__module__ != new.check.__module__:
            raise InvalidTask(new.name, f"{old.check.__module__} has a task with that name; choose another.")
        self._tasks[new.name] = new

    def find(self, name: object) -> Task:
        """Return the task with this name. Raises `UnknownTask`, which suggests similar names."""
        if isinstance(name, str) and name not in self._tasks and name in self._homes:
            self.key(self._homes[name], "checks")
        if not isinstance(name, str) or name not in self._tasks:
            known = {*self._tasks, *self._homes}
            raise UnknownTask(
                name, tuple(get_close_matches(name, sorted(known), n=2)) if isinstance(name, str) else ()
            )
        return self._tasks[name]

    def names(self, chapter: str | None = None) -> list[str]:
        """Return the names of all tasks, or of one chapter's, in the order of the course."""
        names = dict.fromkeys([*self._homes, *self._tasks])
        return [name for name in names if chapter in (None, self._chapter(name))]

    def chapters(self) -> list[str]:
        """Return the chapters that have tasks, in the order of the course."""
        return list(dict.fromkeys(map(self._chapter, self.names())))

    def _chapter(self, name: str) -> str:
        known = self._tasks.get(name)
        return known.chapter if known else self._homes[name]

    def key(self, chapter: str, module: str) -> ModuleType:
        """Return a module of a chapter's answer key, such as `checks` or `boards`."""
        return load_key(self._folder, f"c{chapter}.{module}", self._package)

    @property
    def _homes(self) -> dict[str, str]:
        """The chapter of each task, read from the source files without importing them."""
        if self._chapters is None:
            self._chapters = dict(_tasks_in(self._folder))
        return self._chapters


TASKS = Tasks()


def task(
    *,
    title: str,
    hints: tuple[str, str, str],
    chapter: str | None = None,
    seconds: float = 10.0,
    methods: tuple[str, ...] = (),
    proven: str = "",
) -> Callable[[Check], Task]:
    """Turn a check into a task.

    `hints` are where to look, which idea, the first line. `chapter` is needed only outside of an answer
    key. `seconds` limits the whole check. `methods` are the gaps of a class: an empty one counts as
    not attempted. `proven` is one sentence on what a right answer shows. Raises `InvalidTask`.
    """

    def define(check: Check) -> Task:
        where = chapter or _chapter_of(check.__module__)
        if len(hints) != 3 or not all(hints):
            raise InvalidTask(
                check.__name__, "It needs three hints: where to look, which idea, the first line."
            )
        made = Task(check.__name__, where, title, hints, check, seconds, methods, proven)
        TASKS.add(made)
        return made

    return define


def _chapter_of(module: str) -> str:
    """Return the chapter of an answer key: `1_1` for `exercises.checks.c1_1.checks`."""
    return module.split(".")[-2].removeprefix("c")


def _tasks_in(folder: Path) -> Iterable[tuple[str, str]]:
    for file in sorted(folder.glob("c*/checks.py")):
        for name in _names_in(file.read_text("utf-8-sig")):
            yield name, file.parent.name.removeprefix("c")


def _names_in(source: str) -> list[str]:
    functions = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    return [one.name for one in functions if any(map(_is_task, one.decorator_list))]


def _is_task(decorator: Any) -> bool:
    return isinstance(decorator, ast.Call) and getattr(decorator.func, "id", "") == "task"
