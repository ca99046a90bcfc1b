"""An error of the library in a cell shows the participant's lines and its message; `%tb` shows the rest."""

from __future__ import annotations

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from workbench.classroom import own_lines

START = """\
from workshop_lib import WorkshopError, event_type, open_store
from workshop_lib.charging.connector import StatusReported
store = open_store("memory://")"""
NO_NAME = 'store.append("", [StatusReported("cinema-7", "Faulted")])'


class Cells:
    """A notebook's cells in a real shell; `run` returns what a cell shows."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        config = Config({"HistoryManager": {"enabled": False}, "InteractiveShell": {"colors": "nocolor"}})
        self._shell, self._capsys = InteractiveShell(config=config), capsys
        own_lines.install(self._shell)

    def run(self, source: str) -> str:
        self.result = self._shell.run_cell(source, store_history=True)
        out = self._capsys.readouterr()
        return out.out + out.err


@pytest.fixture
def cells(capsys):
    cells = Cells(capsys)
    assert cells.run(START) == ""
    return cells


def test_an_error_of_the_library_shows_the_participants_line_and_the_message(cells):
    shown = cells.run(f"name = ''\n{NO_NAME}").splitlines()
    assert shown[:3] == ["Cell In[2], line 2", f"    {NO_NAME}", ""]
    assert shown[3].startswith("InvalidStreamName: You named a stream '', but")
    assert shown[4:] == ["", own_lines.WHOLE]
    assert cells.result.error_in_exec is not None


def test_each_function_of_the_participant_in_the_traceback_is_shown(cells):
    cells.run(f"def report():\n    {NO_NAME}")
    shown = cells.run("report()")
    assert "Cell In[3], line 1\n    report()\nCell In[2], line 2, in report\n    store.append" in shown


def test_the_tb_magic_shows_the_whole_traceback(cells):
    assert "workshop_lib/store/" not in cells.run(NO_NAME)
    whole = cells.run("%tb")
    assert "workshop_lib/store/" in whole
    assert "InvalidStreamName" in whole
    assert own_lines.WHOLE not in whole


def test_other_errors_are_shown_as_usual(cells):
    shown = cells.run("1 / 0")
    assert "ZeroDivisionError" in shown
    assert own_lines.WHOLE not in shown


def test_a_cause_in_the_participants_code_is_shown_before_the_error(cells):
    source = "try:\n    {}['seat']\nexcept KeyError as error:\n    raise WorkshopError('no seat') from error"
    shown = cells.run(source)
    assert shown.index("KeyError: 'seat'") < shown.index(own_lines.LED_TO) < shown.index("no seat")
    assert "    {}['seat']" in shown


def test_a_cause_inside_the_library_is_left_out(cells):
    shown = cells.run('store.append("connector-7", [StatusReported("cinema-7", "FAULTED")])')
    assert shown.count("Error") == 0
    assert "InvalidEvent: You asked to record" in shown


def test_only_the_last_lines_of_a_recursive_function_are_shown(cells):
    cells.run(f"def again(n):\n    if not n:\n        {NO_NAME}\n    again(n - 1)")
    shown = cells.run("again(50)").splitlines()
    assert shown[0] == "…"
    assert len(shown) == 1 + 2 * own_lines.MOST + 4


def test_lines_generated_by_a_dataclass_are_left_out(cells):
    cells.run(
        "from dataclasses import dataclass\n@dataclass\nclass Seat:\n    name: str\n"
        "    def __post_init__(self):\n        raise WorkshopError('taken')"
    )
    shown = cells.run("Seat('9')")
    assert "string" not in shown
    assert "in __post_init__" in shown


def test_the_notes_of_an_error_are_shown(cells):
    shown = cells.run("class Full(WorkshopError): pass\ne = Full('no seat')\ne.add_note('row 9')\nraise e")
    assert "Full: no seat\nrow 9\n" in shown
    assert "__main__" not in shown
