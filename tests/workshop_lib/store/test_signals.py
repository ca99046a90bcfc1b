"""Signals of a timer, handled as Ctrl-C is, at random moments of appends. Windows has no such timer."""

from __future__ import annotations

import random
import signal
from pathlib import Path

import pytest

from tests.workshop_lib.store.conftest import SocketRead
from workshop_lib import open_store
from workshop_lib.store.errors import NOTHING, RECORDED
from workshop_lib.store.port import EventStore

pytestmark = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs timers that raise signals")

SIGNALS = 60

APPENDS = 1_000
"""The appends for each timer: Python swallows an interrupt in the callback of a weak reference."""


@pytest.fixture(params=["memory://", None, "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path):
    with open_store(tmp_path / "network.duckdb" if request.param == "file" else request.param) as opened:
        yield opened


def test_an_append_interrupted_by_a_signal_raises_keyboard_interrupt(store):
    moments, before = random.Random(13), signal.signal(signal.SIGALRM, signal.default_int_handler)
    acknowledged, interrupts = [0], 0
    try:
        while interrupts < SIGNALS:
            version = store.stream_version("socket-7")
            assert version >= acknowledged[-1]
            try:
                _append(store, version, acknowledged, moments.uniform(0.00002, 0.003))
            except KeyboardInterrupt as interrupt:
                interrupts += 1
                _require_true(interrupt, store, version)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert store.verify() is None
    assert [one.version for one in store.read()] == [*range(1, store.position() + 1)]


def _append(store: EventStore, version: int, acknowledged: list[int], delay: float) -> None:
    try:
        signal.setitimer(signal.ITIMER_REAL, delay)
        for _ in range(APPENDS):
            version = store.append("socket-7", [SocketRead("7", version)], version).version
            acknowledged.append(version)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _require_true(interrupt: KeyboardInterrupt, store: EventStore, version: int) -> None:
    there = store.stream_version("socket-7")
    recorded = [one.event.energy_wh for one in store.read_stream("socket-7", from_version=version + 1)]
    assert recorded == [*range(version, there)]
    assert set(getattr(interrupt, "__notes__", [])) <= {NOTHING, RECORDED}
