"""Fixtures for all tests: external programs, start.py as a module, and a fresh clone."""

from __future__ import annotations

import atexit
import importlib.util
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from workbench.setup.workspace import COURSE

pytest.register_assert_rewrite("workshop_lib.store.contract")


@pytest.fixture(scope="session")
def require_tool() -> Callable[..., str]:
    """Find a program by any of its names; if it is missing, skip the test, or fail on the build server."""

    def require(*names: str, why: str = "") -> str:
        for name in names:
            if found := shutil.which(name):
                return found
        reason = f"no {' or '.join(names)} on the PATH{': ' + why if why else ''}"
        if os.environ.get("CI"):
            pytest.fail(f"{reason}; .ci/run installs it")
        pytest.skip(reason)

    return require


@pytest.fixture
def start() -> ModuleType:
    """start.py, imported as a module."""
    spec = importlib.util.spec_from_file_location("start_under_test", COURSE / "start.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The files of a fresh clone that start.py needs, in a folder whose name is hard for installers."""
    folder = tmp_path / "a clone [v2] #1 50%25 für uns"
    folder.mkdir()
    for name in ("start.py", "requirements.lock", "requirements-test.lock", "pyproject.toml", "LICENSE"):
        shutil.copy(COURSE / name, folder)
    (folder / "README.md").write_text("# A clone\n")
    for module in ("workbench/__init__.py", "workbench/cli.py", "workshop_lib/__init__.py"):
        (folder / module).parent.mkdir(exist_ok=True)
        (folder / module).touch()
    return folder


def pytest_unconfigure() -> None:
    """Keep pytest's summary at the end of the output.

    When the interpreter exits, DuckDB's binding prints a list of objects that still exist to stderr. It is of
    no use and would appear below the summary.
    """
    atexit.register(lambda: os.dup2(os.open(os.devnull, os.O_WRONLY), 2))
