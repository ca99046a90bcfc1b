"""Evenings at one socket: commands for the lectures and exercises of chapters 2.3 and 3.1.

In `EVENING` every command is accepted; in `CROWDED_EVENING` three drivers want the same socket. Read
`office.py` next.
"""

from __future__ import annotations

from typing import Any

from workbench.scenarios.reservable_socket import SOCKET, PlugIn, Release, Reserve, Unplug
from workshop_lib.modeling.decider import decision
from workshop_lib.modeling.repository import Repository

EVENING = (
    Reserve("ada", "17:55", "18:15"),
    PlugIn("ada", "18:05"),
    Unplug("ada"),
    Reserve("bob", "18:30", "18:45"),
    Release("bob"),
)
CROWDED_EVENING = (
    Reserve("ada", "17:00", "17:20"),
    Reserve("bob", "17:05", "17:30"),
    PlugIn("ada", "17:10"),
    PlugIn("bob", "17:15"),
    Unplug("ada"),
    Reserve("bob", "18:00", "18:10"),
    Release("bob"),
    PlugIn("eve", "18:20"),
)


def calm_evening(sockets: Repository[Any, Any, Any]) -> list[object]:
    """Handle the commands of `EVENING` at zoo-1 and return the recorded events."""
    for command in EVENING:
        state, version = sockets.load("zoo-1")
        sockets.save("zoo-1", decision(SOCKET, state, command), version)
    return [recorded.event for recorded in sockets.store.read_stream(sockets.stream_of("zoo-1"))]
