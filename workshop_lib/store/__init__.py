"""The event store. `port.py` defines the interface, `memory.py` is its shortest implementation, and
`duckdb_engine/store.py` is the store you work with.
"""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from types import NoneType
from typing import TYPE_CHECKING, overload

from workshop_lib.clock import Clock, IdSource, random_ids, wall_clock
from workshop_lib.store.errors import InvalidArgument, StoreError
from workshop_lib.store.server_errors import ExtraMissing

if TYPE_CHECKING:
    from workshop_lib.store.duckdb_engine.store import DuckDBStore
    from workshop_lib.store.jetstream_engine.store import JetStreamStore
    from workshop_lib.store.memory import MemoryStore
    from workshop_lib.store.postgres_engine.store import PostgresStore


@overload
def open_store(where: Path | None = None, *, clock: Clock = ..., ids: IdSource = ...) -> DuckDBStore: ...


@overload
def open_store(
    where: str, *, clock: Clock = ..., ids: IdSource = ...
) -> DuckDBStore | JetStreamStore | MemoryStore | PostgresStore: ...


def open_store(
    where: str | Path | None = None, *, clock: Clock = wall_clock, ids: IdSource = random_ids
) -> DuckDBStore | JetStreamStore | MemoryStore | PostgresStore:
    """Open an event store: a DuckDB file, DuckDB in memory (no argument), plain Python (`memory://`), a
    server's database (`postgresql://user:password@host/database?schema=room`), or a stream of a NATS
    cluster (`nats://host:4222?stream=charging&replicas=3`).

    With a given clock and source of ids every run records the same. Raises a `StoreError` if the place is in
    use, not writable, not an event store, or of another storage version.
    """
    if not isinstance(where, (str, PathLike, NoneType)) or not str(where or "").isprintable():
        raise InvalidArgument(where, "a store has a file name or an address", 'open_store("network.duckdb")')
    for given, example in ((clock, "clock=SimulatedClock(…)"), (ids, "ids=seeded_ids(7)")):
        if not callable(given):
            raise InvalidArgument(given, "the clock and the source of ids are functions", example)
    text = str(where or "")
    if text.startswith("memory:"):
        from workshop_lib.store.memory import MemoryStore

        return MemoryStore(clock, ids)
    if text.startswith(("postgresql:", "postgres:")):
        return _postgres(text, clock, ids)
    if text.startswith("nats:"):
        return _jetstream(text, clock, ids)
    if "://" in text:
        raise StoreError(
            f"You asked to open {text}, but no adapter answers for that kind of address. Give a file name."
        )
    from workshop_lib.store.duckdb_engine.store import DuckDBStore

    return DuckDBStore(None if text in ("", ":memory:") else text, clock, ids)


def _postgres(url: str, clock: Clock, ids: IdSource) -> PostgresStore:
    try:
        from workshop_lib.store.postgres_engine.store import PostgresStore
    except ImportError as error:  # psycopg, or the client library under it
        raise ExtraMissing("a store on PostgreSQL", "postgres", str(error)) from error
    return PostgresStore(url, clock, ids)


def _jetstream(url: str, clock: Clock, ids: IdSource) -> JetStreamStore:
    try:
        from workshop_lib.store.jetstream_engine.store import JetStreamStore
    except ModuleNotFoundError as error:
        raise ExtraMissing("a store on NATS JetStream", "jetstream", str(error)) from error
    return JetStreamStore(url, clock, ids)
