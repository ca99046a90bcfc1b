"""The event store on NATS JetStream, replicated. Read `store.py`, then `log.py`."""
