"""SQL views of the log: `events` for all events, and `events.<event type>` with a typed column per field.

The views are in memory, not in the file, so they are never out of date; a newly registered class gets its
view at the next query. A value that its column cannot hold is an error, never another value.
"""

from __future__ import annotations

import enum
import json
import types
import typing
from collections import Counter
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from threading import Lock
from typing import Any
from uuid import UUID

import duckdb

from workshop_lib.events import REGISTRY, EventType
from workshop_lib.frames import sql_name

SAME_NAME = (
    "Several event types are called {}, with other capitals, which SQL does not distinguish. "
    "Query events instead, with the exact name in WHERE type = '…'."
)
OTHER_VERSION = (
    "The log holds {} in another schema version than {}, the newest that this program knows. "
    "Its fields may differ: query data and schema_version in events."
)
INEXACT = "A value of {0} does not fit DECIMAL(18,4) exactly. Query its text with data->>$.{0} in events."

PLACE = ("position", "stream", "version", "occurred_at", "recorded_at")
"""The columns of each view before the fields of its event type."""

MONEY = "DECIMAL(18,4)"
"""The type of a Decimal: money as OCPI writes it. The exact text of any Decimal is in `events.data`."""

AS_TEXT = {"BIGINT": "VARCHAR", "BIGINT[]": "VARCHAR[]", MONEY: "VARCHAR", f"{MONEY}[]": "VARCHAR[]"}
"""Types that are read from JSON as text first, because JSON's own conversion drops what does not fit."""

EXACT = r"-?\d{1,14}(\.\d{1,4}0*)?"
"""The Decimals that `MONEY` holds without rounding."""

_SQL_TYPES: dict[Any, str] = {
    str: "VARCHAR",
    int: "BIGINT",
    float: "DOUBLE",
    bool: "BOOLEAN",
    Decimal: MONEY,
    datetime: "TIMESTAMPTZ",
    date: "DATE",
    UUID: "UUID",
}


class Views:
    """The views of one catalog: the whole log, or the log up to a position."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, catalog: str, source: str) -> None:
        self._connection, self.catalog, self._source, self._seen = connection, catalog, source, -1
        self._renewing = Lock()
        connection.cursor().execute(f"CREATE SCHEMA IF NOT EXISTS {catalog}.events")

    @property
    def search_path(self) -> str:
        """Return the search path of queries; tables that a query creates are in memory, not in the file."""
        return f"SET search_path = '{self.catalog}.main,log.main'"

    def refresh(self) -> None:
        """Update the views if a class was registered since the last query."""
        with self._renewing:
            if self._seen != REGISTRY.changes:
                self._renew()

    def _renew(self) -> None:
        cursor = self._connection.cursor()
        names = Counter(kind.name.casefold() for kind in REGISTRY.newest())
        for kind in REGISTRY.newest():
            view = f"CREATE OR REPLACE VIEW {self.catalog}.events.{sql_name(kind.name)} AS "
            if names[kind.name.casefold()] > 1:  # SQL does not distinguish them
                cursor.execute(f"{view} SELECT {_error(SAME_NAME.format(kind.name))}")
                continue
            try:
                cursor.execute(view + self._select(kind))
            except (duckdb.Error, NameError, TypeError):  # no columns for these fields: the data as it is
                place = ", ".join(PLACE)
                cursor.execute(
                    f"{view} SELECT {place}, data FROM {self._source} WHERE type = {_text(kind.name)}"
                )
        self._seen = REGISTRY.changes

    def _select(self, kind: EventType) -> str:
        types_by_field = sql_types(kind.cls)
        columns = [*PLACE, *(_column(field, sql_type) for field, sql_type in types_by_field.items())]
        read = {field: AS_TEXT.get(sql_type, sql_type) for field, sql_type in types_by_field.items()}
        kept = f"json_transform(data, {_text(json.dumps(read))})" if read else "NULL"
        type_, other = f"type = {_text(kind.name)}", _error(OTHER_VERSION.format(kind.name, kind.version))
        version = (
            f"CASE WHEN {type_} AND schema_version <> {kind.version} THEN {other}::BOOLEAN ELSE true END"
        )
        rows = f"SELECT *, {kept} AS fields FROM {self._source} WHERE {type_} AND {version}"
        return f"SELECT {', '.join(columns)} FROM ({rows})"


def sql_types(cls: type) -> dict[str, str]:
    """Return the SQL type of each field of an event class; a field without an SQL type stays JSON."""
    hints = typing.get_type_hints(cls)
    return {field.name: _sql_type(hints[field.name]) for field in fields(cls)} if is_dataclass(cls) else {}


def _sql_type(hint: Any) -> str:
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        kept = [part for part in typing.get_args(hint) if part is not type(None)]
        return _sql_type(kept[0]) if len(kept) == 1 else "JSON"
    if typing.get_origin(hint) is typing.Literal:
        kinds = {type(value) for value in typing.get_args(hint)}
        return _sql_type(kinds.pop()) if len(kinds) == 1 else "JSON"
    if typing.get_origin(hint) in (list, tuple, set, frozenset):
        parts = {_sql_type(part) for part in typing.get_args(hint) if part is not Ellipsis}
        return f"{parts.pop()}[]" if len(parts) == 1 else "JSON"
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return "VARCHAR" if all(isinstance(member.value, str) for member in hint) else "BIGINT"
    return _SQL_TYPES.get(hint, "JSON")


def _column(field: str, sql_type: str) -> str:
    """Return the SQL of a field's column; times are in UTC without a zone."""
    value = f"fields.{sql_name(field)}"
    if sql_type == "TIMESTAMPTZ":
        value = f"timezone('UTC', {value})"
    elif sql_type == MONEY:
        exact, wrong = f"regexp_full_match({value}, '{EXACT}')", _error(INEXACT.format(field))
        value = f"CASE WHEN {value} IS NULL OR {exact} THEN {value}::{MONEY} ELSE {wrong}::{MONEY} END"
    elif sql_type in ("BIGINT", "BIGINT[]"):
        value = f"{value}::{sql_type}"
    free = f"event_{field}" if field.casefold() in PLACE else field
    return f"{value} AS {sql_name(free)}"


def _error(sentence: str) -> str:
    return f"error({_text(sentence)})"


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
