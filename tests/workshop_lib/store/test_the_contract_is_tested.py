"""The contract suite is tested too: every clause detects a store that breaks it."""

from __future__ import annotations

import inspect

import pytest

from tests.workshop_lib.store.broken_readers import BROKEN
from workshop_lib import SimulatedClock, seeded_ids
from workshop_lib.store.contract import EventStoreContract, filled
from workshop_lib.store.contract.support import EIGHT_O_CLOCK
from workshop_lib.store.errors import NotSupported, StoreError
from workshop_lib.store.memory import MemoryStore

CLAUSES = [name for name in dir(EventStoreContract) if name.startswith("test_")]
CAUGHT = (AssertionError, pytest.fail.Exception, StoreError)
PAIRS = [
    pytest.param(store, clause, id=f"{store.__name__}-{clause}")
    for store in BROKEN
    for clause in BROKEN[store]
]


class Hurried(EventStoreContract):
    patience = 0.35


def put_to(clause: str, kind: type[MemoryStore], suite: EventStoreContract | None = None) -> None:
    """Run one clause on one store."""
    clock, suite = SimulatedClock(EIGHT_O_CLOCK), suite or Hurried()
    store, method = kind(clock, seeded_ids(7)), getattr(suite, clause)
    given = {"store": lambda: store, "clock": lambda: clock, "log": lambda: filled(store, clock)}
    try:
        method(**{name: given[name]() for name in inspect.signature(method).parameters})
    finally:
        store._wakeup.close()  # release waiting threads


@pytest.mark.parametrize(("store", "clause"), PAIRS)
def test_a_broken_store_is_caught_by_the_clause_that_it_breaks(store, clause):
    with pytest.raises(CAUGHT):
        put_to(clause, store)


def test_there_is_a_broken_store_for_every_clause():

    assert {clause for clauses in BROKEN.values() for clause in clauses} == set(CLAUSES)


@pytest.mark.parametrize("clause", CLAUSES)
def test_a_store_that_is_not_broken_passes(clause):
    put_to(clause, MemoryStore, EventStoreContract())


class CannotDoMuch(EventStoreContract):
    supports_conditions = supports_batches_over_streams = supports_forks = False


class Modest(MemoryStore):
    """Raises `NotSupported` for what it cannot do."""

    def append_batch(self, appends):
        appends = list(appends)
        if len({append.stream for append in appends}) > 1 or any(append.condition for append in appends):
            raise NotSupported("the notice board", "a lock over streams", "Append to one stream.")
        return super().append_batch(appends)

    def fork(self, position=None):
        raise NotSupported("the notice board", "a fork", "Read a copy.")


@pytest.mark.parametrize(
    "clause", [name for name in CLAUSES if hasattr(getattr(EventStoreContract, name), "__wrapped__")]
)
def test_an_unsupported_operation_must_raise_not_supported(clause):
    put_to(clause, Modest, CannotDoMuch())
    with pytest.raises(pytest.fail.Exception):
        put_to(clause, MemoryStore, CannotDoMuch())
