"""What the README and the other documents claim is true."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
DECISIONS = ROOT / "docs" / "decisions"
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]

every_document = pytest.mark.parametrize(
    "document", DOCUMENTS, ids=[file.relative_to(ROOT).as_posix() for file in DOCUMENTS]
)
every_decision = pytest.mark.parametrize("page", sorted(DECISIONS.glob("0*.md")), ids=lambda page: page.stem)


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


def test_the_two_commands_are_those_of_start_py_and_of_the_build_server():
    commands = [line.partition("#")[0].split() for line in fenced(README, "sh")[0].splitlines() if line]
    assert commands == [["python3", "start.py"], ["python3", "start.py", "test"]]
    assert "python3 start.py test" in (ROOT / ".ci" / "run").read_text("utf-8")


@every_document
def test_every_link_of_a_document_leads_to_a_file(document: Path):
    links = re.findall(r"\]\(([^)#]+)\)", document.read_text("utf-8"))
    broken = [link for link in links if not link.startswith("http") and not (document.parent / link).exists()]
    assert broken == []


@every_document
def test_every_path_that_a_document_names_exists(document: Path):
    folders = "workshop_lib|workbench|tests|benchmarks|notebooks|solutions|exercises|docs"
    named = re.findall(rf"`((?:{folders})/[\w/.]*)`", document.read_text("utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_command_of_workshop_that_a_document_names_exists():
    from typer.main import get_command

    from workbench.cli import app

    known = set(get_command(app).commands)  # type: ignore[attr-defined]
    text = "\n".join(document.read_text("utf-8") for document in DOCUMENTS)
    assert set(re.findall(r"`(?:\.venv/bin/)?workshop (\w+)", text)) <= known


def test_contributing_is_short():
    assert len(CONTRIBUTING.splitlines()) <= 150


@every_decision
def test_a_decision_is_dated_and_says_what_would_change_it(page: Path):
    title, _, dated, _, decision, *rest = page.read_text("utf-8").splitlines()
    assert title.startswith("# ")
    assert re.fullmatch(r"\d\d? [A-Z][a-z]+ 20\d\d · \w+", dated)
    assert decision.startswith("**Decision.** ")
    assert any(line.startswith("**What would change our mind.** ") for line in rest)


@every_decision
def test_a_decision_is_listed_with_its_title_room_and_date(page: Path):
    title, _, dated, *_ = page.read_text("utf-8").splitlines()
    date, room = dated.split(" · ")
    assert f"| {room} | [{title[2:]}]({page.name}) | {date} |" in (DECISIONS / "README.md").read_text("utf-8")
