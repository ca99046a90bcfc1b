"""What the grammar asks: findings, each a question to somebody who knows the business.

A finding has a key made of its rule and the names it is about, so it is the same finding after notes were
moved, and can be overruled with a reason. Read `rules.py` next: which rules there are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Literal, NamedTuple

from workbench.storming.escaping import as_text
from workbench.storming.events import Level

if TYPE_CHECKING:
    from workbench.storming.grammar.graph import Element, Graph

Severity = Literal["error", "warning", "hint"]

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "hint")
"""Gravest first."""


class Finding(NamedTuple):
    """One question of the grammar about notes; `overruled` says why it is fine as it is, or is empty."""

    key: str
    rule: str
    severity: Severity
    question: str
    suggestion: str
    notes: tuple[str, ...]
    overruled: str = ""

    def __str__(self) -> str:
        told = f"overruled, because {self.overruled}" if self.overruled else self.suggestion
        return f"{self.severity}, {self.rule}: {self.question}\n    {told}\n    key: {self.key}"


class Asked(NamedTuple):
    """What a rule asks about elements; `notes` if only some of their notes are meant."""

    about: tuple[Element, ...]
    question: str
    suggestion: str
    notes: tuple[str, ...] = ()


class Rule(NamedTuple):
    """A rule: its name, how grave it is at each level (absent: not asked there), and who asks."""

    name: str
    severity: Mapping[Level, Severity]
    ask: Callable[[Graph], Iterable[Asked]]


class Findings(list[Finding]):
    """The findings of one check, gravest first. What was overruled stays in the list and no longer counts."""

    @property
    def open(self) -> Findings:
        """Those that nobody overruled."""
        return Findings(finding for finding in self if not finding.overruled)

    @property
    def holds(self) -> bool:
        """Whether the grammar holds: no error is open."""
        return not self.counts()["error"]

    @property
    def done(self) -> bool:
        """Whether the grammar holds and no hot spot is left without an answer or an owner."""
        return self.holds and not self.open.of("open hot spot")

    def counts(self) -> dict[Severity, int]:
        """How many are open, by severity."""
        counted = Counter(finding.severity for finding in self if not finding.overruled)
        return {severity: counted[severity] for severity in SEVERITIES}

    def of(self, rule: str) -> Findings:
        """Those of one rule."""
        return Findings(finding for finding in self if finding.rule == rule)

    def __str__(self) -> str:
        return "\n".join([self._summary(), *map(str, self)])

    __repr__ = __str__

    def _summary(self) -> str:
        counted = ", ".join(f"{n} {kind}{'s' if n != 1 else ''}" for kind, n in self.counts().items())
        overruled = len(self) - len(self.open)
        told = f"{counted}, {overruled} overruled" if overruled else counted
        return f"The grammar {'holds' if self.holds else 'does not hold yet'}: {told}."

    def _repr_markdown_(self) -> str:
        head = ["", "| | rule | question | suggestion | key |", "|---|---|---|---|---|"] if self else []
        return "\n".join([f"**{self._summary()}**", *head, *map(_row, self)])


def _row(finding: Finding) -> str:
    grave, told = str(finding.severity), finding.suggestion
    if finding.overruled:
        grave, told = f"({grave})", f"overruled: {finding.overruled}"
    cells = (grave, finding.rule, finding.question, told, finding.key)
    return "| " + " | ".join(map(as_text, cells)) + " |"
