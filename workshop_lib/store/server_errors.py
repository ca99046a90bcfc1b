"""What can go wrong between a store and a server that is somewhere else, each as a sentence.

`errors.py` has what every store can refuse. Read `postgres_engine/connection.py` next for who says which.
"""

from __future__ import annotations

from workshop_lib.store.errors import StoreError


class ExtraMissing(StoreError):
    """An engine whose client library is not installed."""

    def __init__(self, engine: str, extra: str, reason: str) -> None:
        self.engine, self.extra = engine, extra
        super().__init__(
            f"You asked for {engine}, but its client cannot be imported here ({reason}). "
            f'Install it: pip install "workshop_lib[{extra}]"'
        )


class AddressUnreadable(StoreError):
    """An address that does not say where the server is."""

    def __init__(self, address: str, reason: str) -> None:
        self.address = address
        super().__init__(
            f"You asked to open {address}, but it is no address: {reason}. "
            "Write postgresql://user:password@host:5432/database, if you like with ?schema=room at its end."
        )


class ServerUnreachable(StoreError):
    """Nobody answers at the address."""

    def __init__(self, address: str, reason: str) -> None:
        self.address = address
        super().__init__(
            f"You asked something of {address}, but no server answers there ({reason}). Check that it runs "
            "and that host and port are right; `workshop servers up` starts one on this computer."
        )


class LoginRefused(StoreError):
    """The server answers, but not to this user or this password."""

    def __init__(self, address: str, reason: str) -> None:
        self.address = address
        super().__init__(
            f"You asked to open {address}, but the server does not let you in: {reason}. "
            "Check the user and the password in the address."
        )


class DatabaseMissing(StoreError):
    """The server answers, but has no database of that name."""

    def __init__(self, address: str, reason: str) -> None:
        self.address = address
        super().__init__(
            f"You asked to open {address}, but {reason}. Correct the name in the address, or have the "
            "database made (createdb)."
        )


class NotPermitted(StoreError):
    """The server knows this user, but the user may not write (or read) there."""

    def __init__(self, address: str, reason: str) -> None:
        self.address = address
        super().__init__(
            f"You asked to keep a log in {address}, but you may not: {reason}. Have the right granted by "
            "whoever runs the server, or name a schema of your own in the address (?schema=…)."
        )


class TableOfOthers(StoreError):
    """There is a table `events` that this library has not made; it is left as it was."""

    def __init__(self, address: str, columns: list[str]) -> None:
        self.address, self.columns = address, columns
        super().__init__(
            f"You asked to open {address}, but its table events ({', '.join(columns[:5])}) is somebody "
            "else's. It was left as it is; add ?schema=… to the address for a log of your own beside it."
        )


class WrongEncoding(StoreError):
    """A database that cannot hold every character."""

    def __init__(self, address: str, encoding: str) -> None:
        self.address, self.encoding = address, encoding
        super().__init__(
            f"You asked to keep a log in {address}, but that database is encoded in {encoding}, which has "
            "not every character. Have one made in UTF8: createdb --encoding UTF8 --template template0."
        )


class ConnectionLost(StoreError):
    """The connection broke during an append, and it is known that nothing of it was recorded."""

    def __init__(self, address: str, reason: str) -> None:
        self.address = address
        super().__init__(
            f"You asked to append, but the connection to {address} was lost before the commit ({reason}). "
            "Nothing was recorded. Append the same events again."
        )
