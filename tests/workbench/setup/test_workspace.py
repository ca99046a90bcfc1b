"""New material never overwrites an answer, and nothing is ever deleted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.workbench.helpers import sources_of, write_notebook
from workbench.setup.notebooks import GapNotFound, UnreadableFile, fingerprint
from workbench.setup.workspace import UnknownName, Workspace, WorkspaceNotWritable

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


def reset_in(workspace: Workspace, *cells: str, task: str = "plug_is_free") -> list[str]:
    """Reset a task in a notebook of these cells; return its cells afterwards."""
    mine = workspace.folder / EXERCISE
    write_notebook(mine, *cells)
    (change,) = workspace.reset(task)
    assert change.kind == "gap"
    assert change.kept is not None
    assert sources_of(change.kept) == list(cells)
    return sources_of(mine)


CHECK = 'check("plug_is_free", answer)'


@pytest.mark.parametrize(
    ("cells", "place"),
    [
        (["answer = 1", "print(answer)", "answer.real", CHECK], 0),
        (["scratch = 1", "answer = 1", CHECK], 1),
        (["answer = 1", "scratch = 2"], 0),  # its check was deleted
        ([CHECK, "cause = 2", "answer = 1"], 2),
        (["if True:\n    answer = 1", "1", CHECK], 0),
        (["%time answer = 1", "!ls", CHECK], 0),
        (["answer = {", "print(1", CHECK], 0),
        (["def solve():\n    answer = 2\n    return answer", "answer = solve()", CHECK], 1),
    ],
)
def test_the_gap_is_the_cell_that_binds_its_names_wherever_it_is(
    workspace: Workspace, cells: list[str], place: int
):
    workspace.sync()
    assert reset_in(workspace, *cells) == [*cells[:place], "answer = ...", *cells[place + 1 :]]


def test_a_gap_that_binds_several_names_is_the_cell_that_binds_all_of_them(workspace: Workspace):
    gap = "def decide(): ...\ndef evolve(): ..."
    write_notebook(workspace.course / EXERCISE, gap, 'check("both", decide, evolve)')
    workspace.sync()
    mine = "def evolve(): return 1\ndef decide(): return 2"
    cells = reset_in(workspace, mine, "def decide(): return 3", 'check("both", decide, evolve)', task="both")
    assert cells[:2] == [gap, "def decide(): return 3"]


def test_the_gap_of_a_board_is_found_by_the_name_of_its_board(workspace: Workspace):
    gaps = ['board = board_for("first")', 'check("first", board)', 'board = board_for("second")\n# your code']
    write_notebook(workspace.course / EXERCISE, *gaps, 'check("second", board)')
    workspace.sync()
    mine = ['board = board_for("first")', "board", 'board = board_for("second")\nboard.clear()', "board"]
    assert reset_in(workspace, *mine, task="second") == [*mine[:2], gaps[2], "board"]


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        (["solution = 1", CHECK], r'no cell .* defines answer\. .*reset\("plug_is_free"\) puts'),
        (["answer = 1", "cause = 1", "answer = 2", CHECK], "code cells 1 and 3, counted from the top"),
    ],
)
def test_a_gap_that_is_not_found_or_found_twice_changes_nothing(
    workspace: Workspace, mine: Path, cells: list[str], says: str
):
    write_notebook(mine, *cells)
    before = mine.read_bytes()
    with pytest.raises(GapNotFound, match=f"{says}.*workshop reset 1_1_state"):
        workspace.reset("plug_is_free")
    assert mine.read_bytes() == before
    assert not (workspace.hidden / "kept").exists()


MERGED = """{"cells": [
<<<<<<< HEAD
 {"cell_type": "code"}
=======
>>>>>>> main
], "nbformat": 4}"""
DAMAGES = {
    MERGED: "marks of a merge",
    '{"cells": [{"cell_type": "co': "its JSON is damaged",
    "[" * 100_000: "its JSON is damaged",
    "": "its JSON is damaged",
    "[1]": "its JSON is damaged",
    '{"cells": [{}], "nbformat": 4}': "its JSON is damaged",
    '{"worksheets": [], "nbformat": 3}': "a notebook of format 3, and the workbench reads format 4",
    '{"pages": [], "nbformat": 5}': "a notebook of format 5",
}


@pytest.mark.parametrize("content", DAMAGES, ids=DAMAGES.values())
def test_a_notebook_that_cannot_be_read_gets_a_sentence_and_stays(
    workspace: Workspace, mine: Path, content: str
):
    mine.write_text(content)
    workspace.sync()
    with pytest.raises(UnreadableFile, match=f"{DAMAGES[content]}.*workshop reset {EXERCISE}"):
        workspace.reset("plug_is_free")
    assert mine.read_text() == content
    (change,) = workspace.reset(EXERCISE)
    assert change.kept is not None
    assert change.kept.read_text() == content


@pytest.fixture
def folder(mine: Path) -> Path:
    """A folder with a file of the participant's, in the place of the notebook."""
    mine.unlink()
    mine.mkdir()
    (mine / "diary.txt").write_text("my words")
    return mine


def test_a_folder_in_the_place_of_a_notebook_gets_a_sentence(workspace: Workspace, folder: Path):
    write_notebook(workspace.course / "notebooks" / "1_2_walls.ipynb", "look")
    assert kinds(workspace.sync()) == {EXERCISE: "skipped", "notebooks/1_2_walls.ipynb": "copied"}
    with pytest.raises(UnreadableFile, match=r"there is a folder in its place.*workshop reset"):
        workspace.reset("plug_is_free")
    assert (folder / "diary.txt").read_text() == "my words"


def test_a_folder_in_the_place_of_a_notebook_is_kept_when_the_notebook_is_reset(
    workspace: Workspace, folder: Path
):
    (change,) = workspace.reset("1_1_state")
    assert change.kept is not None
    assert (change.kept / "diary.txt").read_text() == "my words"
    assert sources_of(folder)[0] == "answer = ..."


@pytest.mark.parametrize("name", ["plug_is_free", "1_1_state"])
def test_a_notebook_without_permission_gets_a_sentence(
    workspace: Workspace, mine: Path, name: str, monkeypatch: pytest.MonkeyPatch
):
    real = Path.read_bytes

    def guarded(path: Path) -> bytes:
        if path == mine:
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(Path, "read_bytes", guarded)
    assert kinds(workspace.sync()) == {EXERCISE: "skipped"}
    with pytest.raises(UnreadableFile, match=r"no permission to read it.*Give yourself the right"):
        workspace.reset(name)


def test_a_damaged_notebook_of_the_course_is_not_copied_and_said(workspace: Workspace, mine: Path):
    before = mine.read_bytes()
    (workspace.course / EXERCISE).write_text(MERGED)
    (change,) = workspace.sync()
    assert change.kind == "skipped"
    assert "marks of a merge" in change.note
    for name in ("plug_is_free", "1_1_state"):
        with pytest.raises(UnreadableFile, match="file of the course"):
            workspace.reset(name)
    assert mine.read_bytes() == before


@pytest.mark.parametrize("content", ['"\\ud800"', '"ä"'])
def test_a_notebook_from_another_editor_can_be_reset(workspace: Workspace, mine: Path, content: str):
    write_notebook(mine, "answer = 1", "OTHER")
    mine.write_text("\ufeff" + mine.read_text().replace('"OTHER"', content), encoding="utf-8")
    workspace.reset("plug_is_free")
    assert sources_of(mine) == ["answer = ...", json.loads(content)]


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
