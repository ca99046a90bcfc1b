"""The five outcomes of a check, its feedback, and the verdict that a notebook shows.

Feedback has three lines: what was seen, why it matters, where to look. Read `show.py` next for how it looks
on the page, `task.py` for how its lines are written.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from workbench.classroom.show import Bar, Card, Shown, lines_of
from workshop_lib.modeling.timeline import Row


class Outcome(Enum):
    """The outcome of a check; the value is the text that a participant reads."""

    NOT_ATTEMPTED = "not attempted yet"
    WRONG = "not yet"
    ERROR = "an error"
    STALE = "out of date"
    PASSED = "solved"

    @property
    def symbol(self) -> str:
        """Return a sign for the outcome, so that it can be read without colours."""
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
    """The result of a check: an outcome and its three lines."""

    outcome: Outcome
    seen: str
    why: str = ""
    look: str = ""
    timeline: tuple[Row, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines that are not empty."""
        return tuple(line for line in (self.seen, self.why, self.look) if line)

    @property
    def text(self) -> str:
        """The feedback as plain text, timeline included."""
        return "\n".join([*self.lines, *lines_of(self.timeline)])


class Found(Exception):
    """Raised to end a check; carries its finding."""

    def __init__(self, finding: Feedback) -> None:
        self.finding = finding
        super().__init__(finding.seen)


@dataclass(frozen=True, repr=False)
class Verdict(Shown):
    """The result of `check`, which displays itself and has an `outcome`."""

    task: str
    title: str
    finding: Feedback
    bar: Bar | None = None
    comparison: str = ""
    before: str = ""
    trouble: str = ""

    @property
    def outcome(self) -> Outcome:
        """One of the five outcomes."""
        return self.finding.outcome

    def card(self) -> Card:
        """Return the verdict as a card."""
        return Card(
            heading=f"{self.outcome.symbol} {self.outcome.value}",
            subject=self.title,
            tone=self.outcome.name.lower(),
            lines=(*self.finding.lines, *filter(None, [self.before, self.trouble])),
            timeline=self.finding.timeline,
            folded=("Our solution, for comparison", self.comparison) if self.comparison else None,
            bars=(self.bar,) if self.bar else (),
        )
