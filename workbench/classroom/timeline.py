"""The timeline of a check: the events that came beside the expected ones, without any expected value."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.classroom.plain import shown
from workshop_lib.modeling.timeline import REMARKS, Difference, Row, compare, differing_fields


def timeline_of(came: Sequence[object], expected: Sequence[object]) -> tuple[Row, ...]:
    """Compare what came with what was expected; empty when both are equal.

    A missing event shows only its type, a different one only the names of its fields. Events are compared by
    how they print, because a participant's class may define equality in any way.
    """
    if list(came) == list(expected):
        return ()
    return tuple(_row(one) for one in compare(came, expected, key=repr))


def _row(one: Difference) -> Row:
    remark = REMARKS[one.mark]
    if one.mark == "≠":
        remark = f"{remark} {', '.join(differing_fields(one.event, one.expected))}".rstrip()
    return Row("", one.mark, remark, type(one.event).__name__ if one.mark == "–" else shown(one.event))
