"""What all rooms' tests share: tools of the machine that a laptop may lack and the build server may not."""

from __future__ import annotations

import atexit
import os
import shutil
from collections.abc import Callable

import pytest

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


def pytest_unconfigure() -> None:
    """Let pytest's summary be the last word.

    When the interpreter is gone, DuckDB's binding lists on the error stream what Python had not let go of
    before. Nobody can act on that, and it would stand below the summary.
    """
    atexit.register(lambda: os.dup2(os.open(os.devnull, os.O_WRONLY), 2))
