"""The layout of the two packages: the rooms, the arrows between them, and the committed picture."""

from __future__ import annotations

import subprocess
import sys
from graphlib import TopologicalSorter
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest
from matplotlib.transforms import Bbox

from workbench.pictures.import_graph import Import, read_packages
from workbench.pictures.layout import layout, rounded
from workbench.pictures.rooms import BASE, room_arrows, room_of, rooms

ROOT = Path(__file__).parents[3]
COMMITTED = ROOT / "docs" / "layout.svg"
MAKE_ANEW = "out of date, run: python -m workbench.pictures.layout docs/layout.svg"

SIDES = ("x", "y", "width", "height")

SMALL = {
    "workshop_lib": "from workshop_lib.store import open_store",
    "events": "",
    "store": "",
    "store.port": "import workshop_lib.events",
    "store.engine": "",
    "store.engine.file": "from workshop_lib.store import port",
    "modeling.repository": "from workshop_lib.store.port import EventStore\n",
    "charging.session": "from workshop_lib.modeling import repository\nfrom workshop_lib.store import port",
    "workbench": "",
    "workbench.cli": "from workbench.city import night",
    "workbench.city.night": "from workbench import cli\nfrom workshop_lib import open_store",
}
"""A tiny library and a tiny workbench."""


@pytest.fixture(scope="module")
def sources() -> dict[str, str]:
    return read_packages()


def shown_rooms(svg: str) -> dict[str, int]:
    return {
        group.attrib["id"]: int(group.attrib["data-lines"])
        for group in ElementTree.fromstring(svg).iter()
        if "data-lines" in group.attrib
    }


def shown_arrows(svg: str) -> list[Import]:
    return [
        Import(path.attrib["data-importer"], path.attrib["data-imported"])
        for path in ElementTree.fromstring(svg).iter()
        if "data-importer" in path.attrib
    ]


def test_the_committed_picture_shows_the_current_rooms(sources):
    shown, today = (
        shown_rooms(COMMITTED.read_text("utf-8")),
        {room.name: room.lines for room in rooms(sources)},
    )
    assert shown.keys() == today.keys(), MAKE_ANEW
    far_off = {name: lines for name, lines in today.items() if abs(lines - shown[name]) > 60 + lines / 4}
    assert far_off == {}, MAKE_ANEW


def test_the_committed_picture_shows_the_current_arrows(sources):
    assert shown_arrows(COMMITTED.read_text("utf-8")) == room_arrows(sources), MAKE_ANEW


def test_the_workbench_imports_the_library_and_rooms_have_no_import_cycle(sources):
    arrows = room_arrows(sources)
    assert Import("workbench", "workshop_lib") in arrows
    sorter = TopologicalSorter[str]()
    for arrow in arrows:
        sorter.add(arrow.importer, arrow.imported)
    sorter.prepare()  # raises CycleError


def test_a_room_is_a_folder_or_a_single_module_of_the_workbench():
    assert [room.name for room in rooms(SMALL)] == [
        *("workbench.city", "workbench.cli"),
        *("workshop_lib.base", "workshop_lib.charging", "workshop_lib.modeling", "workshop_lib.store"),
    ]


def test_a_room_shows_its_folders_and_the_base_its_modules():
    parts = {room.short: room.parts for room in rooms(SMALL) if room.parts}
    assert parts == {"store": ("engine",), "base": ("events",)}
    assert room_of("events", SMALL) == BASE


def test_an_arrow_is_left_out_if_a_longer_path_exists():
    assert room_arrows(SMALL) == [
        Import("workbench", "workshop_lib"),
        Import("workbench.city", "workbench.cli"),
        Import("workbench.cli", "workbench.city"),
        Import("workshop_lib.charging", "workshop_lib.modeling"),
        Import("workshop_lib.modeling", "workshop_lib.store"),
    ]


def test_an_import_of_the_workbench_by_the_library_is_drawn():
    back = Import("workshop_lib", "workbench")
    assert back not in room_arrows(SMALL)
    assert back in room_arrows(SMALL | {"events": "import workbench.cli"})
    assert back in shown_arrows(layout(SMALL | {"workshop_lib": "from workbench import cli"}))


def test_a_new_room_is_drawn_beside_the_others():
    svg = layout(SMALL | {"workbench.market.<prices>": "", "evolution.upcast": ""})
    assert {"workbench.market", "workshop_lib.evolution"} <= shown_rooms(svg).keys()
    assert layout(SMALL) == layout(SMALL)


def test_the_name_of_a_room_is_escaped():
    assert "<i>" not in layout(SMALL | {"workbench.<i>.code": ""})


@pytest.mark.parametrize(("lines", "shown"), [(0, 0), (7, 7), (219, 220), (2381, 2400), (14_256, 14_000)])
def test_lines_are_rounded_to_two_digits(lines, shown):
    assert rounded(lines) == shown


def test_boxes_do_not_overlap(sources):
    places = [rect for rect in ElementTree.fromstring(layout(sources)).iter() if rect.get("rx") == "8"]
    boxes = [Bbox.from_bounds(*(float(rect.attrib[name]) for name in SIDES)) for rect in places]
    assert len(boxes) == len(rooms(sources))
    assert not [(one, two) for one, two in combinations(boxes, 2) if one.overlaps(two)]


def test_the_command_writes_the_picture(tmp_path, sources):
    file = tmp_path / "layout.svg"
    subprocess.run([sys.executable, "-m", "workbench.pictures.layout", file], check=True, cwd=ROOT)
    assert file.read_text("utf-8") == layout(sources)
