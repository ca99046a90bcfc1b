"""From a board at design level to Python: deciders, policies, and their given/when/then tests.

Read `generate.py` first: how the code is written. `plan.py` decides what is written, `given_when_then.py`
writes the tests, `run.py` runs them.
"""
