"""The answer keys: what `check(…)` tries your answers on. Spoiler: the hidden cases are here.

Each chapter has a folder: `c1_1/` belongs to the notebook `1_1_…`. `checks.py` holds its tasks, `cases.py`
the cases on which answers are checked. No notebook imports anything from here; what notebooks import is in
`workbench/scenarios/`. `workbench/classroom/task.py` says how to write a task.
"""
