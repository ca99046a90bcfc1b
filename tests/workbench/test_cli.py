"""The command `workshop`: fast help, plain messages, and errors without a traceback."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.workbench.helpers import sources_of, write_notebook
from workbench import cli
from workbench.setup import workspace as rooms
from workbench.setup.workspace import Workspace

EXERCISE = "exercises/1_1_state.ipynb"


def workshop(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli.app, list(arguments))
    return result.exit_code, " ".join(result.output.split())


@pytest.fixture
def here(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """The small course, on which the commands work."""
    monkeypatch.setattr(rooms, "Workspace", lambda: workspace)
    workspace.sync()
    return workspace


def test_help_lists_every_command_and_imports_no_heavy_package():
    loaded = "import sys, workbench.cli; print([m for m in sys.modules if m in ('jupyterlab', 'duckdb')])"
    assert (
        subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True).stdout
        == "[]\n"
    )
    code, text = workshop("--help")
    assert code == 0
    assert set(re.findall(r"│ ([a-z]+) ", text)) >= {"lab", "test", "doctor", "reset", "reveal"}


def test_the_module_can_be_run_like_the_command():
    result = subprocess.run(
        [sys.executable, "-m", "workbench.cli", "--help"], capture_output=True, text=True, check=True
    )
    assert "doctor" in result.stdout


def test_an_error_is_a_sentence_and_an_exit_code(here: Workspace, monkeypatch: pytest.MonkeyPatch, capsys):
    monkeypatch.setattr(sys, "argv", ["workshop", "reset", "1_1_stat"])
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert end.value.code == 1
    shown = capsys.readouterr().err
    assert "Did you mean 1_1_state" in shown
    assert "Traceback" not in shown


def test_a_folder_in_the_place_of_a_notebook_is_a_sentence_too(
    here: Workspace, monkeypatch: pytest.MonkeyPatch, capsys
):
    (here.folder / EXERCISE).unlink()
    (here.folder / EXERCISE).mkdir()
    monkeypatch.setattr(sys, "argv", ["workshop", "reset", "plug_is_free"])
    with pytest.raises(SystemExit):
        cli.main()
    shown = " ".join(capsys.readouterr().err.split())
    assert "there is a folder in its place" in shown
    cli._report(here.sync(), quiet=("copied",))
    assert " ".join(capsys.readouterr().out.split()) == shown


def test_reset_prints_where_the_answer_is_kept(here: Workspace):
    write_notebook(here.folder / EXERCISE, "my answer")
    code, text = workshop("reset", "1_1")
    assert code == 0
    kept = Path(re.findall(r"kept in (\S+)", text)[0])
    assert sources_of(kept) == ["my answer"]


@pytest.mark.parametrize("arguments", [(), ("1_1", "--all")])
def test_reset_requires_either_a_name_or_all(here: Workspace, arguments: tuple[str, ...]):
    assert workshop("reset", *arguments)[0] == 2


def test_reset_of_unchanged_files_does_nothing(here: Workspace):
    assert workshop("reset", "--all") == (0, "Nothing to do: nothing was changed.")


def test_reveal_copies_the_solution(here: Workspace):
    assert workshop("reveal", "1_1")[0] == 0
    assert (here.folder / "solutions/1_1_state.ipynb").exists()


def test_brackets_in_a_path_are_printed_as_they_are(workspace: Workspace, monkeypatch: pytest.MonkeyPatch):
    odd = Workspace(workspace.course, workspace.folder.with_name("[bold] red"), workspace.clock)
    monkeypatch.setattr(rooms, "Workspace", lambda: odd)
    odd.sync()
    write_notebook(odd.folder / EXERCISE, "my answer")
    assert "[bold] red" in workshop("reset", "--all")[1]
