"""Generated tables whose audit has drifted, and generated chains in which somebody has forged a row.

Read `c1_1/checks.py` next.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

from hypothesis import strategies as st

from exercises.checks.c1_1.cases import rows_of_a_log
from exercises.checks.c1_1.generated import SEEDS
from workbench.classroom.agreement import agrees
from workbench.classroom.attempt import Attempt
from workbench.scenarios.classical import TABLES
from workshop_lib.events import StoredEvent
from workshop_lib.store.chain import GENESIS, link

if TYPE_CHECKING:
    import duckdb

STATUSES = ("Available", "Charging", "Faulted", "Finishing", "available")
CONNECTORS = [f"zoo-{number}" for number in range(1, 121)]


class Audited(NamedTuple):
    """The status in a connector's row, and the statuses in its audit, in the order of `written_at`."""

    status: str
    audit: list[str]

    @property
    def drifted(self) -> bool:
        return self.audit[-1:] != [self.status]

    def __str__(self) -> str:
        audit = ", then ".join(f"`{status}`" for status in self.audit) or "no entry"
        return f"with `{self.status}` in its row and in the audit {audit}"


def drift_like_ours(attempt: Attempt, named: Callable[[Any, list[str]], list[str]]) -> None:
    """Check 120 connectors in two databases; `named(database, connectors)` returns the answer's names."""
    for seed in SEEDS:
        audited = _audited(Random(seed))
        with _tables(audited, Random(seed)) as database:
            got = named(database, CONNECTORS)
        for connector, one in sorted(audited.items(), key=lambda item: len(item[1].audit)):
            attempt.expect(
                got.count(connector) == one.drifted,
                seen=f"You {'name' if connector in got else 'miss'} the connector {connector}, {one}.",
                why="If the audit and the table differ, one of them is wrong, and nobody can say which.",
                look="Its last entry is the one with the latest `written_at`, among those for connectors.",
            )


def _audited(random: Random) -> dict[str, Audited]:
    def one() -> Audited:
        audit = random.choices(STATUSES, k=random.choice([0, 1, 1, 2, 3, 5]))
        return Audited(random.choice([*audit[-1:], *audit[-1:], *STATUSES]), audit)

    return {connector: one() for connector in CONNECTORS}


def _tables(audited: dict[str, Audited], random: Random) -> duckdb.DuckDBPyConnection:
    """Return the tables; the audit's rows are in no order, and some are about other tables."""
    import duckdb

    database = duckdb.connect()
    database.execute(TABLES)
    entries = [
        (f"2026-03-{day:02} {random.randrange(24):02}:30", "connectors", connector, "status", status)
        for connector, one in audited.items()
        for day, status in enumerate(one.audit, 1)
    ]
    entries += [
        (
            f"2026-03-{random.choice([1, 20])} 12:00",
            "sessions",
            str(session),
            "status",
            random.choice(STATUSES),
        )
        for session in range(40)
    ]
    random.shuffle(entries)
    rows = [(connector, one.status) for connector, one in audited.items()]
    database.executemany("INSERT INTO connectors (connector, status) VALUES (?, ?)", rows)
    database.executemany("INSERT INTO audit VALUES (?, ?, ?, ?, ?)", entries)
    return database


class Forged(NamedTuple):
    """A log of so many rows, and what was done to it, at which places."""

    length: int
    deeds: tuple[tuple[str, int], ...]

    def rows(self) -> list[StoredEvent]:
        """Return the rows after all that was done."""
        rows = rows_of_a_log(self.length)
        for deed, at in self.deeds:
            if rows:
                _DEEDS[deed](rows, at % len(rows))
        return rows


def _change(field: str, value: Any) -> Callable[[list[StoredEvent], int], None]:
    def change(rows: list[StoredEvent], at: int) -> None:
        rows[at] = rows[at]._replace(**{field: value})

    return change


def _change_and_rehash(rows: list[StoredEvent], at: int) -> None:
    forged = rows[at]._replace(data='{"energy_wh":1}')
    rows[at] = forged._replace(hash=link(rows[at - 1].hash if at else GENESIS, forged))


def _remove(rows: list[StoredEvent], at: int) -> None:
    del rows[at]


def _exchange(rows: list[StoredEvent], at: int) -> None:
    rows[at - 1], rows[at] = rows[at], rows[at - 1]


def _double(rows: list[StoredEvent], at: int) -> None:
    rows.insert(at, rows[at])


_DEEDS: dict[str, Callable[[list[StoredEvent], int], None]] = {
    "its data changed": _change("data", "{}"),
    "its stream changed": _change("stream", "session-4"),
    "its version changed": _change("version", 99),
    "its hash changed": _change("hash", b"\x00" * 32),
    "its data changed and its hash made new": _change_and_rehash,
    "been removed": _remove,
    "changed places with the row before it": _exchange,
    "been written twice": _double,
}


def finds_like_ours(attempt: Attempt, find_tampered: Callable[..., Any]) -> None:
    """Check the position of the first row that does not follow from the row before it."""

    def yours(forged: Forged) -> Any:
        return attempt.call(find_tampered, forged.rows(), copied=False, may_be_none=True)

    def ours(forged: Forged) -> int | None:
        previous = GENESIS
        for row in forged.rows():
            if row.hash != link(previous, row):
                return row.position
            previous = row.hash
        return None

    def differs(forged: Forged, got: object) -> None:
        deeds = ", then ".join(f"row {at % forged.length + 1} has {deed}" for deed, at in forged.deeds)
        attempt.refuse(
            f"In a log of {forged.length} rows {deeds or 'nothing was changed'}; you accuse `{got}`.",
            "A hash chain covers every row and every field, and accuses no honest row.",
            "Is each row compared with the hash of the row directly before it? Do you return its `position`?",
        )

    deeds = st.tuples(st.sampled_from(sorted(_DEEDS)), st.integers(0, 11))
    chains = st.builds(Forged, st.integers(1, 12), st.lists(deeds, max_size=2).map(tuple))
    agrees(attempt, chains, yours, ours, differs)
