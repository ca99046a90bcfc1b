"""Event Storming: the board, its grammar, and the ways from a board to code and from a log to a board.

Read `events.py` (what happens), `wall.py` (what hangs there), `commands.py` (what one can do), `gestures.py`,
`undo.py` and `board.py`, in this order; then `grammar.py` (what a wall leaves open) and `skeleton.py`
(the code that it becomes), `text.py` (a board that is typed, and lives in git), and `board_widget.py` (the
board under a hand).
"""

from workbench.storming.board import Board
from workbench.storming.events import Kind, Level, Phase

__all__ = ["Board", "Kind", "Level", "Phase"]
