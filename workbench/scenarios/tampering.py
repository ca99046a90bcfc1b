"""A log that somebody has tampered with: one meter reading among ten thousand was changed.

Anybody with access to the file can open it with plain DuckDB, drop the guards, change a value and create the
guards again. No query shows it. An exercise finds it with the hash chain. Somebody more patient gives every
row a new hash: then only a copy of the last hash, kept elsewhere, shows it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from workbench.city.traffic import START, Delivery, record, traffic
from workshop_lib.charging.session import MeterRead
from workshop_lib.clock import SimulatedClock, seeded_ids
from workshop_lib.events import StoredEvent
from workshop_lib.store.chain import GENESIS, link

if TYPE_CHECKING:
    import duckdb

EXTRA_WH = 200
"""The amount that is added to the reading: too little to make the meter run backwards."""

CANDIDATES = """
SELECT position, data FROM log.events
WHERE type = 'MeterRead' AND (data->>'power_w')::INTEGER >= 20000
ORDER BY position
"""


def tampered_network(path: str | Path, seed: int = 1, readings: int = 10_000) -> Path:
    """Record traffic with that many meter readings in a new file, change one of them, and return the path.

    The seed alone determines which one. The file opens like any other.
    """
    from workshop_lib.store.duckdb_engine.store import DuckDBStore

    clock = SimulatedClock(START)
    with DuckDBStore(path, clock, seeded_ids(seed)) as store:
        record(store, clock, _until(traffic(seed, days=10_000), readings), progress=False)
    tamper(path, Random(seed))
    return Path(path)


def tamper(path: str | Path, chance: Random) -> int:
    """Change one reading in the file of a closed store with plain DuckDB, and return its position."""
    with _opened(path) as database:
        candidates = database.execute(CANDIDATES).fetchall()
        position, data = candidates[int(chance.random() * len(candidates))]
        database.execute("UPDATE events SET data = ? WHERE position = ?", [_more(data), position])
    return int(position)


def rehash(path: str | Path) -> None:
    """Give each row in the file of a closed store the hash that it needs, so that the chain holds again."""
    with _opened(path) as database:
        columns = ", ".join(StoredEvent._fields)
        rows = database.execute(f"SELECT {columns} FROM events ORDER BY position").fetchall()
        previous, hashes = GENESIS, []
        for row in map(StoredEvent._make, rows):
            previous = link(previous, row)
            hashes.append((row.position, previous))
        database.execute("CREATE TEMP TABLE new (position BIGINT, hash BLOB)")
        for first in range(0, len(hashes), 1_000):
            some = hashes[first : first + 1_000]
            places = ", ".join(["(?, ?)"] * len(some))
            database.execute(f"INSERT INTO new VALUES {places}", [one for pair in some for one in pair])
        for table in ("events", "heads"):
            database.execute(
                f"UPDATE {table} SET hash = new.hash FROM new WHERE new.position = {table}.position"
            )


@contextmanager
def _opened(path: str | Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a store's file with plain DuckDB, without its guards, which are put back at the end."""
    import duckdb

    from workshop_lib.store.duckdb_engine.file import guards

    with duckdb.connect() as database:
        database.execute(f"ATTACH '{str(path).replace(chr(39), 2 * chr(39))}' AS log; USE log")
        triggers = (
            "SELECT trigger_name, table_name FROM duckdb_triggers() WHERE table_name IN ('events', 'heads')"
        )
        for trigger, table in database.execute(triggers).fetchall():
            database.execute(f"DROP TRIGGER {trigger} ON {table}")
        yield database
        for guard in guards():
            if " ON events " in guard or " ON heads " in guard:
                database.execute(guard)


def _more(data: str) -> str:
    before, key, rest = data.partition('"energy_wh":')
    digits, comma, after = rest.partition(",")
    return f"{before}{key}{int(digits) + EXTRA_WH}{comma}{after}"


def _until(deliveries: Iterator[Delivery], readings: int) -> Iterator[Delivery]:
    for delivery in deliveries:
        yield delivery
        readings -= isinstance(delivery.event, MeterRead)
        if not readings:
            return
