"""Small logs on which answers are checked, and functions that read an answer in any reasonable form.

A check that builds its own small log can say in words which event an answer missed. Read `c00/checks.py`
next: the shortest checks that use it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any, NamedTuple

from workbench.classroom.attempt import Attempt, name_of
from workbench.classroom.plain import a, clipped, shown
from workshop_lib.charging.connector import ConnectorStatus, StatusReported
from workshop_lib.clock import SimulatedClock, seeded_ids
from workshop_lib.modeling.timeline import in_words
from workshop_lib.store.duckdb_engine.reader import DuckDBReader
from workshop_lib.store.duckdb_engine.store import DuckDBStore

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


class Entry(NamedTuple):
    """One event of a small log; `recorded` is empty if it was recorded as soon as it occurred."""

    stream: str
    event: object
    occurred: str
    recorded: str = ""


def at(clock: str) -> datetime:
    """Return this time of day on the Monday of all small logs, in UTC."""
    return datetime.combine(MONDAY, time.fromisoformat(clock), UTC)


def reported(connector: str, status: str, occurred: str, recorded: str = "") -> Entry:
    """Return the entry of a connector's status report."""
    event = StatusReported(connector, ConnectorStatus(status))
    return Entry(f"connector-{connector}", event, occurred, recorded)


def log(*entries: Entry) -> DuckDBReader:
    """Return a read-only log of these entries, which must be in the order of recording."""
    clock = SimulatedClock(MONDAY)
    store = DuckDBStore(None, clock, seeded_ids(1))
    for one in entries:
        clock.now = at(one.recorded or one.occurred)
        store.append(one.stream, [one.event], occurred_at=at(one.occurred))
    return store.as_of(position=store.position())


def names(attempt: Attempt, function: Callable[..., Any], *args: object, known: Iterable[str]) -> list[str]:
    """Return the names in a function's result: a set, a list, rows, a DataFrame or a relation.

    In a row the first value that is a known name counts.
    """
    result = _rows(attempt.call(function, *args))
    attempt.expect(
        isinstance(result, (list, set, tuple, frozenset)),
        seen=f"The result of `{name_of(function)}` is {a(type(result))}: `{shown(result, 60)}`.",
        why="There may be several names, or none; the check compares your result name by name.",
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
    """Return the numbers in a function's result: a list of numbers, or rows that end in a number."""
    result = attempt.call(function, *args)
    kept: Any = result if isinstance(result, Mapping) else _rows(result)
    attempt.expect(
        isinstance(kept, (list, tuple)),
        seen=f"The result of `{name_of(function)}` is {a(type(kept))}: `{shown(kept, 60)}`.",
        why="In a list, the place of a number shows which item of the input it belongs to.",
        look="Return a list with one number for each item of the input, in the same order.",
    )
    return [row[-1] if isinstance(row, (tuple, list)) and row else row for row in kept]


def same_names(
    attempt: Attempt, got: list[str], right: dict[str, tuple[bool, str]], kind: str, why: str, look: str
) -> None:
    """Check that each wanted name is given once and no other is.

    `right` holds for each name whether it is wanted, and a description.
    """
    order = {name: place for place, name in enumerate(right)}
    for name in sorted(got, key=lambda name: order.get(name, -1)):
        attempt.expect(
            name in right,
            seen=f"You name `{clipped(name, 60)}`, but there is no such {kind}.",
            why="The check calls your function with its own data, as any caller may.",
            look=f"Does your function use its argument, and does it return the name of each {kind}?",
        )
        wanted, words = right[name]
        attempt.expect(
            wanted, seen=f"You name `{name}`: here, that is the {kind} {words}.", why=why, look=look
        )
        attempt.expect(
            got.count(name) == 1,
            seen=f"You name the {kind} {words} more than once.",
            why="A count of these rows would be too high; a join returns one row for each matching partner.",
            look="Use `DISTINCT`, a set, or `EXISTS (…)` instead of a join.",
        )
    for name, (wanted, words) in right.items():
        attempt.expect(not wanted or name in got, seen=f"You miss the {kind} {words}.", why=why, look=look)


def number(value: Any) -> Any:
    """Return the number itself, or the only value of a single row."""
    value = _rows(value) if hasattr(value, "fetchall") or hasattr(value, "to_numpy") else value
    while isinstance(value, (list, tuple)) and len(value) == 1:
        value = value[0]
    return value.item() if hasattr(value, "item") else value


def is_number(value: object) -> bool:
    """Return whether the value is a number; True and False are not."""
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)


def history(events: Sequence[object]) -> str:
    """Return a short history as a message shows it: its events, one after the other."""
    if not events:
        return "no event at all"
    return " and then ".join(f"`{clipped(in_words(event), 80)}`" for event in events)


def counted(number: int, noun: str) -> str:
    """Return a number and a noun: `1 event`, `2 events`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def status_text(status: object) -> str:
    """Return a status by its name in the standard, anything else as Python shows it."""
    return str(status) if isinstance(status, ConnectorStatus) else shown(status, 60)
