"""JupyterLab shows the text of notes as text, even if it looks like markup."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.browser.lab_page import LabPage

pytestmark = pytest.mark.slow
SAID = r"<img src=x onerror=alert(1)> | *Car* $x$ \(y\) &lt; [a](b)"
CELL = f"""\
from IPython.display import Markdown, display
from workshop_lib import open_store
from workbench.storming import Board
board = Board("fair", "memory://")
board.place("event", r"{SAID}")
display({{asked}}, Markdown("$z$"))
"""


@pytest.mark.parametrize("asked", ["board.check()", "board.conformance(open_store())"])
def test_a_note_is_shown_as_it_was_written(lab: LabPage, asked: str) -> None:
    lab.enter()
    place = next(i for i, source in enumerate(lab.sources()) if source.startswith("from workshop_lib"))
    lab.write(place, CELL.format(asked=asked))
    lab.run(place)
    shown = lab.cell(place).locator(".jp-RenderedMarkdown")
    shown.last.locator("mjx-container").wait_for()  # formulas are rendered by now
    assert SAID in shown.first.inner_text()
    assert shown.first.locator("img, a, em, mjx-container").count() == 0


def test_lab_draws_the_diagram_of_a_board_with_any_notes(lab: LabPage) -> None:
    lab.enter()
    place = next(i for i, source in enumerate(lab.sources()) if source.startswith("from workshop_lib"))
    add = 'board.add("event: title -> policy: \\u5145 -> command: when -> aggregate: data -> event: 2 Paid")'
    lab.write(place, CELL.replace("display({asked}", f"{add}\ndisplay(Markdown(board.to_mermaid())"))
    lab.run(place)
    lab.cell(place).locator(".jp-RenderedMermaid img").wait_for()
    assert lab.cell(place).locator(".jp-RenderedMermaid-Details, .jp-mod-warning").count() == 0
    assert SAID in lab.cell(place).locator(".jp-RenderedMarkdown").first.inner_text()
