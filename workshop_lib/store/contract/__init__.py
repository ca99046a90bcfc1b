"""The contract: one test suite that every event store must pass, whatever its engine.

Subclass it in a test file and override the fixture that opens your store; pytest does the rest:

    class TestMyStore(EventStoreContract):
        @pytest.fixture
        def store(self, clock):
            with MyStore(clock=clock, ids=seeded_ids(7)) as store:
                yield store

Each clause gets an empty store. Declare what your engine cannot do (`supports_conditions = False`); the
clauses about it then require `NotSupported`. Use `ReadingContract` alone for a read-only log: its fixture
`log` must return a log that was `filled`. Only this package of the library needs pytest. For detailed
assertion messages call `pytest.register_assert_rewrite("workshop_lib.store.contract")` in your `conftest.py`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from workshop_lib.clock import SimulatedClock
from workshop_lib.store.contract.appending import AppendingContract
from workshop_lib.store.contract.branching import BranchingContract
from workshop_lib.store.contract.conditions import ConditionContract
from workshop_lib.store.contract.reading import ReadingContract
from workshop_lib.store.contract.repeating import RepeatingContract
from workshop_lib.store.contract.subscribing import SubscribingContract
from workshop_lib.store.contract.support import EIGHT_O_CLOCK, SocketPlugged, SocketRead, filled
from workshop_lib.store.contract.threads import ConcurrencyContract
from workshop_lib.store.port import EventStore, Reading

__all__ = ["EventStoreContract", "ReadingContract", "SocketPlugged", "SocketRead", "filled"]


class EventStoreContract(
    AppendingContract,
    RepeatingContract,
    ConditionContract,
    ConcurrencyContract,
    ReadingContract,
    SubscribingContract,
    BranchingContract,
):
    """Every clause. Override the fixture `store`; open the store with the fixture `clock`."""

    @pytest.fixture
    def clock(self) -> SimulatedClock:
        """A clock that a clause can set."""
        return SimulatedClock(EIGHT_O_CLOCK)

    @pytest.fixture
    def store(self, clock: SimulatedClock) -> Iterator[EventStore]:
        """An empty store, opened with this clock."""
        raise NotImplementedError(
            "You ran the contract without a store. Override the fixture `store` in your subclass."
        )

    @pytest.fixture
    def log(self, store: EventStore, clock: SimulatedClock) -> Reading:
        """The log that the reading clauses read."""
        return filled(store, clock)
