"""Use cases load, decide and append; lost races and repeated commands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from threading import Barrier, Thread
from uuid import UUID

import pytest

from tests.workshop_lib.modeling.bay import (
    BAY,
    Bay,
    BayClosed,
    BayOccupied,
    CarLeft,
    CarParked,
    Close,
    Leave,
    Park,
)
from workshop_lib import caused_by, event_type, open_store
from workshop_lib.modeling import Decider, Refused
from workshop_lib.modeling.application import (
    ConcurrencyConflict,
    Handled,
    decide_again,
    handle,
    retry_if_unchanged,
)
from workshop_lib.modeling.repository import Repository
from workshop_lib.store.errors import StoreError

CLICK, OTHER = UUID(int=1), UUID(int=2)


@event_type("TicketDrawn")
class TicketDrawn:
    number: int


@event_type("CommandRefused")
class CommandRefused:
    command: str
    rule: str


@dataclass(frozen=True)
class Draw:
    """Draw the next ticket at the cinema."""


DESK = Decider(lambda command, last: [TicketDrawn(last + 1)], lambda last, event: event.number, 0)


def desk_that_starts_at(store, number: int | None) -> Repository:
    """Return a desk whose next ticket depends on something outside of its stream; None: it refuses."""

    def decide(command, last):
        if number is None:
            raise Refused("the desk is closed today")
        return [TicketDrawn(number)]

    return Repository(store, replace(DESK, decide=decide), "desk")


class Overtaking(Repository):
    """A repository in which others append between load and save."""

    def __init__(self, store, decider, category, *others, load=None) -> None:
        super().__init__(store, decider, category, load)
        self.others = list(others)

    def load(self, id_):
        seen = super().load(id_)
        if self.others:
            self.store.append(self.stream_of(id_), self.others.pop(0))
        return seen


@pytest.fixture
def bays(store) -> Repository:
    return Repository(store, BAY, "bay")


def events_in(store) -> list[object]:
    return [recorded.event for recorded in store.read()]


def at_once(*acts) -> list[object]:
    """Run acts at the same time and return their results or errors."""
    start, results = Barrier(len(acts)), [None] * len(acts)

    def run(number: int) -> None:
        start.wait()
        try:
            results[number] = acts[number]()
        except Exception as error:
            results[number] = error

    threads = [Thread(target=run, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_a_use_case_loads_decides_and_appends(bays):
    assert handle(bays, 7, Park("zoe")) == Handled((CarParked("zoe"),), 1, bays.store.position())
    assert handle(bays, 7, Close("rain")) == Handled(
        (CarLeft("zoe"), BayClosed("rain")), 3, bays.store.position()
    )
    assert events_in(bays.store) == [CarParked("zoe"), CarLeft("zoe"), BayClosed("rain")]


def test_a_decision_without_events_records_nothing(bays):
    handle(bays, 7, Park("zoe"))
    assert handle(bays, 7, Park("zoe"), command_id=CLICK) == Handled((), 1, bays.store.position())


def test_a_refusal_records_nothing(bays):
    handle(bays, 7, Park("zoe"))
    with pytest.raises(BayOccupied):
        handle(bays, 7, Park("beetle"), command_id=CLICK)
    assert events_in(bays.store) == [CarParked("zoe")]


@pytest.mark.parametrize("command", [Leave("zoe"), Close("rain")])
def test_a_double_click_counts_once(bays, command):
    handle(bays, 7, Park("zoe"))
    first = handle(bays, 7, command, command_id=CLICK)
    assert handle(bays, 7, command, command_id=CLICK) == first._replace(repeated=True)
    assert events_in(bays.store) == [CarParked("zoe"), *first.events]


def test_a_repeated_command_counts_once_even_if_it_would_now_be_decided_differently(store):
    desk = Repository(store, DESK, "desk")
    first = handle(desk, 1, Draw(), command_id=CLICK)
    handle(desk, 1, Draw(), command_id=OTHER)
    assert handle(desk, 1, Draw(), command_id=CLICK) == first._replace(repeated=True)
    assert first[:2] == ((TicketDrawn(1),), 1)
    assert events_in(store) == [TicketDrawn(1), TicketDrawn(2)]


def test_a_repeated_command_that_would_decide_the_same_returns_all_its_events(store):
    chatty = replace(BAY, decide=lambda command, bay: [CarParked("a"), CarLeft("a")][: 2 - bay.visits])
    bays = Repository(store, chatty, "bay")
    handle(bays, 7, Park("a"), command_id=CLICK)
    assert handle(bays, 7, Park("a"), command_id=CLICK).events == (CarParked("a"), CarLeft("a"))
    assert len(events_in(store)) == 2


def test_a_repeated_command_counts_once_whatever_its_decision_rests_on_today(store):
    """A decider that is made anew for each call, from facts of other streams or by a newer program."""
    first = handle(desk_that_starts_at(store, 5), 1, Draw(), command_id=CLICK)
    for start in (0, 6, None):
        assert handle(desk_that_starts_at(store, start), 1, Draw(), command_id=CLICK) == first._replace(
            repeated=True
        )
    assert events_in(store) == [TicketDrawn(5)]


def test_a_command_id_is_the_identity_of_a_command(bays):
    """The log stores no commands, so nothing can be compared: another command with the id is a repetition."""
    first = handle(bays, 7, Park("zoe"), command_id=CLICK)
    for other in (Park("beetle"), Leave("zoe"), Leave("beetle"), Close("rain")):
        assert handle(bays, 7, other, command_id=CLICK) == first._replace(repeated=True)
    assert events_in(bays.store) == [CarParked("zoe")]


def test_a_repetition_is_recognised_after_a_lost_race(store):
    bays = Overtaking(store, BAY, "bay", [CarParked("beetle"), CarLeft("beetle")])
    first = handle(bays, 7, Park("zoe"), command_id=CLICK, retry=retry_if_unchanged())
    handle(bays, 7, Leave("zoe"))
    assert handle(bays, 7, Park("zoe"), command_id=CLICK) == first._replace(repeated=True)


def test_the_position_is_the_one_at_which_the_events_can_be_read(bays):
    positions = [handle(bays, 7, command).position for command in (Park("zoe"), Close("rain"))]
    last = {recorded.version: recorded.position for recorded in bays.store.read()}
    assert positions == [last[1], last[3]]


def refusals_beside(store):
    """Return a function that records refusals in a stream beside the aggregate's."""

    def record(refusal):
        refused = CommandRefused(repr(refusal.command), refusal.refused.rule)
        store.append(f"refusals-{refusal.stream}", [refused], causation_id=refusal.command_id)

    return record


def test_a_refusal_is_recorded_beside_the_aggregate_and_the_command_may_be_sent_again(bays):
    record = refusals_beside(bays.store)
    handle(bays, 7, Park("zoe"), on_refusal=record)
    with pytest.raises(BayOccupied):
        handle(bays, 7, Park("beetle"), command_id=CLICK, on_refusal=record)
    handle(bays, 7, Leave("zoe"))
    assert not handle(bays, 7, Park("beetle"), command_id=CLICK, on_refusal=record).repeated
    (refused,) = bays.store.read_stream("refusals-bay-7")
    assert refused.event == CommandRefused("Park(car='beetle')", "a bay holds one car at a time")
    assert refused.causation_id == CLICK
    assert bays.load(7) == (Bay("beetle", 2), 3)


def test_neither_a_repetition_nor_an_error_nor_a_lost_race_is_a_refusal(store):
    refusals: list[object] = []
    bays = Overtaking(store, BAY, "bay", [CarParked("beetle")])
    with pytest.raises(ConcurrencyConflict):
        handle(bays, 7, Park("zoe"), on_refusal=refusals.append)
    handle(bays, 7, Leave("beetle"), command_id=CLICK, on_refusal=refusals.append)
    handle(bays, 7, Leave("beetle"), command_id=CLICK, on_refusal=refusals.append)
    broken = Repository(store, replace(BAY, decide=lambda command, bay: 1 / 0), "bay")
    with pytest.raises(ZeroDivisionError):
        handle(broken, 7, Park("zoe"), on_refusal=refusals.append)
    assert refusals == []


def test_one_command_id_may_reach_two_aggregates(bays):
    for bay in (7, 8):
        assert not handle(bays, bay, Park("zoe"), command_id=CLICK).repeated
    assert len(events_in(bays.store)) == 2


def test_a_restart_does_not_make_a_command_count_twice(tmp_path):
    for repeated in (False, True):
        with open_store(tmp_path / "bays.duckdb") as store:
            result = handle(Repository(store, BAY, "bay"), 7, Park("zoe"), command_id=CLICK)
            assert result == Handled((CarParked("zoe"),), 1, 1, repeated)
            assert events_in(store) == [CarParked("zoe")]


def test_events_name_the_command_as_their_cause(bays):
    handle(bays, 7, Park("zoe"), command_id=CLICK, correlation_id=OTHER, metadata={"device": "phone"})
    handle(bays, 8, Park("zoe"), command_id=CLICK)
    first, second = bays.store.read()
    assert (first.causation_id, first.correlation_id, first.metadata) == (CLICK, OTHER, {"device": "phone"})
    assert (second.causation_id, second.correlation_id) == (CLICK, CLICK)


def test_a_policy_names_the_event_that_it_reacts_to(bays):
    handle(bays, 7, Park("zoe"))
    cause = next(iter(bays.store.read()))
    handle(bays, 7, Leave("zoe"), command_id=CLICK, **caused_by(cause))
    *_, left = bays.store.read()
    assert (left.causation_id, left.correlation_id) == (cause.event_id, cause.event_id)


def test_without_a_policy_a_lost_race_raises_a_conflict_that_shows_what_came_first(store):
    bays = Overtaking(store, BAY, "bay", [CarParked("beetle")])
    with pytest.raises(
        ConcurrencyConflict, match=r"(?s)somebody was faster, once.*beetle.*no longer holds"
    ) as caught:
        handle(bays, 7, Park("zoe"))
    assert (caught.value.lost, caught.value.conflict.still_holds) == (1, False)


def test_a_decision_that_still_holds_is_appended_again(store):
    bays = Overtaking(store, BAY, "bay", [CarParked("beetle"), CarLeft("beetle")])
    assert handle(bays, 7, Park("zoe"), retry=retry_if_unchanged()) == Handled(
        (CarParked("zoe"),), 3, bays.store.position()
    )


def test_a_decision_that_no_longer_holds_is_not_replaced_by_another(store):
    desk = Overtaking(store, DESK, "desk", [TicketDrawn(1)])
    with pytest.raises(ConcurrencyConflict):
        handle(desk, 1, Draw(), retry=retry_if_unchanged())
    assert events_in(store) == [TicketDrawn(1)]


def test_deciding_again_accepts_a_new_decision(store):
    desk = Overtaking(store, DESK, "desk", [TicketDrawn(1)])
    assert handle(desk, 1, Draw(), retry=decide_again()).events == (TicketDrawn(2),)


def test_after_a_lost_race_the_state_is_loaded_by_the_repository(store):
    """With a snapshot or a state table the stream is not folded from its beginning."""
    known = {"desk-1": (0, 0)}

    def load(store, stream):
        number, version = known[stream]
        for recorded in store.read_stream(stream, version + 1):
            folded.append(recorded.version)
            number, version = DESK.evolve(number, recorded.event), recorded.version
        known[stream] = number, version
        return known[stream]

    folded: list[int] = []
    store.append("desk-1", [TicketDrawn(1), TicketDrawn(2)])
    desk = Overtaking(store, DESK, "desk", [TicketDrawn(3)], load=load)
    assert handle(desk, 1, Draw(), retry=decide_again()) == Handled(
        (TicketDrawn(4),), 4, desk.store.position()
    )
    assert folded == [1, 2, 3]


def test_deciding_again_may_end_in_a_refusal(store):
    bays = Overtaking(store, BAY, "bay", [CarParked("beetle")])
    with pytest.raises(BayOccupied):
        handle(bays, 7, Park("zoe"), retry=decide_again())


def test_a_policy_limits_the_number_of_retries(store):
    desk = Overtaking(store, DESK, "desk", [TicketDrawn(1)])
    with pytest.raises(ConcurrencyConflict):
        handle(desk, 1, Draw(), retry=decide_again(0))


def test_sixteen_threads_lose_no_update(store):
    desk = Repository(store, DESK, "desk")
    results = at_once(*[lambda: handle(desk, 1, Draw(), retry=decide_again(99))] * 16)
    assert not [each for each in results if isinstance(each, Exception)]
    assert events_in(store) == [TicketDrawn(number) for number in range(1, 17)]
    assert sorted(each.events[0].number for each in results) == [*range(1, 17)]


def test_a_command_sent_sixteen_times_at_once_is_recorded_once(store):
    desk = Repository(store, DESK, "desk")
    results = at_once(*[lambda: handle(desk, 1, Draw(), command_id=CLICK, retry=decide_again(999))] * 16)
    assert {each[:2] for each in results} == {((TicketDrawn(1),), 1)}
    assert events_in(store) == [TicketDrawn(1)]


def test_a_bay_that_sixteen_want_is_given_to_one(bays):
    cars = [f"car {number}" for number in range(16)]
    results = at_once(*[lambda car=car: handle(bays, 7, Park(car), retry=decide_again(99)) for car in cars])
    assert len([each for each in results if isinstance(each, Handled)]) == 1
    assert len([each for each in results if isinstance(each, Refused)]) == 15
    assert bays.load(7).state == Bay(events_in(bays.store)[0].car, visits=1)


def test_a_command_id_is_a_uuid_or_its_text(bays):
    assert handle(bays, 7, Park("zoe"), command_id=str(CLICK)) == Handled(
        (CarParked("zoe"),), 1, bays.store.position()
    )
    assert handle(bays, 7, Park("zoe"), command_id=CLICK).repeated
    with pytest.raises(StoreError, match=r"'click-1', but command_id is a UUID"):
        handle(bays, 7, Leave("zoe"), command_id="click-1")
