"""The import graph, as a list of arrows and as a hexagon."""

from __future__ import annotations

from itertools import combinations, permutations

import pytest
from matplotlib.colors import to_hex

from workbench.pictures.hexagon import ARROWS, hexagon
from workbench.pictures.import_graph import DEPTHS, Import, imports, outward, place_of, read_packages
from workbench.pictures.style import STICKY

SESSION, DUCKDB = "charging.session", "store.duckdb_engine.store"


@pytest.fixture(scope="module")
def sources() -> dict[str, str]:
    return read_packages()


def with_line(sources: dict[str, str], line: str, module: str = SESSION) -> dict[str, str]:
    """Return a copy of the sources in which one module has one more line."""
    return sources | {module: f"{sources[module]}\n{line}\n"}


def red_arrows(sheet) -> list[str]:
    return [
        text.get_text()
        for text in sheet.axes[0].texts
        if text.get_bbox_patch() and " imports " in text.get_text()
    ]


def test_in_both_packages_every_arrow_points_inwards(sources):
    arrows = imports(sources)
    assert Import(DUCKDB, "store.errors") in arrows
    assert Import("workbench.cli", "workbench.setup.lab") in arrows
    assert Import("workbench.pictures.figures", "events") in arrows
    assert outward(arrows) == []


@pytest.mark.parametrize(
    ("line", "imported"),
    [
        ("from workshop_lib.store.duckdb_engine.store import DuckDBStore", DUCKDB),
        ("from workshop_lib.store.duckdb_engine import store", DUCKDB),
        ("import workshop_lib.store.duckdb_engine.store as engine", DUCKDB),
        ("def late():\n    from workshop_lib.store.duckdb_engine.store import DuckDBStore", DUCKDB),
        ("from workshop_lib import open_store", "workshop_lib"),
        ("from workshop_lib.store import open_store", "store"),
        ("from workshop_lib.store.port import EventStore", "store.port"),
        ("from workbench.city.traffic import network", "workbench.city.traffic"),
        ("import workbench", "workbench"),
        ("from workshop_lib.modeling.application import handle", "modeling.application"),
    ],
)
def test_an_outward_import_is_found_in_every_form(sources, line, imported):
    assert outward(imports(with_line(sources, line))) == [Import(SESSION, imported)]


@pytest.mark.parametrize(
    "line",
    ["import duckdb", "from workshop_lib.charging import tariff", "from . import tariff", "import math"],
)
def test_imports_of_other_packages_or_the_same_part_are_not_outward(sources, line):
    assert outward(imports(with_line(sources, line))) == []


def test_the_application_may_import_the_port_but_no_engine(sources):
    port, engine = (
        "from workshop_lib.store.port import Query",
        "from workshop_lib.store.memory import MemoryStore",
    )
    assert outward(imports(with_line(sources, port, "modeling.application"))) == []
    assert outward(imports(with_line(sources, engine, "modeling.application"))) != []


def test_no_part_of_the_library_may_import_the_workbench(sources):
    line = "from workbench.pictures import style"
    for module in ("codec", "store", "workshop_lib", "reading.temporal", "store.duckdb_engine.store"):
        found = outward(imports(with_line(sources, line, module)))
        assert found == [Import(module, "workbench.pictures.style")]


def test_a_library_module_without_a_pattern_belongs_to_the_domain():
    assert place_of("charging.loyalty_card").part == place_of("loyalty").part == "domain"


def test_a_new_room_of_the_workbench_gets_its_own_box():
    assert place_of("workbench.market.prices") == place_of("workbench.market") != place_of("workbench.cli")
    assert place_of("workbench.market").box == "market"


def test_only_charging_is_placed_without_a_pattern(sources):
    unplaced = {name for name in sources if place_of(name).part == "domain" and not place_of(name).patterns}
    assert {name.partition(".")[0] for name in unplaced} == {"charging"}


def test_the_hexagon_has_a_box_for_every_aggregate_and_every_engine(sources):
    words = [text.get_text() for text in hexagon(sources).axes[0].texts]
    assert {"session", "tariff", "event store port", "DuckDB", "PostgreSQL", "JetStream"} <= set(words)


def test_the_hexagon_has_a_box_for_every_room_of_the_workbench(sources):
    words = {text.get_text() for text in hexagon(sources).axes[0].texts}
    rooms = {name.split(".")[1] for name in sources if name.startswith("workbench.")}
    assert rooms - words == {"cli"}
    assert "command line" in words


def test_boxes_are_inside_the_picture_and_do_not_overlap(sources):
    crowded = sources | {f"charging.extra_{number}": "" for number in range(4)}
    axes = hexagon(crowded).axes[0]
    boxes = [patch.get_path().get_extents() for patch in axes.patches if patch.get_zorder() == 3]
    assert len(boxes) > 30
    assert not [(one, two) for one, two in combinations(boxes, 2) if one.overlaps(two)]
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    assert all(left < box.x0 and box.x1 < right and bottom < box.y0 and box.y1 < top for box in boxes)


def test_only_an_outward_import_is_red(sources):
    assert red_arrows(hexagon(sources)) == []
    sheet = hexagon(with_line(sources, "import workshop_lib.store.duckdb_engine.store"), "One wrong import")
    assert red_arrows(sheet) == ["charging.session imports store.duckdb_engine.store"]
    colours = [
        text.arrow_patch.get_edgecolor() for text in sheet.axes[0].texts if hasattr(text, "arrow_patch")
    ]
    assert to_hex(colours[-1]).upper() == STICKY["hot spot"]


def test_every_inward_arrow_can_be_drawn():
    inwards = {(one, other) for one, other in permutations(DEPTHS, 2) if DEPTHS[one] > DEPTHS[other]}
    assert ARROWS.keys() == inwards


def test_each_wrong_import_has_its_own_sentence(sources):
    bad = sources
    for module in ("tariff", "session", "invoice"):
        bad = with_line(bad, "from workshop_lib.store import memory", f"charging.{module}")
    assert len(red_arrows(hexagon(bad))) == 3
