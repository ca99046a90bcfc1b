"""Read a JetStream log a page at a time, from the leader's copy.

Replicas may differ: a node of nats-server 2.9 that was cut off as the leader may keep a message that the
others never committed. So the leader's copy is read. Read
`jetstream_engine/log.py` next.
"""

from __future__ import annotations

from contextlib import suppress

from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import ConsumerInfo

from workshop_lib.store.jetstream_engine.address import ANSWER, TROUBLE, reader
from workshop_lib.store.jetstream_engine.message import Raw

PAGE = 500
"""How many messages are fetched at a time."""

TRIES = 40
"""Attempts to create a reader of the leader's copy; with three replicas all fail once in ten million."""


class Pages:
    """The messages on a subject starting at a sequence, read a page at a time; a lost reader is replaced."""

    def __init__(self, nats: Client, js: JetStreamContext, stream: str, subject: str, first: int) -> None:
        self._nats, self._js, self._stream, self._subject, self.first = nats, js, stream, subject, first
        self._reader: JetStreamContext.PullSubscription | None = None
        self._name, self._waiting = "", 0

    async def turn(self, last: int) -> list[Raw]:
        """Fetch the next page; wait for a replica that lags behind."""
        try:
            fetch = (self._reader or await self._open()).fetch
            wanted = min(PAGE, last - self.first + 1, max(self._waiting, 1))
            found = await fetch(wanted, ANSWER)
        except BaseException:
            await self.close()
            raise
        self._waiting = int(found[-1].metadata.num_pending or 0)
        page = [Raw(message.metadata.sequence.stream, message.subject, message.data) for message in found]
        self.first = page[-1].sequence + 1
        return page

    async def _open(self) -> JetStreamContext.PullSubscription:
        cluster = (await self._js.stream_info(self._stream)).cluster
        made = await self._reader_on(cluster.leader if cluster else None)
        self._name, self._waiting = made.name, made.num_pending or 0
        self._reader = await self._js.pull_subscribe_bind(stream=self._stream, name=made.name)
        return self._reader

    async def _reader_on(self, leader: str | None) -> ConsumerInfo:
        """Create a reader of the leader's copy. The server picks a replica at random, hence several tries."""
        for _ in range(TRIES):
            made = await self._js.add_consumer(self._stream, reader(self._subject, self.first))
            if not (leader and made.cluster) or made.cluster.leader == leader:
                return made
            await self._drop(made.name)
        raise TimeoutError(f"no reader of the copy on {leader}")

    async def _drop(self, name: str) -> None:
        """Delete a reader on the server, without waiting for an answer."""
        await self._nats.publish(f"$JS.API.CONSUMER.DELETE.{self._stream}.{name}")

    async def close(self) -> None:
        """Delete the reader here, and on the server without waiting for an answer."""
        current, self._reader = self._reader, None
        if current is not None:
            with suppress(*TROUBLE):
                await current.unsubscribe()
                await self._drop(self._name)
