"""Room 2: modeling. From a business rule to the code that applies it and the tests that specify it.

Read `decider.py` and `specification.py` first: the domain needs only these two, so only their names are
exported here. Then read `aggregate.py` (the same as an object), `repository.py` (loading from and saving to a
store), `state_and_events.py` (a table beside the log), `rule.py` (a rule over several streams) and
`application.py` (use cases). `mutants.py` checks tests, `search.py` checks deciders. `timeline.py` formats
events for all of them.
"""

from workshop_lib.modeling.decider import Decider, Refused, fold
from workshop_lib.modeling.specification import given

__all__ = ["Decider", "Refused", "fold", "given"]
