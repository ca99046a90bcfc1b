"""Your own writes in the transaction of each commit: both are stored, or neither.

DuckDB and PostgreSQL support this; other engines raise an error. Read `state_table.py` next, which uses it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from workshop_lib.codec import Codec
from workshop_lib.events import StoredEvent
from workshop_lib.store.errors import NotSupported
from workshop_lib.store.port import EventStore

Act = Callable[[Any, Sequence[StoredEvent]], object]
"""Called in a transaction with its cursor (or connection) and the rows that its commit adds."""


class Transactions(NamedTuple):
    """The methods of an engine that can write your tables in the transaction of a commit."""

    in_each_commit: Callable[[Act], None]
    """Calls a function in every commit of this store from now on; an error in it aborts the commit."""
    between_commits: Callable[[Act], None]
    """Calls a function in a separate transaction while no commit is running."""
    run: Callable[..., list[tuple[Any, ...]]]
    """Runs a single statement and returns its rows."""
    mark: str
    """What stands for a value in a statement."""
    table: str
    """The qualified name of a table beside the log, with {} for the table name."""
    codec: Codec


def transactions_of(store: EventStore) -> Transactions:
    """Return the transactions of the store's engine. Raises `NotSupported`."""
    found: Transactions | None = getattr(store, "_transactions", None)
    if found is None:
        raise NotSupported(
            type(store).__name__,
            "a state table in the transaction of its commits",
            "Keep this log on DuckDB or PostgreSQL, or load by folding: a Repository without a table.",
        )
    return found
