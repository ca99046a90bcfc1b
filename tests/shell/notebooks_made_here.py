"""Notebooks of a few cells, written and read back by the tests of this folder."""

from __future__ import annotations

import json
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
