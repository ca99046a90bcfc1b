"""Room 2: modeling. From a rule of the business to code that decides, and to the tests that say so.

Read `decider.py` and `specification.py` first: the domain needs no more than these two, so only their names
stand here. Then `aggregate.py` (the same as an object), `repository.py` (from and to a store),
`state_and_events.py` (a table beside the log) and `application.py` (use cases). `mutants.py` and `search.py`
ask of tests and of deciders whether they are any good. How all of them tell a story stands in `timeline.py`.
"""

from workshop_lib.modeling.decider import Decider, Refused, fold
from workshop_lib.modeling.specification import given

__all__ = ["Decider", "Refused", "fold", "given"]
