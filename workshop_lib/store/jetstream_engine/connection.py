"""The connection to a JetStream server, with retries; its event loop runs in a thread.

Nodes of a cluster fail and elect new leaders, so reads are repeated until they are answered. Messages are
published again too: their id and expected sequence ensure that each is stored once. Read
`jetstream_engine/pages.py` next.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from threading import Lock, Thread
from time import monotonic
from typing import Any, NamedTuple, TypeGuard, TypeVar

from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import PubAck
from nats.js.errors import APIError, NotFoundError, ServiceUnavailableError

from workshop_lib.store.errors import NotSupported, OutcomeUnknown, StoreClosed, StoreError
from workshop_lib.store.jetstream_engine.address import ANSWER, TROUBLE, Address, layout, require_log
from workshop_lib.store.jetstream_engine.message import Raw
from workshop_lib.store.jetstream_engine.pages import Pages
from workshop_lib.store.process import belongs_to_this_process
from workshop_lib.store.server_errors import ServerUnreachable

OPENING = 5.0
"""How long opening a store tries to connect, in seconds."""

PAUSE, FIRST_PAUSE = 0.1, 0.005
"""How long to wait before a request is repeated, in seconds: each time twice as long, up to the former."""

HEADERS = 400
"""The maximum size of a message without its body, in bytes."""

NO_MESSAGE_FOUND, WRONG_LAST_SEQUENCE = 10037, 10071

NOT_YET = {10158, 10163, 10164, 10167}
"""Errors that decide nothing: the message with this id (10158), or one on this subject (10164), is just being
replicated; a new leader has not read its log yet (10163); too many requests are waiting (10167).
"""

_T = TypeVar("_T")


class Outgoing(NamedTuple):
    """A message to publish; `after` is the sequence that must be the last on its subject."""

    subject: str
    data: bytes
    id: str
    after: int


class Stored(NamedTuple):
    """The answer if the message is stored; `earlier` if one with its id already was."""

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
        self._loop, self._running = asyncio.new_event_loop(), set[Future[Any]]()
        self._nats, self._closed, self._trouble, self._gate = Client(), False, "", Lock()
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
        pages = Pages(self._nats, self._js, self.stream, subject or self._all, first)
        try:
            while pages.first <= last:
                for raw in self._answered(lambda: pages.turn(last)):
                    if raw.sequence > last:
                        return
                    yield raw
        finally:
            with suppress(StoreError):
                self._begin(pages.close())

    def publish(self, messages: Sequence[Outgoing]) -> list[Answer]:
        """Publish messages, all in flight at once; return the answer to each."""

        async def in_flight() -> list[Answer]:
            return await asyncio.gather(*map(self._publish, messages))

        return self._run(in_flight())

    def close(self) -> None:
        """Close the connection and end the thread; running requests raise `StoreClosed`."""
        with self._gate:
            if self._closed:
                return
            self._closed = True
        for future in [*self._running]:
            future.cancel()
        with suppress(*TROUBLE):
            asyncio.run_coroutine_threadsafe(self._nats.close(), self._loop).result(ANSWER)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
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
        self._trouble = _plain(error)

    async def _prepare(self) -> None:
        """Create the stream, or check that the existing one holds a log."""
        try:
            found = await self._js.stream_info(self.stream)
        except NotFoundError:
            found = await self._js.add_stream(layout(self.address))
        require_log(found.config, self.address)

    async def _get(self, **what: Any) -> Raw | None:
        try:
            found = await self._js.get_msg(self.stream, **what)
        except NotFoundError as error:
            if error.err_code == NO_MESSAGE_FOUND:
                return None
            raise
        return Raw(found.seq or 0, found.subject or "", found.data or b"")

    async def _publish(self, message: Outgoing) -> Answer:
        if (size := len(message.data) + len(message.id) + HEADERS) > self._nats.max_payload:
            what, most = f"an append of {size:,} bytes in one message", f"{self._nats.max_payload:,}"
            return NotSupported("JetStream", what, f"This server takes {most}: append in several steps.")
        headers = {"Nats-Msg-Id": message.id, "Nats-Expected-Last-Subject-Sequence": str(message.after)}
        sent = 0

        async def send() -> PubAck:
            nonlocal sent
            sent += 1
            return await self._js.publish(message.subject, message.data, ANSWER, self.stream, headers)

        try:
            stored = await self._until_answered(send, self.address.patience)
        except TROUBLE as error:
            if not _final(error):
                return Unanswered(self._trouble or _plain(error))
            if error.err_code == WRONG_LAST_SEQUENCE:
                return Conflict()
            first = sent == 1  # otherwise an earlier try may be stored
            return self._rejected(error) if first else OutcomeUnknown(error.description or "")
        return Stored(stored.seq, bool(stored.duplicate))

    async def _until_answered(self, ask: Callable[[], Awaitable[_T]], patience: float) -> _T:
        end, pause, self._trouble = monotonic() + patience, FIRST_PAUSE, ""
        while True:
            try:
                return await asyncio.wait_for(ask(), max(end - monotonic(), ANSWER))
            except TROUBLE as error:
                if _final(error) or monotonic() > end:
                    raise
            await asyncio.sleep(pause)
            pause = min(2 * pause, PAUSE)

    def _answered(self, ask: Callable[[], Awaitable[_T]], patience: float | None = None) -> _T:
        """Repeat a request until it is answered. Raises `ServerUnreachable`, or the server's error."""
        try:
            return self._run(self._until_answered(ask, patience or self.address.patience))
        except TROUBLE as error:
            if _final(error):
                raise self._rejected(error) from error
            raise ServerUnreachable(self.address.shown, self._trouble or _plain(error)) from error

    def _run(self, coroutine: Coroutine[Any, Any, _T]) -> _T:
        """Run a coroutine in the loop's thread and wait for its result. Raises `StoreClosed`."""
        future = self._begin(coroutine)
        try:
            return future.result()
        except CancelledError:
            raise StoreClosed(self.address.shown) from None
        finally:
            future.cancel()  # if the caller was interrupted; otherwise this has no effect

    def _begin(self, coroutine: Coroutine[Any, Any, _T]) -> Future[_T]:
        """Start a coroutine in the loop's thread; `close` cancels it. Raises `StoreClosed`."""
        with self._gate:
            if self._closed:
                coroutine.close()
                raise StoreClosed(self.address.shown)
            future = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
            self._running.add(future)
        future.add_done_callback(self._running.discard)
        return future

    def _rejected(self, error: APIError) -> StoreError:
        return StoreError(
            f"You asked to use the stream {self.stream} of {self.address.shown}, but the server "
            f"rejects it: {error.description}. Nothing was recorded. Correct this, then try again."
        )


def _final(error: BaseException) -> TypeGuard[APIError]:
    """Return whether the error is final: the request had no effect, and a retry cannot help.

    An error with the status 503 is not: a replica that cannot store a message may not be the only one.
    """
    waits = isinstance(error, ServiceUnavailableError)
    return isinstance(error, APIError) and not waits and error.err_code not in NOT_YET


def _plain(error: BaseException) -> str:
    return str(error).removeprefix("nats: ") or type(error).__name__
