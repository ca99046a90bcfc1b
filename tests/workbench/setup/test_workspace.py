"""New material never overwrites an answer, and nothing is ever deleted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.workbench.helpers import sources_of, write_notebook
from workbench.setup.workspace import (
    TaskCellMissing,
    UnknownName,
    Workspace,
    WorkspaceNotWritable,
    fingerprint,
)

EXERCISE = "exercises/1_1_state.ipynb"


def kinds(changes: list) -> dict[str, str]:
    return {change.path.parent.name + "/" + change.path.name: change.kind for change in changes}


@pytest.fixture
def mine(workspace: Workspace) -> Path:
    """The participant's copy of the exercise."""
    workspace.sync()
    return workspace.folder / EXERCISE


def test_the_first_sync_copies_notebooks_and_exercises_but_no_solutions(workspace: Workspace):
    assert kinds(workspace.sync()) == {"notebooks/1_1_state.ipynb": "copied", EXERCISE: "copied"}
    assert not (workspace.folder / "solutions").exists()


def test_an_answer_key_is_never_copied(workspace: Workspace):
    key = workspace.course / "exercises/checks/c1_1/cases.py"
    key.parent.mkdir(parents=True)
    key.write_text("HIDDEN = 42")
    workspace.sync()
    workspace.reset_all()
    assert not (workspace.folder / "exercises/checks").exists()


def test_a_second_sync_changes_nothing(workspace: Workspace, mine: Path):
    before = mine.stat().st_mtime_ns
    assert workspace.sync() == []
    assert mine.stat().st_mtime_ns == before


def test_new_material_replaces_unchanged_files(workspace: Workspace, mine: Path):
    write_notebook(workspace.course / EXERCISE, "better")
    assert kinds(workspace.sync()) == {EXERCISE: "updated"}
    assert sources_of(mine) == ["better"]


def test_running_a_cell_does_not_count_as_a_change(workspace: Workspace, mine: Path):
    notebook = json.loads(mine.read_text())
    notebook["cells"][0] |= {"outputs": [{"output_type": "stream", "text": "42"}], "execution_count": 7}
    mine.write_text(json.dumps(notebook))
    write_notebook(workspace.course / EXERCISE, "better")
    assert kinds(workspace.sync()) == {EXERCISE: "updated"}


def test_an_answer_stays_if_the_material_is_unchanged(workspace: Workspace, mine: Path):
    write_notebook(mine, "my answer")
    assert workspace.sync() == []
    assert sources_of(mine) == ["my answer"]


def test_an_answer_stays_and_newer_material_is_put_beside_it_once(workspace: Workspace, mine: Path):
    write_notebook(mine, "my answer")
    write_notebook(workspace.course / EXERCISE, "better")
    assert kinds(workspace.sync()) == {"exercises/1_1_state.new.ipynb": "beside"}
    assert workspace.sync() == []
    assert sources_of(mine) == ["my answer"]
    assert sources_of(mine.with_name("1_1_state.new.ipynb")) == ["better"]


def test_the_file_beside_an_answer_is_kept_when_newer_material_replaces_it(workspace: Workspace, mine: Path):
    write_notebook(mine, "my answer")
    write_notebook(workspace.course / EXERCISE, "better")
    workspace.sync()
    write_notebook(workspace.course / EXERCISE, "best")
    (change,) = workspace.sync()
    assert change.kept is not None
    assert sources_of(change.kept) == ["better"]


def test_a_damaged_record_of_shipped_files_loses_no_answer(workspace: Workspace, mine: Path):
    write_notebook(mine, "my answer")
    (workspace.hidden / "shipped.json").write_text("{ torn")
    assert kinds(workspace.sync()) == {"exercises/1_1_state.new.ipynb": "beside"}
    assert sources_of(mine) == ["my answer"]


def test_a_broken_notebook_counts_as_changed(workspace: Workspace, mine: Path):
    mine.write_text("half a noteb")
    write_notebook(workspace.course / EXERCISE, "better")
    workspace.sync()
    assert mine.read_text() == "half a noteb"


def test_a_deleted_notebook_is_copied_again(workspace: Workspace, mine: Path):
    mine.unlink()
    assert kinds(workspace.sync()) == {EXERCISE: "copied"}


def test_no_command_touches_the_progress(workspace: Workspace, mine: Path):
    outbox = workspace.hidden / "progress.jsonl"
    outbox.write_text("{}\n")
    write_notebook(mine, "my answer")
    workspace.sync()
    workspace.reset_all()
    workspace.reveal("all")
    assert outbox.read_text() == "{}\n"


def test_a_revealed_solution_is_copied_and_kept_up_to_date(workspace: Workspace):
    assert kinds(workspace.reveal("1_1"))["solutions/1_1_state.ipynb"] == "copied"
    write_notebook(workspace.course / "solutions" / "1_1_state.ipynb", "answer = 43")
    assert kinds(workspace.sync()) == {"solutions/1_1_state.ipynb": "updated"}


def test_an_unknown_chapter_cannot_be_revealed(workspace: Workspace):
    with pytest.raises(UnknownName) as raised:
        workspace.reveal("1_1_stat")
    assert raised.value.close == ["1_1_state"]


@pytest.mark.parametrize("name", ["1_1", "1_1_state", "1_1_state.ipynb", EXERCISE])
def test_reset_restores_a_notebook_and_keeps_the_answer(workspace: Workspace, mine: Path, name: str):
    write_notebook(mine, "my answer")
    (change,) = workspace.reset(name)
    assert fingerprint(mine) == fingerprint(workspace.course / EXERCISE)
    assert change.kept == workspace.hidden / "kept" / "2026-11-24T18-05-00" / EXERCISE
    assert sources_of(change.kept) == ["my answer"]


def test_two_resets_in_the_same_second_keep_two_copies(workspace: Workspace, mine: Path):
    kept = []
    for answer in ("first", "second"):
        write_notebook(mine, answer)
        kept += [change.kept for change in workspace.reset_all()]
    assert [sources_of(path) for path in kept] == [["first"], ["second"]]


def test_resetting_a_task_changes_only_its_gap(workspace: Workspace, mine: Path):
    cells = [
        "answer = 1",
        'check("plug_is_free", answer)',
        "# note",
        "cause = 2",
        "check('why_offline', cause)",
    ]
    write_notebook(mine, *cells)
    (change,) = workspace.sync() or workspace.reset("why_offline")
    assert sources_of(mine) == [*cells[:3], "cause = ...", cells[4]]
    assert change.kept is not None
    assert sources_of(change.kept) == cells


def test_a_task_whose_check_was_deleted_cannot_be_reset(workspace: Workspace, mine: Path):
    write_notebook(mine, "answer = 1")
    with pytest.raises(TaskCellMissing, match="workshop reset 1_1_state"):
        workspace.reset("plug_is_free")


def test_a_misspelt_task_gets_a_suggestion(workspace: Workspace):
    with pytest.raises(UnknownName, match="Did you mean plug_is_free"):
        workspace.reset("plug_is_fre")


def test_a_name_unlike_any_other_gets_no_suggestion(workspace: Workspace):
    with pytest.raises(UnknownName, match="Look in exercises/") as raised:
        workspace.reset("place_of_use")
    assert raised.value.close == []


def test_a_file_in_place_of_the_workspace_raises_a_clear_error(workspace: Workspace):
    workspace.folder.write_text("in the way")
    with pytest.raises(WorkspaceNotWritable, match="cannot be written"):
        workspace.sync()
