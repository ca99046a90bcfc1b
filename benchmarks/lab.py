"""Measure the time from `start.py` to a served Lab, for which a participant waits each morning.

Measured from the outside, as a person would: start the command, read the address it prints, ask for the page.
Read first: `rounds.py`. Used by `store.py`.
"""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import IO
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/lab\S*\?token=\S+")
PATIENCE = 60.0
"""The Lab must be served within this many seconds."""


def why_not() -> str | None:
    """Return why the Lab cannot be measured here, or None. A benchmark installs nothing."""
    sys.path.insert(0, str(ROOT))
    from start import Setup

    return None if Setup(ROOT).has("lab") else "not set up by start.py"


def until_served() -> None:
    """Start the workbench, wait for its page, and close it. Raises `TimeoutError`."""
    command = [sys.executable, "start.py", "--no-browser", "--port", str(_free_port())]
    pipe, said = subprocess.PIPE, subprocess.STDOUT
    with subprocess.Popen(command, cwd=ROOT, stdout=pipe, stderr=said, text=True) as process:
        assert process.stdout
        try:
            _wait_for(_address(process.stdout))
        finally:
            process.terminate()


def _address(output: IO[str]) -> str:
    for line in output:
        if found := ADDRESS.search(line):
            return found[0]
    raise TimeoutError("start.py ended without printing an address; run it by hand to see why")


def _wait_for(address: str) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            with urlopen(address, timeout=PATIENCE) as page:
                if page.status == 200:
                    return
        except OSError:  # not listening yet
            time.sleep(0.02)
    raise TimeoutError(f"no page at {address} within {PATIENCE:.0f} s")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
