"""A local NATS JetStream cluster: three `nats-server` processes on loopback, with their data in one folder.

The folder contains a configuration, a log and a data directory for each node, and `nodes.json` with their
ports and process ids, so that another process can stop exactly these nodes.
`workshop_lib.store.jetstream_engine.store` keeps a log in such a cluster.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep
from urllib.request import urlopen

import msgspec

from workshop_lib.events import WorkshopError

PATIENCE = 30.0
"""The time that a cluster may take to elect its leader, in seconds."""

GRACE = 5.0
"""The time that a node may take to end by itself, in seconds."""

CONFIGURATION = """\
server_name: {name}
listen: 127.0.0.1:{port}
http: 127.0.0.1:{monitor}
max_payload: 8MB
log_file: "{folder}/server.log"
jetstream {{ store_dir: "{folder}/data" }}
"""
CLUSTER = """\
cluster {{ name: workshop, listen: 127.0.0.1:{route}, routes: [{routes}] }}
"""


class NoNatsServer(WorkshopError):
    """Raised if `nats-server` is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "You asked for a JetStream cluster, but there is no nats-server on the PATH. Install it "
            "(apt install nats-server, brew install nats-server, or from nats.io/download) and try again."
        )


class ClusterNotReady(WorkshopError):
    """Raised if the nodes were started but did not become ready."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"You asked for a JetStream cluster in {folder}, but it was not ready within {PATIENCE:.0f} "
            f"seconds and was stopped. See {folder}/node-1/server.log for the reason, then remove the folder "
            "or choose another one."
        )


class Node(msgspec.Struct):
    """One nats-server process: its ports, its folder, and its process id while it runs."""

    name: str
    port: int
    route: int
    monitor: int
    folder: str
    pid: int = 0

    @property
    def configuration(self) -> str:
        """The configuration file of the process; its path identifies the process as ours."""
        return f"{self.folder}/server.conf"

    def runs(self) -> bool:
        """Return whether the process with the recorded id runs, and is the one that we started."""
        if self.pid == 0:
            return False
        with suppress(ChildProcessError):
            os.waitpid(self.pid, os.WNOHANG)  # a child that ended stays a zombie until it is reaped
        return self.configuration in _command_of(self.pid)

    def healthy(self) -> bool:
        """Return whether the node accepts clients, serves JetStream and has found the cluster's leader."""
        health = f"http://127.0.0.1:{self.monitor}/healthz"
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            for query in ("?js-enabled=true", ""):  # a node that is starting answers the latter with yes
                urlopen(health + query, timeout=1).close()
        except OSError:  # an HTTP error is one, too
            return False
        return True

    def start(self) -> None:
        """Start the process with the data in its folder."""
        with Path(f"{self.folder}/output.log").open("ab") as output:
            started = subprocess.Popen(
                [_program(), "-c", self.configuration],
                stdout=output,
                stderr=output,
                start_new_session=True,  # an interrupt of the notebook's kernel must not reach it
            )
        self.pid = started.pid
        started.returncode = 0  # it is meant to outlive this program; `end` waits for it

    def send(self, number: int) -> None:
        """Send the process a signal, if it is still the one that we started."""
        if self.runs():
            os.kill(self.pid, number)

    def end(self) -> None:
        """End the process, gently first; do nothing if it has ended already."""
        if not self.pid:
            return
        self.send(signal.SIGCONT)
        self.send(signal.SIGTERM)
        if not _within(GRACE, lambda: not self.runs()):
            self.send(signal.SIGKILL)
            _within(GRACE, lambda: not self.runs())
        self.pid = 0


def up(folder: Path, size: int = 3) -> str:
    """Start a cluster, or its missing nodes, and return the address for `open_store`.

    Raises `NoNatsServer`, or `ClusterNotReady` after ending what it started.
    """
    _program()
    folder = folder.expanduser().resolve()
    nodes = nodes_in(folder)
    if not any(node.runs() for node in nodes) and not (nodes and _are_free(nodes)):
        nodes = _configured(folder, len(nodes) or size)
    for node in nodes:
        if not node.runs():
            node.start()
    _record(folder, nodes)
    if not _within(PATIENCE, lambda: all(node.healthy() for node in nodes)):
        down(folder)
        raise ClusterNotReady(folder)
    return _address(nodes)


def down(folder: Path) -> None:
    """End the cluster's processes; the data stays in the folder for the next `up`."""
    folder = folder.expanduser().resolve()
    nodes = nodes_in(folder)
    for node in nodes:
        node.send(signal.SIGCONT)
        node.send(signal.SIGTERM)
    for node in nodes:
        node.end()
    if nodes:
        _record(folder, nodes)


def status(folder: Path) -> str | None:
    """Return the address of the cluster if all its nodes are healthy, else None."""
    nodes = nodes_in(folder.expanduser().resolve())
    serving = nodes and all(node.runs() and node.healthy() for node in nodes)
    return _address(nodes) if serving else None


def nodes_in(folder: Path) -> list[Node]:
    """Return the nodes that are recorded in this folder, with their process ids."""
    recorded = folder / "nodes.json"
    return msgspec.json.decode(recorded.read_bytes(), type=list[Node]) if recorded.exists() else []


def _configured(folder: Path, size: int) -> list[Node]:
    """Configure nodes on ports that are free now; they use the data of an earlier cluster in the folder."""
    ports = iter(_free_ports(size * 3))
    nodes = [
        Node(f"node-{n}", next(ports), next(ports), next(ports), str(folder / f"node-{n}"))
        for n in range(1, size + 1)
    ]
    routes = ", ".join(f"nats-route://127.0.0.1:{node.route}" for node in nodes)
    for node in nodes:
        Path(node.folder).mkdir(parents=True, exist_ok=True)
        text = CONFIGURATION.format(**msgspec.structs.asdict(node))
        text += CLUSTER.format(route=node.route, routes=routes) if size > 1 else ""
        Path(node.configuration).write_text(text, encoding="utf-8")
    return nodes


def _are_free(nodes: list[Node]) -> bool:
    """Return whether the nodes can have their earlier ports again."""
    try:
        for port in (port for node in nodes for port in (node.port, node.route, node.monitor)):
            socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def _record(folder: Path, nodes: list[Node]) -> None:
    (folder / "nodes.json").write_bytes(msgspec.json.format(msgspec.json.encode(nodes)))


def _address(nodes: list[Node]) -> str:
    hosts = ",".join(f"127.0.0.1:{node.port}" for node in nodes)
    return f"nats://{hosts}?stream=charging&replicas={len(nodes)}"


def _program() -> str:
    found = shutil.which("nats-server") or shutil.which("nats-server", path="/usr/sbin:/usr/local/sbin")
    if found is None:
        raise NoNatsServer
    return found


def _free_ports(number: int) -> list[int]:
    """Return different free ports; all are held until the last one is found, so that none is found twice."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [server.getsockname()[1] for server in held]
    for server in held:
        server.close()
    return ports


def _command_of(pid: int) -> str:
    """Return the command line of a process; empty if there is none, or only a zombie."""
    if Path("/proc/self").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            return ""
    listed = subprocess.run(
        ["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return listed.stdout


def _within(seconds: float, true: Callable[[], bool]) -> bool:
    """Wait until something is true; return whether it became so in time."""
    end = monotonic() + seconds
    while not (became := true()) and monotonic() < end:
        sleep(0.05)
    return became
