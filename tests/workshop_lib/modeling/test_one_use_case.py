"""The use cases of chapter 3.1 and their variants give the same results on every store."""

from __future__ import annotations

from uuid import UUID

import pytest

from exercises.checks.c3_1.cases import IMPORTS
from tests.exercises import wrong_3_1 as answers
from tests.workshop_lib.modeling.conftest import _address
from workbench.pictures.import_graph import imports, outward, read_packages
from workbench.scenarios.contested import Contested, Sockets
from workbench.scenarios.evening import EVENING, calm_evening
from workbench.scenarios.reservable_socket import (
    PlugIn,
    Reserve,
    SocketLeft,
    SocketReleased,
    SocketReserved,
    SocketTaken,
    Unplug,
)
from workshop_lib import open_store
from workshop_lib.modeling import Refused
from workshop_lib.store.errors import WrongExpectedVersion

ADA, GONE = SocketTaken("ada"), SocketLeft("ada")
CLICK, LATER = UUID(int=7), UUID(int=8)


class Interrupted(Sockets):
    """Sockets in which somebody else appends after the first load."""

    def __init__(self, store, visit) -> None:
        super().__init__(store)
        self.visits = [visit]

    def load(self, id_):
        seen = super().load(id_)
        if self.visits:
            self.store.append(self.stream_of(id_), self.visits.pop(0))
        return seen


def story(store) -> list[object]:
    return [seen.event for seen in store.read_stream("socket-zoo-1")]


def test_an_evening_at_zoo_1_is_the_same_on_every_store(store):
    assert calm_evening(Sockets(store)) == calm_evening(Sockets(Contested()))
    assert len(story(store)) == len(EVENING)


@pytest.mark.parametrize("engine", ["memory://", "duckdb", "postgresql", "nats"])
def test_only_the_address_chooses_the_store(request, tmp_path, engine):
    address = str(tmp_path / "e.duckdb") if engine == "duckdb" else _address(request, engine)
    assert answers.evening_at(address) == calm_evening(Sockets(Contested()))
    if engine != "memory://":
        with open_store(address) as again:
            assert len(story(again)) == len(EVENING)


@pytest.mark.parametrize("handle", [answers.handle, answers.handle_by_hand, answers.library_handle])
def test_a_use_case_loads_decides_and_appends_on_every_store(store, handle):
    sockets = Sockets(store)
    for command in (Reserve("ada", "18:00", "18:15"), PlugIn("ada", "18:05"), Unplug("ada")):
        handle(sockets, "zoo-1", command)
    with pytest.raises(Refused):
        handle(sockets, "zoo-1", Unplug("ada"))
    assert story(store) == [SocketReserved("ada", "18:15"), ADA, GONE]


@pytest.mark.parametrize(
    "start",
    [answers.start_session, answers.start_by_library, answers.start_by_metadata, answers.start_by_event_id],
)
def test_a_click_counts_once_on_every_store(store, start):
    sockets = Sockets(store)
    for _ in range(2):
        start(sockets, "zoo-1", "ada", "18:05", CLICK)
    store.append("socket-zoo-1", [GONE])
    start(sockets, "zoo-1", "ada", "18:05", CLICK)
    assert story(store) == [ADA, GONE]
    start(sockets, "zoo-1", "ada", "19:30", LATER)
    assert story(store) == [ADA, GONE, ADA]


@pytest.mark.parametrize(
    "start", [answers.start_at_last, answers.start_recursively, answers.start_with_policy]
)
def test_a_lost_race_is_decided_again_on_every_store(store, start):
    visit = [SocketReserved("bob", "18:15"), SocketReleased("bob")]
    start(Interrupted(store, visit), "zoo-1", "ada", "18:05")
    assert story(store) == [*visit, ADA]


def test_a_race_lost_for_good_ends_in_a_refusal_on_every_store(store):
    with pytest.raises(Refused, match="kept for somebody else"):
        answers.start_at_last(Interrupted(store, [SocketReserved("bob", "18:15")]), "zoo-1", "ada", "18:05")
    assert story(store) == [SocketReserved("bob", "18:15")]


def test_a_use_case_without_a_loop_raises_the_conflict_on_every_store(store):
    with pytest.raises(WrongExpectedVersion):
        answers.start_once(Interrupted(store, [SocketTaken("bob")]), "zoo-1", "ada", "18:05")
    assert story(store) == [SocketTaken("bob")]


@pytest.mark.parametrize("candidate", IMPORTS.values(), ids=IMPORTS)
def test_the_exercise_about_imports_agrees_with_the_code(candidate):
    sources = read_packages()
    changed = sources | {candidate.module: f"{sources[candidate.module]}\n{candidate.line}\n"}
    assert bool(outward(imports(changed))) == candidate.breaks
