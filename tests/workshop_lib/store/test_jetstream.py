"""The contract on NATS JetStream: a server, and a cluster of three."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.workshop_lib.store.jetstream_server import fresh
from workshop_lib import open_store, seeded_ids
from workshop_lib.store.contract import EventStoreContract, SocketPlugged


class TestContract(EventStoreContract):
    gapless_positions = False
    supports_batches_over_streams = False
    supports_conditions = False

    @pytest.fixture
    def store(self, clock, nats_server):
        with open_store(fresh(nats_server), clock=clock, ids=seeded_ids(7)) as store:
            yield store

    def test_the_same_id_in_another_stream_is_another_event(self, store):
        """The one clause that JetStream cannot meet: it has no index of event ids over all streams."""
        store.append("seat-1", [SocketPlugged("7")], event_ids=[UUID(int=11)])
        assert store.append("seat-2", [SocketPlugged("7")], event_ids=[UUID(int=11)]).version == 1


@pytest.mark.slow
@pytest.mark.xdist_group("nats cluster")
class TestContractOnACluster(TestContract):
    @pytest.fixture
    def store(self, clock, nats_cluster):
        with open_store(fresh(nats_cluster, replicas=3), clock=clock, ids=seeded_ids(7)) as store:
            yield store
