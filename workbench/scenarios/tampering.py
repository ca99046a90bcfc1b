"""A log that somebody has tampered with: one meter reading among ten thousand was changed.

Anybody with access to the file can open it with plain DuckDB, drop the guards, change a value and create the
guards again. No query shows it. An exercise finds it with the hash chain.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

from workbench.city.traffic import START, Delivery, record, traffic
from workshop_lib.charging.session import MeterRead
from workshop_lib.clock import SimulatedClock, seeded_ids

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
    import duckdb

    from workshop_lib.store.duckdb_engine.file import guards

    with duckdb.connect() as database:
        database.execute(f"ATTACH '{str(path).replace(chr(39), 2 * chr(39))}' AS log; USE log")
        for (trigger,) in database.execute(
            "SELECT trigger_name FROM duckdb_triggers() WHERE table_name = 'events'"
        ).fetchall():
            database.execute(f"DROP TRIGGER {trigger} ON events")
        candidates = database.execute(CANDIDATES).fetchall()
        position, data = candidates[int(chance.random() * len(candidates))]
        database.execute("UPDATE events SET data = ? WHERE position = ?", [_more(data), position])
        for guard in guards():
            if " ON events " in guard:
                database.execute(guard)
    return int(position)


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
