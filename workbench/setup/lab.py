"""Serve JupyterLab on the workspace, with the workbench's settings, on this machine only.

The server runs in this process, so that one Ctrl-C ends it. Its token is random and never empty; its layout
and settings are separate from those of the participant's other Labs. Read next: `doctor.py`.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from workbench.setup.workspace import Workspace
from workshop_lib.events import WorkshopError

FIRST_PAGE = "notebooks/00_start_here.ipynb"
SETTINGS = Path(__file__).parent / "lab_settings"
FONTS = Path("@jupyterlab", "apputils-extension", "themes.jupyterlab-settings")


class LabNotStarted(WorkshopError):
    """JupyterLab could not open its port."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        self.host, self.port, self.reason = host, port, reason
        super().__init__(
            f"You asked for JupyterLab at {host}, port {port}, but it cannot listen there: {reason}. "
            "Choose another address with --port or --host."
        )


@dataclass(frozen=True)
class Lab:
    """The options of a server: its address, whether a browser opens, and `extra` options for Jupyter."""

    host: str = "127.0.0.1"
    port: int = 8888
    open_browser: bool = True
    extra: tuple[str, ...] = ()

    def arguments(self, workspace: Workspace, token: str) -> list[str]:
        """Return the options of `jupyter lab`. They stay in this process, so `ps` does not show the token."""
        mine = workspace.hidden / "lab"
        values = {
            "ServerApp.ip": self.host,
            "ServerApp.port": self.port,
            "ServerApp.root_dir": workspace.folder,
            "ServerApp.open_browser": self.open_browser,
            "ServerApp.allow_root": _is_root(),
            "ServerApp.answer_yes": True,
            "IdentityProvider.token": token,
            "LabApp.default_url": f"/lab/tree/{FIRST_PAGE}",
            "LabApp.app_settings_dir": SETTINGS,
            "LabApp.custom_css": True,
            "ServerApp.tornado_settings": {"static_custom_path": [str(SETTINGS)]},
            "LabApp.user_settings_dir": mine / "settings",
            "LabApp.workspaces_dir": mine / "layout",
            "LabApp.news_url": None,
            "LabApp.extension_manager": "readonly",
            "KernelManager.transport_encryption": "auto",
            "Application.log_level": "ERROR",
        }
        return [f"--{name}={value}" for name, value in values.items()] + list(self.extra)


def serve(lab: Lab, workspace: Workspace, ready: Callable[[str, int], None]) -> None:
    """Serve until interrupted. Calls `ready` with the address and the port once connections are accepted.

    If the port is taken, the next free one is used. Raises `LabNotStarted`.
    """
    os.environ.setdefault("JUPYTER_PREFER_ENV_PATH", "1")  # prefer our kernel to a python3 in the home folder
    from jupyterlab.labapp import LabApp

    _offer_fonts(workspace.hidden / "lab" / "settings" / FONTS)
    token = secrets.token_urlsafe(24)
    try:
        server = LabApp.initialize_server(lab.arguments(workspace, token))
    except OSError as error:
        raise LabNotStarted(lab.host, lab.port, error.strerror or str(error)) from error
    host = "127.0.0.1" if lab.host in ("", "0.0.0.0", "::") else lab.host
    url = f"http://{host}:{server.port}/lab/tree/{FIRST_PAGE}?token={token}"
    server.io_loop.add_callback(ready, url, server.port)  # runs after the callback that opens the port
    server.start()


def _offer_fonts(own: Path) -> None:
    """Write font sizes for a projector into the user settings, the only place where Lab reads them."""
    if not own.exists():
        own.parent.mkdir(parents=True, exist_ok=True)
        own.write_bytes((SETTINGS / "fonts.json").read_bytes())


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0
