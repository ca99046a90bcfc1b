"""The answer keys: what `check(…)` tries your answers on. Whoever reads on sees the hidden cases.

There is a folder for each chapter: `c1_1/` belongs to the notebook `1_1_…`. `checks.py` holds its tasks, and
`cases.py` what answers are tried on. No notebook imports anything from here: what lectures and exercises work
with stands in `workbench/scenarios/`. `workbench/classroom/task.py` says how to write a task.
"""
