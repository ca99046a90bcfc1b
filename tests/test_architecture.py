"""Rules of the architecture, checked in the source: imports, sizes of rooms, unused and private names."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache

import pytest

from tests.code import (
    FUNCTIONS,
    PACKAGES,
    ROOT,
    USERS,
    circles,
    imports,
    modules,
    names_defined,
    parsed,
    room_of,
    words,
)

FOUNDATION = {
    "workshop_lib.errors",
    "workshop_lib.events",
    "workshop_lib.clock",
    "workshop_lib.codec",
    "workshop_lib.invalid_events",
}
PORT = {"workshop_lib.store.port", "workshop_lib.store.errors", "workshop_lib.store.arguments"}
LIBRARY = {"workshop_lib"}

ALLOWED = {
    "workshop_lib.frames": set(),
    "workshop_lib.errors": set(),
    "workshop_lib.events": {
        "workshop_lib.errors",
        "workshop_lib.frames",
    },  # imported when events become a table
    "workshop_lib.invalid_events": {"workshop_lib.events", "workshop_lib.frames"},
    "workshop_lib.clock": set(),
    "workshop_lib.codec": FOUNDATION | {"workshop_lib.frames"},
    "workshop_lib.store": FOUNDATION | {"workshop_lib.frames"},
    "workshop_lib.modeling": FOUNDATION | PORT | {"workshop_lib.store.conflict"},
    "workshop_lib.charging": FOUNDATION | PORT | {"workshop_lib.modeling"},
    "workshop_lib.reading": FOUNDATION | PORT | {"workshop_lib.frames"},
    "workbench.simulation": LIBRARY,
    "workbench.city": LIBRARY,
    "workbench.servers": LIBRARY | {"workbench.setup"},
    "workbench.pictures": LIBRARY,
    "workbench.scenarios": LIBRARY | {"workbench.city", "workbench.simulation", "workbench.servers"},
    "workbench.storming": LIBRARY | {"workbench.pictures"},
    "workbench.setup": LIBRARY | {"workbench.pictures"},
    "workbench.classroom": LIBRARY | {"workbench.pictures", "workbench.storming", "workbench.setup"},
}
"""For each room, the rooms, modules or packages that it may import besides itself."""

CEILINGS = {
    "top": 1_020,
    "workshop_lib.store": 6_290,
    "workshop_lib.modeling": 1_150,
    "workshop_lib.reading": 530,
    "workshop_lib.charging": 2_320,
}
"""The most lines of Python that a room of the library may have. If a chapter needs more, note it here."""

DOMAIN = [
    *("connector", "session", "station", "tariff", "invoice", "reservation", "driver", "charge_record"),
    *("partner", "policies", "terms", "prices"),
]

TO_COME = {
    "run_process": "6.5, the process manager",
    "slower_than": "4.1, a snapshot policy that pays off",
    "issue_invoice": "6.5, the process manager",
    "seal_record": "3.5, the feed of charge records",
    "send_record": "3.5, the feed of charge records",
    "cancel_reservation": "6.5, the process manager",
    "stop_sessions": "6.5, the process manager",
    "reshape": "the board's Python API has every gesture of the mouse",
}
"""Names that nothing uses yet, with the chapter that will."""

MODULES_TO_COME = {
    "workbench.classroom.predict": "each lecture, two or three questions before what surprises",
    "workbench.scenarios.one_place": "6.5, a rule over several streams: a process manager and a condition",
    "workshop_lib.charging.policies": "6.5, the process manager",
    "workshop_lib.store.consumers": "3.4, competing consumers",
}
"""Modules that nothing uses yet, with the chapter that will."""

OF_PYTHON = {
    *("_fields", "_make", "_asdict", "_replace", "_missing_", "_esm", "_css"),
    *("_base_executable", "_render_traceback_", "_view_count", "_repr_html_", "_repr_mimebundle_"),
}
"""Names that begin with an underscore but are public in Python, IPython or anywidget."""


def library() -> dict[str, int]:
    """Count the lines of each module of the library, without the contract suite."""
    found = {name: file for name, file in modules("workshop_lib").items() if ".contract" not in name}
    return {name: len(file.read_text("utf-8").splitlines()) for name, file in found.items()}


@pytest.mark.parametrize("room", sorted(ALLOWED))
def test_a_room_imports_only_the_rooms_below_it(room: str):
    allowed = {room, *ALLOWED[room]}
    for module in [name for name in modules(*PACKAGES) if room_of(name) == room and ".contract" not in name]:
        for other in imports(module):
            within = {".".join(other.split(".")[:depth]) for depth in (1, 2, 3)}
            assert within & allowed or other == "workbench", f"{module} → {other}"


def test_the_library_imports_neither_the_workbench_nor_an_answer_key():
    assert not [
        f"{module} → {other}"
        for module in modules("workshop_lib")
        for other in imports(module, also_for_types=True)
        if not other.startswith("workshop_lib")
    ]


def test_only_answer_keys_import_answer_keys():
    outside = [name for name in modules(*USERS) if not name.startswith("exercises.")]
    assert not [name for name in outside for other in imports(name, True) if other.startswith("exercises.")]


@pytest.mark.parametrize("aggregate", DOMAIN)
def test_the_domain_imports_no_store(aggregate: str):
    used = imports(f"workshop_lib.charging.{aggregate}", also_for_types=True)
    assert not {name for name in used if room_of(name) == "workshop_lib.store"}


def test_the_port_imports_only_events_and_its_own_errors():
    used = imports("workshop_lib.store.port", also_for_types=True)
    assert used == {"workshop_lib.events", "workshop_lib.store.errors"}


def test_there_are_no_import_cycles():
    every = modules(*USERS)
    graph = {name: imports(name) & every.keys() for name in every}
    for name in graph:  # importing a module always imports its package too
        graph[name] -= {other for other in graph[name] if name.startswith(f"{other}.")}
    assert circles(graph) == []


def test_no_module_shadows_one_of_the_standard_library():
    """If a module is run from its folder, modules beside it are found before the standard library's."""
    names = {name: name.rpartition(".")[2] for name in modules(*USERS)}
    assert [name for name, last in names.items() if last in sys.stdlib_module_names] == []


def test_importing_the_library_loads_nothing_heavy():
    heavy = {"duckdb", "numpy", "pandas", "matplotlib", "rich", "IPython", "ipywidgets", "typer"}
    code = f"import sys, workshop_lib; print(*{heavy} & set(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert loaded.stdout.split() == []


@pytest.mark.parametrize("room", CEILINGS)
def test_a_room_of_the_library_stays_small(room: str):
    rooms = {name: room_of(name) if room_of(name) in CEILINGS else "top" for name in library()}
    lines = sum(count for name, count in library().items() if rooms[name] == room)
    assert lines <= CEILINGS[room]


def test_the_library_stays_small():
    assert sum(library().values()) <= 11_280


def test_modules_stay_short():
    lengths = {file: len(file.read_text("utf-8").splitlines()) for file in modules(*USERS).values()}
    allowed = {file: 400 if "exercises" in file.parts else 300 for file in lengths}  # keys are mostly cases
    long = {str(file.relative_to(ROOT)): lines for file, lines in lengths.items() if lines > allowed[file]}
    assert long == {}


def test_every_module_is_used():
    """A module that no module, notebook, command or benchmark imports should be removed."""
    used = {other for module in modules(*USERS) for other in imports(module, also_for_types=True)}
    places = [ROOT / "pyproject.toml", ROOT / "start.py", ROOT / "CONTRIBUTING.md"]
    text = "\n".join(file.read_text("utf-8") for file in [*places, *modules(*PACKAGES).values()])
    orphans = []
    for module, file in modules(*PACKAGES).items():
        package = module.rpartition(".")[0]
        named = (
            module in text or f'import_module(f"{package}.{{' in text or module in _imported_by_notebooks()
        )
        if not (module in used or named or file.stem == "__init__" or module in MODULES_TO_COME):
            orphans.append(module)
    assert [name for name in orphans if ".contract" not in name] == []


def _imported_by_notebooks() -> set[str]:
    from tests.code import notebook_code

    known, found = modules(*PACKAGES), set[str]()
    code = "\n".join(
        line for line in notebook_code().splitlines() if not line.lstrip().startswith(("%", "!"))
    )
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)} & known.keys()
    return found


def test_every_name_is_used_outside_of_tests():
    unused = [
        f"{module}: {name}"
        for module, file in modules(*PACKAGES).items()
        if ".contract" not in module and module != "workbench.cli"  # typer calls its commands
        for name in names_defined(parsed(file))
        if words()[name] <= 1 and not name.startswith("__") and name not in {*TO_COME, *OF_PYTHON}
    ]
    assert unused == []


def test_names_listed_as_unused_are_unused():
    used = {other for module in modules(*USERS) for other in imports(module)} | _imported_by_notebooks()
    assert [name for name in TO_COME if words()[name] != 1] == []
    assert MODULES_TO_COME.keys() & used == set()


def foreign_underscores(module: str) -> Iterator[str]:
    """Yield the underscore names of other rooms that a module uses."""
    tree = parsed(modules(*USERS)[module])
    own = _own_underscores(room_of(module))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            foreign = room_of(node.module or "") != room_of(module)
            yield from (alias.name for alias in node.names if alias.name.startswith("_") and foreign)
        elif isinstance(node, ast.Attribute) and re.match("_(?!_)", node.attr):
            mine = ast.unparse(node.value) in {"self", "cls"} or node.attr in own | OF_PYTHON
            yield from [] if mine else [ast.unparse(node)]


@cache
def _own_underscores(room: str) -> set[str]:
    """Return the underscore names that a room's modules define: functions, methods, attributes, constants."""
    own = set[str]()
    for module, file in modules(*USERS).items():
        if room_of(module) != room:
            continue
        for node in ast.walk(parsed(file)):
            if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
                own.add(node.name)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                own.add(node.id)
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                own.add(node.attr)
    return own


@pytest.mark.parametrize("module", sorted(modules(*USERS)))
def test_no_module_uses_underscore_names_of_another_room(module: str):
    assert list(foreign_underscores(module)) == []


def decided_by_a_name(tree: ast.Module) -> Iterator[str]:
    """Yield the places where code branches on a class's name instead of the class."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            parts = [node.left, *node.comparators]
        elif isinstance(node, ast.Match):
            parts = [node.subject]
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            parts = [node.slice]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "getattr":
            parts = node.args[1:2]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
            parts = node.args[:1]
        else:
            continue
        if any(_is_a_classs_name(one) for part in parts for one in ast.walk(part)):
            yield ast.unparse(node)[:80]


def _is_a_classs_name(node: ast.AST) -> bool:
    if not isinstance(node, ast.Attribute) or node.attr not in {"__name__", "__qualname__"}:
        return False
    return bool(re.match(r"type\(|.*__class__$|cls$|kind$|type_$|class_$", ast.unparse(node.value)))


@pytest.mark.parametrize("module", sorted(modules(*PACKAGES)))
def test_no_code_branches_on_the_name_of_a_class(module: str):
    assert list(decided_by_a_name(parsed(modules(*PACKAGES)[module]))) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("if type(event).__name__ == 'Started': pass", True),
        ("HANDLERS[type(event).__name__](event)", True),
        ("getattr(self, f'_on_{type(event).__name__}')", True),
        ("match type(event).__name__:\n    case 'Started': pass", True),
        ("if isinstance(event, Started): pass", False),
        ("message = f'a {type(event).__name__}'", False),
    ],
)
def test_a_branch_on_the_name_of_a_class_is_detected(source: str, found: bool):
    assert bool(list(decided_by_a_name(ast.parse(source)))) is found


def test_an_import_cycle_is_detected():
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [["a", "b", "c"]]
    assert circles({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []
