"""Addresses for `open_store`: one for each kind of store that is there on this machine."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

from workbench.servers import Stall, visit
from workbench.setup.workspace import Workspace


def addresses(file: Path) -> dict[str, str | None]:
    """For each kind of store an address with an empty log; None where no server runs.

    `workshop market up` starts the servers, `workshop market down` stops them.
    """
    stalls = visit("status", Workspace().hidden / "market")
    servers = {stall.engine.partition(",")[0]: _fresh(stall) for stall in stalls}
    return {"a list": "memory://", "a DuckDB file": str(file), **servers}


def _fresh(stall: Stall) -> str | None:
    """The address with a schema or stream of its own, so that the log is empty."""
    if stall.address is None:
        return None
    room = f"lesson_{uuid4().hex[:8]}"
    if stall.address.startswith("nats:"):
        return f"{stall.address.partition('?')[0]}?stream={room}"
    return f"{stall.address}{'&' if '?' in stall.address else '?'}schema={room}"
