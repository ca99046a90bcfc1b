"""The wheel works with only its own dependencies: no Jupyter, no matplotlib, no tool of the course."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
WITH_EXTRAS = ("postgres_engine", "jetstream_engine", "contract")
"""Modules that need more than the base dependencies: two engines, and the contract suite (pytest)."""

EVERY_MODULE = f"""
import importlib, pkgutil, workshop_lib
for module in pkgutil.walk_packages(workshop_lib.__path__, "workshop_lib."):
    if not set(module.name.split(".")) & {set(WITH_EXTRAS)}:
        importlib.import_module(module.name)
"""
LOADED = "import sys, workshop_lib; print(*sorted({name.partition('.')[0] for name in sys.modules}))"


def needed(by: Distribution, found: set[str]) -> set[str]:
    """Add to `found` all direct and indirect requirements of a distribution, without extras; return it."""
    for requirement in map(Requirement, by.requires or ()):
        name = canonicalize_name(requirement.name)
        wanted = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        if wanted and name not in found:
            found.add(name)
            needed(distribution(name), found)
    return found


def put(name: str, folder: Path) -> None:
    """Link (on Windows: copy) an installed distribution into a folder."""
    files = distribution(name).files or ()
    for top in {file.parts[0] for file in files} - {"..", "__pycache__"}:
        source, target = Path(str(distribution(name).locate_file(top))), folder / top
        if os.name == "posix":
            target.symlink_to(source.resolve())
        else:
            (shutil.copytree if source.is_dir() else shutil.copy)(source, target)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A folder with only the unpacked wheel and its base dependencies."""
    built, folder = tmp_path_factory.mktemp("built"), tmp_path_factory.mktemp("packages")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(built)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = built.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(folder)
    (ours,) = folder.glob("*.dist-info")
    for name in needed(Distribution.at(ours), set()):
        put(name, folder)
    return folder


def run(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Run code in a Python that can import only the standard library and this folder."""
    isolated = [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.append({str(folder)!r})\n{code}"]
    return subprocess.run(isolated, capture_output=True, text=True, check=False, cwd=folder)


def test_the_program_of_the_readme_runs_with_the_librarys_own_dependencies(folder, tmp_path):
    readme = (ROOT / "README.md").read_text("utf-8")
    program = tmp_path / "readme.py"
    program.write_text(re.findall(r"```python\n(.*?)```", readme, re.DOTALL)[0], encoding="utf-8")
    ran = run(folder, f"import runpy; runpy.run_path({str(program)!r}, run_name='__main__')")
    assert (ran.returncode, ran.stderr) == (0, "")
    for text in ("Ada stands there", "expecting a new stream (version 0), but it has version 1", "visits"):
        assert text in ran.stdout


def test_every_module_of_the_library_needs_only_its_own_dependencies(folder):
    ran = run(folder, EVERY_MODULE)
    assert ran.returncode == 0, ran.stderr


def test_no_other_package_can_be_imported(folder):
    for name in ("IPython", "jupyterlab", "matplotlib", "pytest", "rich", "psycopg", "pytz"):
        assert run(folder, f"import {name}").returncode == 1, name


def test_importing_the_library_loads_nothing_heavy(folder):
    loaded = set(run(folder, LOADED).stdout.split())
    assert "msgspec" in loaded
    assert not loaded & {"pandas", "duckdb", "numpy", "IPython", "ipywidgets", "matplotlib", "pytest"}


def test_the_wheel_contains_the_type_marker_and_the_workbench(folder):
    assert (folder / "workshop_lib" / "py.typed").exists()
    assert (folder / "workbench" / "cli.py").exists()
