"""The hash chain: the hash of each row of the log covers the row and the hash of the row before it.

Whoever changes one event after the fact would have to compute every later hash anew; whoever keeps only the
last hash (on paper, at a notary) can prove that this was done. Read `commit.py` next.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

import msgspec

from workshop_lib.events import StoredEvent

GENESIS = bytes(32)
"""What the first event of a log is linked to."""

_encode = msgspec.json.Encoder().encode


class Head(NamedTuple):
    """Where a log ends: the last position, its hash, and when it was recorded (UTC)."""

    position: int = 0
    hash: bytes = GENESIS
    recorded_at: datetime = datetime.min


BEGINNING = Head()
"""Where an empty log ends."""


def hash_of(previous: bytes, columns: Sequence[object]) -> bytes:
    """Compute SHA-256 over the previous hash and a row's columns (all but the hash) as a JSON list."""
    return sha256(previous + _encode(columns)).digest()


def link(previous: bytes, row: StoredEvent) -> bytes:
    """Compute the hash that a row must have if it follows upon a row with the previous hash."""
    return hash_of(previous, row[:-1])


def first_misfit(rows: Iterable[StoredEvent], after: Head = BEGINNING) -> int | None:
    """Return the position of the first row that does not follow from those before it; None if all fit."""
    previous = after.hash
    for expected_position, row in enumerate(rows, start=after.position + 1):
        previous = link(previous, row)
        if row.position != expected_position or row.hash != previous:
            return row.position
    return None
