"""The classroom: what a participant calls in an exercise. Read `desk.py` first, `task.py` to write a task."""

from workshop_lib.classroom.desk import check, hint, progress, reset, show_solution

__all__ = ["check", "hint", "progress", "reset", "show_solution"]
