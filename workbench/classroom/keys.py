"""Load the answer keys: the package `exercises/checks/`, found by its path.

They are always loaded from the course's own folder, wherever the kernel was started; a workspace never
contains a copy.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

PACKAGE = "exercises.checks"


def load_key(folder: Path, name: str, package: str = PACKAGE) -> ModuleType:
    """Import and return one module of the keys in `folder`, for example `c1_1.checks`.

    `package` is the name under which the folder is imported. Raises `ModuleNotFoundError` if there is no
    such module.
    """
    if package not in sys.modules:
        spec = spec_from_file_location(
            package, folder / "__init__.py", submodule_search_locations=[str(folder)]
        )
        assert spec
        assert spec.loader
        sys.modules[package] = module_from_spec(spec)
        spec.loader.exec_module(sys.modules[package])
    return import_module(f"{package}.{name}")
