"""One arc of a directly-follows graph, and the text of a waiting time.

Read `discovery.py` next: the whole graph.
"""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple


class Arc(NamedTuple):
    """One event type directly after another: how often, in how many cases, the median waiting time between
    their occurrences, and a case as an example.

    The waiting time is negative if the event that was recorded later occurred earlier.
    """

    source: str
    target: str
    frequency: int
    cases: int
    waiting: timedelta
    example: str


def spelled(span: timedelta) -> str:
    """Return a time span as text: 90 s, 18 min, 12 h, 2 d; a negative one as "90 s earlier"."""
    seconds, earlier = abs(span.total_seconds()), " earlier" if span < timedelta() else ""
    for most, length, unit in ((100, 1, "s"), (6_000, 60, "min"), (172_800, 3_600, "h")):
        if seconds < most:
            return f"{seconds / length:.0f} {unit}{earlier}"
    return f"{seconds / 86_400:,.0f} d{earlier}"
