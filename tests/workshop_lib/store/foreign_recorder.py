"""Adapt our stores to the recorder interface of the `eventsourcing` package, to run its test suites on them.

Each method is one or two calls of the port. A topic there is an event type here, a notification id is a
position, and the state stays opaque bytes. Versions there may start at 0 or 1 and here always at 1, so each
event also stores the version it was given.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import islice
from typing import Any
from uuid import UUID

from eventsourcing.dcb import api as dcb
from eventsourcing.persistence import (
    IntegrityError,
    Notification,
    ProcessRecorder,
    StoredEvent,
    Subscription,
    Tracking,
)

from workshop_lib import (
    Append,
    AppendCondition,
    AppendConditionFailed,
    Query,
    RecordedEvent,
    WrongExpectedVersion,
    event_type,
)
from workshop_lib.store.port import EventStore

FOREIGN = "foreign:"
"""A prefix for topics, so that they do not collide with event types of other tests."""


@event_type("ForeignTracked")
class ForeignTracked:
    """The position up to which a foreign application has been processed."""

    notification_id: int


@cache
def opaque(topic: str) -> type:
    """Return the event type for a topic."""

    @event_type(FOREIGN + topic)
    class Opaque:
        version: int
        state: bytes

    return Opaque


@contextmanager
def their_errors() -> Iterator[None]:
    """Translate our two conflict errors into their `IntegrityError`."""
    try:
        yield
    except (WrongExpectedVersion, AppendConditionFailed) as error:
        raise IntegrityError(error) from error


class Recorder(ProcessRecorder):
    """An application and tracking recorder over any event store.

    Tracking is a separate stream, written in the same batch as the events it belongs to.
    """

    def __init__(self, store: EventStore) -> None:
        self.store = store

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> list[int]:
        tracking = kwargs.get("tracking")
        appends = [*self._appends(stored_events), *([self._tracked(tracking)] if tracking else [])]
        with their_errors():
            results = self.store.append_batch(appends)
        return [result.positions[0] for result in results[: len(stored_events)]]

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> list[StoredEvent]:
        shift = self._first_version(originator_id, 1) - 1
        found = self.store.read_stream(
            str(originator_id),
            from_version=1 if gt is None else gt + 1 - shift,
            to_version=None if lte is None else lte - shift,
            backwards=desc,
            limit=limit,
        )
        return [StoredEvent(originator_id, *_content(recorded)) for recorded in found]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> list[Notification]:
        after = max((start or 0) - inclusive_of_start, 0)
        found = _notifications(self.store.read(after, _of_topics(topics)))
        return [one for one in islice(found, limit) if stop is None or one.id <= stop]

    def max_notification_id(self) -> int | None:
        return next((one.id for one in _notifications(self.store.read(backwards=True))), None)

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Following:
        return Following(self, gt, topics)

    def insert_tracking(self, tracking: Tracking) -> None:
        with their_errors():
            self.store.append_batch([self._tracked(tracking)])

    def max_tracking_id(self, application_name: str) -> int | None:
        return self._last_tracked(application_name)[1]

    def _appends(self, stored_events: Sequence[StoredEvent]) -> Iterator[Append]:
        """Yield one append per event, expecting the version before its own."""
        first: dict[str, int] = {}
        for stored in stored_events:
            stream, version = str(stored.originator_id), stored.originator_version
            if stream not in first:
                first[stream] = self._first_version(stream, version)
            event = opaque(stored.topic)(version, stored.state)
            yield Append(stream, [event], expected_version=version - first[stream])

    def _first_version(self, stream: UUID | str, otherwise: int) -> int:
        return next((one.event.version for one in self.store.read_stream(str(stream), limit=1)), otherwise)

    def _tracked(self, tracking: Tracking) -> Append:
        """Return the append that advances tracking; the expected version detects concurrent changes."""
        version, last = self._last_tracked(tracking.application_name)
        if last is not None and last >= tracking.notification_id:
            raise IntegrityError(f"{tracking} is not beyond {last}")
        return Append(_tracks(tracking.application_name), [ForeignTracked(tracking.notification_id)], version)

    def _last_tracked(self, application_name: str) -> tuple[int, int | None]:
        last = self.store.read_stream(_tracks(application_name), backwards=True, limit=1)
        return next(((one.version, one.event.notification_id) for one in last), (0, None))


class SilentRecorder(Recorder):
    """An aggregate recorder: it has no global order, so an insert returns nothing."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> None:  # type: ignore[override]
        super().insert_events(stored_events, **kwargs)


class Following(Subscription[Recorder]):
    """Their subscription, reading from ours."""

    def __init__(self, recorder: Recorder, gt: int | None, topics: Sequence[str]) -> None:
        super().__init__(recorder, gt, topics)
        self._ours = recorder.store.subscribe(gt or 0, _of_topics(topics))
        self._notifications = _notifications(self._ours)

    def stop(self) -> None:
        super().stop()
        self._ours.close()

    def __next__(self) -> Notification:
        return next(self._notifications)


class DCBRecorder(dcb.DCBRecorder):
    """A recorder with a dynamic consistency boundary; all events are in one stream."""

    def __init__(self, store: EventStore) -> None:
        self.store = store

    def read(
        self, query: dcb.DCBQuery | None = None, *, after: int | None = None, limit: int | None = None
    ) -> Response:
        earlier = self.store.as_of(position=self.store.position())
        found = [_sequenced(one) for one in earlier.read(after or 0, _either(query), limit=limit)]
        end = earlier.position() if limit is None else found[-1].position if found else 0
        return Response(found, end or None)

    def append(self, events: Sequence[dcb.DCBEvent], condition: dcb.DCBAppendCondition | None = None) -> int:
        ours = condition and AppendCondition(_either(condition.fail_if_events_match), condition.after or 0)
        appends = [
            Append("dcb-log", [opaque(event.type)(0, event.data)], tags=event.tags, condition=held)
            for event, held in zip(events, [ours, *[None] * len(events)], strict=False)
        ]
        with their_errors():
            return self.store.append_batch(appends)[-1].positions[-1]

    def subscribe(self, query: dcb.DCBQuery | None = None, *, after: int | None = None) -> DCBFollowing:
        return DCBFollowing(self, query, after)


class DCBFollowing(dcb.DCBSubscription[DCBRecorder]):
    """Their subscription, reading from ours."""

    def __init__(self, recorder: DCBRecorder, query: dcb.DCBQuery | None, after: int | None) -> None:
        super().__init__(recorder, query, after)
        self._ours = recorder.store.subscribe(after or 0, _either(query))

    def stop(self) -> None:
        super().stop()
        self._ours.close()

    def __next__(self) -> dcb.DCBSequencedEvent:
        return _sequenced(next(self._ours))


class Response(dcb.DCBReadResponse):
    """The events that were found, and the last position that was read."""

    def __init__(self, found: Iterable[dcb.DCBSequencedEvent], head: int | None) -> None:
        self._found, self._head = iter(found), head

    @property
    def head(self) -> int | None:
        return self._head

    def __next__(self) -> dcb.DCBSequencedEvent:
        return next(self._found)


def _content(recorded: RecordedEvent) -> tuple[int, str, bytes]:
    return recorded.event.version, recorded.type.removeprefix(FOREIGN), recorded.event.state


def _notifications(found: Iterable[RecordedEvent]) -> Iterator[Notification]:
    """Yield the foreign events, without the tracking events in the same log."""
    for one in found:
        if one.type.startswith(FOREIGN):
            yield Notification(UUID(one.stream), *_content(one), one.position)


def _of_topics(topics: Sequence[str]) -> Query | None:
    return Query(types=[FOREIGN + topic for topic in topics]) if topics else None


def _either(query: dcb.DCBQuery | None) -> Query:
    """Convert their query items into one query."""
    items = query.items if query and query.items else [dcb.DCBQueryItem()]
    first, *others = [Query([FOREIGN + kind for kind in item.types], item.tags) for item in items]
    for other in others:
        first = first | other
    return first


def _sequenced(one: RecordedEvent) -> dcb.DCBSequencedEvent:
    _, kind, state = _content(one)
    return dcb.DCBSequencedEvent(dcb.DCBEvent(kind, state, list(one.tags)), one.position)


def _tracks(application_name: str) -> str:
    return f"tracking-{application_name}"
