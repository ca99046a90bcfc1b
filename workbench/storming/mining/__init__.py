"""Boards from event logs: the directly-follows graph, and conformance of a board with a log."""
