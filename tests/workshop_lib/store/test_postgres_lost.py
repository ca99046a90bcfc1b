"""What happens to an append when the connection breaks or the server is killed at the worst moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from threading import Barrier, Thread
from time import sleep
from uuid import UUID

import pytest

from tests.workshop_lib.store.servers import PostgresServer, Wire, postgres_server
from workshop_lib import open_store
from workshop_lib.store.contract import SocketPlugged, SocketRead
from workshop_lib.store.errors import OutcomeUnknown
from workshop_lib.store.postgres_engine import store as postgres_store
from workshop_lib.store.server_errors import ConnectionLost, ServerUnreachable

CINEMA = "socket-7 at the cinema"
LOST = (ConnectionLost, OutcomeUnknown, ServerUnreachable)

postgres = pytest.fixture(scope="module")(postgres_server)


@pytest.fixture
def wire(postgres: PostgresServer) -> Iterator[Wire]:
    made = Wire(postgres)
    yield made
    made.close()


@pytest.fixture
def room(postgres: PostgresServer) -> Iterator[str]:
    yield postgres.room()
    postgres.start()  # whatever a test did to it


def test_an_idle_store_works_again_after_the_server_was_killed_and_came_back(postgres, room):
    with open_store(room) as store:
        store.append(CINEMA, [SocketPlugged("7")])
        postgres.kill()
        postgres.start()
        assert store.append(CINEMA, [SocketRead("7", 1)], expected_version=1).positions == (2,)
        assert (len(list(store.read())), store.verify()) == (2, None)


def test_calls_raise_while_the_server_is_away_and_work_again_afterwards(postgres, room):
    with open_store(room) as store, store.subscribe() as subscription:
        store.append(CINEMA, [SocketPlugged("7")])
        assert subscription.next(timeout=30).version == 1
        postgres.stop()
        for ask in (store.position, lambda: store.append(CINEMA, []), lambda: subscription.next(timeout=30)):
            with pytest.raises(ServerUnreachable, match="no server answers"):
                ask()
        postgres.start()
        store.append(CINEMA, [SocketRead("7", 1)])
        assert subscription.next(timeout=30).version == 2


def test_an_append_lost_before_its_commit_raises_and_is_not_recorded(wire: Wire, room: str):
    with open_store(wire.url(room)) as store, open_store(room) as other:
        wire.breaks_before_commit = True
        with pytest.raises(ConnectionLost, match="Nothing was recorded"):
            store.append(CINEMA, [SocketPlugged("7")])
        assert other.position() == 0
        assert store.append(CINEMA, [SocketPlugged("7")], expected_version=0).positions == (1,)


def test_an_append_whose_answer_was_lost_returns_its_result(wire: Wire, room: str):
    with open_store(wire.url(room)) as store, open_store(room) as other:
        wire.breaks_after_commit = True
        assert store.append(CINEMA, [SocketPlugged("7"), SocketRead("7", 1)]) == (2, (1, 2))
        assert other.position() == 2
        assert store.append(CINEMA, [SocketRead("7", 2)], expected_version=2).positions == (3,)


def test_without_a_server_the_outcome_is_unknown_and_repeating_the_ids_is_safe(
    wire: Wire, room: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(postgres_store, "PAUSES", (0.0, 0.01))
    with open_store(wire.url(room)) as store:
        wire.breaks_after_commit = wire.stays_broken = True
        with pytest.raises(OutcomeUnknown, match="same event_ids"):
            store.append(CINEMA, [SocketPlugged("7")], event_ids=[UUID(int=7)])
        wire.stays_broken = False
        assert store.append(CINEMA, [SocketPlugged("7")], event_ids=[UUID(int=7)]) == (1, (1,))
        assert store.position() == 1


WRITERS, EACH = 6, 120


def test_killing_the_server_under_load_loses_and_duplicates_nothing_acknowledged(postgres, room):
    acknowledged: dict[UUID, int] = {}
    losses = [0] * WRITERS
    ready = Barrier(WRITERS + 1)

    def write(writer: int) -> None:
        ready.wait()
        for n in range(EACH):
            event_id = UUID(int=writer * EACH + n + 1)
            while event_id not in acknowledged:
                try:
                    result = store.append(f"socket-{writer}", [SocketRead("", n)], n, event_ids=[event_id])
                    acknowledged[event_id] = result.positions[0]
                except LOST:
                    losses[writer] += 1
                    sleep(0.02)

    with open_store(room) as store:
        writers = [Thread(target=write, args=[writer]) for writer in range(WRITERS)]
        for thread in writers:
            thread.start()
        ready.wait()
        for killed_at in (150, 450):
            while len(acknowledged) < killed_at:
                sleep(0.005)
            postgres.kill()
            postgres.start()
        for thread in writers:
            thread.join()
        recorded = list(store.read())
        assert sum(losses) > 0
        assert {r.event_id: r.position for r in recorded} == acknowledged
        assert [r.position for r in recorded] == list(range(1, WRITERS * EACH + 1))
        for writer in range(WRITERS):
            assert [r.event.energy_wh for r in store.read_stream(f"socket-{writer}")] == list(range(EACH))
        assert store.verify() is None


def test_a_subscription_continues_without_a_gap_after_the_server_was_killed(postgres, room):
    seen: list[int] = []
    with open_store(room) as store, store.subscribe() as subscription:
        for n in range(2):
            store.append(CINEMA, [SocketRead("7", n)] * 2)
            seen.append(subscription.next(timeout=30).position)
            if n == 0:
                postgres.kill()
                postgres.start()
            with suppress(ServerUnreachable):
                seen.append(subscription.next(timeout=30).position)
    assert seen == [1, 2, 3, 4]
