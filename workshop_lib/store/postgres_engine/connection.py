"""The connections to a PostgreSQL server, and the translation of its errors.

An idle connection may have been lost, so its first statement is repeated once on a new one. A transaction is
never repeated here; `postgres_engine/store.py` does that. Read it next.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from hashlib import sha256
from threading import Lock
from typing import Any, TypeVar
from urllib.parse import unquote

import psycopg
from psycopg.conninfo import conninfo_to_dict

from workshop_lib.store.errors import DiskFull, StoreClosed, StoreError
from workshop_lib.store.process import belongs_to_this_process
from workshop_lib.store.server_errors import (
    AddressUnreadable,
    DatabaseMissing,
    LoginRefused,
    NotPermitted,
    ServerUnreachable,
)

Connection = psycopg.Connection[tuple[Any, ...]]
_B = TypeVar("_B")
_T = TypeVar("_T")

KEPT = 2
"""How many idle connections are kept."""

PATIENCE = 10.0
"""How long to wait for a server that is starting, in seconds."""

REFUSED = ("password", "authentication failed", "role ", "pg_hba", "permission denied for database")
FORBIDDEN = (psycopg.errors.ReadOnlySqlTransaction, psycopg.errors.InsufficientPrivilege)
STARTING = ("starting up", "recovery", "shutting down")
DEFAULTS: dict[str, Any] = {
    "connect_timeout": 5,
    "application_name": "workshop_lib",
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}

SETTINGS = """
SET synchronous_commit = on;
SET idle_in_transaction_session_timeout = '60s';
SET lock_timeout = '90s';
SET plan_cache_mode = force_custom_plan;
SET client_min_messages = warning
"""
"""Settings of each connection: an acknowledged event is on disk, a writer that vanishes during a commit does
not block the others, and each query is planned for its own tags and types.
"""


class Address:
    """`postgresql://user:password@host:port/database?schema=…`, parsed; shown without the password."""

    def __init__(self, url: str) -> None:
        base, _, query = url.partition("?")
        parts = query.split("&") if query else []
        schemas = [unquote(part[7:]) for part in parts if part.startswith("schema=")]
        rest = "&".join(part for part in parts if not part.startswith("schema="))
        self.schema: str | None = schemas[-1] if schemas else None
        try:
            given = conninfo_to_dict(f"{base}?{rest}" if rest else base)
        except psycopg.ProgrammingError as error:
            raise AddressUnreadable(_without_password(base), str(error).strip()) from None
        self.parameters = DEFAULTS | {name: value for name, value in given.items() if value is not None}
        if self.schema is not None and not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", self.schema):
            plain_name = "is not a plain schema name (a to z, digits and underscores)"
            raise AddressUnreadable(str(self), f"{self.schema!r} {plain_name}")

    def __str__(self) -> str:
        at = self.parameters
        host, user, name = at.get("host", "localhost"), at.get("user", ""), at.get("dbname", "")
        if host.startswith("/"):
            return f"postgresql://{user}@/{name}?host={host}"
        return f"postgresql://{user}@{host}:{at.get('port', 5432)}/{name}"


class Link:
    """The connections of one store, shared with its branches and its readers as of earlier positions."""

    def __init__(self, url: str) -> None:
        self.address, self.closed = Address(url), False
        self._idle, self._lock = list[Connection](), Lock()
        belongs_to_this_process(self)

    def connect(self) -> Connection:
        """Open a connection. Raises `ServerUnreachable`, `LoginRefused` or `DatabaseMissing`."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                connection: Connection = psycopg.connect(
                    **self.address.parameters, client_encoding="utf8", autocommit=True
                )
                connection.execute(SETTINGS)
                return connection
            except psycopg.Error as error:
                starting = any(sign in str(error) for sign in STARTING)
                if not starting or time.monotonic() > deadline:
                    raise _connecting_error(str(self.address), error) from error
                time.sleep(0.1)

    def run(self, first: Callable[[Connection], _B], then: Callable[[Connection, _B], _T]) -> _T:
        """Call `first`, again on a new connection if one was lost, and `then` with its result. A connection
        on which anything fails is closed: what it had locked is free.
        """
        connection = self._take()
        try:
            try:
                begun = first(connection)
            except psycopg.OperationalError as error:
                if not lost(error):
                    raise
                connection.close()
                self._forget_idle()
                connection = self.connect()
                begun = first(connection)
            result = then(connection, begun)
        except BaseException:
            connection.close()
            raise
        self.give_back(connection)
        return result

    def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Run a statement and return all its rows. Raises a `StoreError` if there is no answer."""

        def fetched(connection: Connection) -> list[tuple[Any, ...]]:
            cursor = connection.execute(query, values)
            return cursor.fetchall() if cursor.description else []

        try:
            return self.run(fetched, lambda _, rows: rows)
        except psycopg.Error as error:
            raise query_error(str(self.address), error) from error

    def give_back(self, connection: Connection) -> None:
        """Keep a connection for later if it still works."""
        with self._lock:
            keep = not (self.closed or connection.closed) and len(self._idle) < KEPT
            if keep:
                self._idle.append(connection)
        if not keep:
            connection.close()

    def close(self) -> None:
        self.closed = True
        self._forget_idle()

    def _take(self) -> Connection:
        if self.closed:
            raise StoreClosed(self.address)
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return self.connect()

    def _forget_idle(self) -> None:
        with self._lock:
            while self._idle:
                self._idle.pop().close()


def lost(error: Exception) -> bool:
    """Return whether the connection is lost, rather than a statement rejected by the server."""
    state = getattr(error, "sqlstate", None)
    return isinstance(error, psycopg.OperationalError) and (
        state is None or state.startswith(("08", "57P")) or state == "25P03"
    )


def key_of(schema: str) -> int:
    """Return the number that identifies a log in PostgreSQL's locks and notifications."""
    return int.from_bytes(sha256(f"workshop_lib log in {schema}".encode()).digest()[:8], "big", signed=True)


def query_error(where: str, error: psycopg.Error) -> StoreError:
    """Translate PostgreSQL's error for a query."""
    if lost(error):
        return ServerUnreachable(where, plain(error))
    if isinstance(error, FORBIDDEN):
        return NotPermitted(where, plain(error))
    return StoreError(
        f"You asked to query {where}, but PostgreSQL could not answer: {plain(error)}. "
        "Try again; if it happens again, ask the administrator of the server."
    )


def writing_error(where: str, error: psycopg.Error) -> StoreError:
    """Translate PostgreSQL's error when a commit fails."""
    if isinstance(error, psycopg.errors.DiskFull):
        return DiskFull(where, plain(error))
    if isinstance(error, FORBIDDEN):
        return NotPermitted(where, plain(error))
    return StoreError(
        f"You asked to append, but PostgreSQL could not commit it: {plain(error)}. Nothing was recorded."
    )


def plain(error: Exception) -> str:
    """Return the first line of the server's message, without its severity."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0].partition("FATAL:")[2].strip(" .") or lines[0].strip(" .")


def _connecting_error(where: str, error: psycopg.Error) -> StoreError:
    text = str(error)
    if "connection option" in text:
        return AddressUnreadable(where, plain(error))
    if any(sign in text for sign in REFUSED):
        return LoginRefused(where, plain(error))
    if "database " in text and "does not exist" in text:
        return DatabaseMissing(where, plain(error))
    return ServerUnreachable(where, plain(error))


def _without_password(url: str) -> str:
    return re.sub(r"(//[^:/@]*):[^@]*@", r"\1@", url)
