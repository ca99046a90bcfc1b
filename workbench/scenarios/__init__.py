"""The examples that lectures and exercises work with, one for each module.

Chapter 1.1: `classical.py` (tables that are updated in place), `tampering.py`. Chapter 2.1: `one_model.py`,
`rush_hour.py`, `invariants.py`. Chapter 2.3: `stream_cost.py`, `reservable_socket.py` with its
`socket_mutants.py`, `office.py`. Chapter 3.1: `contested.py`, `clicks.py`, `evening.py`. The hidden cases of
the checks are in `exercises/checks/`.
"""
