"""What all rooms' tests share: tools of the machine that a laptop may lack and the build server may not."""

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
    """Find a program by any of its names; where it is missing a laptop skips and the build server fails."""

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
    """start.py as a module of its own."""
    spec = importlib.util.spec_from_file_location("start_under_test", COURSE / "start.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What start.py needs of a fresh clone, in a folder of its own with a blank in its name."""
    folder = tmp_path / "a clone"
    folder.mkdir()
    for name in ("start.py", "requirements.lock", "requirements-test.lock", "pyproject.toml", "LICENSE"):
        shutil.copy(COURSE / name, folder)
    (folder / "README.md").write_text("# A clone\n")
    return folder


def pytest_unconfigure() -> None:
    """Let pytest's summary be the last word.

    When the interpreter is gone, DuckDB's binding lists on the error stream what Python had not let go of
    before. Nobody can act on that, and it would stand below the summary.
    """
    atexit.register(lambda: os.dup2(os.open(os.devnull, os.O_WRONLY), 2))
