"""A PostgreSQL server for the tests, started once a session, and a proxy that can break connections."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from threading import Thread
from time import sleep

import pytest

from workbench.servers import postgres as engine
from workshop_lib.store.server_errors import ExtraMissing


class PostgresServer:
    """A PostgreSQL server in which each test has its own schema.

    Restarting it takes long with hundreds of schemas, because it syncs every file to disk. Tests that kill a
    server therefore start their own.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.url = folder, engine.up(folder)
        self._rooms = count(1)

    def room(self) -> str:
        """Return the address of a log that does not exist yet."""
        return f"{self.url}&schema=room_{next(self._rooms)}"

    @property
    def socket(self) -> str:
        return next(str(path) for path in (self.folder / "data").glob(".s.PGSQL.*[0-9]"))

    def kill(self) -> None:
        """Kill the server, as a power cut would."""
        os.kill(engine.pid_of(self.folder), signal.SIGKILL)

    def remove(self) -> None:
        """Delete the folder; processes of a killed server may still write a last file."""
        for _ in range(50):
            shutil.rmtree(self.folder, ignore_errors=True)
            if not self.folder.exists():
                return
            sleep(0.1)

    def start(self) -> None:
        engine.up(self.folder)

    def stop(self) -> None:
        engine.down(self.folder)


def postgres_server() -> Iterator[PostgresServer]:
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        server = PostgresServer(folder)
    except ExtraMissing as missing:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(str(missing))
    yield server
    server.kill()
    server.remove()


postgres = pytest.fixture(scope="session")(postgres_server)
"""The server that all tests share."""


class Wire:
    """A proxy on a loopback port to the server's socket; it can break the connection at a commit."""

    def __init__(self, server: PostgresServer) -> None:
        self._target = server.socket
        self._entrance = socket.create_server(("127.0.0.1", 0))
        self.breaks_before_commit = self.breaks_after_commit = self.stays_broken = False
        Thread(target=self._accept, daemon=True).start()

    def url(self, room: str) -> str:
        port = self._entrance.getsockname()[1]
        schema = room.rpartition("schema=")[2]
        return (
            f"postgresql://postgres@127.0.0.1:{port}/postgres"
            f"?sslmode=disable&gssencmode=disable&schema={schema}"
        )

    def close(self) -> None:
        with suppress(OSError):
            self._entrance.shutdown(socket.SHUT_RDWR)
        self._entrance.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._entrance.accept()
                if self.stays_broken:
                    client.close()
                    continue
                server = socket.socket(socket.AF_UNIX)
                server.connect(self._target)
                Thread(target=self._there, args=(client, server), daemon=True).start()
                Thread(target=self._back, args=(client, server), daemon=True).start()

    def _there(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := client.recv(65536):
                if b"COMMIT\x00" in data and self._breaks(client, server, data):
                    break
                server.sendall(data)
        self._end(client, server)

    def _breaks(self, client: socket.socket, server: socket.socket, data: bytes) -> bool:
        """Break once. After the commit means: the server receives it, and its answer is lost."""
        if not (self.breaks_before_commit or self.breaks_after_commit):
            return False
        client.shutdown(socket.SHUT_RDWR)
        if self.breaks_after_commit:
            server.sendall(data)
        self.breaks_before_commit = self.breaks_after_commit = False
        return True

    def _back(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := server.recv(65536):
                client.sendall(data)
        self._end(client, server)

    @staticmethod
    def _end(*ends: socket.socket) -> None:
        for end in ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
