"""The five outcomes of a check, and the verdict that carries one back to the notebook.

A verdict says three things, one line each: what was seen, why it matters, where to look. Read `show.py`
next for how it looks on the page, `task.py` for who writes those lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from workbench.classroom.show import Bar, Card, Shown, lines_of
from workshop_lib.modeling.timeline import Row


class Outcome(Enum):
    """What a check can answer; the value is what a participant reads."""

    NOT_ATTEMPTED = "not attempted yet"
    WRONG = "not yet"
    ERROR = "an error"
    STALE = "out of date"
    PASSED = "solved"

    @property
    def symbol(self) -> str:
        """One sign for each outcome, so that nobody has to see colours."""
        return _SYMBOLS[self]


_SYMBOLS = {
    Outcome.NOT_ATTEMPTED: "○",
    Outcome.WRONG: "✗",
    Outcome.ERROR: "!",
    Outcome.STALE: "↻",
    Outcome.PASSED: "✓",
}


@dataclass(frozen=True)
class Feedback:
    """What a check found out, before anybody is told: an outcome and its three lines."""

    outcome: Outcome
    seen: str
    why: str = ""
    look: str = ""
    timeline: tuple[Row, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines that have something to say."""
        return tuple(line for line in (self.seen, self.why, self.look) if line)

    @property
    def text(self) -> str:
        """The whole finding as plain text, timeline included."""
        return "\n".join([*self.lines, *lines_of(self.timeline)])


@dataclass(frozen=True, repr=False)
class Verdict(Shown):
    """The answer of `check`: it displays itself, and can be asked for its `outcome`."""

    task: str
    title: str
    finding: Feedback
    bar: Bar | None = None
    comparison: str = ""
    before: str = ""
    trouble: str = ""

    @property
    def outcome(self) -> Outcome:
        """One of the five."""
        return self.finding.outcome

    def card(self) -> Card:
        """The verdict as it is put on the page."""
        return Card(
            heading=f"{self.outcome.symbol} {self.outcome.value}",
            subject=self.title,
            tone=self.outcome.name.lower(),
            lines=(*self.finding.lines, *filter(None, [self.before, self.trouble])),
            timeline=self.finding.timeline,
            folded=("Our solution, for comparison", self.comparison) if self.comparison else None,
            bars=(self.bar,) if self.bar else (),
        )
