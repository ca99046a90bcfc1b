"""The repository loads the same state from every store, with and without snapshots."""

from __future__ import annotations

from functools import partial
from inspect import Parameter, signature

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from tests.workshop_lib.modeling.bay import BAY, Bay, CarLeft, CarParked, Leave, Park, evolve
from workshop_lib import EventStore, Query, WrongExpectedVersion, open_store
from workshop_lib.modeling.application import handle
from workshop_lib.modeling.repository import Repository
from workshop_lib.reading.snapshots import Fold, Snapshots, every, load
from workshop_lib.store.errors import ReadOnly, StoreError
from workshop_lib.store.port import AppendOptions

HISTORIES = st.lists(st.builds(CarParked, st.sampled_from("ab")) | st.builds(CarLeft, st.just("a")))


def with_snapshots(store, snapshots, policy):
    fold = Fold("bay", BAY.initial, evolve)
    return Repository(store, BAY, "bay", partial(load, fold=fold, snapshots=snapshots, policy=policy))


def test_an_aggregate_without_events_has_the_initial_state(store):
    assert Repository(store, BAY, "bay").load(7) == (Bay(), 0)


def test_what_was_saved_is_loaded(store):
    bays = Repository(store, BAY, "bay")
    assert bays.save(7, [CarParked("zoe"), CarLeft("zoe")], 0).version == 2
    assert bays.load(7) == (Bay(visits=1), 2)


def test_each_aggregate_has_a_stream_of_its_own(store):
    bays = Repository(store, BAY, "bay")
    bays.save(7, [CarParked("zoe")], 0)
    assert bays.load(8) == (Bay(), 0)
    assert [recorded.stream for recorded in store.read()] == ["bay-7"]


def test_a_stale_version_saves_nothing(store):
    bays = Repository(store, BAY, "bay")
    seen = bays.load(7)
    bays.save(7, [CarParked("zoe")], seen.version)
    with pytest.raises(WrongExpectedVersion):
        bays.save(7, [CarParked("beetle")], seen.version)
    assert bays.load(7).state.car == "zoe"


def test_the_options_of_save_are_the_keywords_of_append():
    append = signature(EventStore.append).parameters
    keywords = [name for name in append if append[name].kind is Parameter.KEYWORD_ONLY]
    assert keywords == list(AppendOptions.__annotations__)


def test_events_are_found_by_the_tags_that_the_repository_gives_them(store):
    cars = Repository(store, BAY, "bay", tags_of=lambda event: ["car", f"car-{event.car}"])
    cars.save(7, [CarParked("zoe"), CarLeft("zoe")], 0, tags=["cinema", "car"])
    cars.save(7, iter([CarParked("beetle")]), 2)
    found = [recorded.event for recorded in store.read(query=Query(tags=["car-zoe", "cinema"]))]
    assert found == [CarParked("zoe"), CarLeft("zoe")]
    (beetle,) = store.read(query=Query(tags=["car-beetle"]))
    assert beetle.tags == ("car", "car-beetle")
    with pytest.raises(StoreError, match="Put them into a list"):
        cars.save(7, CarParked("zoe"), 3)


def test_a_repository_as_of_then_loads_and_saves_nothing(store):
    bays = Repository(store, BAY, "bay")
    then = handle(bays, 7, Park("zoe")).position
    handle(bays, 7, Leave("zoe"))
    before = Repository(store.as_of(position=then), BAY, "bay")
    assert before.load(7) == (Bay("zoe", 1), 1)
    with pytest.raises(ReadOnly):
        before.save(7, [CarLeft("zoe")], 1)
    with pytest.raises(ReadOnly):
        handle(before, 7, Leave("zoe"))


@pytest.mark.parametrize(
    "use",
    [
        lambda bays, **options: bays.save(7, [], 0, **options),
        lambda bays, **options: handle(bays, 7, Park("zoe"), **options),
    ],
)
def test_a_misspelt_keyword_is_a_type_error(store, use):
    with pytest.raises(TypeError, match="metdata"):
        use(Repository(store, BAY, "bay"), metdata={"device": "phone"})


def test_from_a_snapshot_the_state_is_the_same(store):
    snapshots = Snapshots()
    bays = with_snapshots(store, snapshots, every(2))
    for version in range(0, 6, 2):
        bays.save(7, [CarParked("zoe"), CarLeft("zoe")], version)
        assert bays.load(7) == Repository(store, BAY, "bay").load(7)
    assert snapshots.find(Fold("bay", BAY.initial, evolve), "bay-7").version == 6


@settings(max_examples=60, deadline=None)
@for_all(pages=st.lists(HISTORIES, max_size=4), often=st.integers(1, 4))
def test_snapshots_change_nothing(pages, often):
    with open_store("memory://") as store, Snapshots() as snapshots:
        plain, fast = Repository(store, BAY, "bay"), with_snapshots(store, snapshots, every(often))
        for events in pages:
            plain.save(7, events, plain.load(7).version)
            assert fast.load(7) == plain.load(7)
