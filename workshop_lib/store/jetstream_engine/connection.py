"""The connection to a JetStream server, with retries; its event loop runs in a thread.

Nodes of a cluster fail and elect new leaders, so reads are repeated until they are answered. Messages are
published again too: their id and expected sequence ensure that each is stored once. Read
`jetstream_engine/pages.py` next.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import suppress
from threading import Lock, Thread
from time import sleep
from typing import Any, NamedTuple, TypeVar
from uuid import uuid4

from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import PubAck
from nats.js.errors import APIError, NotFoundError

from workshop_lib.store.errors import NotSupported, OutcomeUnknown, StoreClosed, StoreError
from workshop_lib.store.jetstream_engine.address import ANSWER, TROUBLE, Address, layout, require_log
from workshop_lib.store.jetstream_engine.call import Call
from workshop_lib.store.jetstream_engine.message import Raw
from workshop_lib.store.jetstream_engine.pages import Pages
from workshop_lib.store.jetstream_engine.retrying import (
    NO_MESSAGE_FOUND,
    PAUSE,
    WRONG_LAST_SEQUENCE,
    final,
    plain,
    until_answered,
)
from workshop_lib.store.process import belongs_to_this_process
from workshop_lib.store.server_errors import ServerUnreachable

OPENING = 5.0
"""How long opening a store tries to connect, in seconds."""

FEW = 16
"""Up to this many messages are requested singly, all at once: that is faster than to create a reader."""

HEADERS = 400
"""The maximum size of a message without its body and the subject in its id, in bytes."""

GLANCE = 0.001
"""How often closing checks whether the loop has stopped, in seconds."""

_T = TypeVar("_T")


class Outgoing(NamedTuple):
    """A message to publish; its headers state which message must be the last one before it."""

    subject: str
    data: bytes
    headers: dict[str, str]


class Stored(NamedTuple):
    """The answer if the messages are stored from this sequence on; `earlier`: one had their id already."""

    sequence: int
    earlier: bool


class Conflict(NamedTuple):
    """The answer if the last message on the subject is not the expected one."""


class Unanswered(NamedTuple):
    """The result if the server does not answer, even after retries."""

    reason: str


Answer = Stored | Conflict | Unanswered | StoreError


class Link:
    """A connection to a server or cluster, and the JetStream stream that holds one log."""

    def __init__(self, address: Address) -> None:
        self.address, self.stream, self._all = address, address.stream, f"{address.stream}.>"
        self._loop, self._running = asyncio.new_event_loop(), set[Call[Any]]()
        self._nats, self._closed, self._trouble, self._gate = Client(), False, "", Lock()
        self._batches = False
        belongs_to_this_process(self)
        self._thread = Thread(target=self._loop.run_forever, name=f"nats {self.stream}", daemon=True)
        self._thread.start()
        try:
            self._answered(self._connect, OPENING)
            self._answered(self._prepare)
        except BaseException:
            self.close()
            raise

    def last(self, subject: str | None = None) -> Raw | None:
        """Return the last message on a subject (None: of the log), as the leader has it."""
        return self._answered(lambda: self._get(subject=subject or self._all))

    def at(self, sequence: int) -> Raw | None:
        """Return the message with a sequence, or None if there is none."""
        return self._answered(lambda: self._get(seq=sequence)) if sequence else None

    def next(self, subject: str, after: int) -> Raw | None:
        """Return the first message on a subject after a sequence."""
        return self._answered(lambda: self._get(seq=after + 1, subject=subject, next=True))

    def messages(self, first: int, last: int, subject: str | None = None) -> Iterator[Raw]:
        """Read the messages with sequences from first to last, both included; the last one must exist."""
        if subject is None and last - first < FEW:
            yield from self._answered(lambda: self._some(range(first, last + 1)))
            return
        pages = Pages(self._nats, self._js, self.stream, subject or self._all, first)
        try:
            while pages.first <= last:
                for raw in self._answered(lambda: pages.turn(last)):
                    if raw.sequence > last:
                        return
                    yield raw
        finally:
            with suppress(StoreError):
                self._begin(Call(pages.close(), self._running.discard))

    def publish(self, appends: Sequence[Sequence[Outgoing]]) -> list[Answer]:
        """Publish appends of one or several messages, all in flight at once; return the answer to each."""

        async def in_flight() -> list[Answer]:
            return await asyncio.gather(*map(self._publish, appends))

        return self._run(in_flight())

    def require_batches(self, what: str, instead: str) -> None:
        """Let the stream take atomic batches if it does not yet. Raises `NotSupported`."""
        if not self._batches and not self._run(self._allow_batches()):
            server = self._nats.connected_server_version
            engine = f"{self.stream} on nats-server {server.major}.{server.minor}.{server.patch}"
            needed = "It needs nats-server 2.12 or later, and allow_atomic in the configuration of the stream"
            raise NotSupported(engine, what, f"{needed}: ask an administrator for it. {instead}")

    def close(self) -> None:
        """Close the connection and end the thread; running requests raise `StoreClosed`. Closing twice is
        harmless.
        """
        with self._gate:
            self._closed = True
        if self._loop.is_closed():
            return
        for call in [*self._running]:
            self._loop.call_soon_threadsafe(call.cancel)
        ending = Call(self._nats.close(), self._running.discard)
        self._loop.call_soon_threadsafe(ending.start)
        with suppress(*TROUBLE, asyncio.CancelledError):
            ending.result(ANSWER)
        self._loop.call_soon_threadsafe(self._loop.stop)
        while self._loop.is_running():
            sleep(GLANCE)
        self._loop.close()

    async def _connect(self) -> None:
        await self._nats.connect(
            self.address.servers,
            name=f"workshop_lib {self.stream}",
            connect_timeout=int(ANSWER),
            ping_interval=int(ANSWER),  # a node that was cut off sends no error: reconnect after two of these
            reconnect_time_wait=PAUSE,  # type: ignore[arg-type]
            max_reconnect_attempts=-1,  # keep trying: a server may be restarting
            error_cb=self._note,
        )
        self._js: JetStreamContext = self._nats.jetstream(timeout=ANSWER)

    async def _note(self, error: Exception) -> None:
        self._trouble = plain(error)

    async def _prepare(self) -> None:
        """Create the stream, or check that the existing one holds a log."""
        try:
            found = await self._js.stream_info(self.stream)
        except NotFoundError:
            found = await self._js.add_stream(layout(self.address))
        require_log(found.config, self.address)
        self._batches = bool(found.config.allow_atomic)

    async def _allow_batches(self) -> bool:
        with suppress(*TROUBLE):  # it may not be permitted
            config = (await self._js.stream_info(self.stream)).config
            updated = await self._js.update_stream(config.evolve(allow_atomic=True))
            self._batches = bool(updated.config.allow_atomic)
        return self._batches

    async def _get(self, **what: Any) -> Raw | None:
        try:
            found = await self._js.get_msg(self.stream, **what)
        except NotFoundError as error:
            if error.err_code == NO_MESSAGE_FOUND:
                return None
            raise
        return Raw(found.seq or 0, found.subject or "", found.data or b"")

    async def _some(self, sequences: range) -> list[Raw]:
        found = await asyncio.gather(*(self._get(seq=sequence) for sequence in sequences))
        if sequences and found[-1] is None:
            raise TimeoutError(f"the leader does not have message {sequences[-1]} yet")
        return [raw for raw in found if raw]

    async def _publish(self, messages: Sequence[Outgoing]) -> Answer:
        size = max(len(message.data) + len(message.subject) for message in messages) + HEADERS
        if size > self._nats.max_payload:
            what, most = f"an append of {size:,} bytes in one message", f"{self._nats.max_payload:,}"
            return NotSupported("JetStream", what, f"This server takes {most}: append in several steps.")
        sent, self._trouble = 0, ""

        async def send() -> PubAck:
            nonlocal sent
            sent += 1
            return await self._send(messages)

        try:
            stored = await until_answered(send, self.address.patience)
        except TROUBLE as error:
            if not final(error):
                return Unanswered(self._trouble or plain(error))
            if error.err_code == WRONG_LAST_SEQUENCE:
                return Conflict()
            first = sent == 1  # otherwise an earlier try may be stored
            return self._rejected(error) if first else OutcomeUnknown(error.description or "")
        return Stored(stored.seq - len(messages) + 1, bool(stored.duplicate))

    async def _send(self, messages: Sequence[Outgoing]) -> PubAck:
        """Send a message, or a batch: the server stores all of it after the last message, or none."""
        *others, (subject, data, headers) = messages
        batch = {"Nats-Batch-Id": uuid4().hex}
        for number, other in enumerate(others, 1):
            in_batch = other.headers | batch | {"Nats-Batch-Sequence": str(number)}
            await self._nats.publish(other.subject, other.data, headers=in_batch)
        if others:
            last = {"Nats-Batch-Sequence": str(len(messages)), "Nats-Batch-Commit": "1"}
            headers = headers | batch | last
        return await self._js.publish(subject, data, ANSWER, self.stream, headers)

    def _answered(self, ask: Callable[[], Awaitable[_T]], patience: float | None = None) -> _T:
        """Repeat a request until it is answered. Raises `ServerUnreachable`, or the server's error."""
        self._trouble = ""
        try:
            return self._run(until_answered(ask, patience or self.address.patience))
        except TROUBLE as error:
            if final(error):
                raise self._rejected(error) from error
            raise ServerUnreachable(self.address.shown, self._trouble or plain(error)) from error

    def _run(self, coroutine: Coroutine[Any, Any, _T]) -> _T:
        """Run a coroutine in the loop's thread and wait for its result. Raises `StoreClosed`."""
        call = Call(coroutine, self._running.discard)
        try:
            self._begin(call)
            return call.result()
        except asyncio.CancelledError:
            raise StoreClosed(self.address.shown) from None
        except KeyboardInterrupt:
            self._loop.call_soon_threadsafe(call.cancel)
            raise

    def _begin(self, call: Call[Any]) -> None:
        """Start a call in the loop's thread; `close` cancels it. Raises `StoreClosed`."""
        with self._gate:
            if self._closed:
                call.cancel()
                raise StoreClosed(self.address.shown)
            self._running.add(call)
            self._loop.call_soon_threadsafe(call.start)

    def _rejected(self, error: APIError) -> StoreError:
        return StoreError(
            f"You asked to use the stream {self.stream} of {self.address.shown}, but the server "
            f"rejects it: {error.description}. Nothing was recorded. Correct this, then try again."
        )
