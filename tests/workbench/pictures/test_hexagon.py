"""The import graph, as a list of arrows and as a hexagon."""

from __future__ import annotations

import pytest
from matplotlib.colors import to_hex

from workbench.pictures.hexagon import hexagon
from workbench.pictures.import_graph import Import, imports, outward, place_of, read_library
from workbench.pictures.style import STICKY

SESSION, DUCKDB = "charging.session", "store.duckdb_store"


@pytest.fixture(scope="module")
def sources() -> dict[str, str]:
    return read_library()


def spoiled(sources: dict[str, str], line: str, module: str = SESSION) -> dict[str, str]:
    """A copy of the library in which one module has one line more."""
    return sources | {module: f"{sources[module]}\n{line}\n"}


def red_arrows(sheet) -> list[str]:
    return [
        text.get_text()
        for text in sheet.axes[0].texts
        if text.get_bbox_patch() and " imports " in text.get_text()
    ]


def test_in_the_library_every_arrow_points_inwards(sources):
    arrows = imports(sources)
    assert Import("store.duckdb_store", "store.port") in arrows
    assert outward(arrows) == []


@pytest.mark.parametrize(
    ("line", "imported"),
    [
        ("from workshop_lib.store.duckdb_engine.store import DuckDBStore", DUCKDB),
        ("from workshop_lib.store import duckdb_store", DUCKDB),
        ("import workshop_lib.store.duckdb_engine.store as engine", DUCKDB),
        ("def late():\n    from workshop_lib.store.duckdb_engine.store import DuckDBStore", DUCKDB),
        ("from workshop_lib import open_store", "workshop_lib"),
        ("from workshop_lib.store import open_store", "store"),
        ("from workshop_lib.store.port import EventStore", "store.port"),
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


def test_a_module_that_nobody_has_placed_counts_as_domain():
    assert place_of("charging.loyalty_card").ring == place_of("loyalty").ring == "domain"


def test_the_hexagon_has_a_box_for_every_aggregate_and_every_engine(sources):
    words = [text.get_text() for text in hexagon(sources).axes[0].texts]
    assert {"session", "tariff", "event store port", "DuckDB", "PostgreSQL", "JetStream"} <= set(words)


def test_nothing_is_red_until_an_arrow_points_outwards(sources):
    assert red_arrows(hexagon(sources)) == []
    sheet = hexagon(spoiled(sources, "import workshop_lib.store.duckdb_engine.store"), "One wrong import")
    assert red_arrows(sheet) == ["charging.session imports store.duckdb_store"]
    colours = [
        text.arrow_patch.get_edgecolor() for text in sheet.axes[0].texts if hasattr(text, "arrow_patch")
    ]
    assert to_hex(colours[-1]).upper() == STICKY["hot spot"]


def test_three_wrong_imports_are_three_sentences(sources):
    bad = sources
    for module in ("tariff", "session", "invoice"):
        bad = spoiled(bad, "from workshop_lib.store import memory", f"charging.{module}")
    assert len(red_arrows(hexagon(bad))) == 3
