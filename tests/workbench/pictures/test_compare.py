"""The contents of pictures that compare; pixels are not tested."""

from __future__ import annotations

from workbench.pictures.compare import field_grid, side_by_side
from workbench.pictures.style import STICKY


def colours(axes) -> list[str]:
    return [_hex(bar.get_facecolor()) for bar in axes.patches]


def _hex(colour) -> str:
    from matplotlib.colors import to_hex

    return to_hex(colour).upper()


def test_each_measure_has_a_panel_and_each_name_a_bar():
    sheet = side_by_side(["a", "b"], {"waits": [1, 2], "broken": [0, 3]}, "B is worse", bad=["broken"])
    waits, broken = sheet.axes
    assert [bar.get_width() for bar in broken.patches] == [0, 3]
    assert colours(waits) == [STICKY["command"]] * 2
    assert colours(broken) == [STICKY["hot spot"]] * 2
    assert [text.get_text() for text in waits.get_yticklabels()] == ["a", "b"]


def test_dollar_signs_in_a_name_are_not_a_formula():
    sheet = side_by_side(["$x$ & <b>"], {"waits": [1]}, "$y$")
    sheet.canvas.draw()
    assert sheet.axes[0].get_yticklabels()[0].get_text() == "$x$ & <b>"


def test_a_field_with_two_writers_is_red():
    used = {"charging": {"end": "w", "token": "w"}, "operations": {"end": "rw"}}
    (axes,) = field_grid(used, ["end", "token"], "Two write the end").axes
    marks = [_hex(mark.get_facecolor()[0]) for mark in axes.collections if len(mark.get_offsets())]
    assert marks.count(STICKY["hot spot"]) == 2
    assert marks.count(STICKY["command"]) == 1
