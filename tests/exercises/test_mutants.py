"""Every small mistake in a solution is refused, or listed with the reason why it is none.

The mutants of a chapter are tried in a process of its own. `FULL=1` compares those that pass with ours on
10,000 generated cases. The figure of each task stands at the end of pytest's output.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from importlib import import_module

import pytest

from tests.notebooks.library import ROOT
from workbench.classroom.task import Tasks

CHAPTERS = Tasks().chapters()
MOST = 0.1
"""The share of a task's mutants that may be listed."""


def results(chapter: str) -> dict[str, list[dict[str, str]]]:
    """Try the mutants of a chapter; return for each task what became of them, our solution first."""
    command = [sys.executable, "-m", "tests.exercises.mutants.trial", chapter, "--json"]
    command += ["--thorough"] if os.environ.get("FULL") else []
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=1800, env=_env())
    assert run.returncode == 0, run.stderr
    by_task: dict[str, list[dict[str, str]]] = {}
    for line in run.stdout.splitlines():
        one = json.loads(line)
        by_task.setdefault(one["task"], []).append(one)
    return by_task


def _env() -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])),
    }


def listed(chapter: str) -> dict[str, dict[str, str]]:
    """Return the mutants of a chapter that may pass: for each task the changes with their reasons."""
    module = import_module(f"tests.exercises.wrong_{chapter}")
    return getattr(module, "EQUIVALENT", {})


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_mutant_of_a_solution_is_refused_or_listed(chapter: str, record_property):
    found, allowed = results(chapter), listed(chapter)
    assert sorted(found) == sorted(Tasks().names(chapter))
    assert [task for task, (solution, *_) in found.items() if not _passes(solution)] == []
    passed = {task: {one["change"] for one in tried if _passes(one)} for task, (_, *tried) in found.items()}
    for task, (_, *tried) in found.items():
        figures = f"{len(tried) - len(passed[task])} of {len(tried)} refused"
        record_property("mutants", f"{task}: {figures}, {len(allowed.get(task, {}))} listed")
    assert _more(passed, allowed) == {}, "these pass"
    assert _more(allowed, passed) == {}, "these are listed, but are refused or no longer made"
    assert [task for task, some in allowed.items() if len(some) > MOST * (len(found[task]) - 1)] == []
    assert all(reason for some in allowed.values() for reason in some.values())


def _passes(one: dict[str, str]) -> bool:
    return one["outcome"] == "PASSED"


def _more(these: Mapping[str, Iterable[str]], those: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """Return for each task what these contain and those do not."""
    more = {task: sorted({*some} - {*those.get(task, ())}) for task, some in these.items()}
    return {task: some for task, some in more.items() if some}
