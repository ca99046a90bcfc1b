"""The task that a cell checks is found in its source."""

from __future__ import annotations

import pytest

from workbench.classroom.course import checks_in


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ('check("first_event", log)', ["first_event"]),
        ("found = check('first_event', log)", ["first_event"]),
        ('board.check("design")', []),
        ('# check("first_event", log)', []),
        ('recheck("first_event")', []),
    ],
)
def test_only_calls_of_the_plain_function_count_as_checks(source, names):
    assert checks_in(source) == names
