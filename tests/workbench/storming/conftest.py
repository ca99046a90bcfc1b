"""A PostgreSQL server for the boards that a room shares."""

from tests.workshop_lib.store.servers import postgres

__all__ = ["postgres"]
