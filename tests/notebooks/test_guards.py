"""Rules for notebooks that nbval does not check, and rules that keep notebooks readable."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tests.notebooks import library
from tests.notebooks.library import FOLDERS, GUARDS, ROOT, links, names, read
from workbench.classroom.stubs import out_of_date
from workbench.pictures.show import WIDGET
from workbench.setup.workspace import Workspace

Guard = Callable[[NotebookNode], list[str]]


@pytest.mark.parametrize("name", names(*FOLDERS))
@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.__name__)
def test_no_notebook(name: str, guard: Guard):
    assert not guard(read(name)), guard.__doc__


@pytest.mark.parametrize("name", names("notebooks"))
def test_a_lecture_has_neither_too_few_nor_too_many_words(name: str):
    words = sum(
        len(re.findall(r"\w+", cell.source)) for cell in read(name).cells if cell.cell_type == "markdown"
    )
    assert 200 <= words <= 1000


def test_the_three_folders_contain_the_same_names():
    lectures, solved, open_ = ({name.split("/")[1] for name in names(folder)} for folder in FOLDERS)
    assert solved == open_
    assert open_ <= lectures


def test_every_exercise_matches_its_solution():
    assert out_of_date(ROOT) == [], "out of date, run: python -m workbench.classroom.stubs"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A participant's workspace before any solution is revealed."""
    folder = tmp_path_factory.mktemp("workspace").resolve()
    Workspace(ROOT, folder).sync()
    return folder


def test_a_participant_gets_no_answer_key(workspace: Path):
    assert {file.suffix for file in (workspace / "exercises").iterdir()} == {".ipynb"}
    assert not [file for file in workspace.rglob("*") if file.name in {"checks", "checks.py", "cases.py"}]


def dead_links(notebook: NotebookNode, place: Path) -> list[str]:
    return [target for target in links(notebook) if not (place.parent / target).resolve().is_file()]


@pytest.mark.parametrize("name", names(*FOLDERS))
def test_every_link_points_to_a_file_in_the_workspace(name: str, workspace: Path):
    assert dead_links(read(name), workspace / name) == []


@pytest.mark.parametrize("name", names(*FOLDERS))
def test_a_notebook_ends_with_links_to_what_comes_next(name: str):
    folder, this = name.split("/")
    course = [lecture.split("/")[1] for lecture in names("notebooks")]
    after = course[course.index(this) + 1 :][:1]
    wanted = [f"../exercises/{this}"] if folder == "notebooks" else []
    wanted += [next_one if folder == "notebooks" else f"../notebooks/{next_one}" for next_one in after]
    assert links(new_notebook(cells=read(name).cells[-1:])) == wanted


@pytest.mark.parametrize(
    ("text", "dead"),
    [
        ("[on](gone.ipynb)", ["gone.ipynb"]),
        ("![picture](<gone.png>) and [here](#end)", ["gone.png"]),
        ("[on][it]\n\n[it]: ../gone.ipynb", ["../gone.ipynb"]),
        ('<a href="../solutions/00_start_here.ipynb">', ["../solutions/00_start_here.ipynb"]),
        ("[on](../exercises/00_start_here.ipynb#end) or [out](https://example.org/gone)", []),
    ],
)
def test_a_dead_link_is_detected(workspace: Path, text: str, dead: list[str]):
    assert dead_links(new_notebook(cells=[new_markdown_cell(text)]), workspace / "notebooks/a.ipynb") == dead


def with_cell(source: str = "1", tag: str = "", outputs: list[NotebookNode] | None = None) -> NotebookNode:
    metadata = {"tags": [tag]} if tag else {}
    return new_notebook(
        cells=[new_code_cell(source, execution_count=1, outputs=outputs or [], metadata=metadata)]
    )


ERROR = new_output("error", ename="KeyError", evalue="1", traceback=["KeyError: 1"])
BAD = {
    "was_never_run": [new_notebook(cells=[new_code_cell("1")])],
    "has_an_unknown_tag": [with_cell(tag="nbval-ignore-ouput")],
    "has_an_unmarked_error": [with_cell(tag="raises-exception"), with_cell(outputs=[ERROR])],
    "names_a_folder_of_this_machine": [
        with_cell('open("/home/ada/log")'),
        with_cell(outputs=[new_output("stream", text="C:\\Users\\ada\\log")]),
        new_notebook(cells=[new_markdown_cell("see /tmp/x")]),
    ],
    "keeps_much_widget_state": [new_notebook(metadata={"widgets": "x" * 5000})],
    "shows_a_widget_that_is_gone": [with_cell(outputs=[new_output("display_data", data={WIDGET: {}})])],
    "ignores_an_output_without_a_reason": [with_cell(tag="nbval-ignore-output")],
    "has_a_cell_too_long": [with_cell("\n" * 30)],
    "runs_on_without_prose": [new_notebook(cells=[new_code_cell("1") for _ in range(4)])],
    "imports_an_answer_key": [
        with_cell("from exercises.checks.c3_1.cases import RACES"),
        new_notebook(cells=[new_markdown_cell("the cases stand in exercises/checks/c3_1/cases.py")]),
    ],
    "installs_or_imports_everything": [with_cell("%pip install x"), with_cell("from a import *")],
}


@pytest.mark.parametrize(("guard", "bad"), [(guard, bad) for guard in GUARDS for bad in BAD[guard.__name__]])
def test_each_guard_finds_a_bad_notebook(guard: Guard, bad: NotebookNode):
    assert guard(bad)


def test_a_good_notebook_passes_every_guard():
    good = with_cell("plot()  # a picture: pixels differ between machines", tag="nbval-ignore-output")
    good.cells[0].outputs = [new_output("stream", text="http://127.0.0.1/tmp/x and 09:30:00/home")]
    assert [guard(good) for guard in library.GUARDS] == [[]] * len(GUARDS)
    assert json.dumps(good)


TOPICS = {
    "00_": [],
    "1_1": ["1.1", "1.2", "1.3", "1.4"],
    "1_2": ["1.5", "1.6"],
    "2_1": ["2.1", "2.2"],
    "2_2": ["2.3"],
    "2_3": ["2.4", "2.5", "2.6", "2.7"],
    "3_1": ["3.1", "3.2"],
}
"""The programme's topics in each lecture."""


@pytest.mark.parametrize("lecture", names("notebooks"))
def test_a_lecture_has_each_of_its_topics_once_as_a_numbered_heading(lecture: str):
    text = "\n".join(cell.source for cell in read(lecture).cells if cell.cell_type == "markdown")
    assert re.findall(r"(?m)^#+ (\d\.\d) ", text) == TOPICS[lecture.split("/")[1][:3]]
