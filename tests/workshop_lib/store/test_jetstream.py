"""The contract on NATS JetStream."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.workshop_lib.store.jetstream_server import fresh, nats_cluster, nats_folder, nats_server  # noqa: F401
from workshop_lib import open_store, seeded_ids
from workshop_lib.store.contract import EventStoreContract, SocketPlugged


class TestContract(EventStoreContract):
    gapless_positions = False
    supports_batches_over_streams = False
    supports_conditions = False

    @pytest.fixture
    def store(self, clock, nats_server):  # noqa: F811
        with open_store(fresh(nats_server), clock=clock, ids=seeded_ids(7)) as store:
            yield store

    def test_the_same_id_in_another_stream_is_another_event(self, store):
        """The one clause that JetStream cannot meet: it has no index of event ids over all streams."""
        store.append("seat-1", [SocketPlugged("7")], event_ids=[UUID(int=11)])
        assert store.append("seat-2", [SocketPlugged("7")], event_ids=[UUID(int=11)]).version == 1
