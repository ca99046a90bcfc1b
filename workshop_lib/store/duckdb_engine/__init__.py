"""The event store on DuckDB: one file, or memory. Read `store.py`, then `log.py`."""
