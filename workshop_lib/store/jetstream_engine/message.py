"""Convert an append to one message of a JetStream stream, and back to rows.

JetStream stores a message completely or not at all, so an append is atomic. The subject names our stream;
the body is readable JSON. A position combines the message's sequence and the event's index in it into one
number: positions increase and have gaps. Read `jetstream_engine/connection.py` next.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote
from uuid import UUID

import msgspec
from msgspec.structs import asdict

from workshop_lib.events import MalformedEvent, StoredEvent
from workshop_lib.store.chain import GENESIS, link

INDEX_BITS = 20
"""The low bits of a position are the event's index in its message: up to a million, while the largest message
that a server accepts (64 MB) has room for some hundred thousand. The high bits are the sequence; positions
fit into 63 bits for 8,796,093,022,207 messages.
"""

LAST_INDEX = 2**INDEX_BITS - 1

NOTHING = msgspec.Raw(b"{}")


def place(sequence: int, index: int) -> int:
    """Return the position of an event from the sequence of its message and its index in it (from 0)."""
    return sequence << INDEX_BITS | index


def sequence_of(position: int) -> int:
    """Return the sequence of the message that contains a position."""
    return position >> INDEX_BITS


def subject_of(prefix: str, stream: str) -> str:
    """Return the subject of a stream of ours: its name as one token, without separators and wildcards."""
    return f"{prefix}.{quote(stream, safe='').replace('.', '%2E')}"


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One event in a message. Its data and metadata are JSON, not strings that contain JSON."""

    type: str
    schema_version: int
    event_id: UUID
    occurred_at: datetime
    recorded_at: datetime
    data: msgspec.Raw
    metadata: msgspec.Raw = NOTHING
    tags: list[str] | None = None
    correlation_id: UUID | None = None
    causation_id: UUID | None = None


PLAIN = set(Entry.__struct_fields__) - {"data", "metadata"}
"""The fields that an entry shares with a row."""


class Body(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body of a message: consecutive events of one stream, the first version, and the last hash."""

    stream: str
    version: int
    hash: str
    events: list[Entry]
    part: tuple[int, int] = (1, 1)
    """Which message of its batch this is, and how many messages the batch has."""


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Body).decode


class Raw(NamedTuple):
    """A message as the server returns it."""

    sequence: int
    subject: str
    data: bytes


class Message(NamedTuple):
    """A decoded message of the log; `NO_MESSAGE` precedes the first one."""

    sequence: int
    body: Body

    @property
    def version(self) -> int:
        """The version of the stream after this message."""
        return self.body.version + len(self.body.events) - 1

    @property
    def position(self) -> int:
        """The position of the last event in it."""
        return place(self.sequence, max(len(self.body.events) - 1, 0))

    @property
    def batch_end(self) -> int:
        """The sequence of the last message of its batch."""
        number, count = self.body.part
        return self.sequence + count - number

    @property
    def recorded_at(self) -> datetime:
        """When the last event in it was recorded."""
        return self.body.events[-1].recorded_at if self.body.events else datetime.min

    @property
    def hash(self) -> bytes:
        """The hash of the last event in it."""
        return bytes.fromhex(self.body.hash)

    def rows(self) -> list[StoredEvent]:
        """Return the events as rows of the log; only the last one has its hash."""
        rows = []
        for index, entry in enumerate(self.body.events):
            own = asdict(entry)
            own |= {"data": bytes(entry.data).decode(), "metadata": bytes(entry.metadata).decode()}
            at = place(self.sequence, index), self.body.stream, self.body.version + index
            rows.append(StoredEvent(*at, **own))
        return [*rows[:-1], rows[-1]._replace(hash=self.hash)]

    def follows(self, version: int, hash_: bytes) -> bool:
        """Return whether this directly follows a version of its stream, with an unbroken chain."""
        for row in self.rows():
            hash_ = link(hash_, row._replace(position=row.version))
        return (self.body.version, self.hash) == (version + 1, hash_)


NO_MESSAGE = Message(0, Body("", 1, GENESIS.hex(), []))


def written(rows: Sequence[StoredEvent], part: tuple[int, int]) -> bytes:
    """Encode consecutive rows of one stream as the body of a message, which is part of a batch."""
    entries = [
        Entry(
            **{name: getattr(row, name) for name in PLAIN},
            data=msgspec.Raw(row.data.encode()),
            metadata=msgspec.Raw(row.metadata.encode()),
        )
        for row in rows
    ]
    return _encode(Body(rows[0].stream, rows[0].version, rows[-1].hash.hex(), entries, part))


def understood(raw: Raw) -> Message:
    """Decode a message from the server. Raises `MalformedEvent` if it is not an append of this library."""
    try:
        body = _decode(raw.data)
        bytes.fromhex(body.hash)
        reason = "" if body.events else "it holds no events"
    except (msgspec.MsgspecError, ValueError) as error:
        reason = str(error)
    if reason:
        raise MalformedEvent(f"message {raw.sequence} ({raw.subject})", "append of this library", reason)
    return Message(raw.sequence, body)


def first_broken(raws: Iterable[Raw], prefix: str, end: int) -> int | None:
    """Return the position of the first message that is missing or does not follow from those before it, up to
    a sequence; None if all are valid.

    Sequences have no gap, batches are complete, and the versions and hashes of each stream are one chain.
    There is no chain over the whole log, because a writer cannot determine which message of another precedes
    its own.
    """
    last: dict[str, tuple[int, bytes]] = {}
    expected = batch_end = 0
    for expected, raw in enumerate(raws, start=1):
        try:
            message = understood(raw)
        except MalformedEvent:
            return place(expected, 0)
        stream = message.body.stream
        follows = message.follows(*last.get(stream, (0, GENESIS)))
        begins = message.body.part[0] == 1
        follows &= begins == (expected > batch_end) and (begins or message.batch_end == batch_end)
        if (raw.sequence, raw.subject) != (expected, subject_of(prefix, stream)) or not follows:
            return place(expected, 0)
        batch_end = message.batch_end
        last[stream] = (message.version, message.hash)
    return None if expected == end else place(expected + 1, 0)
