"""Find the folder of the notebook: there lie its boards and, above it, the workspace."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any


def notebook_folder() -> Path | None:
    """Return the folder in which this kernel was started, whatever `os.chdir` did since.

    VS Code names the notebook itself. Outside of IPython it is the current folder, or None if that is gone.
    """
    ipython = sys.modules.get("IPython")
    shell: Any = ipython.get_ipython() if ipython else None
    if shell is not None:
        named = shell.user_ns.get("__vsc_ipynb_file__")
        return Path(named).parent if isinstance(named, str) else Path(shell.starting_dir)
    try:
        return Path.cwd()
    except OSError:
        return None


def leave_removed_folder() -> None:
    """Change to a folder that exists if the current one was removed; packages need one for their import."""
    try:
        Path.cwd()
    except OSError:
        folder = notebook_folder()
        os.chdir(folder if folder and folder.is_dir() else tempfile.gettempdir())
