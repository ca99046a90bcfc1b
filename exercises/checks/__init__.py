"""The tasks of the course, one module for each chapter: `chapter_1_1.py` belongs to the notebook `1_1_…`.

`workshop_lib/classroom/task.py` says how to write one.
"""
