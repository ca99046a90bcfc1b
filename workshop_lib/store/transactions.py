"""Work of your own in the transaction of each commit: both are there afterwards, or neither.

DuckDB and PostgreSQL have such a transaction; other engines refuse. Read `state_table.py` next: a table of
states that is kept like this.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from workshop_lib.codec import Codec
from workshop_lib.events import StoredEvent
from workshop_lib.store.errors import NotSupported
from workshop_lib.store.port import EventStore

Act = Callable[[Any, Sequence[StoredEvent]], object]
"""What is done in a transaction, with a cursor (or connection) in it and the rows that its commit adds."""


class Transactions(NamedTuple):
    """What an engine offers that can write tables of yours in the transaction of a commit."""

    in_each_commit: Callable[[Act], None]
    """Adds work to every commit of this store from now on; an error in it refuses the appends."""
    between_commits: Callable[[Act], None]
    """Does work in a transaction of its own while nobody appends."""
    run: Callable[..., list[tuple[Any, ...]]]
    """Runs a statement by itself and returns its rows."""
    mark: str
    """What stands for a value in a statement."""
    table: str
    """The full name of a table beside the log, with {} for its own name."""
    codec: Codec


def transactions_of(store: EventStore) -> Transactions:
    """Return what the store's engine offers. Raises `NotSupported`."""
    found: Transactions | None = getattr(store, "_transactions", None)
    if found is None:
        raise NotSupported(
            type(store).__name__,
            "a state table in the transaction of its commits",
            "Keep this log on DuckDB or PostgreSQL, or load by folding: a Repository without a table.",
        )
    return found
