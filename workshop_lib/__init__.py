"""The names most notebooks import. To read the code, start with `events.py`, then `store/port.py`."""

from workshop_lib.clock import SimulatedClock, seeded_ids
from workshop_lib.events import RecordedEvent, WorkshopError, caused_by, event_type
from workshop_lib.frames import to_df
from workshop_lib.modeling import Decider, Refused, fold, given
from workshop_lib.modeling.application import (
    ConcurrencyConflict,
    decide_again,
    handle,
    no_retry,
    retry_if_unchanged,
)
from workshop_lib.modeling.repository import Repository
from workshop_lib.modeling.rule import Rule
from workshop_lib.reading.snapshots import Fold, Snapshots
from workshop_lib.store import open_store
from workshop_lib.store.copying import to_duckdb
from workshop_lib.store.errors import ANY, EXISTS, NO_STREAM, AppendConditionFailed, WrongExpectedVersion
from workshop_lib.store.port import Append, AppendCondition, EventStore, Query

__all__ = [
    "ANY",
    "EXISTS",
    "NO_STREAM",
    "Append",
    "AppendCondition",
    "AppendConditionFailed",
    "ConcurrencyConflict",
    "Decider",
    "EventStore",
    "Fold",
    "Query",
    "RecordedEvent",
    "Refused",
    "Repository",
    "Rule",
    "SimulatedClock",
    "Snapshots",
    "WorkshopError",
    "WrongExpectedVersion",
    "caused_by",
    "decide_again",
    "event_type",
    "fold",
    "given",
    "handle",
    "no_retry",
    "open_store",
    "retry_if_unchanged",
    "seeded_ids",
    "to_df",
    "to_duckdb",
]
