"""The grammar of a board: which questions it leaves open at a level.

`check` finds them. Read `rules.py` first: every rule and its severity. The rules themselves are in
`names.py`, `flow.py` and `wall.py`; they look at the typed graph of `graph.py` and at the English of
`english.py`.
"""

from workbench.storming.grammar.rules import check_wall

__all__ = ["check_wall"]
