"""Starts and stops PostgreSQL and NATS JetStream servers on this computer, for notebooks and tests.

Each engine is a module with four functions: `up(folder)` starts it and returns the address for
`open_store`, `down(folder)` stops it, `status(folder)` returns the address while it runs, and
`version(folder)` its version. Read `postgres.py` next.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from workshop_lib.events import WorkshopError

ENGINES = {"postgres": "PostgreSQL", "jetstream": "NATS JetStream, three nodes"}


class ServerStatus(NamedTuple):
    """The address and version of a running server, or the reason why it could not be started."""

    engine: str
    address: str | None = None
    version: str = ""
    trouble: str = ""


class NoSuchEngine(WorkshopError):
    """Raised for the name of an unknown engine."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            f"You asked for {name!r}, but the engines are {' and '.join(ENGINES)}. Name one, or none for all."
        )


def control(action: str, folder: Path, names: Iterable[str] = ()) -> list[ServerStatus]:
    """Start (`up`) or stop (`down`) servers, or return their `status`; one error stops no other server.

    Raises `NoSuchEngine`.
    """
    names = list(names) or list(ENGINES)
    for name in names:
        if name not in ENGINES:
            raise NoSuchEngine(name)
    return [_controlled(action, name, folder / name) for name in names]


def _controlled(action: str, name: str, folder: Path) -> ServerStatus:
    engine = import_module(f"workbench.servers.{name}")
    try:
        address: str | None = getattr(engine, action)(folder)
    except WorkshopError as error:
        return ServerStatus(ENGINES[name], trouble=str(error))
    return ServerStatus(ENGINES[name], address, engine.version(folder) if address else "")
