"""Tasks are found by name, chapters are imported when needed, and invalid tasks raise."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench.classroom import task as tasks_room
from workbench.classroom.task import InvalidTask, Task, Tasks, UnknownTask, task

HINTS = ("where", "which", "first")
GOOD = '''from workbench.classroom.task import task

@task(title="Good", hints=("where", "which", "first"))
def {name}(attempt, answer):
    """Check nothing."""
'''


@pytest.fixture
def chapters(tmp_path: Path) -> Iterator[Tasks]:
    """A package with one chapter that works and one that cannot be imported."""
    package = tmp_path / "course_of_two"
    package.mkdir()
    (package / "__init__.py").touch()
    for chapter in ("c1_1", "c1_2"):
        (package / chapter).mkdir()
    (package / "c1_1/checks.py").write_text(GOOD.format(name="is_fine"))
    (package / "c1_2/checks.py").write_text("import no_such_module\n" + GOOD.format(name="is_broken"))
    yield Tasks(package, "course_of_two")
    for name in [name for name in sys.modules if name.startswith("course_of_two")]:
        del sys.modules[name]


def test_names_and_chapters_are_known_before_anything_is_imported(chapters: Tasks):
    assert chapters.names() == ["is_fine", "is_broken"]
    assert chapters.chapters() == ["1_1", "1_2"]
    assert chapters.names("1_2") == ["is_broken"]
    assert not [name for name in sys.modules if name.startswith("course_of_two.")]


def test_a_misspelt_name_raises_an_error_with_similar_names(chapters: Tasks):
    with pytest.raises(UnknownTask, match="Did you mean `is_fine`") as raised:
        chapters.find("is_fin")
    assert raised.value.close == ("is_fine",)


def test_a_chapter_that_cannot_be_imported_affects_no_other(chapters: Tasks, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tasks_room, "TASKS", chapters)
    assert chapters.find("is_fine").chapter == "1_1"
    with pytest.raises(ModuleNotFoundError):
        chapters.find("is_broken")


def test_two_modules_cannot_define_the_same_task():
    def of(module: str) -> Task:
        def check(attempt: object, answer: object) -> None:
            """Check nothing."""

        check.__module__ = module
        return Task("same_name", "1_1", "Title", HINTS, check)

    tasks = Tasks(Path(__file__).parent / "demo")
    tasks.add(of("first"))
    tasks.add(of("first"))
    with pytest.raises(InvalidTask, match="first has a task with that name"):
        tasks.add(of("second"))


@pytest.mark.parametrize("hints", [("one", "two"), ("one", "two", "")])
def test_a_task_without_three_hints_is_invalid(hints):
    with pytest.raises(InvalidTask, match="three hints"):
        task(title="Title", hints=hints, chapter="9_9")(test_a_task_without_three_hints_is_invalid)


def test_importing_the_classroom_imports_no_notebook_tools_and_no_chapter():
    heavy = "{'IPython', 'nbformat', 'nbclient', 'nbgrader', 'matplotlib'}"
    program = f"""import sys, workbench.classroom
print(sorted({heavy} & sys.modules.keys()), [name for name in sys.modules if name.startswith('exercises')])"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=Path(__file__).parents[3]
    )
    assert done.stdout.strip() == "[] []", done.stderr
