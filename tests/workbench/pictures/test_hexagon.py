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


def spoiled(sources: dict[str, str], line: str, module: str = SESSION) -> dict[str, str]:
    """A copy of the sources in which one module has one line more."""
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
def test_one_import_of_something_further_out_is_found_however_it_is_written(sources, line, imported):
    assert outward(imports(spoiled(sources, line))) == [Import(SESSION, imported)]


@pytest.mark.parametrize(
    "line",
    ["import duckdb", "from workshop_lib.charging import tariff", "from . import tariff", "import math"],
)
def test_what_is_not_ours_or_in_the_same_ring_is_no_arrow_outwards(sources, line):
    assert outward(imports(spoiled(sources, line))) == []


def test_the_application_may_know_the_port_and_no_engine(sources):
    port, engine = (
        "from workshop_lib.store.port import Query",
        "from workshop_lib.store.memory import MemoryStore",
    )
    assert outward(imports(spoiled(sources, port, "modeling.application"))) == []
    assert outward(imports(spoiled(sources, engine, "modeling.application"))) != []


def test_no_part_of_the_library_may_import_the_workbench(sources):
    line = "from workbench.pictures import style"
    for module in ("codec", "store", "workshop_lib", "reading.temporal", "store.duckdb_engine.store"):
        found = outward(imports(spoiled(sources, line, module)))
        assert found == [Import(module, "workbench.pictures.style")]


def test_a_module_that_nobody_has_placed_counts_as_domain():
    assert place_of("charging.loyalty_card").part == place_of("loyalty").part == "domain"


def test_a_new_room_of_the_workbench_has_a_box_of_its_own():
    assert place_of("workbench.market.prices") == place_of("workbench.market") != place_of("workbench.cli")
    assert place_of("workbench.market").box == "market"


def test_only_the_domain_is_placed_without_a_pattern(sources):
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


def test_boxes_stand_within_the_picture_and_do_not_overlap(sources):
    crowded = sources | {f"charging.extra_{number}": "" for number in range(4)}
    axes = hexagon(crowded).axes[0]
    boxes = [patch.get_path().get_extents() for patch in axes.patches if patch.get_zorder() == 3]
    assert len(boxes) > 30
    assert not [(one, two) for one, two in combinations(boxes, 2) if one.overlaps(two)]
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    assert all(left < box.x0 and box.x1 < right and bottom < box.y0 and box.y1 < top for box in boxes)


def test_nothing_is_red_until_an_arrow_points_outwards(sources):
    assert red_arrows(hexagon(sources)) == []
    sheet = hexagon(spoiled(sources, "import workshop_lib.store.duckdb_engine.store"), "One wrong import")
    assert red_arrows(sheet) == ["charging.session imports store.duckdb_engine.store"]
    colours = [
        text.arrow_patch.get_edgecolor() for text in sheet.axes[0].texts if hasattr(text, "arrow_patch")
    ]
    assert to_hex(colours[-1]).upper() == STICKY["hot spot"]


def test_every_way_inwards_can_be_drawn():
    inwards = {(one, other) for one, other in permutations(DEPTHS, 2) if DEPTHS[one] > DEPTHS[other]}
    assert ARROWS.keys() == inwards


def test_three_wrong_imports_are_three_sentences(sources):
    bad = sources
    for module in ("tariff", "session", "invoice"):
        bad = spoiled(bad, "from workshop_lib.store import memory", f"charging.{module}")
    assert len(red_arrows(hexagon(bad))) == 3
