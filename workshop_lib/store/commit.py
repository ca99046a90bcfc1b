"""The draft of a commit: the one place where versions are checked, positions handed out and hashes chained.

Every adapter that numbers its own log writes like this: it makes a draft on top of the log's head, adds
what callers ask for, and stores the draft's rows in one transaction. An append that is refused leaves the
draft as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from types import NoneType
from typing import NamedTuple, Protocol
from uuid import UUID

import msgspec

from workshop_lib.clock import Clock, IdSource
from workshop_lib.codec import Codec
from workshop_lib.events import StoredEvent, shortened
from workshop_lib.store.arguments import checked_append, several
from workshop_lib.store.chain import GENESIS, seal
from workshop_lib.store.errors import (
    ANY,
    AppendConditionFailed,
    EventIdTaken,
    StoreError,
    checked_from,
    checked_id,
    checked_stream,
    checked_time,
    require_version,
)
from workshop_lib.store.group_commit import Ticket
from workshop_lib.store.port import Append, AppendCondition, AppendResult, Query

LISTS = {list, tuple, NoneType}


class Head(NamedTuple):
    """Where a log ends: the last position, its hash, and when it was recorded (UTC)."""

    position: int = 0
    hash: bytes = GENESIS
    recorded_at: datetime = datetime.min


class Log(Protocol):
    """What a draft must know of the log that it continues."""

    def version_of(self, stream: str) -> int: ...

    def rows_since(self, stream: str, version: int) -> list[StoredEvent]: ...

    def rows_with_ids(self, ids: Sequence[UUID]) -> list[StoredEvent]: ...

    def rows_found(self, query: Query, after: int) -> list[StoredEvent]: ...


Recording = tuple[list[str] | None, str, UUID | None, UUID | None]
"""Tags, metadata, correlation id and causation id, as a row has them."""

NOTHING: Recording = (None, "{}", None, None)
"""No tags, no metadata, no correlation id, no causation id."""

AT_ONCE = 256
"""How many events get their text and hash together: many take less time each, as long as all are at hand."""

_Place = tuple[int, str, int, datetime, datetime, list[str] | None, str, UUID | None, UUID | None]
_new = tuple.__new__
"""Makes a named tuple in half the time that its class takes."""


class Draft:
    """Rows that will follow a log's head, if they are committed.

    An event gets its place when it is taken: position, version and times. Its text, id and hash it gets
    together with others, or at once if it holds something that its maker may change before the next.
    """

    def __init__(self, log: Log, head: Head, codec: Codec, clock: Clock, ids: IdSource) -> None:
        self._log, self._codec, self._clock, self._ids = log, codec, clock, ids
        self._position, self._hash, self._recorded_at = head
        self._taken, self._places = list[object](), list[_Place]()
        self._given_ids: dict[int, UUID] = {}
        self._rows: list[StoredEvent] = []
        self.versions: dict[str, int] = {}

    @property
    def rows(self) -> list[StoredEvent]:
        """What was taken so far."""
        if self._places:
            self._complete()
        return self._rows

    @property
    def head(self) -> Head:
        """Where the log will end."""
        return Head(self._position, self._hash, self._recorded_at)

    def settle(self, tickets: Iterable[Ticket]) -> None:
        """Add what each caller wants, and tell each who is refused why."""
        for ticket in tickets:
            try:
                ticket.results = self.add(ticket.appends)
            except Exception as error:
                ticket.error = error

    def add(self, appends: Iterable[Append]) -> list[AppendResult]:
        """Add appends that belong together: all of them or, if one is refused, none."""
        count, head = len(self._rows), self.head
        try:
            results = [self._add(append) for append in appends]
            self._complete()
            return results
        except BaseException:
            undone = {row.stream for row in self._rows[count:]} | {place[1] for place in self._places}
            del self._rows[count:]
            self._taken, self._places, self._given_ids = [], [], {}
            self._position, self._hash, self._recorded_at = head
            self._forget(undone)
            raise

    def _forget(self, streams: set[str]) -> None:
        for stream in streams:
            self.versions.pop(stream, None)
        self.versions.update((row.stream, row.version) for row in self._rows if row.stream in streams)

    def _add(self, append: Append) -> AppendResult:
        recorded_at = max(checked_time("clock", self._clock()), self._recorded_at)
        append = _settled(checked_append(append))
        version = self._version_of(append.stream)
        if append.event_ids is not None and (earlier := self._earlier(append)):
            return earlier
        if append.expected_version is not ANY:
            self._require_version(append, version)
        if append.condition is not None:
            self._require(append.condition)
        return self._take(append, version, recorded_at)

    def _take(self, append: Append, version: int, recorded_at: datetime) -> AppendResult:
        stream, when, first = append.stream, append.occurred_at, self._position + 1
        occurred_at = recorded_at if when is None else checked_time("occurred_at", when)
        recording, positions = self._recording(append), tuple(range(first, first + len(append.events)))
        self._taken += append.events
        for position in positions:
            version += 1
            self._places.append((position, stream, version, occurred_at, recorded_at, *recording))
        if append.event_ids is not None:
            self._given_ids.update(zip(positions, _ids_of(append.event_ids), strict=True))
        self._position, self._recorded_at = self._position + len(positions), recorded_at
        self.versions[stream] = version
        if len(self._taken) >= AT_ONCE or not self._codec.lasting.issuperset(map(type, append.events)):
            self._complete()
        return _new(AppendResult, (version, positions))

    def _complete(self) -> None:
        """Give what was taken its texts, ids and hashes, and make it rows."""
        given, draw, hash_ = self._given_ids, self._ids, self._hash
        encoded = self._codec.encode_all(self._taken)
        for place, (kind, data) in zip(self._places, encoded, strict=True):
            position, stream, version, occurred_at, recorded_at, tags, metadata, correlated, caused = place
            row = (
                position, stream, version, kind.name, kind.version, occurred_at, recorded_at, data,
                tags, metadata, given.get(position) or draw(), correlated, caused,
            )  # fmt: skip
            hash_ = seal(hash_, row)
            self._rows.append(_new(StoredEvent, (*row, hash_)))
        self._hash = hash_
        self._taken, self._places, self._given_ids = [], [], {}

    def _recording(self, append: Append) -> Recording:
        if not (append.tags or append.metadata or append.correlation_id or append.causation_id):
            return NOTHING
        return (
            _tags(append.tags or ()),
            self._codec.metadata(append.metadata or {}),
            checked_id("correlation_id", append.correlation_id),
            checked_id("causation_id", append.causation_id),
        )

    def _version_of(self, stream: str) -> int:
        """The stream's version after this draft; a name that is new to the draft is looked at first."""
        known = self.versions.get(stream) if isinstance(stream, str) else None
        return known or self._log.version_of(checked_stream(stream))

    def _require_version(self, append: Append, version: int) -> None:
        expected = append.expected_version
        since: list[StoredEvent] = []
        if isinstance(expected, int) and 0 <= expected < version:
            since = self._since(append.stream, expected)
        require_version(append.stream, expected, version, since)

    def _since(self, stream: str, version: int) -> list[StoredEvent]:
        drafted = [row for row in self.rows if row.stream == stream and row.version > version]
        return self._log.rows_since(stream, version) + drafted

    def _require(self, condition: AppendCondition) -> None:
        after, query = checked_from("after", condition.after, 0), condition.query
        found = self._log.rows_found(query, after)
        found += [row for row in self.rows if row.position > after and query.matches(row)]
        if found:
            raise AppendConditionFailed(query, after, found)

    def _earlier(self, append: Append) -> AppendResult | None:
        """The result of the same append made before, if it was; the ids are then the same and so is the
        content.
        """
        ids = _ids_of(append.event_ids or ())
        if len(ids) != len(append.events) or len(set(ids)) != len(ids):
            raise StoreError(
                f"You gave {len(append.events)} events and {len(set(ids))} different event ids. "
                "Give each event one id of its own."
            )
        found = {row.event_id: row for row in [*self._log.rows_with_ids(ids), *self.rows]}
        repeated = [found.get(event_id) for event_id in ids]
        if not any(repeated):
            return None
        recording = self._recording(append)
        for event, row, event_id in zip(append.events, repeated, ids, strict=True):
            kind, data = self._codec.encode(event)
            content = (append.stream, kind.name, kind.version, data, *recording)
            if row is None or content != _content(row):
                taken = row or next(there for there in repeated if there)
                raise EventIdTaken(taken.event_id if row is None else event_id, taken.position)
        rows = [row for row in repeated if row]
        return AppendResult(rows[-1].version, tuple(row.position for row in rows))


def _content(row: StoredEvent) -> tuple[object, ...]:
    """What must be the same again when an event id comes again."""
    what = (row.stream, row.type, row.schema_version, row.data)
    return (*what, row.tags or None, row.metadata, row.correlation_id, row.causation_id)


def _ids_of(given: Sequence[UUID | str]) -> list[UUID]:
    """Event ids as UUIDs. Raises `StoreError`."""
    return [found for id_ in given if (found := checked_id("event_ids", id_))]


def _settled(append: Append) -> Append:
    """The append with lists where a generator could be read only once. Raises `StoreError`."""
    if (
        append.events is not None
        and {type(append.events), type(append.tags), type(append.event_ids)} <= LISTS
    ):
        return append
    settled = {"events": list(several("events", append.events))}
    parts = {"tags": append.tags, "event_ids": append.event_ids}
    settled |= {what: list(several(what, part)) for what, part in parts.items() if part is not None}
    return msgspec.structs.replace(append, **settled)


def _tags(tags: Sequence[str]) -> list[str] | None:
    if not all(isinstance(tag, str) for tag in tags):
        raise StoreError(f'You gave tags={tags!r}, but tags are several texts. Write tags=["connector-7"].')
    try:
        "".join(tags).encode()
    except UnicodeEncodeError as error:
        raise StoreError(
            f"You gave tags={shortened(tags)}, but half a character cannot be written ({error.reason}). "
            "Give each tag whole characters."
        ) from None
    return list(tags) or None
