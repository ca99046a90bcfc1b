"""The findings of the grammar: each is a question to somebody who knows the business.

The key of a finding consists of its rule and the names it is about. So a finding stays the same when notes
are moved, and can be overruled with a reason. Read `rules.py` next: the rules.
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
"""From most to least severe."""


class Finding(NamedTuple):
    """One question of the grammar about notes; `overruled` is the reason why it does not apply, or empty."""

    key: str
    rule: str
    severity: Severity
    question: str
    suggestion: str
    notes: tuple[str, ...]
    overruled: str = ""

    def __str__(self) -> str:
        advice = f"overruled, because {self.overruled}" if self.overruled else self.suggestion
        return f"{self.severity}, {self.rule}: {self.question}\n    {advice}\n    key: {self.key}"


class Question(NamedTuple):
    """A rule's question about elements; `notes` if it is about only some of their notes."""

    about: tuple[Element, ...]
    question: str
    suggestion: str
    notes: tuple[str, ...] = ()


class Rule(NamedTuple):
    """A rule: its name, its severity at each level (a missing level is not checked), and its function."""

    name: str
    severity: Mapping[Level, Severity]
    questions: Callable[[Graph], Iterable[Question]]


class Findings(list[Finding]):
    """The findings of one check, the most severe first. Overruled ones stay in the list but do not count."""

    @property
    def open(self) -> Findings:
        """The findings that are not overruled."""
        return Findings(finding for finding in self if not finding.overruled)

    @property
    def holds(self) -> bool:
        """Whether no error is open."""
        return not self.counts()["error"]

    @property
    def done(self) -> bool:
        """Whether no error is open and each hot spot has an answer or an owner."""
        return self.holds and not self.open.of("open hot spot")

    def counts(self) -> dict[Severity, int]:
        """Return the number of open findings by severity."""
        counted = Counter(finding.severity for finding in self if not finding.overruled)
        return {severity: counted[severity] for severity in SEVERITIES}

    def of(self, rule: str) -> Findings:
        """Return the findings of one rule."""
        return Findings(finding for finding in self if finding.rule == rule)

    def __str__(self) -> str:
        return "\n".join([self._summary(), *map(str, self)])

    __repr__ = __str__

    def _summary(self) -> str:
        counted = ", ".join(f"{n} {kind}{'s' if n != 1 else ''}" for kind, n in self.counts().items())
        overruled = len(self) - len(self.open)
        summary = f"{counted}, {overruled} overruled" if overruled else counted
        return f"The grammar {'holds' if self.holds else 'does not hold yet'}: {summary}."

    def _repr_markdown_(self) -> str:
        head = ["", "| | rule | question | suggestion | key |", "|---|---|---|---|---|"] if self else []
        return "\n".join([f"**{self._summary()}**", *head, *map(_row, self)])


def _row(finding: Finding) -> str:
    severity, advice = str(finding.severity), finding.suggestion
    if finding.overruled:
        severity, advice = f"({severity})", f"overruled: {finding.overruled}"
    cells = (severity, finding.rule, finding.question, advice, finding.key)
    return "| " + " | ".join(map(as_text, cells)) + " |"
