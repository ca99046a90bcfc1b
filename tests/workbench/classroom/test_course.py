"""Which task a cell checks is read off its source."""

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
def test_a_check_is_called_by_its_plain_name(source, names):
    assert checks_in(source) == names
