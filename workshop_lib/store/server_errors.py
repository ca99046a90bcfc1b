"""Errors between a store and its server.

`errors.py` has the errors of every store. Read `postgres_engine/connection.py` next: which error is raised
when.
"""

from __future__ import annotations

from workshop_lib.store.errors import StoreError, StoreErrorAt


class ExtraMissing(StoreError):
    """An engine whose client library is not installed."""

    def __init__(self, engine: str, extra: str, reason: str) -> None:
        self.engine, self.extra = engine, extra
        super().__init__(
            f"You asked for {engine}, but its client cannot be imported here ({reason}). "
            f'Install it: pip install "workshop_lib[{extra}]"'
        )


class AddressUnreadable(StoreErrorAt):
    """An address that does not say where the server is."""

    sentence = (
        "You asked to open {place}, but it is not an address: {reason}. "
        "Write postgresql://user:password@host:5432/database, optionally followed by ?schema=room."
    )


class ServerUnreachable(StoreErrorAt):
    """No server answers at the address."""

    sentence = (
        "You asked to use {place}, but no server answers there ({reason}). Check that it runs "
        "and that host and port are right; `workshop servers up` starts one on this computer."
    )


class LoginRefused(StoreErrorAt):
    """The server rejects this user or password."""

    sentence = (
        "You asked to open {place}, but the server rejected the login: {reason}. "
        "Check the user and the password in the address."
    )


class DatabaseMissing(StoreErrorAt):
    """The server answers, but has no database of that name."""

    sentence = (
        "You asked to open {place}, but {reason}. Correct the name in the address, or create "
        "the database (createdb)."
    )


class NotPermitted(StoreErrorAt):
    """The user may not write (or read) there."""

    sentence = (
        "You asked to keep a log in {place}, but you are not permitted to: {reason}. Ask the "
        "server's administrator for permission, or name your own schema in the address (?schema=…)."
    )


class TableOfOthers(StoreErrorAt):
    """A table `events` of another program; it is left unchanged."""

    sentence = (
        "You asked to open {place}, but its table events ({reason}) belongs to "
        "somebody else. It was left as it is; add ?schema=… to the address for a log of your own."
    )


class WrongEncoding(StoreErrorAt):
    """A database that cannot store every character."""

    sentence = (
        "You asked to keep a log in {place}, but that database is encoded in {reason}, which cannot "
        "store every character. Create one in UTF8: createdb --encoding UTF8 --template template0."
    )


class LogTooBusy(StoreErrorAt):
    """Others append faster than a condition can be checked, and nothing was recorded."""

    sentence = (
        "You asked to append to {place} on a condition, but {reason}. Nothing was recorded. Try again when "
        "less is written, or let one stream hold what the decision rests on and give its expected_version."
    )


class ConnectionLost(StoreErrorAt):
    """The connection broke during an append, and nothing was recorded."""

    sentence = (
        "You asked to append, but the connection to {place} was lost before the commit ({reason}). "
        "Nothing was recorded. Append the same events again."
    )
