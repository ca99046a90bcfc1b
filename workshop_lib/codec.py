"""The codec converts events to readable JSON and back, and rejects values that JSON would change.

Read `events.py` first. NaN and infinity, times without a zone and values of a wrong type are rejected before
anything is written.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from itertools import chain
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from workshop_lib.clock import in_utc
from workshop_lib.events import (
    REGISTRY,
    EventType,
    Homes,
    InvalidEvent,
    MalformedEvent,
    Metadata,
    RecordedEvent,
    StoredEvent,
    WorkshopError,
    type_of,
)
from workshop_lib.frames import plain
from workshop_lib.invalid_events import hints_of, json_of, mismatch, require_unchanged

PLAIN = (str, int, bool, types.NoneType)
"""Types whose values JSON never changes. The same holds for members of an enum without `_missing_`."""
LASTING = (*PLAIN, float, bytes, Decimal, UUID, datetime, date, time, timedelta)
"""Immutable types."""


class _Shape(NamedTuple):
    """What the codec has learned about a class of events, which `kind.cls` will read. `values` returns the
    fields if all are plain, `proven` holds the combinations of value types that were verified, `hints` the
    declared types of each field.
    """

    kind: EventType
    values: Callable[[object], tuple[object, ...]] | None
    proven: set[tuple[type, ...]]
    hints: tuple[tuple[Any, ...], ...]


class Codec:
    """Converts events to JSON text and back. Each store has one."""

    def __init__(self) -> None:
        encoder = msgspec.json.Encoder(enc_hook=plain, order="deterministic")
        self._encode, self._encode_lines = encoder.encode, encoder.encode_lines
        self._decoders: dict[type, msgspec.json.Decoder[Any]] = {}
        self._homes: Homes = {}
        self._shapes: dict[type, _Shape] = {}
        self.lasting = set[type]()
        """Classes of encoded events that hold only immutable values, no list and no dict."""
        self._known: dict[tuple[str, int], msgspec.json.Decoder[Any]] = {}
        self._seen = -1

    def encode(self, event: object) -> tuple[EventType, str]:
        """Return the event's type and its JSON text. Raises `InvalidEvent` if JSON would change a value."""
        return self.encode_all([event])[0]

    def encode_all(self, events: Sequence[object]) -> list[tuple[EventType, str]]:
        """Encode many events; together they take half the time."""
        self._renew()
        encoded, shapes = [], self._shapes
        for event, text in zip(events, self._texts(events), strict=True):
            kind, values, proven, _ = shape = shapes.get(type(event)) or self._shape(event)
            if values is None or tuple(map(type, values(event))) not in proven:
                self._prove(event, text, shape)
            encoded.append((kind, text.decode()))
        return encoded

    def _texts(self, events: Sequence[object]) -> Iterable[bytes]:
        """Encode in bulk; if that fails, encode singly to name the event at fault."""
        try:
            texts = self._encode_lines(events).splitlines()
        except Exception:
            return map(self._text, events)
        # raw JSON may contain line breaks
        return texts if len(texts) == len(events) else map(self._text, events)

    def _text(self, event: object) -> bytes:
        type_of(event)
        try:
            return self._encode(event)
        except Exception as error:
            raise InvalidEvent(event, mismatch(event, error)) from error

    def _prove(self, event: object, text: bytes, shape: _Shape) -> None:
        """Decode the text and compare. For plain fields with values of their declared types, do this once
        per combination of types; check others every time (1 may equal an `IntEnum` member and 2 none).
        """
        require_unchanged(event, lambda: self._decoder(shape.kind.cls).decode(text))
        if shape.values is not None:
            given = tuple(map(type, shape.values(event)))
            if all(type_ in hint for type_, hint in zip(given, shape.hints, strict=True)):
                shape.proven.add(given)

    def decode(self, row: StoredEvent) -> object:
        """Decode the event of a stored row. Raises `UnknownEventType` or `MalformedEvent`."""
        self._renew()
        name, version = row.type, row.schema_version
        try:
            return (self._known.get((name, version)) or self._look_up(row)).decode(row.data)
        except WorkshopError:
            raise
        except Exception as error:
            place = f"position {row.position} ({row.stream})"
            raise MalformedEvent(place, row.type, str(error), row.position) from error

    def metadata(self, metadata: Metadata) -> str:
        """Encode metadata as JSON text. Raises `InvalidEvent`, as for an event's data."""
        return json_of(metadata, dict).decode() if metadata else "{}"

    def recorded(self, row: StoredEvent) -> RecordedEvent:
        """Convert a stored row to a recorded event, with times marked as UTC."""
        return RecordedEvent(
            self.decode(row),
            row.type,
            row.schema_version,
            row.stream,
            row.version,
            row.position,
            row.event_id,
            in_utc(row.occurred_at),
            in_utc(row.recorded_at),
            row.correlation_id,
            row.causation_id,
            msgspec.json.decode(row.metadata) if row.metadata != "{}" else {},
            tuple(row.tags) if row.tags else (),
        )

    def _renew(self) -> None:
        """Forget what was learned about classes if one was registered since."""
        if self._seen != REGISTRY.changes:
            self._known, self._shapes, self._seen = {}, {}, REGISTRY.changes

    def _look_up(self, row: StoredEvent) -> msgspec.json.Decoder[Any]:
        decoder = self._decoder(REGISTRY.class_for(row, self._homes))
        return self._known.setdefault((row.type, row.schema_version), decoder)

    def _shape(self, event: object) -> _Shape:
        cls, kind = type(event), type_of(event, self._homes)
        hints = hints_of(cls)
        values = _values_of(cls, hints) if kind.cls is cls else None
        if hints is not None and all(map(_is_lasting, chain.from_iterable(hints.values()))):
            self.lasting.add(cls)
        shape = _Shape(kind, values, set(), tuple(hints.values()) if hints else ())
        return self._shapes.setdefault(cls, shape)

    def _decoder(self, cls: type) -> msgspec.json.Decoder[Any]:
        found = self._decoders.get(cls)
        return found or self._decoders.setdefault(cls, msgspec.json.Decoder(cls))


def _values_of(
    cls: type, hints: dict[str, tuple[Any, ...]] | None
) -> Callable[[Any], tuple[object, ...]] | None:
    """Return a getter of an event's fields if the types of the values decide whether JSON keeps them."""
    if hasattr(cls, "__post_init__") or not all(field.init for field in fields(cls)):
        return None
    if not hints or not all(map(_is_plain, chain.from_iterable(hints.values()))):
        return None
    values = attrgetter(*hints)
    return values if len(hints) > 1 else lambda event: (values(event),)


def _is_plain(hint: Any) -> bool:
    if isinstance(hint, type) and issubclass(hint, Enum):
        return getattr(hint._missing_, "__func__", None) is vars(Enum)["_missing_"].__func__
    return hint in PLAIN


def _is_lasting(hint: Any) -> bool:
    if typing.get_origin(hint) in (tuple, frozenset, typing.Union, types.UnionType):
        return all(part is ... or _is_lasting(part) for part in typing.get_args(hint))
    return hint in LASTING or (isinstance(hint, type) and issubclass(hint, Enum))
