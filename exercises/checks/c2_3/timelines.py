"""Timelines of a decision that differs from the rules, for the findings of chapter 2.3."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.classroom.plain import clipped
from workshop_lib.modeling import Refused
from workshop_lib.modeling.specification import Decided, NotAsSpecified
from workshop_lib.modeling.timeline import Row, in_words

Decision = tuple[object, ...] | Refused
"""The events that a command leads to, or its refusal."""


def same_decision(got: Decision, right: Decision) -> bool:
    """Return whether two decisions are the same; the words of a refusal are free."""
    return isinstance(got, Refused) if isinstance(right, Refused) else got == right


def difference(history: Sequence[object], command: object, got: Decision, right: Decision) -> tuple[Row, ...]:
    """Return the timeline of two decisions that are not the same, without giving away ours."""
    decided = Decided(tuple(history), command, got)
    try:
        decided.then_refused() if isinstance(right, Refused) else decided.then(*right)
    except NotAsSpecified as different:
        return without_answers(different.rows)
    return ()


def given_rows(history: Sequence[object]) -> tuple[Row, ...]:
    """Return the timeline of what has happened."""
    words = [in_words(event) for event in history] or ["nothing"]
    return tuple(Row("Given", "·", "given", one) for one in words)


def without_answers(lines: Sequence[Row]) -> tuple[Row, ...]:
    """Return the timeline of a specification without the parts that give away the answer."""
    return tuple(Row(line.part, line.mark or "·", _remark(line), _words(line)) for line in lines)


def _remark(line: Row) -> str:
    return "different" if line.mark == "≠" else line.remark or line.part.lower()


def _words(line: Row) -> str:
    if line.remark != "missing":
        return clipped(line.words, 120)
    return "a refusal" if line.words.startswith("refused:") else line.words.partition(" (")[0]
