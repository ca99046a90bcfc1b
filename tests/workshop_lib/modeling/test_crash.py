"""After a crash in the middle of a use case, repeating the command is safe."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.workshop_lib.modeling.bay import BAY, Bay, CarParked, Park
from tests.workshop_lib.modeling.crash_child import CLICK
from workshop_lib import open_store
from workshop_lib.modeling.application import Handled, handle
from workshop_lib.modeling.repository import Repository
from workshop_lib.modeling.state_and_events import StateAndEvents
from workshop_lib.store.state_table import state_table

ROOT = Path(__file__).parents[3]
MOMENTS = {"between load and append": 0, "within the transaction": 0, "before the answer": 1}
"""When the program crashes, and how many events are in the log then."""


@pytest.fixture(params=["duckdb", "postgresql"])
def url(request, tmp_path) -> str:
    if request.param == "duckdb":
        return str(tmp_path / "bays.duckdb")
    return request.getfixturevalue("postgres").room()


@pytest.mark.parametrize("moment", MOMENTS)
def test_after_a_crash_log_and_table_agree_and_the_command_counts_once(url, moment):
    child = [sys.executable, "-m", "tests.workshop_lib.modeling.crash_child", url, moment]
    assert subprocess.run(child, cwd=ROOT, check=False).returncode == 9
    with open_store(url) as store:
        table = state_table(store, "bay")
        assert store.position() == (table.find("bay-7") is not None) == MOMENTS[moment]
        bays = StateAndEvents(table, BAY)
        result = handle(bays, 7, Park("zoe"), command_id=CLICK)
        assert result == Handled((CarParked("zoe"),), 1, 1, repeated=MOMENTS[moment] == 1)
        assert bays.load(7) == Repository(store, BAY, "bay").load(7) == (Bay("zoe", 1), 1)
        assert table.find("bay-7").version == store.position() == 1
