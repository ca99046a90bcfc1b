"""The inside of a commit: versions are checked, positions are assigned and hashes are chained.

Each engine commits like this: it makes `Uncommitted` for the log's head, adds the callers' appends and stores
its rows in one transaction. An append that fails leaves the uncommitted events as they were. Read `chain.py`
for the hashes.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from itertools import chain
from uuid import UUID

from workshop_lib.clock import Clock, IdSource
from workshop_lib.events import StoredEvent
from workshop_lib.store.arguments import (
    CheckedAppend,
    checked_append,
    checked_time,
    require_repeat,
    require_version,
)
from workshop_lib.store.chain import Head, hash_of
from workshop_lib.store.errors import AppendConditionFailed, EventIdTaken
from workshop_lib.store.group_commit import PendingAppend
from workshop_lib.store.port import Append, AppendCondition, AppendResult
from workshop_lib.store.reader import LAST_VERSION, Log

Recording = tuple[list[str] | None, str, UUID | None, UUID | None]
"""Tags, metadata, correlation id and causation id, as stored in a row."""

NOTHING: Recording = (None, "{}", None, None)
"""No tags, no metadata, no correlation id, no causation id."""

AT_ONCE = 256
"""How many events are encoded together, which takes half the time of one by one."""

_Place = tuple[int, str, int, datetime, datetime, list[str] | None, str, UUID | None, UUID | None]
_new = tuple.__new__
"""Makes a named tuple in half the time of calling its class."""


class Uncommitted:
    """Events that will follow a log's head once they are committed.

    An event gets its position, version and times when it is added. Its text, id and hash are computed later
    for many events together, or at once if the event holds mutable values.
    """

    def __init__(self, log: Log, head: Head, clock: Clock, ids: IdSource) -> None:
        self._log, self._codec, self._clock, self._ids = log, log.codec, clock, ids
        self._position, self._hash, self._recorded_at = head
        self._events, self._places = list[object](), list[_Place]()
        self._given_ids: dict[int, UUID] = {}
        self._rows: list[StoredEvent] = []
        self._stored: dict[UUID, StoredEvent | None] = {}
        """The events of the log with ids that were looked up; None for an id that it does not have."""
        self._row_of: dict[UUID, StoredEvent] = {}
        self._indexed, self._given = 0, set[UUID]()
        self.versions: dict[str, int] = {}

    @property
    def rows(self) -> list[StoredEvent]:
        """The rows of all events added so far."""
        if self._places:
            self._complete()
        return self._rows

    @property
    def head(self) -> Head:
        """The head of the log after the commit."""
        return Head(self._position, self._hash, self._recorded_at)

    def add_each(self, group: Iterable[PendingAppend]) -> None:
        """Add each caller's appends; store the results or the error on its `PendingAppend`."""
        group = [*group]
        self._look_up(chain.from_iterable(map(_ids_in, group)))
        for pending in group:
            try:
                pending.results = self.add(pending.appends)
            except Exception as error:
                pending.error = error

    def add(self, appends: Iterable[Append]) -> list[AppendResult]:
        """Add appends that belong together: all or, if one fails, none."""
        count, head, versions = len(self._rows), self.head, self.versions.copy()
        self._given.clear()
        try:
            results = [self._add(append) for append in appends]
            self._complete()
            return results
        except BaseException:
            del self._rows[count:]
            self._row_of.clear()
            self._indexed = 0
            self._events, self._places, self._given_ids = [], [], {}
            (self._position, self._hash, self._recorded_at), self.versions = head, versions
            raise

    def _add(self, given: Append) -> AppendResult:
        recorded_at = max(checked_time("clock", self._clock()), self._recorded_at)
        append = checked_append(given)
        version = self._version_of(append.stream)
        if append.event_ids and (earlier := self._earlier(append, append.event_ids)):
            return earlier
        require_version(append.stream, append.expected_version, version, partial(self._since, append.stream))
        if append.condition is not None:
            self._require(append.condition)
        return self._give_places(append, version, recorded_at)

    def _give_places(self, append: CheckedAppend, version: int, recorded_at: datetime) -> AppendResult:
        stream, first = append.stream, self._position + 1
        occurred_at = append.occurred_at or recorded_at
        recording, positions = self._recording(append), tuple(range(first, first + len(append.events)))
        self._events += append.events
        for position in positions:
            version += 1
            self._places.append((position, stream, version, occurred_at, recorded_at, *recording))
        if append.event_ids:
            self._given_ids.update(zip(positions, append.event_ids, strict=True))
            self._given.update(append.event_ids)
        self._position, self._recorded_at = self._position + len(positions), recorded_at
        self.versions[stream] = version
        if len(self._events) >= AT_ONCE or not self._codec.lasting.issuperset(map(type, append.events)):
            self._complete()
        return _new(AppendResult, (version, positions))

    def _complete(self) -> None:
        """Make rows of the events that have places: compute their texts, ids and hashes."""
        given, draw, hash_ = self._given_ids, self._ids, self._hash
        encoded = self._codec.encode_all(self._events)
        for place, (kind, data) in zip(self._places, encoded, strict=True):
            position, stream, version, occurred_at, recorded_at, tags, metadata, correlated, caused = place
            row = (
                position, stream, version, kind.name, kind.version, occurred_at, recorded_at, data,
                tags, metadata, given.get(position) or draw(), correlated, caused,
            )  # fmt: skip
            hash_ = hash_of(hash_, row)
            self._rows.append(_new(StoredEvent, (*row, hash_)))
        self._hash = hash_
        self._events, self._places, self._given_ids = [], [], {}

    def _recording(self, append: CheckedAppend) -> Recording:
        if not (append.tags or append.metadata or append.correlation_id or append.causation_id):
            return NOTHING
        return (
            list(append.tags) or None,
            self._codec.metadata(append.metadata),
            append.correlation_id,
            append.causation_id,
        )

    def _version_of(self, stream: str) -> int:
        """Return the stream's version after these events."""
        return self.versions.get(stream) or self._log.version_of(stream)

    def _since(self, stream: str, version: int) -> list[StoredEvent]:
        uncommitted = [row for row in self.rows if row.stream == stream and row.version > version]
        return [*self._log.stream_rows(stream, version + 1, LAST_VERSION), *uncommitted]

    def _require(self, condition: AppendCondition) -> None:
        after, query = condition.after, condition.query
        found = self._log.rows_found(query, after)
        found += [row for row in self.rows if row.position > after and query.matches(row)]
        if found:
            raise AppendConditionFailed(query, after, found)

    def _earlier(self, append: CheckedAppend, ids: list[UUID]) -> AppendResult | None:
        """Return the result of an earlier append with the same ids and content, or None."""
        repeated = self._with_ids(ids)
        if not any(repeated):
            return None
        recording = self._recording(append)
        encoded = self._codec.encode_all(append.events)
        for (kind, data), row, event_id in zip(encoded, repeated, ids, strict=True):
            if row is None:
                there = next(filter(None, repeated))
                raise EventIdTaken(there.event_id, there.position, "was appended without the other events")
            when = append.occurred_at or row.occurred_at
            content = (append.stream, kind.name, kind.version, data, *recording, when)
            require_repeat(event_id, row.position, content, _content(row))
        rows = [row for row in repeated if row]
        return AppendResult(max(row.version for row in rows), tuple(row.position for row in rows))

    def _with_ids(self, ids: list[UUID]) -> list[StoredEvent | None]:
        """Return for each id the event that has it, in the log or among these, or None."""
        self._look_up(ids)
        if not self._given.isdisjoint(ids):
            self._complete()
        if self._indexed < len(self._rows):
            self._row_of.update((row.event_id, row) for row in self._rows[self._indexed :])
            self._indexed = len(self._rows)
        return [self._row_of.get(event_id) or self._stored[event_id] for event_id in ids]

    def _look_up(self, ids: Iterable[UUID]) -> None:
        """Look up ids in the log, all at once, unless that was done already."""
        if new := [event_id for event_id in ids if event_id not in self._stored]:
            self._stored |= dict.fromkeys(new)
            self._stored |= {row.event_id: row for row in self._log.rows_with_ids(new)}


def _ids_in(pending: PendingAppend) -> list[UUID]:
    """Return the ids that a caller gives to events; those in generators are read later."""
    appends = pending.appends if isinstance(pending.appends, list | tuple) else []
    return [
        event_id
        for append in appends
        if isinstance(append, Append) and isinstance(append.event_ids, list | tuple)
        for event_id in append.event_ids
        if isinstance(event_id, UUID)
    ]


def _content(row: StoredEvent) -> tuple[object, ...]:
    """Return what must be equal when an event id is repeated."""
    what = (row.stream, row.type, row.schema_version, row.data, row.tags, row.metadata)
    return (*what, row.correlation_id, row.causation_id, row.occurred_at)
