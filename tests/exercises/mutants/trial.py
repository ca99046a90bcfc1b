"""Check the mutants of a notebook's solutions: `python -m tests.exercises.mutants.trial [TASK or CHAPTER …]`.

Prints for each task how many mutants are refused, and the change of each mutant that passes; `--all` prints
the refused ones with their messages too. `--thorough` compares those that pass on 10,000 generated cases.
`--json` is for the test, which runs a chapter in a process of its own: a mutant may never end, and may break
what the chapter's other cells made.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import io
import json
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextvars import copy_context
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.exercises.mutants.operators import Mutant, mutants
from workbench.classroom.agreement import CASES
from workbench.classroom.course import course_root
from workbench.classroom.outcome import Outcome
from workbench.classroom.runner import run
from workbench.classroom.task import TASKS
from workbench.setup.notebooks import checks_in, code_cells

SECONDS, THOROUGH = 6, 10_000
"""The time limit of one mutant's cell and of its check, and the cases of a thorough comparison."""


@dataclass(frozen=True)
class Result:
    """What became of one mutant: the outcome of its check, and the message."""

    task: str
    change: str
    outcome: str
    said: str

    @property
    def refused(self) -> bool:
        return self.outcome != Outcome.PASSED.name


class Notebook:
    """A solved notebook whose cells are run from the top, as far as they are needed."""

    def __init__(self, file: Path) -> None:
        self._cells = code_cells(file)
        self._done = 0
        self.names: dict[str, Any] = {"__name__": "__main__"}

    def gaps(self) -> Iterator[tuple[str, str, str]]:
        """Yield each task, its solved gap and the cell that checks it; the names are those before the gap."""
        for place, cell in enumerate(self._cells):
            for task in checks_in(cell):
                for earlier in self._cells[self._done : place - 1]:
                    execute(earlier, self.names)
                self._done = max(self._done, place - 1)
                yield task, self._cells[place - 1], cell


def execute(cell: str, names: dict[str, Any]) -> None:
    """Run one cell; checks are left out, and a cell that shows an error stops there."""
    if checks_in(cell):
        return
    with contextlib.suppress(Exception):
        exec(compile(cell, "<cell>", "exec"), names)


def tried(task: str, check: str, mutant: Mutant, names: dict[str, Any], seconds: int = SECONDS) -> Result:
    """Check one mutant."""
    own = dict(names)
    limited = replace(TASKS.find(task), seconds=seconds)
    try:
        with _alarm():
            exec(compile(mutant.source, "<mutant>", "exec"), own)
            answers = [
                eval(compile(ast.Expression(one), "<check>", "eval"), own) for one in _passed(check, task)
            ]
    except BaseException as error:  # whatever a mutant's cell raises, a participant would see it
        return Result(task, mutant.change, "CELL", repr(error)[:200])
    with contextlib.redirect_stdout(io.StringIO()):
        finding = run(limited, tuple(answers))
    return Result(task, mutant.change, finding.outcome.name, finding.seen)


def _passed(check: str, task: str) -> list[ast.expr]:
    """Return the answers that a cell passes to `check`."""
    calls = [node for node in ast.walk(ast.parse(check)) if isinstance(node, ast.Call)]
    call = next(one for one in calls if one.args and getattr(one.args[0], "value", None) == task)
    return call.args[1:]


@contextlib.contextmanager
def _alarm() -> Iterator[None]:
    """Interrupt a cell that does not end, where the platform has alarms."""
    if not hasattr(signal, "SIGALRM"):
        yield
        return
    signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)


def trials(file: Path, wanted: set[str], thorough: bool) -> Iterator[Result]:
    """Check the mutants of the wanted tasks in one notebook; first of each task the solution as it is."""
    notebook = Notebook(file)
    for task, gap, check in notebook.gaps():
        if wanted and not {task, TASKS.find(task).chapter} & wanted:
            continue
        yield tried(task, check, Mutant("unchanged", gap), notebook.names)
        for mutant in mutants(gap, notebook.names):
            result = tried(task, check, mutant, notebook.names)
            if thorough and not result.refused:
                context = copy_context()
                context.run(CASES.set, THOROUGH)
                result = context.run(tried, task, check, mutant, notebook.names, 600)
            yield result


def main() -> None:
    """Try the wanted mutants and print what became of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wanted", nargs="*", help="names of tasks or chapters; default: all")
    parser.add_argument("--thorough", action="store_true", help="compare on 10,000 generated cases")
    parser.add_argument("--json", action="store_true", help="print a line of JSON for each mutant")
    parser.add_argument("--all", action="store_true", help="print the refused ones too")
    options = parser.parse_args()
    wanted = {one.replace(".", "_") for one in options.wanted}
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        for file in sorted((course_root() / "solutions").glob("*.ipynb")):
            if not wanted or wanted & {file.stem[:3].rstrip("_s"), *_tasks_in(file)}:
                _report(trials(file, wanted, options.thorough), options)


def _tasks_in(file: Path) -> list[str]:
    return [task for cell in code_cells(file) for task in checks_in(cell)]


def _report(results: Iterator[Result], options: argparse.Namespace) -> None:
    with contextlib.redirect_stdout(io.StringIO()):
        found = list(results)
    if options.json:
        for one in found:
            print(json.dumps(vars(one)))
        return
    for task in dict.fromkeys(one.task for one in found):
        solution, *others = [one for one in found if one.task == task]
        note = "" if not solution.refused else f"   OUR SOLUTION: {solution.outcome} {solution.said}"
        print(f"{task}: {sum(one.refused for one in others)} of {len(others)} refused{note}")
        for one in others:
            if not one.refused:
                print(f"    {one.change}")
            elif options.all:
                print(f"    {one.change}   [{one.outcome}: {one.said[:120]}]")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
