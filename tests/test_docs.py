"""What the README promises is what the tests run."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")


def fenced(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def test_the_program_of_the_readme_runs(tmp_path):
    program = tmp_path / "readme.py"
    program.write_text(fenced(README, "python")[0], encoding="utf-8")
    environment = {"PYTHONPATH": str(ROOT), "PATH": ""}
    ran = subprocess.run(
        [sys.executable, str(program)], capture_output=True, text=True, env=environment, check=False
    )
    assert ran.returncode == 0, ran.stderr
    for said in ("Ada stands there", "expecting a new stream (version 0), but it has version 1", "visits"):
        assert said in ran.stdout


def test_the_two_commands_are_those_that_the_build_server_and_start_py_know():
    commands = [line.partition("#")[0].split() for line in fenced(README, "sh")[0].splitlines() if line]
    assert commands == [["python3", "start.py"], ["python3", "start.py", "test"]]
    assert "python3 start.py test" in (ROOT / ".ci" / "run").read_text("utf-8")


@pytest.mark.parametrize("document", [README, CONTRIBUTING], ids=["README", "CONTRIBUTING"])
def test_every_file_that_a_document_links_to_is_there(document):
    for target in re.findall(r"\]\(([^)#]+)\)", document):
        assert target.startswith("http") or (ROOT / target).exists(), target


@pytest.mark.parametrize("document", [README, CONTRIBUTING], ids=["README", "CONTRIBUTING"])
def test_every_module_and_folder_that_a_document_names_is_there(document):
    for name in re.findall(
        r"`((?:workshop_lib|tests|benchmarks|notebooks|solutions|exercises)/[\w/.]*)`", document
    ):
        assert (ROOT / name).exists(), name


def test_every_command_of_workshop_that_the_documents_name_exists():
    from typer.main import get_command

    from workbench.cli import app

    known = set(get_command(app).commands)  # type: ignore[attr-defined]
    assert set(re.findall(r"`(?:\.venv/bin/)?workshop (\w+)", README + CONTRIBUTING)) <= known
