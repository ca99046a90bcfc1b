"""Who may import whom: the arrows of the hexagon, read off the code itself."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

LIBRARY = Path(__file__).parents[1] / "workshop_lib"
FOUNDATION = {"events", "codec", "clock"}
STORE_PORT = {"store.port", "store.refusals"}

ALLOWED = {
    "events": set(),
    "clock": set(),
    "codec": {"events", "clock"},
    "store": FOUNDATION | {"store"},
    "modeling": FOUNDATION | {"modeling"} | STORE_PORT | {"store.conflict"},  # explains by the port alone
    "charging": FOUNDATION | {"charging", "modeling"} | STORE_PORT,
    "reading": FOUNDATION | {"reading"} | STORE_PORT,
    "simulation": FOUNDATION | {"simulation"} | STORE_PORT,
    "pictures": FOUNDATION | {"pictures", "reading"} | STORE_PORT,
    "storming": FOUNDATION | {"storming", "pictures", "store"},
}
"""For each room the rooms (or modules) it may import. Who is not listed may import everything."""

WORLD_MAKERS = {"traffic", "classical", "tampering"}
"""They fill stores and databases for the notebooks; they are not the domain."""

DOMAIN = [
    *("connector", "session", "station", "tariff", "invoice", "reservation", "driver", "charge_record"),
    *("partner", "policies", "terms", "prices"),
]


def rooms() -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    for file in sorted(LIBRARY.rglob("*.py")):
        room = file.relative_to(LIBRARY).parts[0].removesuffix(".py")
        found.setdefault(room, []).append(file)
    return found


def imports(file: Path, also_for_types: bool = False) -> set[str]:
    """The modules of ours that a file imports, without the leading package; type hints apart."""
    tree = ast.parse(file.read_text("utf-8"))
    typing_only = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    names = []
    for node in ast.walk(tree):
        if node in typing_only and not also_for_types:
            continue
        if isinstance(node, ast.ImportFrom) and node.module:
            names.append(node.module)
        elif isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
    return {name.removeprefix("workshop_lib.") for name in names if name.startswith("workshop_lib.")}


@pytest.mark.parametrize("room", sorted(ALLOWED))
def test_a_room_imports_only_the_rooms_below_it(room):
    for file in rooms().get(room, []):
        allowed = ALLOWED[room] | ({"store"} if file.stem in WORLD_MAKERS else set())
        for module in imports(file):
            assert module in allowed or module.partition(".")[0] in allowed, f"{file.name} → {module}"


@pytest.mark.parametrize("aggregate", DOMAIN)
def test_the_domain_imports_no_store(aggregate):
    assert not {
        name for name in imports(LIBRARY / "charging" / f"{aggregate}.py", True) if name.startswith("store")
    }


def test_the_port_imports_events_and_its_own_refusals_and_nothing_else():
    assert imports(LIBRARY / "store" / "port.py", True) == {"events", "store.refusals"}


def test_nobody_imports_the_classroom():
    outside = [file for room, files in rooms().items() if room not in {"classroom", "cli"} for file in files]
    assert not [file.name for file in outside for name in imports(file, True) if name.startswith("classroom")]


def test_importing_the_library_loads_nothing_heavy():
    code = "import sys, workshop_lib; print(*{'duckdb', 'numpy', 'matplotlib', 'rich'} & set(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=LIBRARY.parent
    )
    assert loaded.stdout.split() == []


def test_a_module_is_read_in_ten_minutes():
    lengths = {
        file: len(file.read_text("utf-8").splitlines()) for files in rooms().values() for file in files
    }
    allowed = {file: 400 if "tasks" in file.parts else 300 for file in lengths}  # tasks are mostly cases
    long = {file.name: lines for file, lines in lengths.items() if lines > allowed[file]}
    assert long == {}


def test_every_file_of_the_library_belongs_to_somebody():
    """A module that nobody imports, no notebook uses and no test names should not be there."""
    root = LIBRARY.parent
    users = [
        file for folder in ("workshop_lib", "tests", "benchmarks") for file in (root / folder).rglob("*.py")
    ]
    text = "\n".join(
        file.read_text("utf-8") for file in [*users, *root.glob("*/*.ipynb"), root / "pyproject.toml"]
    )
    orphans = []
    for file in LIBRARY.rglob("*.py"):
        module = ".".join(file.relative_to(root).with_suffix("").parts)
        package, _, name = module.rpartition(".")
        named = module in text or f"from {package} import" in text or file.stem in {"__init__", "__main__"}
        if not named and not name.startswith("chapter_"):
            orphans.append(module)
    assert orphans == []
