"""Room 4: reading. Everything here is derived from the log and can be thrown away.

Begin with `temporal.py`: what was the state then, asked in one query.
"""
