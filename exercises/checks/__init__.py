"""The tasks of the course, one module for each chapter: `c1_1/checks.py` belongs to the notebook `1_1_…`.

`workbench/classroom/task.py` says how to write one.
"""
