"""The event store on PostgreSQL, shared by a room. Read `store.py`, then `log.py`."""
