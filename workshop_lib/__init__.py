"""The names a notebook starts from. Read `events.py`, then `store/port.py`: the rest follows."""

from workshop_lib.clock import SimulatedClock, seeded_ids
from workshop_lib.events import RecordedEvent, WorkshopError, because_of, event_type
from workshop_lib.store import open_store
from workshop_lib.store.errors import (
    ANY,
    EXISTS,
    NO_STREAM,
    AppendConditionFailed,
    WrongExpectedVersion,
)
from workshop_lib.store.port import Append, AppendCondition, EventStore, Query

__all__ = [
    "ANY",
    "EXISTS",
    "NO_STREAM",
    "Append",
    "AppendCondition",
    "AppendConditionFailed",
    "EventStore",
    "Query",
    "RecordedEvent",
    "SimulatedClock",
    "WorkshopError",
    "WrongExpectedVersion",
    "because_of",
    "event_type",
    "open_store",
    "seeded_ids",
]
