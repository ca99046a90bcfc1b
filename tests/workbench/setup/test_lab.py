"""The workbench serves JupyterLab privately, with its own settings, on the participant's copy."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.workbench.helpers import interruptible, write_notebook
from workbench.setup.lab import SETTINGS, Lab
from workbench.setup.workspace import COURSE, Workspace

SCHEMAS = Path(sys.prefix) / "share" / "jupyter" / "lab" / "schemas"
OVERRIDES: dict[str, dict[str, Any]] = json.loads((SETTINGS / "overrides.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("plugin", OVERRIDES)
def test_each_setting_exists_in_this_version_of_lab(plugin: str):
    package, name = plugin.split(":")
    schema = json.loads((SCHEMAS / package / f"{name}.json").read_text(encoding="utf-8"))
    assert set(OVERRIDES[plugin]) <= set(schema["properties"])


def test_news_and_the_extension_manager_are_off():
    assert OVERRIDES["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"
    assert OVERRIDES["@jupyterlab/extensionmanager-extension:plugin"] == {"enabled": False}


def test_the_lab_is_private_by_default(tmp_path: Path):
    arguments = Lab().arguments(Workspace(folder=tmp_path), "secret")
    assert "--ServerApp.ip=127.0.0.1" in arguments
    assert "--IdentityProvider.token=secret" in arguments
    assert f"--ServerApp.root_dir={tmp_path}" in arguments


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="no root on this system")
@pytest.mark.parametrize(("user", "allowed"), [(0, "True"), (1000, "False")])
def test_root_is_allowed_only_if_the_user_is_root(monkeypatch: pytest.MonkeyPatch, user: int, allowed: str):
    monkeypatch.setattr(os, "geteuid", lambda: user)
    assert f"--ServerApp.allow_root={allowed}" in Lab().arguments(Workspace(), "secret")


def test_options_for_jupyter_come_last_and_override_ours():
    assert (
        Lab(extra=("--LabApp.expose_app_in_browser=True",))
        .arguments(Workspace(), "x")[-1]
        .endswith("browser=True")
    )


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is sent as a signal")
def test_a_fresh_clone_serves_lab_and_then_does_so_again_without_a_network(clone: Path, tmp_path: Path):
    unmade = shutil.ignore_patterns("__pycache__")
    for package in ("workshop_lib", "workbench"):
        shutil.copytree(COURSE / package, clone / package, ignore=unmade, dirs_exist_ok=True)
    write_notebook(clone / "notebooks" / "00_start_here.ipynb", "1 + 1")
    (tmp_path / "home").mkdir()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        first = _serve_and_stop(clone, str(port), HOME=str(tmp_path / "home"))
        nowhere = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), "http://127.0.0.1:9")
        second = _serve_and_stop(clone, str(port), HOME=str(tmp_path / "home"), **nowhere)
    assert "[3/3]" in first
    assert f"Port {port} is taken, so the workbench uses" in first
    assert "[1/3]" not in second
    assert "Closed. Your work is in workspace/" in second
    assert (clone / "workspace" / "notebooks" / "00_start_here.ipynb").exists()


def _serve_and_stop(clone: Path, port: str, **environment: str) -> str:
    """Serve Lab, check access with and without its token, stop it by Ctrl-C; return what it printed."""
    printed = []
    with interruptible(clone, "--no-browser", "--port", port, **environment) as lab:
        assert lab.stdout
        for line in lab.stdout:
            printed.append(line)
            if found := re.match(
                r"(http://127\.0\.0\.1:\d+)/lab/tree/notebooks/00_start_here\.ipynb\?token=(.+)", line
            ):
                assert _status(f"{found[1]}/api/contents?token={found[2]}") == 200
                assert _status(f"{found[1]}/api/contents") == 403
                lab.send_signal(signal.SIGINT)
        assert lab.stderr
        errors = lab.stderr.read()
    assert lab.returncode == 0, "".join(printed) + errors
    assert "Traceback" not in errors
    return "".join(printed)


def _status(url: str) -> int:
    without_proxy = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with without_proxy.open(url, timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
