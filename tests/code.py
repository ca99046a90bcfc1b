"""The project's parsed source, for the tests of architecture and style."""

from __future__ import annotations

import ast
import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("workshop_lib", "workbench")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
USERS = (*PACKAGES, "exercises/checks", "examples", "benchmarks")
"""Folders whose code counts as a user of other code; tests do not count."""


@cache
def modules(*folders: str) -> dict[str, Path]:
    """Return every module below these folders by its dotted name."""
    files = [file for folder in folders for file in sorted((ROOT / folder).rglob("*.py"))]
    return {_dotted(file): file for file in files}


def _dotted(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"))


def room_of(module: str) -> str:
    """Return the room of a module: `workshop_lib.store`, or the module itself at the top of a package."""
    return ".".join(module.split(".")[:2])


@cache
def imports(module: str, also_for_types: bool = False) -> set[str]:
    """Return the project's modules that a module imports, also inside functions."""
    known = modules(*USERS)
    tree = parsed(known[module])
    typing_only = set() if also_for_types else set(_typing_only(tree))
    names: set[str] = set()
    for node in ast.walk(tree):
        if node in typing_only:
            continue
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return {found for name in names if (found := _module_of(name, known)) and found != module}


def _module_of(name: str, known: dict[str, Path]) -> str:
    while name and name not in known:
        name = name.rpartition(".")[0]
    return name


def _typing_only(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            yield from ast.walk(node)


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Return the groups of modules that import each other (Tarjan's strongly connected components)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in sorted(graph[node]):
            if other not in index:
                visit(other)
            if other in stack:
                low[node] = min(low[node], low[other])
        if low[node] == index[node]:
            group = stack[stack.index(node) :]
            del stack[stack.index(node) :]
            found.extend([sorted(group)] if len(group) > 1 else [])

    for node in sorted(graph):
        if node not in index:
            visit(node)
    return found


@cache
def notebook_code() -> str:
    """Return the sources of all code cells of the course."""
    notebooks = [json.loads(file.read_text("utf-8")) for file in sorted(ROOT.glob("*/*.ipynb"))]
    cells = [cell for notebook in notebooks for cell in notebook["cells"] if cell["cell_type"] == "code"]
    return "\n".join("".join(cell["source"]) for cell in cells)


@cache
def words() -> Counter[str]:
    """Count each word in the shipped code, the notebooks, README and pyproject.toml."""
    texts = [file.read_text("utf-8") for file in modules(*USERS).values()]
    texts += [(ROOT / name).read_text("utf-8") for name in ("README.md", "pyproject.toml")]
    return Counter(re.findall(r"\w+", "\n".join([*texts, notebook_code()])))


def names_defined(tree: ast.Module) -> Iterator[str]:
    """Yield the names that a module defines, and the methods of its classes.

    Functions that a decorator registers (a command, an observer) are left out: nothing calls them by name.
    """
    for node in tree.body:
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)) and not _registered(node):
            yield node.name
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))
        if isinstance(node, ast.ClassDef):
            yield from (one.name for one in node.body if isinstance(one, FUNCTIONS) and not _registered(one))


def _registered(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
    return any(isinstance(one, ast.Call) for one in node.decorator_list)
