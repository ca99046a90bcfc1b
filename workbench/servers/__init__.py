"""Servers of one's own, for notebooks and tests that want the real engines.

Each engine is a module with three functions: `up(folder)` starts and gives the address for `open_store`,
`down(folder)` stops, `status(folder)` tells the address while it serves. Read `postgres.py` next.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from workshop_lib.events import WorkshopError

ENGINES = {"postgres": "PostgreSQL", "jetstream": "NATS JetStream, three nodes"}


class Stall(NamedTuple):
    """An engine on the market: where it serves, or why it does not."""

    engine: str
    address: str | None = None
    trouble: str = ""


class NoSuchEngine(WorkshopError):
    """A word that names no engine on the market."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            f"You asked for {name!r}, but the market has {' and '.join(ENGINES)}. Name one, or none for all."
        )


def visit(verb: str, folder: Path, names: Iterable[str] = ()) -> list[Stall]:
    """Bring engines `up` or `down`, or ask their `status`; each for itself, whatever befalls another."""
    names = list(names) or list(ENGINES)
    for name in names:
        if name not in ENGINES:
            raise NoSuchEngine(name)
    return [_visited(verb, name, folder / name) for name in names]


def _visited(verb: str, name: str, folder: Path) -> Stall:
    engine = import_module(f"workbench.servers.{name}")
    try:
        address: str | None = getattr(engine, verb)(folder)
    except WorkshopError as error:
        return Stall(ENGINES[name], trouble=str(error))
    return Stall(ENGINES[name], address)
