"""Generate Python from a board at design level: deciders, policies, and their given/when/then tests.

Read `generate.py` first: it writes the code. `plan.py` decides what is written, `given_when_then.py`
writes the tests, `run.py` runs them.
"""
