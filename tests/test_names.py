"""No two public classes or functions have the same name, so that a name has one meaning."""

from __future__ import annotations

import ast
from collections import defaultdict

from tests.code import PACKAGES, modules, parsed

SHARED = {
    "decide": "each aggregate has one",
    "evolve": "each aggregate, each process manager and the wall have one",
    "fold": "a state and a wall are both folded from events",
    "main": "each command has one",
    "up": "each server has the same four functions",
    "down": "each server has the same four functions",
    "status": "each server has the same four functions",
    "version": "each server has the same four functions",
    "reset": "`workshop reset` in a terminal and `reset()` in a notebook do the same",
    "reveal": "`workshop reveal` shows solutions, `reveal()` the answer to a prediction",
    "board_name": "each format of a board contains the board's name",
    "Box": "a rectangle, in the hexagon and on the wall",
    "Phase": "the phases of a session and of a storming workshop",
    "PlugIn": "the same command, in the small models of 2.1 and 2.3",
    "Rule": "a rule over several streams, and a rule of the board's grammar",
    "Free": "the socket of 2.3 is a small model of the reservation of a connector",
    "Reserved": "the socket of 2.3 is a small model of the reservation of a connector",
}
"""Names that several modules share on purpose, and why."""

ENGINES = ("duckdb_engine", "postgres_engine", "jetstream_engine")
"""Behind the port, each engine may use the same names as the others."""


def places() -> dict[str, list[str]]:
    """Return for each public class and function the modules that define it, without the store's engines."""
    found = defaultdict[str, list[str]](list)
    for module, file in modules(*PACKAGES).items():
        if ".contract" in module or any(engine in module for engine in ENGINES):
            continue
        for node in parsed(file).body:
            public = isinstance(node, (ast.ClassDef, ast.FunctionDef)) and not node.name.startswith("_")
            if public and module not in found[node.name]:  # an overload stands in one module too
                found[node.name].append(module)
    return found


def test_a_public_name_is_defined_once():
    twice = {name: found for name, found in places().items() if len(found) > 1 and name not in SHARED}
    assert twice == {}


def test_names_listed_as_shared_are_shared():
    assert [name for name in SHARED if len(places()[name]) < 2] == []
