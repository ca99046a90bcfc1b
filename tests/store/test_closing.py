"""A store that is closed while others read: everybody learns of it in the store's own words."""

from __future__ import annotations

from itertools import repeat
from threading import Event, Thread

from tests.store.conftest import SocketRead
from workshop_lib import open_store
from workshop_lib.store.refusals import StoreClosed

READINGS = [SocketRead("socket-7", energy) for energy in range(2_000)]


def test_a_store_can_be_closed_while_other_threads_read(path):
    store = open_store(path)
    store.append("socket-7", READINGS)
    ends: list[BaseException] = []

    def read(reading: Event) -> None:
        try:
            for _ in repeat(None):
                assert len(list(store.read_stream("socket-7"))) == len(READINGS)
                reading.set()
        except Exception as error:
            ends.append(error)

    started = [Event() for _ in range(3)]
    readers = [Thread(target=read, args=(reading,)) for reading in started]
    for reader in readers:
        reader.start()
    for reading in started:
        reading.wait()
    store.close()
    for reader in readers:
        reader.join()
    assert [type(error) for error in ends] == [StoreClosed] * 3
    with open_store(path) as again:
        assert (again.position(), again.verify()) == (len(READINGS), None)
