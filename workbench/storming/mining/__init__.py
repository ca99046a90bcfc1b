"""From a log to a board, and a board compared with a log.

Read `discovery.py` first: the directly-follows graph of a log. `picture.py` draws it, `board.py` makes
notes of it, `conformance.py` lists how a board and a log differ.
"""
