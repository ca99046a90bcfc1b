"""Temporal queries: the state of everything at an earlier time.

`state_at` returns the state at one instant, `state_at_instants` at a hundred at once, in one ASOF JOIN over
the typed view of an event type. There are two time axes: *recorded at* is when we learned something,
*occurred at* is when it happened. To use both ("what did we know on Tuesday about Monday?"), query the
store as of Tuesday: `state_at(store.as_of(recorded_at=tuesday), monday, axis="occurred_at")`.
See `workbench.pictures.time_slider` next: it shows the same states with a slider.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from workshop_lib.events import WorkshopError
from workshop_lib.frames import sql_name, to_df
from workshop_lib.store.arguments import checked_time

if TYPE_CHECKING:
    import duckdb
    import pandas

    from workshop_lib.store.duckdb_engine.reader import DuckDBReader

AXES = ("recorded_at", "occurred_at")

EPOCH, DAY = datetime(1970, 1, 1, tzinfo=UTC), timedelta(days=1)
ROUND = [timedelta(minutes=count) for count in (1, 5, 10, 15, 30, 60, 120, 180, 360, 720)]

STATE_AT_INSTANTS = """
WITH reports AS (
    SELECT {key}, {axis} AS since, last({value} ORDER BY position) AS {value}
    FROM events.{event_type}
    GROUP BY {key}, {axis}
)
SELECT instant, keys.{key}, reports.{value}
FROM (SELECT unnest($instants) AS instant)
CROSS JOIN (SELECT DISTINCT {key} FROM reports) AS keys
ASOF JOIN reports ON keys.{key} = reports.{key} AND instant >= reports.since
ORDER BY instant, keys.{key}
"""


class UnknownAxis(WorkshopError):
    """An unknown time axis."""

    def __init__(self, axis: object) -> None:
        self.axis = axis
        super().__init__(
            f"You asked for the state along {axis!r}, but an event has two times: {' and '.join(AXES)}. "
            "Choose recorded_at for what was known then, occurred_at for what had happened by then."
        )


class TooFewInstants(WorkshopError):
    """Too few instants to cover a time span with both its ends."""

    def __init__(self, count: int, least: int) -> None:
        self.count, self.least = count, least
        super().__init__(
            f"You asked for {count} instants from a start to an end, but both ends are included. "
            f"Ask for {least} or more; for one instant use state_at(store, instant)."
        )


def evenly(start: datetime, end: datetime, count: int) -> list[datetime]:
    """Return `count` instants at equal distances, start and end included. Raises `TooFewInstants`."""
    if count < 2:
        raise TooFewInstants(count, 2)
    return [start + (end - start) * step / (count - 1) for step in range(count)]


def on_the_clock(start: datetime, end: datetime, most: int = 100) -> list[datetime]:
    """Return instants at round times that cover start to end: as many as possible, at most `most`.

    The distance is 1, 5, 10, 15 or 30 minutes, 1, 2, 3, 6 or 12 hours, or whole days (UTC). Raises
    `TooFewInstants` if `most` is less than three.
    """
    if most < 3:
        raise TooFewInstants(most, 3)
    span, gaps = end - start, most - 2
    days = -(-span // (gaps * DAY)) * DAY
    distance = next((distance for distance in ROUND if span <= gaps * distance), days)
    first = EPOCH + -((EPOCH - start) // distance) * distance
    return [first + step * distance for step in range(1 - (first - end) // distance)]


def state_at_instants(
    store: DuckDBReader,
    event_type: str = "StatusReported",
    key: str = "connector",
    value: str = "status",
    *,
    instants: Sequence[datetime],
    axis: str = "recorded_at",
) -> duckdb.DuckDBPyRelation:
    """Return the state of everything at each instant: rows (instant in UTC, key, value), in this order.

    `key` and `value` are columns of the view `events.<event_type>`: the last value of a key by that instant
    is its state; of several values at the same time, the last position counts. A key has no row before its
    first event. With the default names the statement is:

        WITH reports AS (
            SELECT connector, recorded_at AS since, last(status ORDER BY position) AS status
            FROM events.StatusReported
            GROUP BY connector, recorded_at
        )
        SELECT instant, keys.connector, reports.status
        FROM (SELECT unnest($instants) AS instant)
        CROSS JOIN (SELECT DISTINCT connector FROM reports) AS keys
        ASOF JOIN reports ON keys.connector = reports.connector AND instant >= reports.since
        ORDER BY instant, keys.connector

    `.df()` makes a DataFrame of the result; `workshop_lib.frames.to_df(…)` makes one in which instants have
    a zone (UTC) and Decimals stay exact. Raises `UnknownAxis`, `NaiveDatetime` for an instant without a zone,
    and `QueryFailed` for an event type or column that does not exist.
    """
    names = {"event_type": sql_name(event_type), "key": sql_name(key), "value": sql_name(value)}
    query = STATE_AT_INSTANTS.format(axis=_axis(axis), **names)
    return store.sql(query, instants=[checked_time("instant", instant) for instant in instants])


class States(dict[Any, Any]):
    """The state of each key at one instant: a dict with a method `to_df()`."""

    def __init__(self, states: Mapping[Any, Any], key: str, value: str) -> None:
        super().__init__(states)
        self._names = {"id": key, "state": value}

    def to_df(self) -> pandas.DataFrame:
        """Make a DataFrame with a row for each key and the column names of the view."""
        return to_df(self).rename(columns=self._names)


def state_at(
    store: DuckDBReader,
    instant: datetime,
    event_type: str = "StatusReported",
    key: str = "connector",
    value: str = "status",
    *,
    axis: str = "recorded_at",
) -> States:
    """Return the state of everything at one instant, from key to value; `state_at(…).to_df()` is a table.

    Arguments and errors are those of `state_at_instants`.
    """
    rows = state_at_instants(store, event_type, key, value, instants=[instant], axis=axis).fetchall()
    return States({name: state for _, name, state in rows}, key, value)


def life_of(
    store: DuckDBReader, event_type: str = "StatusReported", axis: str = "recorded_at"
) -> tuple[datetime, datetime] | None:
    """Return the times of the first and the last event of a type, or None if there is none yet.

    Raises `UnknownAxis`, and `QueryFailed` for an event type that does not exist.
    """
    query = f"SELECT min({_axis(axis)}), max({_axis(axis)}) FROM events.{sql_name(event_type)}"
    first, last = store.sql(query).fetchall()[0]
    return first and (first.replace(tzinfo=UTC), last.replace(tzinfo=UTC))


def _axis(axis: str) -> str:
    if axis not in AXES:
        raise UnknownAxis(axis)
    return axis
