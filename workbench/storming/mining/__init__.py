"""Make a board from a log, and compare a board with a log.

Read `discovery.py` first: it computes the directly-follows graph of a log. `path_slider.py` draws the graph,
`board.py` turns it into notes, `conformance.py` lists the differences between a board and a log.
"""
