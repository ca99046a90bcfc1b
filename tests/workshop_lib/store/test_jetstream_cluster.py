"""Faults of a cluster of three under load: a dead leader, a node cut off, a restart of all nodes."""

from __future__ import annotations

import signal

import pytest

from tests.workshop_lib.store.jetstream_load import SHARED, FairSocketRead, Load, leader_of
from tests.workshop_lib.store.jetstream_server import fresh
from workbench.servers import jetstream
from workshop_lib import open_store
from workshop_lib.store.jetstream_engine.pages import Pages

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("nats cluster")]


@pytest.fixture
def load(nats_cluster, nats_folder, nats_program):
    load = Load(fresh(nats_cluster, replicas=3), batches=nats_program == jetstream.programs()[0])
    load.start()
    try:
        load.goes_on()
        load.leader = leader_of(load.url, nats_folder)
        yield load
    finally:
        load.finish()
        jetstream.up(nats_folder)


def test_killing_the_leader_under_load_loses_no_acknowledged_event(load, nats_folder):
    load.leader.send(signal.SIGKILL)
    load.goes_on()
    jetstream.up(nats_folder)
    load.goes_on()
    load.finish()
    load.require_all_kept()


def test_a_leader_that_returns_after_a_partition_has_the_same_history(load):
    load.leader.send(signal.SIGSTOP)
    load.goes_on()
    load.leader.send(signal.SIGCONT)
    load.goes_on()
    load.finish()
    load.require_all_kept()


def test_restarting_all_nodes_loses_nothing(load, nats_folder):
    jetstream.down(nats_folder)
    jetstream.up(nats_folder)
    load.goes_on()
    load.finish()
    load.require_all_kept()


def test_a_log_is_read_from_the_leaders_copy(nats_cluster):
    """Without a preference the server picks any of three nodes for each of these eight readers."""
    with open_store(fresh(nats_cluster, replicas=3)) as store:
        store.append(SHARED, [FairSocketRead(0, 0)])
        link = store._link
        leader = link._run(link._js.stream_info(link.stream)).cluster.leader
        for _ in range(8):
            pages = Pages(link._nats, link._js, link.stream, f"{link.stream}.>", 1)
            assert len(link._answered(lambda pages=pages: pages.turn(1))) == 1
            assert link._run(pages._reader.consumer_info()).cluster.leader == leader
            link._run(pages.close())
