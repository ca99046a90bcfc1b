"""Tasks: how an author says what a right answer does. Start here to write one.

A task is a function in `workshop_lib/classroom/tasks/chapter_<number>.py`. Its name is the task's name for
ever; its chapter is the number in the file's name. It gets what the participant made, tries it on cases that
are not shown, and returns when all is well:

    from workshop_lib.classroom.patterns import changes_nothing, never_refuses, same_twice
    from workshop_lib.classroom.task import Attempt, task

    @task(title="Status is a fold", hints=("where to look", "which idea", "the first line"))
    def status_is_a_fold(attempt: Attempt, answer: object) -> None:
        status_of = attempt.function(answer, "status_of", parameters=1)
        for name, events, status in CASES:
            got = attempt.call(status_of, events, returns=str)
            attempt.expect(
                got == status,
                seen=f"After {name} your fold says `{got}`.",
                why="A state is what *all* events say together, not what the last one says alone.",
                look="Which event types does your `match` not mention?",
            )
        same_twice(attempt, status_of, CASES[0].events)

In the notebook, `check("status_is_a_fold", status_of)` is the last line of the code cell right after the gap.
A task may take several answers: `check("name", decide, evolve)` calls `name(attempt, decide, evolve)`.

What an attempt can do (`attempt.py`; each ends the check with its own verdict when something is amiss):

- `function` and `value` say what kind of thing was passed;
- `call` runs the participant's code on copies of the arguments and returns the result, `refusal` the
  exception that must come;
- `expect`, `refuse` and `same_events` judge, and `untouched` says that nobody has begun.

`patterns.py` tests what is true of every decider and every fold. The runner (`runner.py`) answers for gaps,
exceptions, endless loops and our own bugs: a task never catches anything. Say what was seen, why it matters
in event sourcing, where to look; a `word` between backticks becomes code. Never say the expected value.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import Any

from workshop_lib.classroom.attempt import Attempt
from workshop_lib.events import WorkshopError

__all__ = ["TASKS", "Attempt", "InvalidTask", "Task", "Tasks", "UnknownTask", "task"]

Check = Callable[..., None]


class UnknownTask(WorkshopError):
    """Nobody defined a task of that name."""

    def __init__(self, name: object, close: tuple[str, ...]) -> None:
        self.name, self.close = name, close
        advice = (
            f"Did you mean {' or '.join(f'`{one}`' for one in close)}?"
            if close
            else 'Copy the name from the exercise: it stands in its `check("…")`.'
        )
        super().__init__(f"You asked for the task `{name}`. There is no task of that name. {advice}")


class InvalidTask(WorkshopError):
    """A task that was defined in a way that cannot work."""

    def __init__(self, name: str, reason: str) -> None:
        self.name, self.reason = name, reason
        super().__init__(f"You defined the task {name}. {reason}")


@dataclass(frozen=True)
class Task:
    """One exercise: its name, chapter and title, three hints, the check and its limit, what a pass proves."""

    name: str
    chapter: str
    title: str
    hints: tuple[str, str, str]
    check: Check
    seconds: float = 10.0
    methods_are_gaps: bool = False
    proven: str = ""

    @property
    def answers(self) -> tuple[str, ...]:
        """The names of the answers that the check takes, in order."""
        return tuple(inspect.signature(self.check).parameters)[1:]


class Tasks:
    """All tasks by name. A chapter's module is imported when one of its tasks is first asked for."""

    def __init__(self, package: str = "workshop_lib.classroom.tasks") -> None:
        self._package = package
        self._tasks: dict[str, Task] = {}
        self._modules: dict[str, str] | None = None

    def add(self, new: Task) -> None:
        """Register a task. Raises `InvalidTask` for a name that another module has taken."""
        old = self._tasks.get(new.name)
        if old is not None and old.check.__module__ != new.check.__module__:
            raise InvalidTask(
                new.name, f"{old.check.__module__} has a task of that name; give this one another."
            )
        self._tasks[new.name] = new

    def find(self, name: object) -> Task:
        """The task of that name. Raises `UnknownTask`, which knows the names that are close."""
        if isinstance(name, str) and name not in self._tasks and name in self._homes:
            import_module(self._homes[name])
        if not isinstance(name, str) or name not in self._tasks:
            known = {*self._tasks, *self._homes}
            raise UnknownTask(name, tuple(get_close_matches(str(name), sorted(known), n=2)))
        return self._tasks[name]

    def names(self, chapter: str | None = None) -> list[str]:
        """The names of all tasks, or those of one chapter, imported or not, in the order of the course."""
        names = dict.fromkeys([*self._homes, *self._tasks])
        return [name for name in names if chapter in (None, self._chapter(name))]

    def chapters(self) -> list[str]:
        """The chapters that have tasks, in the order of the course."""
        return list(dict.fromkeys(map(self._chapter, self.names())))

    def _chapter(self, name: str) -> str:
        known = self._tasks.get(name)
        return known.chapter if known else _chapter_of(self._homes[name])

    @property
    def _homes(self) -> dict[str, str]:
        """For each task of the package the module to import: found by reading, to import nothing early."""
        if self._modules is None:
            self._modules = dict(_tasks_of(self._package))
        return self._modules


TASKS = Tasks()


def task(
    *,
    title: str,
    hints: tuple[str, str, str],
    chapter: str | None = None,
    seconds: float = 10.0,
    methods_are_gaps: bool = False,
    proven: str = "",
) -> Callable[[Check], Task]:
    """Make a check a task.

    `hints` are where to look, which idea, the first line. `chapter` is needed only outside of a `chapter_…`
    module. `seconds` is the limit of the whole check. With `methods_are_gaps` a class whose method is an
    empty `...` counts as not attempted. `proven` closes a right answer: one sentence on what it shows.
    Raises `InvalidTask`.
    """

    def define(check: Check) -> Task:
        where = chapter or _chapter_of(check.__module__)
        if len(hints) != 3 or not all(hints):
            raise InvalidTask(
                check.__name__, "It needs three hints: where to look, which idea, the first line."
            )
        made = Task(check.__name__, where, title, hints, check, seconds, methods_are_gaps, proven)
        TASKS.add(made)
        return made

    return define


def _chapter_of(module: str) -> str:
    return module.rpartition(".")[2].removeprefix("chapter_")


def _tasks_of(package: str) -> Iterable[tuple[str, str]]:
    folder = Path(str(import_module(package).__file__)).parent
    for file in sorted(folder.glob("chapter_*.py")):
        for name in _names_in(file.read_text("utf-8")):
            yield name, f"{package}.{file.stem}"


def _names_in(source: str) -> list[str]:
    functions = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    return [one.name for one in functions if any(map(_is_task, one.decorator_list))]


def _is_task(decorator: Any) -> bool:
    return isinstance(decorator, ast.Call) and getattr(decorator.func, "id", "") == "task"
