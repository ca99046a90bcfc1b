"""A JetStream server and a cluster of three, each started once for all tests that need it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from workbench.servers import jetstream

_logs = count(1)


@pytest.fixture(scope="session")
def nats_server(require_tool, tmp_path_factory) -> Iterator[str]:
    yield from _running(require_tool, tmp_path_factory.mktemp("nats"), size=1)


@pytest.fixture(scope="session")
def nats_folder(require_tool, tmp_path_factory) -> Path:
    """The cluster's data folder, for tests that stop and start nodes."""
    return tmp_path_factory.mktemp("cluster")


@pytest.fixture(scope="session")
def nats_cluster(require_tool, nats_folder) -> Iterator[str]:
    yield from _running(require_tool, nats_folder, size=3)


def fresh(url: str, **options: object) -> str:
    """Return the address of a new log on this server."""
    options = {"stream": f"log-{next(_logs)}"} | options
    return f"{url.partition('?')[0]}?{'&'.join(f'{name}={value}' for name, value in options.items())}"


def _running(require_tool, folder: Path, size: int) -> Iterator[str]:
    require_tool("nats-server", why="the tests of the JetStream store start one")
    try:
        yield jetstream.up(folder, size)
    finally:
        jetstream.down(folder)
