"""The grammar of a board: the questions that it leaves open at a level.

`check_wall` finds them. Read `rules.py` first: every rule and its severity. The rules themselves are in
`names.py`, `flow.py` and `wall.py`; they read the typed graph of `graph.py` and use the English heuristics of
`english.py`.
"""

from workbench.storming.grammar.rules import check_wall

__all__ = ["check_wall"]
