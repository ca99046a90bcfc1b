"""What can go wrong between a store and a server that is somewhere else, each as a sentence.

`errors.py` has what every store can refuse. Read `postgres_engine/connection.py` next: which error is raised
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
        "You asked to open {place}, but it is no address: {reason}. "
        "Write postgresql://user:password@host:5432/database, if you like with ?schema=room at its end."
    )


class ServerUnreachable(StoreErrorAt):
    """No server answers at the address."""

    sentence = (
        "You asked something of {place}, but no server answers there ({reason}). Check that it runs "
        "and that host and port are right; `workshop servers up` starts one on this computer."
    )


class LoginRefused(StoreErrorAt):
    """The server answers, but not to this user or this password."""

    sentence = (
        "You asked to open {place}, but the server does not let you in: {reason}. "
        "Check the user and the password in the address."
    )


class DatabaseMissing(StoreErrorAt):
    """The server answers, but has no database of that name."""

    sentence = (
        "You asked to open {place}, but {reason}. Correct the name in the address, or have the "
        "database made (createdb)."
    )


class NotPermitted(StoreErrorAt):
    """The server knows this user, but the user may not write (or read) there."""

    sentence = (
        "You asked to keep a log in {place}, but you may not: {reason}. Have the right granted by "
        "whoever runs the server, or name a schema of your own in the address (?schema=…)."
    )


class TableOfOthers(StoreErrorAt):
    """There is a table `events` that this library has not made; it is left as it was."""

    sentence = (
        "You asked to open {place}, but its table events ({reason}) is somebody "
        "else's. It was left as it is; add ?schema=… to the address for a log of your own beside it."
    )


class WrongEncoding(StoreErrorAt):
    """A database that cannot hold every character."""

    sentence = (
        "You asked to keep a log in {place}, but that database is encoded in {reason}, which has "
        "not every character. Have one made in UTF8: createdb --encoding UTF8 --template template0."
    )


class ConnectionLost(StoreErrorAt):
    """The connection broke during an append, and it is known that nothing of it was recorded."""

    sentence = (
        "You asked to append, but the connection to {place} was lost before the commit ({reason}). "
        "Nothing was recorded. Append the same events again."
    )
