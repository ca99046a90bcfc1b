"""Writers that append to a cluster during a fault, and the check of what was acknowledged."""

from __future__ import annotations

import asyncio
from pathlib import Path
from threading import Event, Thread
from time import monotonic, sleep

import nats

from workbench.servers import jetstream
from workshop_lib import Append, event_type, open_store

SHARED = "socket-9 at the fair"
PATIENCE = 60


@event_type("FairSocketRead")
class FairSocketRead:
    writer: int
    number: int
    of_a_batch: str = ""


class Load:
    """Each writer appends in turn to its own stream, with an expected version, a shared one, and both."""

    def __init__(self, url: str, batches: bool, writers: int = 4) -> None:
        self.url, self.batches, self.granted, self.failed = url, batches, [], []
        self._enough = Event()
        self.threads = [Thread(target=self._write, args=[n], daemon=True) for n in range(writers)]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def finish(self) -> None:
        self._enough.set()
        for thread in self.threads:
            thread.join(PATIENCE)

    def goes_on(self, count: int = 60) -> None:
        """Wait until `count` more appends were acknowledged."""
        wanted, end = len(self.granted) + count, monotonic() + PATIENCE
        while len(self.granted) < wanted:
            assert monotonic() < end, f"{len(self.granted)} of {wanted}; failed: {self.failed}"
            sleep(0.02)

    def _write(self, writer: int) -> None:
        try:
            with open_store(self.url) as store:
                version = 0
                for number in range(1_000_000):
                    if self._enough.is_set():
                        return
                    own = Append(f"own-{writer}", [FairSocketRead(writer, number, "first")], version)
                    both = [own, Append(SHARED, [FairSocketRead(writer, number, "second")])]
                    turn = number % (3 if self.batches else 2)
                    appends = both[turn : turn + 1] or both
                    for append, result in zip(appends, store.append_batch(appends), strict=True):
                        self.granted.append((append.stream, append.events[0], result))
                    version += own in appends
                    sleep(0.005)
        except Exception as error:
            self.failed.append(error)

    def require_all_kept(self) -> None:
        """Check that no acknowledged event is lost, moved or duplicated, and that streams are in order."""
        with open_store(self.url) as store:
            log = list(store.read())
            assert store.verify() is None
        there = {recorded.position: recorded for recorded in log}
        for stream, event, result in self.granted:
            recorded = there[result.positions[0]]
            assert (recorded.stream, recorded.event, recorded.version) == (stream, event, result.version)
        seen = [recorded.event for recorded in log]
        if self.batches:
            batches = [(event.writer, event.number) for event in seen if event.number % 3 == 2]
            assert batches
            assert batches[::2] == batches[1::2], "the two events of a batch are side by side"
        assert len(set(seen)) == len(seen) == len(self.granted)
        for stream in {recorded.stream for recorded in log}:
            own = [recorded for recorded in log if recorded.stream == stream]
            assert [recorded.version for recorded in own] == list(range(1, len(own) + 1))
            for writer in range(len(self.threads)):
                numbers = [recorded.event.number for recorded in own if recorded.event.writer == writer]
                assert numbers == sorted(numbers)
        assert self.failed == []


def leader_of(url: str, folder: Path) -> jetstream.Node:
    """Return the node that leads the stream of this log."""

    async def ask() -> str:
        servers, _, stream = url.partition("?stream=")
        async with await nats.connect(servers.replace("nats://", "").split(",")) as client:
            found = await client.jetstream().stream_info(stream.partition("&")[0])
            return found.cluster.leader

    name = asyncio.run(ask())
    return next(node for node in jetstream.nodes_in(folder) if node.name == name)
