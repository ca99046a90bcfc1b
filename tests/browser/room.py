"""Context managers for a real JupyterLab on a copy of the course and for a real browser."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from workbench.setup.workspace import COURSE

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
PARTS = ("workshop_lib", "workbench", "notebooks", "exercises", "solutions")
TOO_LONG = 60.0


@dataclass(frozen=True)
class Served:
    """A running Lab: the address that it printed, and the copy of the course that it serves."""

    url: str
    course: Path

    def request(self, method: str, path: str) -> bytes:
        """Send a request to the server and return the response's body."""
        address = urlsplit(self.url)
        [token] = parse_qs(address.query)["token"]
        headers = {"Authorization": f"token {token}"}
        request = urllib.request.Request(f"http://{address.netloc}{path}", method=method, headers=headers)
        with urllib.request.urlopen(request, timeout=TOO_LONG) as answer:
            content: bytes = answer.read()
        return content

    def end_kernels(self) -> None:
        """Stop the kernels of the last test."""
        for session in json.loads(self.request("GET", "/api/sessions")):
            self.request("DELETE", f"/api/sessions/{session['id']}")

    def reset(self) -> None:
        """Restore a workspace without answers and progress."""
        self.end_kernels()
        for folder in ("notebooks", "exercises"):
            shutil.copytree(self.course / folder, self.course / "workspace" / folder, dirs_exist_ok=True)
        (self.course / "workspace/.workshop/progress.jsonl").unlink(missing_ok=True)


@contextmanager
def lab_in(folder: Path) -> Iterator[Served]:
    """Run the Lab that `start.py` runs, on a copy of the course, with its own home folder."""
    course = folder / "a course"
    copy_course(course)
    command = [sys.executable, "-m", "workbench.cli", "lab", "--no-browser", "--port", str(free_port())]
    own = {"PYTHONPATH": str(course), "HOME": str(folder), "IPYTHONDIR": str(folder / "ipython")}
    with (course / "lab.log").open("wb") as log:
        lab = subprocess.Popen(
            [*command, "--LabApp.expose_app_in_browser=True"],
            cwd=course,
            env=os.environ | own,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        yield Served(printed_address(course / "lab.log", lab), course)
    finally:
        end(lab)


def copy_course(course: Path) -> None:
    without = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
    for part in PARTS:
        shutil.copytree(COURSE / part, course / part, ignore=without)
    for file in ("requirements.lock", "pyproject.toml"):
        shutil.copy(COURSE / file, course)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def printed_address(log: Path, lab: subprocess.Popen[bytes]) -> str:
    """Wait for the address that the Lab prints, and return it."""
    started = time.monotonic()
    while lab.poll() is None and time.monotonic() - started < TOO_LONG:
        if found := re.search(r"^http://\S+token=\S+$", log.read_text("utf-8"), re.MULTILINE):
            return found[0]
        time.sleep(0.1)
    raise TimeoutError(f"no Lab after {TOO_LONG:.0f} s; its log:\n{log.read_text('utf-8')}")


def end(process: subprocess.Popen[bytes]) -> None:
    """Terminate the process and its kernels; kill it if it does not end."""
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def browser_in(folder: Path, program: str, sharpness: int = 1) -> Iterator[BrowserContext]:
    """Run a browser with its own profile that can reach only this machine."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        context = play.chromium.launch_persistent_context(
            folder,
            executable_path=program,
            args=FLAGS,
            viewport={"width": 1280, "height": 720},
            device_scale_factor=sharpness,
        )
        try:
            yield context
        finally:
            context.close()
