"""The city of the case study: a seeded simulator that writes days of charging into an event store."""
