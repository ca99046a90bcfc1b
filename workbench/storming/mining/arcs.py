"""One arrow of a directly-follows graph, and how waiting times are written.

Read `discovery.py` next: the graph that the arrows make.
"""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple


class Arc(NamedTuple):
    """One event type directly after another: how often, in how many cases, the median of the waiting time
    between their occurrences, and a case to look at.

    The waiting time is negative where the later one to be recorded was the earlier one to occur.
    """

    source: str
    target: str
    frequency: int
    cases: int
    waiting: timedelta
    example: str


def spelled(span: timedelta) -> str:
    """A span of time as people say it: 90 s, 18 min, 12 h, 2 d; a negative one is so much earlier."""
    seconds, earlier = abs(span.total_seconds()), " earlier" if span < timedelta() else ""
    for most, length, unit in ((100, 1, "s"), (6_000, 60, "min"), (172_800, 3_600, "h")):
        if seconds < most:
            return f"{seconds / length:.0f} {unit}{earlier}"
    return f"{seconds / 86_400:,.0f} d{earlier}"
