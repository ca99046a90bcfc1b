"""The contract on NATS JetStream: on servers of two versions, and on clusters of three of them."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.workshop_lib.store.jetstream_server import fresh, program_of
from workshop_lib import open_store, seeded_ids
from workshop_lib.store.contract import EventStoreContract, SocketPlugged


class TestContract(EventStoreContract):
    gapless_positions = False
    program, size = "wheel", 1

    @pytest.fixture
    def store(self, clock, nats_servers):
        address = fresh(nats_servers.address(program_of(self.program), self.size), replicas=self.size)
        with open_store(address, clock=clock, ids=seeded_ids(7)) as store:
            yield store

    def test_the_same_id_in_another_stream_is_another_event(self, store):
        """The one clause that JetStream cannot meet: it has no index of event ids over all streams."""
        store.append("seat-1", [SocketPlugged("7")], event_ids=[UUID(int=11)])
        assert store.append("seat-2", [SocketPlugged("7")], event_ids=[UUID(int=11)]).version == 1


class TestContractOnAnOlderServer(TestContract):
    """nats-server before 2.12, as in Debian."""

    program = "system"
    supports_batches_over_streams = False
    supports_conditions = False


@pytest.mark.slow
@pytest.mark.xdist_group("nats cluster")
class TestContractOnACluster(TestContract):
    size = 3


@pytest.mark.slow
@pytest.mark.xdist_group("nats cluster")
class TestContractOnAnOlderCluster(TestContractOnAnOlderServer):
    size = 3
