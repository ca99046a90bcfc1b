"""Helpers for tests: notebooks of a few cells, and a start.py that can be interrupted."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any


def code(source: str, **more: Any) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "source": source,
        "outputs": [],
        "execution_count": None,
        "metadata": {},
    } | more


def write_notebook(path: Path, *sources: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        json.dumps({"cells": [code(source) for source in sources], "metadata": {}, "nbformat": 4})
    )


def sources_of(path: Path) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]]


def interruptible(clone: Path, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    """Run start.py in a clone so that SIGINT stops it, even if the tests' shell ignores it (as with `&`)."""

    def accept_interrupt() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    return subprocess.Popen(
        [sys.executable, "start.py", *arguments],
        cwd=clone,
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=accept_interrupt,
    )
