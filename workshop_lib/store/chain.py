"""The hash chain: the hash of each row of the log covers the row and the hash of the row before it.

To hide a change of one event, every later hash must be recomputed. A copy of the last hash kept elsewhere (on
paper, at a notary) then proves the change. Read `commit.py` next.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

import msgspec

from workshop_lib.events import StoredEvent

GENESIS = bytes(32)
"""The hash before the first event of a log."""

_encode = msgspec.json.Encoder().encode


class Head(NamedTuple):
    """The end of a log: the last position, its hash, and when it was recorded (UTC)."""

    position: int = 0
    hash: bytes = GENESIS
    recorded_at: datetime = datetime.min


BEGINNING = Head()
"""The head of an empty log."""


def hash_of(previous: bytes, columns: Sequence[object]) -> bytes:
    """Compute SHA-256 over the previous hash and a row's columns (all but the hash) as a JSON list."""
    return sha256(previous + _encode(columns)).digest()


def link(previous: bytes, row: StoredEvent) -> bytes:
    """Compute the hash of a row that follows a row with the previous hash."""
    return hash_of(previous, row[:-1])


def first_broken(rows: Iterable[StoredEvent], after: Head = BEGINNING) -> int | None:
    """Return the position of the first row that does not follow from those before it; None if all fit."""
    previous = after.hash
    for expected_position, row in enumerate(rows, start=after.position + 1):
        previous = link(previous, row)
        if row.position != expected_position or row.hash != previous:
            return row.position
    return None
