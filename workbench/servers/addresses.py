"""Addresses for `open_store`: one for each kind of store that is available on this machine."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

from workbench.servers import ServerStatus, control
from workbench.setup.workspace import Workspace


def addresses(file: Path) -> dict[str, str | None]:
    """Return an address with an empty log for each kind of store; None where no server runs.

    `workshop servers up` starts the servers, `workshop servers down` stops them.
    """
    statuses = control("status", Workspace().hidden / "servers")
    servers = {status.engine.partition(",")[0]: _fresh(status) for status in statuses}
    return {"a list": "memory://", "a DuckDB file": str(file), **servers}


def _fresh(status: ServerStatus) -> str | None:
    """Return the address with a schema or stream of its own, so that the log is empty."""
    if status.address is None:
        return None
    name = f"lesson_{uuid4().hex[:8]}"
    if status.address.startswith("nats:"):
        return f"{status.address.partition('?')[0]}?stream={name}"
    return f"{status.address}{'&' if '?' in status.address else '?'}schema={name}"
