"""What nbval does not see, and what makes a notebook readable."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tests.notebooks import library
from tests.notebooks.library import FOLDERS, GUARDS, ROOT, names, read
from workshop_lib.classroom.stubs import out_of_date
from workshop_lib.pictures.show import WIDGET

Guard = Callable[[NotebookNode], list[str]]


@pytest.mark.parametrize("name", names(*FOLDERS))
@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.__name__)
def test_no_notebook(name: str, guard: Guard):
    assert not guard(read(name)), guard.__doc__


@pytest.mark.parametrize("name", names("notebooks"))
def test_a_lecture_says_enough_and_not_too_much(name: str):
    words = sum(
        len(re.findall(r"\w+", cell.source)) for cell in read(name).cells if cell.cell_type == "markdown"
    )
    assert 200 <= words <= 1000


def test_the_three_folders_hold_the_same_names():
    lectures, solved, open_ = ({name.split("/")[1] for name in names(folder)} for folder in FOLDERS)
    assert solved == open_
    assert open_ <= lectures


def test_every_exercise_is_cut_from_its_solution_as_it_is_now():
    assert out_of_date(ROOT) == [], "python -m workshop_lib.classroom.stubs makes them anew"


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
    "installs_or_imports_everything": [with_cell("%pip install x"), with_cell("from a import *")],
}


@pytest.mark.parametrize(("guard", "bad"), [(guard, bad) for guard in GUARDS for bad in BAD[guard.__name__]])
def test_each_guard_catches_what_it_is_for(guard: Guard, bad: NotebookNode):
    assert guard(bad)


def test_a_good_notebook_passes_every_guard():
    good = with_cell("plot()  # a picture: pixels differ between machines", tag="nbval-ignore-output")
    good.cells[0].outputs = [new_output("stream", text="http://127.0.0.1/tmp/x and 09:30:00/home")]
    assert [guard(good) for guard in library.GUARDS] == [[]] * len(GUARDS)
    assert json.dumps(good)
