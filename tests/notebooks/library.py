"""The course's notebooks: their names, how nbval runs them, and the rules (guards) that each must follow."""

from __future__ import annotations

import getpass
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat
from filelock import FileLock
from nbformat import NotebookNode

from workbench.pictures.show import WIDGET

ROOT = Path(__file__).parents[2]
FOLDERS = ("notebooks", "solutions", "exercises")
TAGS = {"nbval-ignore-output", "raises-exception"}
NBVAL = ["--nbval", "--nbval-current-env", "--nbval-cell-timeout=60", "--nbval-kernel-startup-timeout=120"]
KERNEL_LOCK = Path(tempfile.gettempdir()) / f"workshop-kernel-{getpass.getuser()}.lock"
PLAIN = ["-p", "no:randomly", "-p", "no:xdist", "-p", "no:cacheprovider", "-q", "--no-header"]


def names(*folders: str) -> list[str]:
    """Return the notebooks of these folders, as paths from the root."""
    return [f"{folder}/{file.name}" for folder in folders for file in sorted((ROOT / folder).glob("*.ipynb"))]


def read(name: str) -> NotebookNode:
    return nbformat.read(ROOT / name, as_version=4)


def nbval(notebook: Path) -> subprocess.CompletedProcess[str]:
    """Run a notebook from a fresh kernel and compare every output."""
    return pytest_with(*NBVAL, *PLAIN, str(notebook))


def pytest_with(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run pytest in a process of its own; a lock lets only one run at a time."""
    command = [sys.executable, "-m", "pytest", *arguments]
    env = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])),
    }
    with FileLock(KERNEL_LOCK):
        return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=600)


def code(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def tags(cell: NotebookNode) -> set[str]:
    return set(cell.metadata.get("tags", ()))


def links(notebook: NotebookNode) -> list[str]:
    """Return the relative targets of a notebook's links and images, in Markdown or HTML, without anchors."""
    prose = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    inline, reference = r"\]\(\s*<?([^)\s>]+)", r"^ {0,3}\[[^\]]+\]:\s*<?([^\s>]+)"
    found = re.findall(rf"{inline}|{reference}|\b(?:href|src)=[\"']?([^\"'\s>]+)", prose, re.MULTILINE)
    parts = [urlsplit(target) for groups in found for target in groups if target]
    return [unquote(one.path) for one in parts if one.path and not one.scheme and not one.netloc]


def was_never_run(notebook: NotebookNode) -> list[str]:
    """A cell that was never run: nbval compares nothing in it."""
    counts = [cell.execution_count for cell in code(notebook)]
    return [] if counts == list(range(1, len(counts) + 1)) else [f"cells count {counts}, not 1, 2, 3…"]


def has_an_unknown_tag(notebook: NotebookNode) -> list[str]:
    """A mistyped tag: nbval silently ignores it."""
    unknown = {tag for cell in notebook.cells for tag in tags(cell)} - TAGS
    return [f"unknown tag {tag}" for tag in sorted(unknown)]


def has_an_unmarked_error(notebook: NotebookNode) -> list[str]:
    """A cell with an error but no tag for it, or a tag but no error."""
    wrong = []
    for cell in code(notebook):
        stores = any(output.output_type == "error" for output in cell.outputs)
        if stores != ("raises-exception" in tags(cell)):
            wrong.append(f"cell {cell.execution_count}: {'untagged error' if stores else 'tagged, no error'}")
    return wrong


def names_a_folder_of_this_machine(notebook: NotebookNode) -> list[str]:
    """An absolute path, which differs on other machines."""
    path = re.compile(r"(?<![\w.:/])(/(?:home|root|tmp|Users|var|opt|usr)/\S+|[A-Z]:\\\\?\w\S*)")
    texts = [(cell.source, *map(_stable_text, cell.get("outputs", ()))) for cell in notebook.cells]
    return [f"path {found}" for text in texts for one in text for found in path.findall(one)]


def keeps_much_widget_state(notebook: NotebookNode) -> list[str]:
    """Much stored widget state, which only makes commits larger."""
    size = len(repr(notebook.metadata.get("widgets", "")))
    return [f"{size} characters of widget state"] if size > 4000 else []


def shows_a_widget_that_is_gone(notebook: NotebookNode) -> list[str]:
    """A stored widget: without its kernel Lab shows only an error, so pictures are stored instead."""
    shown = [out for cell in code(notebook) for out in cell.outputs if WIDGET in out.get("data", ())]
    return [f"{len(shown)} widgets: run it by python -m workbench.classroom.stubs --run"] if shown else []


def ignores_an_output_without_a_reason(notebook: NotebookNode) -> list[str]:
    """A cell whose output is not compared, without a comment that says why."""
    ignored = [cell for cell in code(notebook) if "nbval-ignore-output" in tags(cell)]
    return [
        f"cell {cell.execution_count}: no reason"
        for cell in ignored
        if not re.search(r"#\s*\w+", cell.source)
    ]


def has_a_cell_too_long(notebook: NotebookNode) -> list[str]:
    """A long cell: a cell does one thing, and longer code belongs in the library."""
    sizes = [len(cell.source.splitlines()) for cell in code(notebook)]
    long = [f"a cell of {size} lines" for size in sizes if size > 25]
    crowd = sum(size > 10 for size in sizes)
    return long + ([f"{crowd} of {len(sizes)} cells over 10 lines"] if crowd > max(1, len(sizes) / 5) else [])


def runs_on_without_prose(notebook: NotebookNode) -> list[str]:
    """More than three code cells without prose between them."""
    runs = [
        len(list(cells))
        for kind, cells in groupby(notebook.cells, lambda cell: cell.cell_type)
        if kind == "code"
    ]
    return [f"{run} code cells in a row" for run in runs if run > 3]


def installs_or_imports_everything(notebook: NotebookNode) -> list[str]:
    """An install cell or a star import."""
    return re.findall(
        r"(?m)^\s*[!%]\s*(?:pip|conda|uv) .*|^from \S+ import \*", "\n".join(c.source for c in code(notebook))
    )


def imports_an_answer_key(notebook: NotebookNode) -> list[str]:
    """An import of the answer keys, which hold hidden cases; notebooks use workbench/scenarios instead."""
    return re.findall(r"exercises[./]checks\S*", "\n".join(cell.source for cell in notebook.cells))


GUARDS: list[Callable[[NotebookNode], list[str]]] = [
    was_never_run,
    has_an_unknown_tag,
    has_an_unmarked_error,
    names_a_folder_of_this_machine,
    keeps_much_widget_state,
    shows_a_widget_that_is_gone,
    ignores_an_output_without_a_reason,
    has_a_cell_too_long,
    runs_on_without_prose,
    installs_or_imports_everything,
    imports_an_answer_key,
]


def _stable_text(output: NotebookNode) -> str:
    """Return the text of an output without its pictures."""
    data = output.get("data", {})
    texts = [value for kind, value in data.items() if kind.startswith("text/")]
    return "\n".join([output.get("text", ""), *output.get("traceback", ()), *map(str, texts)])
