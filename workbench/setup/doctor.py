"""Check a computer: each check returns what it found and, if something is wrong, a remedy.

A check takes what it looks at as arguments, so that tests can pass a good and a bad case. `examine` runs all
of them on this computer. Read next: `lab.py`, which starts the server for the check of the widgets.
"""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import webbrowser
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from workbench.setup.lab import Lab
from workbench.setup.workspace import COURSE, Workspace

WIDGETS = ("anywidget", "@jupyter-widgets/jupyterlab-manager")
BROWSERS = ("google-chrome", "chromium", "firefox", "msedge", "safari")
SET_UP = "Run python3 start.py again: it installs what is missing."


@dataclass(frozen=True)
class Diagnosis:
    """The result of one check: whether it passed, what was found, and the remedy if it failed."""

    name: str
    ok: bool
    seen: str
    remedy: str = ""


def python_version(version: Sequence[int] = sys.version_info[:3]) -> Diagnosis:
    """Check that the packages support this version of Python."""
    ok = (3, 11) <= tuple(version[:2]) <= (3, 14)
    return Diagnosis("Python", ok, ".".join(map(str, version[:3])), "Run start.py with Python 3.11 to 3.14.")


def packages(lock: Path, installed: Callable[[str], str] = metadata.version) -> Diagnosis:
    """Check that the packages of the lock are installed in the locked versions."""
    wanted, wrong = locked(lock), []
    for name, version in wanted.items():
        try:
            found = installed(name)
        except metadata.PackageNotFoundError:
            found = "nothing"
        if found != version:
            wrong.append(f"{name} {version} is required, {found} is installed")
    seen = (
        f"{len(wrong)} differ from the lock: {'; '.join(wrong[:3])}"
        if wrong
        else f"{len(wanted)} as in the lock"
    )
    return Diagnosis("Packages", not wrong, seen, "Delete the folder .venv, then run python3 start.py.")


def locked(lock: Path) -> dict[str, str]:
    """Return name and version of each package in a lock that applies to this computer."""
    from packaging.requirements import Requirement

    lines = re.findall(r"(?m)^([A-Za-z0-9][^\\\n]*==[^\\\n]*)", lock.read_text(encoding="utf-8"))
    requirements = [Requirement(line) for line in lines]
    needed = [r for r in requirements if r.marker is None or r.marker.evaluate()]
    return {r.name: str(r.specifier).removeprefix("==") for r in needed}


def free_port(port: int = 8888) -> Diagnosis:
    """Check that JupyterLab's usual port is free."""
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            seen = f"{port} is not available: {error.strerror}"
            return Diagnosis(
                "Port", False, seen, "Close the other Lab, or ignore this: Lab will use the next free port."
            )
    return Diagnosis("Port", True, f"{port} is free")


def writable(folder: Path) -> Diagnosis:
    """Check that the workspace can be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".doctor-"):
            return Diagnosis("Workspace", True, f"{folder} can be written")
    except OSError as error:
        remedy = "Move the course to a folder of your own, not on a synchronised or read-only drive."
        return Diagnosis("Workspace", False, f"{folder} cannot be written: {error.strerror}", remedy)


def disk_space(folder: Path, needed_mb: int = 500) -> Diagnosis:
    """Check that there is room for the logs that the chapters on scale write."""
    free = shutil.disk_usage(folder).free // 1000**2
    return Diagnosis(
        "Disk", free >= needed_mb, f"{free:,} MB free", f"Free {needed_mb} MB on the disk of {folder}."
    )


def browser(
    find: Callable[[], object] = webbrowser.get, which: Callable[[str], str | None] = shutil.which
) -> Diagnosis:
    """Check that there is a browser to open Lab in."""
    with contextlib.suppress(webbrowser.Error):
        find()
        return Diagnosis("Browser", True, "the system has one")
    found = next((name for name in BROWSERS if which(name)), None)
    remedy = "Copy the address that `workshop lab` prints into any browser that can reach this computer."
    return Diagnosis("Browser", found is not None, found or "none found", remedy)


def proxy(proxies: Mapping[str, str] | None = None) -> Diagnosis:
    """Check that a configured proxy is bypassed for traffic from this computer to itself."""
    known = dict(urllib.request.getproxies_environment() if proxies is None else proxies)
    bypassed = {host.strip() for host in known.pop("no", "").split(",")}
    caught = [host for host in ("127.0.0.1", "localhost") if known and not bypassed & {host, "*"}]
    remedy = (
        "Set NO_PROXY=127.0.0.1,localhost and the same exception in the browser. "
        "If a proxy interferes, the page opens, but cells stay [*] because the websocket is blocked."
    )
    seen = (
        f"a proxy would get the traffic to {' and '.join(caught)}"
        if caught
        else "none between browser and Lab"
    )
    return Diagnosis("Proxy", not caught, seen, remedy)


def kernel(name: str = "python3", seconds: float = 30.0) -> Diagnosis:
    """Check that a notebook's kernel starts, answers, and runs in this environment."""
    from jupyter_client.manager import start_new_kernel

    remedy = "Remove other kernels with this name (jupyter kernelspec list). " + SET_UP
    try:
        manager, client = start_new_kernel(seconds, name, stderr=subprocess.DEVNULL)
    except Exception as error:  # every failure to start is a finding
        return Diagnosis(
            "Kernel", False, f"{name} does not start: {str(error) or type(error).__name__}", remedy
        )
    try:
        prefix = _answer(client.execute_interactive, "import sys; print(sys.prefix)", seconds)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    ours = bool(prefix) and Path(prefix).resolve() == Path(sys.prefix).resolve()
    return Diagnosis(
        "Kernel", ours, f"{name} runs in {prefix}" if prefix else f"{name} does not answer", remedy
    )


def _answer(execute: Callable[..., object], code: str, seconds: float) -> str:
    printed: list[str] = []

    def note(message: Mapping[str, Any]) -> None:
        printed.append(message["content"].get("text", ""))

    with contextlib.suppress(TimeoutError):
        execute(code, timeout=seconds, output_hook=note)
    return "".join(printed).strip()


def widgets(prefix: Path, fetch: Callable[[str], int]) -> Diagnosis:
    """Check that the browser can load the widgets' code. `fetch` returns the HTTP status of a path of Lab."""
    for name in WIDGETS:
        try:
            package = json.loads((_extension(prefix, name) / "package.json").read_text(encoding="utf-8"))
            entry = package["jupyterlab"]["_build"]["load"]
        except (OSError, ValueError, KeyError) as error:
            return Diagnosis("Widgets", False, f"{name} is not installed for Lab: {error}", SET_UP)
        status = fetch(f"/lab/extensions/{name}/{entry}")
        if status != 200:
            remedy = "See the row Proxy first; then close every Lab and try again."
            return Diagnosis(
                "Widgets", False, f"{name}: the Lab server answered {status or 'nothing'}", remedy
            )
    return Diagnosis("Widgets", True, "served by Lab")


def _extension(prefix: Path, name: str) -> Path:
    return prefix / "share" / "jupyter" / "labextensions" / name


@contextlib.contextmanager
def short_lived_lab(seconds: float = 30.0) -> Iterator[Callable[[str], int]]:
    """Run a Lab server on a temporary folder; yield a function from path to HTTP status, 0 for no answer."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        arguments = Lab(port=port, open_browser=False).arguments(Workspace(folder=Path(folder)), "doctor")
        command = [sys.executable, "-m", "jupyterlab", *arguments]
        quiet = subprocess.DEVNULL
        with subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet) as server:
            try:
                deadline = time.monotonic() + seconds
                while not _status(port, "/api") and server.poll() is None and time.monotonic() < deadline:
                    time.sleep(0.1)
                yield lambda path: _status(port, path)
            finally:
                server.kill()


def _status(port: int, path: str) -> int:
    without_proxy = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with without_proxy.open(f"http://127.0.0.1:{port}{path}?token=doctor", timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def examine() -> list[Diagnosis]:
    """Run every check on this computer; takes about five seconds."""
    workspace = Workspace()
    findings = [python_version(), packages(COURSE / "requirements.lock"), writable(workspace.folder)]
    findings += [disk_space(COURSE), free_port(), browser(), proxy(), kernel()]
    with short_lived_lab() as fetch:
        findings.append(widgets(Path(sys.prefix), fetch))
    return findings


def present(findings: Sequence[Diagnosis]) -> None:
    """Print the findings as a table, with remedies for what is wrong."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("", "Check", "What was seen", "What to do")
    for finding in findings:
        mark = Text("✓ ok", "green") if finding.ok else Text("✗ fix", "red")
        table.add_row(mark, finding.name, Text(finding.seen), Text("" if finding.ok else finding.remedy))
    Console().print(table)
