"""pyproject.toml, the locks and environment.yml agree on the dependencies."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from workbench.setup.workspace import COURSE

PROJECT = tomllib.loads((COURSE / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = ("requirements.lock", "requirements-test.lock")


def pins(name: str) -> dict[tuple[str, str], str]:
    """Return (package, marker) -> version for each pin of a lock."""
    lines = re.findall(r"(?m)^([A-Za-z0-9].*?) \\$", (COURSE / name).read_text(encoding="utf-8"))
    found = [Requirement(line) for line in lines]
    return {(canonicalize_name(r.name), str(r.marker or "")): str(r.specifier) for r in found}


def names(lock: str) -> set[str]:
    return {name for name, _ in pins(lock)}


def direct(requirements: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(line).name) for line in requirements}


def test_the_lock_contains_every_dependency_and_the_build_backend():
    project, groups = PROJECT["project"], PROJECT["dependency-groups"]
    extras = [line for extra in project.get("optional-dependencies", {}).values() for line in extra]
    assert direct(project["dependencies"] + extras + groups["setup"]) <= names("requirements.lock")
    assert direct(groups["test"]) <= names("requirements-test.lock")


def test_the_library_needs_four_packages_and_the_rest_are_extras():
    assert direct(PROJECT["project"]["dependencies"]) == {"duckdb", "filelock", "msgspec", "pandas"}
    extras = PROJECT["project"]["optional-dependencies"]
    assert set(extras) == {"postgres", "jetstream", "http", "privacy", "market", "course"}


def test_every_locked_version_is_allowed_by_the_project():
    project = PROJECT["project"]
    extras = [line for extra in project["optional-dependencies"].values() for line in extra]
    for requirement in map(Requirement, project["dependencies"] + extras):
        locked = [v for (name, _), v in pins("requirements.lock").items() if name == requirement.name]
        assert any(requirement.specifier.contains(version.removeprefix("==")) for version in locked)


def test_the_test_lock_contains_the_lock():
    versions = {(name, version) for (name, _), version in pins("requirements.lock").items()}
    assert versions < {(name, version) for (name, _), version in pins("requirements-test.lock").items()}


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_has_a_hash(name: str):
    entries = re.split(r"(?m)^(?=[A-Za-z0-9])", (COURSE / name).read_text(encoding="utf-8"))[1:]
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert len(entries) > 100


IN_THE_OPEN = {"jupyterlab", "ipywidgets", "pandas", "duckdb", "matplotlib", "nbval"}


def test_conda_uses_the_same_pythons_and_the_same_lock():
    environment = yaml.safe_load((COURSE / "environment.yml").read_text(encoding="utf-8"))
    python, pip, by_pip = environment["dependencies"]
    assert python == f"python{PROJECT['project']['requires-python']}"
    assert pip == "pip"
    first, *named = by_pip["pip"]
    assert first == "-r requirements.lock"  # before the names, so that pip finds their hashes
    versions = {name: version for (name, _), version in pins("requirements.lock").items()}
    assert named == [f"{name}{versions[name]}" for name in (Requirement(line).name for line in named)]
    assert {Requirement(line).name for line in named} == IN_THE_OPEN


def test_a_new_lock_updates_the_versions_for_conda(start, tmp_path):
    (tmp_path / "requirements.lock").write_text("pandas==3.2.0 \\\n    --hash=sha256:00\nnumpy==2.5 ; x \\\n")
    (tmp_path / "environment.yml").write_text("  - python>=3.11\n  - pip:\n      - pandas==3.1.1\n")
    start.pin_in_the_open(tmp_path)
    assert (tmp_path / "environment.yml").read_text().splitlines()[-1] == "      - pandas==3.2.0"


def test_start_accepts_the_pythons_of_the_project(start):
    low, high = (".".join(map(str, version)) for version in (start.OLDEST, (3, start.NEWEST[1] + 1)))
    assert PROJECT["project"]["requires-python"] == f">={low},<{high}"


def test_no_setup_file_contains_a_package_index():
    files = ("pyproject.toml", "environment.yml", ".ci/run", "postBuild", "start.py", *LOCKS)
    option = re.compile(r"https?://|-{2}(extra-)?index-url|-{2}find-links|\[\[?tool\.uv\.index")
    found = {name: option.findall((COURSE / name).read_text(encoding="utf-8")) for name in files}
    assert [name for name, hits in found.items() if hits] == []


def test_no_tracked_file_sets_a_package_index():
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=COURSE, capture_output=True, text=True, check=False
    ).stdout
    if not listed:
        pytest.skip("this copy is not a git clone")
    option = re.compile(r"-{2}(extra-)?index-url[ =]\S|-{2}find-links[ =]\S")
    tracked = [
        COURSE / name
        for name in listed.split("\0")
        if name and name != str(Path(__file__).relative_to(COURSE))
    ]
    texts = ((path, path.read_text(encoding="utf-8", errors="replace")) for path in tracked if path.is_file())
    assert [path.name for path, text in texts if option.search(text)] == []
