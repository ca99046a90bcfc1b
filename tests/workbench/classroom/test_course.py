"""The task that a cell checks, and the gap of a task, are found in the source."""

from __future__ import annotations

import pytest

from tests.code import ROOT
from workbench.setup.notebooks import checks_in, code_cells, names_bound, places_of_gap, shipped_gaps


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


@pytest.mark.parametrize("name", sorted(file.name for file in (ROOT / "exercises").glob("*.ipynb")))
@pytest.mark.parametrize("folder", ["exercises", "solutions"])
def test_every_shipped_gap_is_also_found_by_its_names(name: str, folder: str):
    cells = code_cells(ROOT / folder / name)
    for task, gap in shipped_gaps(code_cells(ROOT / "exercises" / name)):
        checked = next(place for place, cell in enumerate(cells) if task in checks_in(cell))
        assert places_of_gap(task, gap, cells) == [checked - 1], task


@pytest.mark.parametrize(
    "source",
    [
        "def energy(): other = 1",
        "class energy: other = 1",
        "energy: int = 1",
        "energy, _ = 1, 2",
        "if True:\n    energy = 1",
        "for energy in [1]: pass",
        "with a as energy: pass",
        "(energy := 1)",
        "import a as energy",
        "match x:\n    case [energy]: pass",
        "%time energy = 1",
        "%%time\nenergy = 1",
        "energy: dict = {",
        "def energy(:",
    ],
)
def test_every_way_to_bind_a_name_is_found(source: str):
    assert "energy" in names_bound(source)
    assert "other" not in names_bound(source)


@pytest.mark.parametrize("source", ["energy", "energy.x = 1", "energy[0] = 1", "energy == 1", "f(energy=1)"])
def test_a_use_binds_no_name(source: str):
    assert "energy" not in names_bound(source)
    assert "energy" not in names_bound(source + "\n(")
