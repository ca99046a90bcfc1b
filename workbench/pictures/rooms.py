"""The rooms of both packages: their sizes, their folders, and the imports between them.

A room is a folder of a package, or a single module of the workbench. The single modules of the library, such
as `events`, are one room: the base, which every other room may import.
Read `layout.py` next, which draws the rooms.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from workbench.pictures.import_graph import LIBRARY, PACKAGES, WORKBENCH, Import, imports

BASE = f"{LIBRARY}.base"


class Room(NamedTuple):
    """A room: its full name, its lines of Python, and the names of its folders (of the base: modules)."""

    name: str
    lines: int
    parts: tuple[str, ...] = ()

    @property
    def package(self) -> str:
        """The package it belongs to."""
        return self.name.partition(".")[0]

    @property
    def short(self) -> str:
        """Its name within the package."""
        return self.name.partition(".")[2]


def rooms(sources: Mapping[str, str]) -> list[Room]:
    """Return all rooms, sorted by name; `sources` are those of `read_packages`."""
    modules: dict[str, list[str]] = {}
    for module in sources:
        if module not in PACKAGES:
            modules.setdefault(room_of(module, sources), []).append(module)
    return [
        Room(name, sum(len(sources[module].splitlines()) for module in inside), _parts(name, inside))
        for name, inside in sorted(modules.items())
    ]


def room_of(module: str, sources: Mapping[str, str]) -> str:
    """Return the full name of a module's room, such as `workshop_lib.store`; for a package its own name."""
    first, _, rest = module.partition(".")
    if module in PACKAGES:
        return module
    if first == WORKBENCH:
        return f"{WORKBENCH}.{rest.partition('.')[0]}"
    folder = any(name.startswith(f"{first}.") for name in sources)
    return f"{LIBRARY}.{first}" if folder else BASE


def room_arrows(sources: Mapping[str, str]) -> list[Import]:
    """Return the imports between rooms of the same package, and between the packages.

    Arrows to the base are left out, and so are arrows between rooms that a longer path connects too.
    """
    arrows = set()
    for importer, imported in imports(sources):
        one, other = room_of(importer, sources), room_of(imported, sources)
        package, other_package = one.partition(".")[0], other.partition(".")[0]
        if package != other_package:
            arrows.add(Import(package, other_package))
        elif one != other != BASE and not {one, other} & {*PACKAGES}:
            arrows.add(Import(one, other))
    return sorted(arrow for arrow in arrows if not _has_longer_way(arrow, arrows))


def _has_longer_way(arrow: Import, arrows: set[Import]) -> bool:
    reached = {one.imported for one in arrows if one.importer == arrow.importer} - {arrow.imported}
    while more := {one.imported for one in arrows if one.importer in reached} - reached:
        reached |= more
    return arrow.imported in reached


def _parts(room: str, modules: list[str]) -> tuple[str, ...]:
    """Return the modules of the base; for other rooms their folders."""
    if room == BASE:
        return tuple(modules)
    inside = [module.removeprefix(f"{WORKBENCH}.").split(".") for module in modules]
    return tuple(sorted({names[1] for names in inside if len(names) > 2}))
