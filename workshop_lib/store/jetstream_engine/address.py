"""The address of a log in JetStream, and the configuration of its stream.

The stream rejects deletes and purges of messages; this cannot be switched off. An administrator can still
drop the whole stream. Read `jetstream_engine/connection.py` next.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

from nats.errors import Error as NatsError
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DeliverPolicy,
    DiscardPolicy,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)

from workshop_lib.store.errors import StoreErrorAt

PATIENCE = 30.0
"""Seconds of retries before a server counts as gone; an election takes 6 to 8 seconds."""

ANSWER = 2.0
"""How long one request waits for its answer, in seconds."""

TROUBLE = (TimeoutError, NatsError, OSError)
"""The exceptions of a request that gets no answer, or an error as its answer."""

DUPLICATES = 120.0
"""How long the server detects repeated message ids, in seconds; races between writers end much sooner."""

FORGOTTEN = 30.0
"""After how many seconds without a request the server deletes a reader."""


class NoAddress(StoreErrorAt):
    """The address does not name a log on JetStream."""

    sentence = (
        "You asked to open {place}, but it is no address of a log on JetStream. Write "
        "nats://host:4222?stream=charging&replicas=3: a stream of letters, digits, _ and -, 1 to 5 "
        "replicas, and if you like patience=30, the seconds after which a server counts as gone."
    )


class NotALog(StoreErrorAt):
    """The stream contains something other than a log, or may lose messages."""

    sentence = (
        "You asked to open the stream {place}, but {reason}. "
        "It was left as it is; give another name: ?stream=charging."
    )


class Address:
    """`nats://host:4222,another:4222?stream=charging&replicas=3`, parsed; shown without the password."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        options = {"stream": "events", "replicas": "", "patience": str(PATIENCE)}
        options |= dict(parse_qsl(parts.query))
        self.servers = [f"nats://{host}" for host in parts.netloc.split(",") if host]
        self.shown = f"nats://{parts.netloc.rpartition('@')[2]}"
        self.stream = options.pop("stream")
        replicas, patience = options.pop("replicas"), options.pop("patience")
        good = (
            re.fullmatch(r"[\w-]{1,64}", self.stream, re.ASCII)
            and re.fullmatch("[1-5]?", replicas)
            and re.fullmatch(r"\d{1,4}(\.\d+)?", patience)
        )
        if options or not self.servers or not good:
            raise NoAddress(f"{self.shown}?{parts.query}", "it cannot be read")
        self.replicas, self.patience = int(replicas or 0), float(patience)


def layout(address: Address) -> StreamConfig:
    """Return the configuration of a log's stream: on disk, replicated, without limits or deletion."""
    return StreamConfig(
        name=address.stream,
        subjects=[f"{address.stream}.>"],
        retention=RetentionPolicy.LIMITS,
        discard=DiscardPolicy.NEW,
        storage=StorageType.FILE,
        num_replicas=address.replicas or 1,
        duplicate_window=DUPLICATES,
        deny_delete=True,
        deny_purge=True,
        allow_atomic=True,  # batches; servers before 2.12 ignore this
    )


def require_log(found: StreamConfig, address: Address) -> None:
    """Raise `NotALog` if a stream is not configured for a log."""
    wanted = layout(address)
    kept = (found.deny_delete, found.deny_purge, found.retention, found.storage)
    limits = (found.max_msgs, found.max_bytes, found.max_age, found.max_msgs_per_subject)
    reason = ""
    if found.subjects != wanted.subjects:
        reason = f"its subjects are {found.subjects} and not {wanted.subjects}"
    elif kept != (True, True, wanted.retention, wanted.storage) or any((limit or 0) > 0 for limit in limits):
        reason = "it may lose messages (by deletion, purging, limits, or storage in memory)"
    elif address.replicas not in (0, found.num_replicas):
        reason = f"it has {found.num_replicas} replicas and not {address.replicas}"
    if reason:
        raise NotALog(f"{address.stream} of {address.shown}", reason)


def reader(subject: str, first: int) -> ConsumerConfig:
    """Return the configuration of a temporary consumer, which reads messages starting at a sequence."""
    return ConsumerConfig(
        filter_subject=subject,
        deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
        opt_start_seq=first,
        ack_policy=AckPolicy.NONE,
        num_replicas=1,
        mem_storage=True,
        inactive_threshold=FORGOTTEN,
    )
