"""The film strip with lanes."""

from __future__ import annotations

from workbench.pictures.lanes import lanes

STEPS = [
    ("Ada", "read model", "load", "Free"),
    ("Bob", "event", "append", "SocketTaken"),
    ("Ada", "hot spot", "append refused", "it is 1"),
]


def places(steps) -> dict[str, tuple[float, float]]:
    sheet = lanes(steps, "Who came second")
    return {text.get_text(): text.get_position() for text in sheet.axes[0].texts if text.get_text()}


def test_time_runs_to_the_right_and_each_name_has_a_lane():
    at = places(STEPS)
    assert at["load"][0] < at["append"][0] < at["append refused"][0]
    assert at["load"][1] == at["append refused"][1] > at["append"][1]
    assert at["Ada"][1] > at["Bob"][1]


def test_an_arrow_leads_from_each_step_to_the_next():
    arrows = [text for text in lanes(STEPS, "Two arrows").axes[0].texts if getattr(text, "arrow_patch", None)]
    assert len(arrows) == 2


def test_dollar_signs_in_a_note_are_not_a_formula():
    assert "$x$ <b>" in places([("Ada", "event", "append", "$x$ <b>")])


def test_a_strip_without_steps_is_empty():
    assert places([]) == {}
