"""The classroom: what a participant calls in an exercise. Read `participant.py` first, `task.py` to write a task."""

from workbench.classroom import own_lines
from workbench.classroom.participant import check, hint, progress, reset, show_solution

own_lines.install()

__all__ = ["check", "hint", "progress", "reset", "show_solution"]
