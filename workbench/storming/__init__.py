"""Event Storming: the board, its grammar, code generated from a board, and boards made from a log.

A board is event-sourced. Read `events.py` (what is recorded), `wall.py` (the state), `commands.py` and
`gestures.py` (the decisions), `undo.py`, `decider.py` (the board as an aggregate), `repository.py`,
`shared_wall.py` (the use cases) and `board.py` (the Python API), in this order. Then the folders: `grammar/`
finds open questions, `codegen/` writes Python, `formats/` writes text, JSON and Markdown, `mining/`
compares a board with a log, `drawing/` makes pictures, and `widget/` shows the board in JupyterLab.
"""

from workbench.storming.board import Board
from workbench.storming.events import Kind, Level, Phase

__all__ = ["Board", "Kind", "Level", "Phase"]
