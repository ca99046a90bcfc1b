"""Work of your own in the transaction of each commit: both are there afterwards, or neither.

DuckDB and PostgreSQL have such a transaction; other engines refuse. Read `state_table.py` next: a table of
states that is kept like this.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

from workshop_lib.codec import Codec
from workshop_lib.events import StoredEvent
from workshop_lib.store.errors import NotSupported
from workshop_lib.store.port import EventStore

Act = Callable[[Any, Sequence[StoredEvent]], object]
"""What is done in a transaction, with a cursor (or connection) in it and the rows that its commit adds."""


class Transactional(ABC):
    """What a store has whose engine can write tables of yours in the transaction of a commit."""

    @property
    @abstractmethod
    def _codec(self) -> Codec: ...

    _mark: str
    """What stands for a value in a statement."""

    @abstractmethod
    def _table_beside(self, name: str) -> str:
        """Return the full name of a table beside the log."""

    @abstractmethod
    def _ask(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Run a statement by itself and return all its rows."""

    @abstractmethod
    def _in_each_commit(self, act: Act) -> None: ...

    @abstractmethod
    def _between_commits(self, act: Act) -> None: ...


def in_each_commit(store: EventStore, act: Act) -> None:
    """Do this too in the transaction of each commit of this store from now on; an error in it refuses the
    appends. What other programs append does not come by here.
    """
    transactional(store, "work of yours in the transaction of its commits")._in_each_commit(act)


def between_commits(store: EventStore, act: Act) -> None:
    """Do this in a transaction of its own while nobody appends."""
    transactional(store, "work of yours between its commits")._between_commits(act)


def transactional(store: EventStore, what: str) -> Transactional:
    """Return the store if its engine can do that. Raises `NotSupported`."""
    if isinstance(store, Transactional):
        return store
    raise NotSupported(
        type(store).__name__,
        what,
        "Keep this log on DuckDB or PostgreSQL, or load by folding: a Repository without a table.",
    )
