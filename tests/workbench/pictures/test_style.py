"""The style of all pictures: distinct colours, also for colour-blind eyes, and legible texts."""

from __future__ import annotations

import subprocess
import sys
from itertools import combinations

import numpy as np
import pytest

from workbench.pictures.style import STATUSES, STICKY, by_number, figure, looks_of

# Machado, Oliveira, Fernandes (2009), severity 1.0, in linear light; Ottosson's OKLab (2020).
EYES = {
    "all cones": np.eye(3),
    "no red cones": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "no green cones": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "no blue cones": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
TO_CONES = np.array([[0.41222, 0.53633, 0.05145], [0.21190, 0.68070, 0.10740], [0.08830, 0.28172, 0.62998]])
TO_LAB = np.array([[0.21045, 0.79362, -0.00407], [1.97800, -2.42859, 0.45059], [0.02590, 0.78277, -0.80868]])


def linear(colour):
    parts = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def seen(colour, eye):
    return TO_LAB @ np.cbrt(TO_CONES @ np.clip(eye @ linear(colour), 0, 1))


def contrast(one, other):
    light, dark = sorted(linear(colour) @ [0.2126, 0.7152, 0.0722] + 0.05 for colour in (one, other))[::-1]
    return light / dark


@pytest.mark.parametrize("eye", EYES)
def test_any_two_statuses_differ_for_every_kind_of_eye(eye):
    for one, other in combinations(STATUSES, 2):
        distance = np.linalg.norm(seen(one.colour, EYES[eye]) - seen(other.colour, EYES[eye]))
        assert distance > 0.1, f"{one.word} and {other.word}"


def test_the_symbol_on_each_status_is_legible():
    for look in STATUSES:
        assert contrast(look.colour, look.ink) >= 4.5, look.word


def test_statuses_differ_by_symbol_and_word_too():
    assert len({look.symbol for look in STATUSES}) == len({look.word for look in STATUSES}) == 9


def test_every_kind_of_sticky_note_has_its_own_colour():
    assert len(set(STICKY.values())) == len(STICKY) == 9


def test_connector_statuses_always_have_the_same_look():
    assert looks_of(["Faulted", "Available"]) == [STATUSES[0], STATUSES[8]]


def test_unknown_states_get_looks_in_the_order_of_their_names():
    looks = looks_of(["warm", "cold", "Charging", "warm", ""])
    assert [look.word for look in looks] == ["Charging", "", "cold", "warm"]
    assert len({look.colour for look in looks}) == 4
    assert [look.symbol for look in looks] == ["●", "?", "c", "w"]


def test_numbers_in_names_are_sorted_by_value():
    names = ["socket-10", "7", "socket-9b", "socket", "socket-9a", ""]
    assert sorted(names, key=by_number) == ["", "7", "socket", "socket-9a", "socket-9b", "socket-10"]


def test_a_figure_shows_its_finding_and_the_units_of_its_axes():
    sheet, axes = figure("Evenings are full", x="hour of day (UTC)", y="charging (connectors)")
    assert axes.get_title("left") == "Evenings are full"
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("hour of day (UTC)", "charging (connectors)")
    assert axes.xaxis.label.get_size() >= 13
    assert sheet.dpi >= 144


def test_a_figure_has_whole_pixels_so_that_its_repr_is_the_same_everywhere():
    sheet, _ = figure("Evenings are full", size=(10.0333, 3.5901))
    assert str(sheet) == "Figure(1440x504)"


def test_matplotlib_is_not_imported_before_the_first_picture():
    program = "import sys, workbench.pictures.figures; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
