"""The import graph of both packages, read from their source.

`read_packages` reads the text of every module, `imports` finds the arrows between them, `outward` those that
point the wrong way. No module is imported for this, so changed copies of a package can be analysed too.
Read `hexagon.py` next, which draws the graph.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatch
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

LIBRARY, WORKBENCH = PACKAGES = ("workshop_lib", "workbench")
ROOT = Path(__file__).parents[2]
"""The folder that contains both packages."""

CONTRACT = "store.contract*"
"""A test suite for stores; not part of the architecture."""

DEPTHS = {"domain": 0, "port": 1, "application": 2, "reading": 3, "storage": 3, "workbench": 4}
"""The parts of the hexagon, from the inside (0) to the outside: a module may import modules of the same depth
or further in. The library never imports the workbench.
"""


class Import(NamedTuple):
    """An arrow: one module imports another."""

    importer: str
    imported: str


class Place(NamedTuple):
    """A box in a part of the hexagon. `patterns` match the names of its modules, as in a shell."""

    part: str
    box: str
    patterns: tuple[str, ...] = ()

    @property
    def depth(self) -> int:
        """The distance from the inside; 0 is the domain."""
        return DEPTHS[self.part]


def _places(part: str, **boxes: str) -> list[Place]:
    return [Place(part, box.replace("_", " "), tuple(names.split())) for box, names in boxes.items()]


PLACES = [
    *_places(
        "application",
        use_cases="modeling.application modeling.rule",
        repository="modeling.repository",
        state_and_events="modeling.state_and_events",
        conflicts="store.conflict",
        consumers="store.consumers",
    ),
    *_places("port", event_store_port="store.port store.errors store.arguments store.process"),
    *_places(
        "storage",
        open_store="workshop_lib store",
        DuckDB="store.duckdb_engine*",
        PostgreSQL="store.postgres_engine*",
        JetStream="store.jetstream_engine*",
        memory="store.memory",
        shared_parts="store.* codec",
    ),
    *_places("reading", reading="reading reading.*"),
    *_places("workbench", command_line="workbench workbench.cli"),
    *_places(
        "domain", events="events errors clock frames invalid_events charging", decider="modeling modeling.*"
    ),
]
"""A module belongs to the first place with a pattern that matches its name."""


def place_of(module: str) -> Place:
    """Return the place of a module.

    If no pattern matches, a room of the workbench has a box outside, and a module of the library, such as an
    aggregate, has one in the domain, where it may import the least.
    """
    for place in PLACES:
        if any(fnmatch(module, pattern) for pattern in place.patterns):
            return place
    package, _, rest = module.partition(".")
    if package == WORKBENCH:
        return Place("workbench", rest.partition(".")[0])
    return Place("domain", module.rpartition(".")[2].replace("_", " "))


def read_packages(root: Path = ROOT) -> dict[str, str]:
    """Return the source of each module by its name, such as `store.port` or `workbench.cli`.

    Names within the library leave out the prefix `workshop_lib`.
    """
    sources = {}
    for file in sorted(file for package in PACKAGES for file in (root / package).rglob("*.py")):
        parts = file.relative_to(root).with_suffix("").parts
        name = short(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
        if not fnmatch(name, CONTRACT):
            sources[name] = file.read_text("utf-8")
    return sources


def short(name: str) -> str:
    """Return a dotted name without the library's: `store.port` for `workshop_lib.store.port`."""
    return name.removeprefix(f"{LIBRARY}.")


def imports(sources: Mapping[str, str]) -> list[Import]:
    """Return all arrows between these modules, each once; imports inside functions count too."""
    found = {Import(name, other) for name, text in sources.items() for other in _imported(text, sources)}
    return sorted(arrow for arrow in found if arrow.importer != arrow.imported)


def outward(arrows: Iterable[Import]) -> list[Import]:
    """Return the arrows that point from the inside to the outside; there should be none."""
    return [arrow for arrow in arrows if place_of(arrow.imported).depth > place_of(arrow.importer).depth]


def _imported(text: str, known: Mapping[str, str]) -> Iterator[str]:
    return filter(None, (_module(name, known) for name in _names_in(text)))


@lru_cache(maxsize=1000)  # a changed copy differs in a module or two
def _names_in(text: str) -> tuple[str, ...]:
    """Return the dotted names that a source imports."""
    names: list[str] = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names += [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
    return tuple(names)


def _module(name: str, known: Mapping[str, str]) -> str | None:
    """Return the module of a dotted name: the name itself, or the module that defines it."""
    if name.partition(".")[0] not in PACKAGES:
        return None
    name = short(name)
    while name and name not in known:
        name = name.rpartition(".")[0]
    return name or LIBRARY
