"""The byte order mark that some editors on Windows write at the beginning of a file is left out."""

from __future__ import annotations

from codecs import BOM_UTF8
from pathlib import Path

from tests.workbench.helpers import sources_of, write_notebook
from workbench.classroom.progress import HintShown, Outbox
from workbench.classroom.stubs import _read
from workbench.setup.notebooks import read_code
from workbench.setup.workspace import Workspace
from workbench.storming.board import Board

MARK = "\ufeff"
TEXT = "board: Fair\nevent: Car Plugged In\n"


def mark(path: Path) -> None:
    path.write_bytes(BOM_UTF8 + path.read_bytes())


def test_a_board_as_text():
    board = Board.from_text(MARK + TEXT)
    assert board.name == "Fair"
    board.add(MARK + "event: Car Unplugged")
    assert {note.name for note in board.wall.of()} == {"Car Plugged In", "Car Unplugged"}


def test_a_board_as_json():
    plain = Board.from_text(TEXT)
    marked = Board.from_json(MARK + plain.to_json())
    assert (marked.name, marked.wall) == (plain.name, plain.wall)


def test_a_notebook(tmp_path: Path):
    write_notebook(tmp_path / "mine.ipynb", "x = 1")
    mark(tmp_path / "mine.ipynb")
    assert read_code(tmp_path / "mine.ipynb", "") == ["x = 1"]
    assert _read(tmp_path / "mine.ipynb").cells[0].source == "x = 1"


def test_what_a_workspace_remembers_and_its_progress(tmp_path: Path):
    write_notebook(tmp_path / "course/exercises/1_1.ipynb", "old = 1")
    write_notebook(tmp_path / "course/notebooks/1_1_read.ipynb", "read = 1")
    workspace = Workspace(tmp_path / "course", tmp_path / "mine")
    workspace.sync()
    mark(workspace.hidden / "shipped.json")
    write_notebook(tmp_path / "course/exercises/1_1.ipynb", "new = 1")
    assert [change.kind for change in workspace.sync()] == ["updated"]
    assert sources_of(tmp_path / "mine/exercises/1_1.ipynb") == ["new = 1"]
    outbox = Outbox(workspace.hidden / "progress.jsonl")
    outbox.append(HintShown("task", 1))
    mark(workspace.hidden / "progress.jsonl")
    assert outbox.events() == [HintShown("task", 1)]


def test_a_file_of_generated_code(tmp_path: Path):
    code = Board.from_text(
        "command: Start Charging -> aggregate: Session -> event: Charging Started"
    ).to_code()
    code.write(tmp_path)
    for file in tmp_path.iterdir():
        mark(file)
    code.write(tmp_path)  # the same content: no error
