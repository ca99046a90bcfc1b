"""The timeline of a check: actual events beside the expected ones, without any expected value."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.classroom.plain import shown
from workshop_lib.modeling.timeline import REMARKS, Difference, Row, compare, differing_fields


def timeline_of(actual: Sequence[object], expected: Sequence[object]) -> tuple[Row, ...]:
    """Compare actual with expected events; empty if they are equal.

    A missing event shows only its type, a different one only the names of the fields that differ. Events are
    compared by their repr, because a participant's class may define equality in any way.
    """
    if list(actual) == list(expected):
        return ()
    return tuple(_row(one) for one in compare(actual, expected, key=repr))


def _row(one: Difference) -> Row:
    remark = REMARKS[one.mark]
    if one.mark == "≠":
        remark = f"{remark} {', '.join(differing_fields(one.event, one.expected))}".rstrip()
    return Row("", one.mark, remark, type(one.event).__name__ if one.mark == "–" else shown(one.event))
