"""A NATS JetStream cluster of one's own: three `nats-server` processes on loopback, data in one folder.

What is measured and broken in notebooks and tests is the real engine. The folder holds everything: one
configuration, log and data directory for each node, and `nodes.json` with their ports and process ids, so
that another process can end what this one began, and nothing else.
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
"""How long a cluster may take to find its leader, in seconds."""

GRACE = 5.0
"""How long a node may take to end by itself."""

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
    """The program that a cluster is made of is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "You asked for a JetStream cluster, but there is no nats-server on the PATH. Install it "
            "(apt install nats-server, brew install nats-server, or from nats.io/download) and ask again."
        )


class ClusterNotReady(WorkshopError):
    """Nodes that were started and do not serve."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"You asked for a JetStream cluster in {folder}, but it was not ready within {PATIENCE:.0f} "
            f"seconds and was ended. The reason stands in {folder}/node-1/server.log; remove it, ask again."
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
        """The file that the process was started with; by it we know a process as ours."""
        return f"{self.folder}/server.conf"

    def runs(self) -> bool:
        """Whether the process that was noted down is there, and is still the one that we started."""
        if self.pid == 0:
            return False
        with suppress(ChildProcessError):
            os.waitpid(self.pid, os.WNOHANG)  # a child that ended stays a zombie until it is asked for
        return self.configuration in _command_of(self.pid)

    def healthy(self) -> bool:
        """Whether the node takes clients in, serves JetStream and knows the cluster's leader."""
        health = f"http://127.0.0.1:{self.monitor}/healthz"
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            for question in (
                "?js-enabled=true",
                "",
            ):  # a node that only just starts answers the latter with yes
                urlopen(health + question, timeout=1).close()
        except OSError:  # a refusal by HTTP is one too
            return False
        return True

    def start(self) -> None:
        """Start the process; it takes up the data that its folder has."""
        with Path(f"{self.folder}/output.log").open("ab") as output:
            started = subprocess.Popen(
                [_program(), "-c", self.configuration],
                stdout=output,
                stderr=output,
                start_new_session=True,  # an interrupt in the notebook's kernel is not meant for it
            )
        self.pid = started.pid
        started.returncode = 0  # it outlives this program on purpose; `end` waits for it

    def send(self, number: int) -> None:
        """Send the process a signal, if it is still the one that we started."""
        if self.runs():
            os.kill(self.pid, number)

    def end(self) -> None:
        """End the process, gently first. One that is gone already is no matter."""
        if not self.pid:
            return
        self.send(signal.SIGCONT)
        self.send(signal.SIGTERM)
        if not _within(GRACE, lambda: not self.runs()):
            self.send(signal.SIGKILL)
            _within(GRACE, lambda: not self.runs())
        self.pid = 0


def up(folder: Path, size: int = 3) -> str:
    """Start a cluster (or what is missing of it) and return the address for `open_store`.

    Raises `NoNatsServer`, or `ClusterNotReady` after ending what it started.
    """
    _program()
    folder = folder.expanduser().resolve()
    nodes = nodes_in(folder)
    if not any(node.runs() for node in nodes) and not (nodes and _are_free(nodes)):
        nodes = _laid_out(folder, len(nodes) or size)
    for node in nodes:
        if not node.runs():
            node.start()
    _note(folder, nodes)
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
        _note(folder, nodes)


def status(folder: Path) -> str | None:
    """The address of the cluster if all its nodes serve, else None."""
    nodes = nodes_in(folder.expanduser().resolve())
    serving = nodes and all(node.runs() and node.healthy() for node in nodes)
    return _address(nodes) if serving else None


def nodes_in(folder: Path) -> list[Node]:
    """The nodes that were ever started in this folder, with the process ids noted down there."""
    noted = folder / "nodes.json"
    return msgspec.json.decode(noted.read_bytes(), type=list[Node]) if noted.exists() else []


def _laid_out(folder: Path, size: int) -> list[Node]:
    """Nodes on ports that are free now; data of an earlier cluster in the folder is taken up again."""
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
    """Whether the nodes can have the ports back that they had."""
    try:
        for port in (port for node in nodes for port in (node.port, node.route, node.monitor)):
            socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def _note(folder: Path, nodes: list[Node]) -> None:
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
    """Ports that nobody listens on; held together until all are drawn, so that none comes twice."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [server.getsockname()[1] for server in held]
    for server in held:
        server.close()
    return ports


def _command_of(pid: int) -> str:
    """The command line of a process, empty if there is none (or only what is left of one)."""
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
    """Wait until something is true; whether it became so in time."""
    end = monotonic() + seconds
    while not (became := true()) and monotonic() < end:
        sleep(0.05)
    return became
