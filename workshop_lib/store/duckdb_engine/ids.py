"""A filter that recognizes new event ids, so that most appends with ids need no search.

DuckDB has no index of event ids: it would take as much space as the hashes. The filter holds 64 bits of each
id, sorted, and is loaded by the first append that brings ids. An id whose bits are not there is new; for any
other, the log is searched. `log.py` uses it.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from typing import TYPE_CHECKING
from uuid import UUID

from workshop_lib.store.duckdb_engine.file import interruptible

if TYPE_CHECKING:
    from workshop_lib.store.duckdb_engine.connection import LogFile

MANY = 100_000
"""The number of new ids from which the filter is loaded again."""

_TEXT = "replace(event_id::VARCHAR, '-', '')"
_BITS = f"xor(('0x' || left({_TEXT}, 16))::UBIGINT, ('0x' || right({_TEXT}, 16))::UBIGINT)"
_LOW = 2**64 - 1


class KnownIds:
    """The event ids of a table with rows up to a position."""

    def __init__(self, file: LogFile, table: str) -> None:
        self._file, self._table = file, table
        self._loaded: array[int] | None = None
        self._new = set[UUID]()

    def forget(self) -> None:
        """Load the ids again before they are next used."""
        self._loaded, self._new = None, set()

    def add(self, ids: Iterable[UUID]) -> None:
        """Add the ids of a commit."""
        if self._loaded is not None:
            self._new.update(ids)
            if len(self._new) > MANY:
                self.forget()

    def among(self, ids: Iterable[UUID]) -> list[UUID]:
        """Return the ids that the table may have; it has none of the others."""
        if self._loaded is None:
            self._loaded = self._load()
        loaded, new, found = self._loaded, self._new, list[UUID]()
        for event_id in ids:
            whole = event_id.int
            bits = (whole >> 64) ^ (whole & _LOW)
            place = bisect_left(loaded, bits)
            if event_id in new or (place < len(loaded) and loaded[place] == bits):
                found.append(event_id)
        return found

    @interruptible
    def _load(self) -> array[int]:
        query = f"SELECT {_BITS} AS bits FROM {self._table} ORDER BY bits"
        column = self._file.cursor().execute(query).fetchnumpy()["bits"]
        return array("Q", column.tobytes())
