"""What all rooms' tests share: tools of the machine that a laptop may lack and the build server may not."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable

import pytest


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
