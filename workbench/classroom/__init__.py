"""The classroom: what a participant calls in an exercise. Read `desk.py` first, `task.py` to write a task."""

from workbench.classroom import own_lines
from workbench.classroom.desk import check, hint, progress, reset, show_solution

own_lines.install()

__all__ = ["check", "hint", "progress", "reset", "show_solution"]
