"""Who imports whom: the arrows of an architecture, read off the source itself.

`read_library` gives the text of every module, `imports` the arrows between them, `outward` those that point
the wrong way. Nothing is imported in order to find out, so a copy in which somebody has changed a line can
be asked as well. Read `hexagon.py` next: the picture of it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatch
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

PACKAGE = "workshop_lib"
LIBRARY = Path(__file__).parents[1]

RINGS = ("domain", "port", "application", "outside")
"""From the inside to the outside: a module may import what is in its own ring or further in."""


class Import(NamedTuple):
    """An arrow: one module names another."""

    importer: str
    imported: str


class Place(NamedTuple):
    """Where modules stand: a box on one side of a ring. `patterns` are names as in a shell."""

    ring: str
    side: str
    box: str
    patterns: tuple[str, ...]

    @property
    def depth(self) -> int:
        """How far outside it is; 0 is the domain."""
        return RINGS.index(self.ring)


def _places(ring: str, side: str, **boxes: str) -> list[Place]:
    return [Place(ring, side, box.replace("_", " "), tuple(names.split())) for box, names in boxes.items()]


PLACES = [
    *_places(
        "application",
        "left",
        use_cases="modeling.application",
        repository="modeling.repository",
        state_and_events="modeling.state_and_events",
        processes="charging.one_place",
        conflicts="store.conflict",
        consumers="store.consumers",
    ),
    *_places("port", "right", event_store_port="store.port store.refusals"),
    *_places(
        "outside",
        "right",
        open_store="store workshop_lib",
        DuckDB="store.duckdb_* store.archive*",
        PostgreSQL="store.postgres_* store.states market.postgres",
        JetStream="store.jetstream_* market.jetstream",
        a_list="store.memory",
        what_they_share="store.* codec market",
    ),
    *_places(
        "outside",
        "left",
        command_line="cli",
        exercises="classroom classroom.*",
        storming="storming storming.*",
        pictures="pictures pictures.*",
        reading="reading reading.*",
        simulation="simulation simulation.*",
        traffic="charging.traffic charging.life charging.city charging.visits charging.rush_hour "
        "charging.classical charging.tampering charging.one_model charging.invariants",
    ),
    *_places("domain", "centre", decider="modeling modeling.*", events="events clock charging"),
]
"""The first place with a pattern that fits is a module's; the aggregates have a box each."""


def place_of(module: str) -> Place:
    """Where a module stands. One that nobody has placed is domain: there, most is forbidden."""
    for place in PLACES:
        if any(fnmatch(module, pattern) for pattern in place.patterns):
            return place
    return Place("domain", "centre", module.rpartition(".")[2].replace("_", " "), (module,))


def read_library(folder: Path = LIBRARY) -> dict[str, str]:
    """The source of each module by its name, such as `store.port`; a package has its folder's name."""
    sources = {}
    for file in sorted(folder.rglob("*.py")):
        parts = file.relative_to(folder).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        if not name.startswith("store.contract"):  # a test suite, and no part of the architecture
            sources[name or PACKAGE] = file.read_text("utf-8")
    return sources


def imports(sources: Mapping[str, str]) -> list[Import]:
    """All arrows between these modules, wherever in a file they stand, each once."""
    found = {Import(name, other) for name, text in sources.items() for other in _imported(text, sources)}
    return sorted(arrow for arrow in found if arrow.importer != arrow.imported)


def outward(arrows: Iterable[Import]) -> list[Import]:
    """The arrows that point from the inside to the outside: none, while the architecture holds."""
    return [arrow for arrow in arrows if place_of(arrow.imported).depth > place_of(arrow.importer).depth]


def _imported(text: str, known: Mapping[str, str]) -> Iterator[str]:
    return filter(None, (_module(name, known) for name in _names_in(text)))


@lru_cache(maxsize=1000)  # a copy of a library differs in a module or two
def _names_in(text: str) -> tuple[str, ...]:
    """The dotted names that a source imports."""
    names: list[str] = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names += [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
    return tuple(names)


def _module(name: str, known: Mapping[str, str]) -> str | None:
    """The module that a dotted name belongs to: itself, or the one in which the name is defined."""
    package, _, rest = name.partition(".")
    if package != PACKAGE:
        return None
    while rest and rest not in known:
        rest = rest.rpartition(".")[0]
    return rest or PACKAGE
