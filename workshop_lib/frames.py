"""Convert events to DataFrames, and values from DataFrames to plain Python values.

`to_df` makes a DataFrame of recorded events, of states, of any dataclasses, or of a DuckDB relation. Times
are UTC, event types are categories, whole numbers stay whole (`Int64` where some are missing), a `Decimal`
stays a `Decimal`, and an enum member is shown as its value, as in the log. pandas is imported at the first
call.

DuckDB's own `.df()` turns DECIMAL into float and leaves times without a zone; `to_df(relation)` does neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from itertools import chain
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb
    import pandas

    from workshop_lib.events import RecordedEvent

UTC_TIMES = "datetime64[us, UTC]"
PLACE = {
    "position": "int64",
    "stream": "str",
    "version": "int64",
    "type": "category",
    "occurred_at": UTC_TIMES,
    "recorded_at": UTC_TIMES,
}
"""The columns before an event's fields, and their types."""

RECORDING = {
    "tags": "object",
    "metadata": "object",
    "schema_version": "int64",
    "event_id": "object",
    "correlation_id": "object",
    "causation_id": "object",
}
"""The columns after an event's fields, and their types."""


def events_to_df(events: Iterable[RecordedEvent]) -> pandas.DataFrame:
    """Make a DataFrame of recorded events, a row each: its place, its fields, and its recording.

    Events of several types have the fields of all of them as columns, missing where a type lacks the
    field. A field with the name of another column is called `event_<field>`.
    """
    recorded = list(events)
    contents = [_row(each.event, [*PLACE, *RECORDING], "event_") for each in recorded]
    names = dict.fromkeys(chain.from_iterable(contents))
    columns = {name: _typed([getattr(each, name) for each in recorded], PLACE[name]) for name in PLACE}
    columns |= {name: _column([content.get(name) for content in contents]) for name in names}
    for name, dtype in RECORDING.items():
        columns[name] = _typed([getattr(each, name) for each in recorded], dtype)
    return _frame(columns)


def to_df(things: Any, key: str = "id") -> pandas.DataFrame:
    """Make a DataFrame, a row each, of recorded events, of dataclasses such as events or states, of a mapping
    from ids to states (the id becomes the column `key`), or of a DuckDB relation.

    Objects of several classes get a column `type` with the class name. A state that is not a dataclass is in
    a column `state`.
    """
    if hasattr(things, "df"):
        return _relation_to_df(things)
    if isinstance(things, Mapping):
        return _things_to_df(list(things.values()), {key: _column(list(things))})
    if isinstance(things, str) or names_of(things) is not None:
        kind = type(things).__name__
        raise TypeError(
            f"to_df makes a table of several things, and this is one {kind}: give a list of them."
        )
    listed = list(things)
    if listed and all(hasattr(each, "recorded_at") for each in listed):
        return events_to_df(listed)
    return _things_to_df(listed, {})


def plain(value: Any) -> Any:
    """Return the plain Python value of a value from a DataFrame: an int for an `np.int64`, a datetime for a
    `pd.Timestamp`. Raises `TypeError` for values that JSON cannot hold, such as `pd.NaT`.
    """
    if isinstance(value, datetime):
        if value != value:
            raise TypeError(f"{value} is not a time; give None where a field may be empty")
        return datetime.combine(value.date(), value.timetz())
    if isinstance(value, timedelta):
        return timedelta(value.days, value.seconds, value.microseconds)
    if getattr(value, "ndim", None) == 0:
        return value.item()
    raise TypeError(f"Encoding objects of type {type(value).__name__} is unsupported")


def unboxed(value: Any) -> Any:
    """Return one of NumPy's numbers as Python's own, in a list too; other values as they are."""
    if isinstance(value, list):
        return [unboxed(one) for one in value]
    return value.item() if getattr(value, "ndim", None) == 0 else value


def _things_to_df(things: Sequence[object], columns: dict[str, Any]) -> pandas.DataFrame:
    """Make a DataFrame of objects, after the given columns."""
    if len({type(thing) for thing in things if names_of(thing) is not None}) > 1:
        columns["type"] = _typed([type(thing).__name__ for thing in things], "category")
    rows = [_row(thing, columns, "state_") for thing in things]
    names = dict.fromkeys(chain.from_iterable(rows))
    return _frame(columns | {name: _column([row.get(name) for row in rows]) for name in names})


def _relation_to_df(relation: duckdb.DuckDBPyRelation) -> pandas.DataFrame:
    """Make a DataFrame of a relation in one execution: DECIMALs are fetched as text, times are UTC."""
    import pandas

    kinds = dict(zip(relation.columns, (kind.id for kind in relation.types), strict=True))
    exact = [name for name, kind in kinds.items() if kind == "decimal"]
    if exact:
        as_text = ", ".join(f"{name}::VARCHAR AS {name}" for name in map(sql_name, exact))
        relation = relation.project(f"* REPLACE ({as_text})")
    frame = relation.df()
    for name in exact:
        frame[name] = [None if pandas.isna(text) else Decimal(text) for text in frame[name]]
    for name in (name for name, kind in kinds.items() if kind == "timestamp"):
        frame[name] = frame[name].dt.tz_localize("UTC")
    return frame


def sql_name(name: str) -> str:
    """Quote a name for SQL."""
    return '"' + name.replace('"', '""') + '"'


def _row(thing: object, taken: Iterable[str], prefix: str) -> dict[str, Any]:
    """Return an object's fields by column name; an object without fields is a `state`."""
    names = names_of(thing)
    if names is None:
        return {"state": thing}
    return {prefix + name if name in taken else name: getattr(thing, name) for name in names}


def names_of(thing: Any) -> Sequence[str] | None:
    """Return the names of the fields of a dataclass, a msgspec Struct or a named tuple, else None."""
    if is_dataclass(thing):
        return [field.name for field in fields(thing)]
    names: Sequence[str] | None = getattr(thing, "__struct_fields__", None) or getattr(thing, "_fields", None)
    return names


def _column(values: list[Any]) -> pandas.Series:
    """Make a column of the type that all values share, or of objects if there are several types."""
    values = [value.value if isinstance(value, Enum) else value for value in values]
    kinds, missing = {type(value) for value in values if value is not None}, None in values
    if kinds <= {int, float} and float in kinds:
        return _typed(values, "float64")
    if kinds == {int} and all(value is None or abs(value) < 2**63 for value in values):
        return _typed(values, "Int64" if missing else "int64")
    if kinds == {bool}:
        return _typed(values, "boolean" if missing else "bool")
    types = {str: "str", datetime: UTC_TIMES, timedelta: "timedelta64[us]"}
    return _typed(values, types.get(kinds.pop(), "object") if len(kinds) == 1 else "object")


def _typed(values: list[Any], dtype: str) -> pandas.Series:
    import pandas

    if dtype == UTC_TIMES:  # whatever zones the values have
        return pandas.to_datetime(pandas.Series(values, dtype="object"), utc=True).astype(dtype)
    return pandas.Series(values, dtype=dtype)


def _frame(columns: dict[str, Any]) -> pandas.DataFrame:
    import pandas

    return pandas.DataFrame(columns)
