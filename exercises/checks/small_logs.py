"""Small logs that answers are tried on, and ways to read an answer whatever its form.

A check that builds its own log in eight lines can say in words which of those lines an answer missed. Read
`c00/checks.py` next: the shortest checks that use it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any, NamedTuple

from workbench.classroom.attempt import Attempt, name_of
from workbench.classroom.plain import a, clipped, shown
from workshop_lib.charging.connector import ConnectorStatus, StatusReported
from workshop_lib.clock import SimulatedClock, seeded_ids
from workshop_lib.store.duckdb_engine.reader import DuckDBReader
from workshop_lib.store.duckdb_engine.store import DuckDBStore

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


class Entry(NamedTuple):
    """One event of a small log: what, when it happened, and when we learned it (at once, if not said)."""

    stream: str
    event: object
    occurred: str
    recorded: str = ""


def at(clock: str) -> datetime:
    """That time of the Monday on which all small logs play, in UTC."""
    return datetime.combine(MONDAY, time.fromisoformat(clock), UTC)


def reported(connector: str, status: str, occurred: str, recorded: str = "") -> Entry:
    """A connector's report of its status."""
    event = StatusReported(connector, ConnectorStatus(status))
    return Entry(f"connector-{connector}", event, occurred, recorded)


def log(*entries: Entry) -> DuckDBReader:
    """A log of these events, in the order in which we learned of them. It can be read, not written."""
    clock = SimulatedClock(MONDAY)
    store = DuckDBStore(None, clock, seeded_ids(1))
    for one in entries:
        clock.now = at(one.recorded or one.occurred)
        store.append(one.stream, [one.event], occurred_at=at(one.occurred))
    return store.as_of(position=store.position())


def names(attempt: Attempt, function: Callable[..., Any], *args: object, known: Iterable[str]) -> list[str]:
    """The names in what a function returns: a set, a list, rows, a DataFrame or a relation of them.

    In a row the first value that is a known name counts.
    """
    result = _rows(attempt.call(function, *args))
    attempt.expect(
        isinstance(result, (list, set, tuple, frozenset)),
        seen=f"The answer of `{name_of(function)}` is {a(type(result))}: `{shown(result, 60)}`.",
        why="Several may have to be named, or none; the check goes through your answer name by name.",
        look="Return a list or a set of names, or the rows of your query.",
    )
    known_names = set(known)
    return [_name(row, known_names) for row in result]


def _rows(result: Any) -> Any:
    if hasattr(result, "fetchall"):
        return result.fetchall()
    if hasattr(result, "to_numpy"):  # a DataFrame, a column or an index of one
        result = result.to_numpy()
    if hasattr(result, "tolist"):
        return list(map(_row, result.tolist()))
    return list(result) if isinstance(result, (Mapping, Iterator)) or _is_view(result) else result


def _row(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _is_view(result: object) -> bool:
    return isinstance(result, (type({}.keys()), type({}.values())))


def _name(row: object, known: set[str]) -> str:
    cells = row if isinstance(row, (tuple, list)) else [row]
    return str(next((cell for cell in cells if isinstance(cell, str) and cell in known), row))


def numbers(attempt: Attempt, function: Callable[..., Any], *args: object) -> list[object]:
    """The numbers in what a function returns: a list of them, or rows that end in them."""
    result = attempt.call(function, *args)
    kept: Any = result if isinstance(result, Mapping) else _rows(result)
    attempt.expect(
        isinstance(kept, (list, tuple)),
        seen=f"The answer of `{name_of(function)}` is {a(type(kept))}: `{shown(kept, 60)}`.",
        why="A list says by its places which number belongs to what was asked.",
        look="Make it a list, with one number for each thing that you are given, in the same order.",
    )
    return [row[-1] if isinstance(row, (tuple, list)) and row else row for row in kept]


def same_names(
    attempt: Attempt, got: list[str], right: dict[str, tuple[bool, str]], kind: str, why: str, look: str
) -> None:
    """Each wanted name once, and no other; `right` says of each name whether it is wanted, and what it is."""
    order = {name: place for place, name in enumerate(right)}
    for name in sorted(got, key=lambda name: order.get(name, -1)):
        attempt.expect(
            name in right,
            seen=f"You name `{clipped(name, 60)}`, and no such {kind} was there.",
            why="The check calls your function with data of its own, as any caller may.",
            look=f"Do you use what your function is given, and do you name each {kind}?",
        )
        wanted, words = right[name]
        attempt.expect(
            wanted, seen=f"You name `{name}`, in this case the {kind} {words}.", why=why, look=look
        )
        attempt.expect(
            got.count(name) == 1,
            seen=f"You name the {kind} {words} more than once.",
            why="Whoever counts these rows counts it twice; a join multiplies where it finds two partners.",
            look="`DISTINCT`, a set, or `EXISTS (…)` in place of a join.",
        )
    for name, (wanted, words) in right.items():
        attempt.expect(not wanted or name in got, seen=f"You miss the {kind} {words}.", why=why, look=look)


def number(value: Any) -> Any:
    """The number itself, or the one in the only cell of the only row."""
    value = _rows(value) if hasattr(value, "fetchall") or hasattr(value, "to_numpy") else value
    while isinstance(value, (list, tuple)) and len(value) == 1:
        value = value[0]
    return value.item() if hasattr(value, "item") else value


def is_number(value: object) -> bool:
    """Whether it is a number; True and False are none."""
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)


def counted(number: int, noun: str) -> str:
    """So many things, in words: `1 event`, `2 events`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def status_text(status: object) -> str:
    """A status in the words of the standard, anything else as Python writes it."""
    return str(status) if isinstance(status, ConnectorStatus) else shown(status, 60)
