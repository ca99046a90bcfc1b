"""The hash chain: each row of the log is sealed with the hash of the row before it.

Whoever changes one event after the fact breaks the seal of that row and would have to make every later seal
anew; whoever keeps only the last hash (on paper, at a notary) can prove that. Read `duckdb_engine/store.py`
next.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

import msgspec

from workshop_lib.events import StoredEvent

GENESIS = bytes(32)
"""What the first event of a log is linked to."""

_encode = msgspec.json.Encoder().encode


def seal(previous: bytes, columns: Sequence[object]) -> bytes:
    """SHA-256 over the previous hash and a row's columns (all but the hash) written as a JSON list."""
    return sha256(previous + _encode(columns)).digest()


def link(previous: bytes, row: StoredEvent) -> bytes:
    """The hash that a row must have if it follows upon a row with the previous hash."""
    return seal(previous, row[:-1])


def first_misfit(rows: Iterable[StoredEvent], previous: bytes = GENESIS) -> int | None:
    """The position of the first row that does not follow from the rows before it; None if all fit."""
    for expected_position, row in enumerate(rows, start=1):
        previous = link(previous, row)
        if row.position != expected_position or row.hash != previous:
            return row.position
    return None
