"""Room 4: reading. Everything here is derived from the log and can be deleted.

Begin with `temporal.py`: it queries the state at an earlier time.
"""
