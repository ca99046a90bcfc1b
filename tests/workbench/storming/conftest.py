"""A PostgreSQL server for shared boards."""

from tests.workshop_lib.store.servers import postgres

__all__ = ["postgres"]
