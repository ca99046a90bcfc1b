"""A rule over several streams is kept, also in a race, by the same policies as a version."""

from __future__ import annotations

from threading import Thread
from uuid import UUID

import pytest

from tests.workshop_lib.modeling.bay import BAY, BayOccupied, CarLeft, CarParked, Close, Leave, Park
from tests.workshop_lib.modeling.conftest import opened
from tests.workshop_lib.store.jetstream_server import fresh, program_of
from workshop_lib import Query, Refused, Repository, Rule, handle
from workshop_lib.modeling.application import ConcurrencyConflict, decide_again, retry_if_unchanged
from workshop_lib.store.errors import AppendConditionFailed, NotSupported, WrongExpectedVersion

CLICK = UUID(int=1)
PARKED, LEFT = CarParked("zoe"), CarLeft("zoe")


class Overtaking(Repository):
    """A repository in which others append to another bay just before each of our appends."""

    def __init__(self, store, *others) -> None:
        super().__init__(store, BAY, "bay", tags_of=lambda event: ["cinema"])
        self.others, self.plain = (
            list(others),
            Repository(store, BAY, "bay", tags_of=lambda event: ["cinema"]),
        )

    def save(self, id_, events, expected_version, **options):
        if self.others:
            self.plain.save(9, self.others.pop(0), self.plain.load(9).version)
        return super().save(id_, events, expected_version, **options)


def cars(events) -> list[str]:
    there = [event.car for event in events if isinstance(event, CarParked)]
    for event in events:
        if isinstance(event, CarLeft):
            there.remove(event.car)
    return there


def at_most(number: int, tag: str = "cinema") -> Rule:
    """Return a rule that limits the number of cars in all bays together."""

    def check(events):
        if len(cars(events)) >= number:
            raise Refused(f"the cinema has room for {number} cars")

    return Rule(Query(["CarParked", "CarLeft"], [tag]), check)


def events_in(store) -> list[object]:
    return [recorded.event for recorded in store.read()]


def test_a_rule_refuses_what_the_aggregate_alone_would_allow(store):
    bays = Overtaking(store)
    handle(bays, 1, Park("zoe"), rule=at_most(1))
    with pytest.raises(Refused, match="room for 1 cars"):
        handle(bays, 2, Park("beetle"), rule=at_most(1))
    handle(bays, 1, Leave("zoe"), rule=at_most(9))
    handle(bays, 2, Park("beetle"), rule=at_most(1))
    assert events_in(store) == [PARKED, LEFT, CarParked("beetle")]


def test_the_aggregate_decides_before_the_rule(store):
    bays = Overtaking(store)
    handle(bays, 1, Park("zoe"), rule=at_most(1))
    assert handle(bays, 1, Park("zoe"), rule=at_most(1)).events == ()
    with pytest.raises(BayOccupied):
        handle(bays, 1, Park("beetle"), rule=at_most(1))


def test_a_repeated_command_is_recognised_although_the_rule_would_forbid_it_today(store):
    bays = Overtaking(store)
    first = handle(bays, 1, Park("zoe"), command_id=CLICK, rule=at_most(1))
    assert handle(bays, 1, Park("zoe"), command_id=CLICK, rule=at_most(1)) == first._replace(repeated=True)
    handle(bays, 1, Leave("zoe"))
    handle(bays, 2, Park("beetle"))
    assert handle(bays, 1, Park("zoe"), command_id=CLICK, rule=at_most(1)) == first._replace(repeated=True)


def test_without_a_policy_a_lost_race_shows_what_came_in_between(store):
    bays = Overtaking(store, [CarParked("beetle")])
    with pytest.raises(ConcurrencyConflict) as caught:
        handle(bays, 1, Park("zoe"), rule=at_most(1))
    conflict = caught.value.conflict
    assert [recorded.event for recorded in conflict.events_since] == [CarParked("beetle")]
    assert (conflict.place, conflict.before, conflict.now) == ("position", 0, store.position())
    assert (conflict.decision_before, conflict.still_holds) == ((PARKED,), False)
    assert "the events of type CarParked or CarLeft tagged cinema as of position 0" in str(caught.value)
    assert f"position {store.position()}, bay-9: CarParked(car='beetle')" in str(caught.value)
    assert isinstance(caught.value.__cause__, AppendConditionFailed)
    assert events_in(store) == [CarParked("beetle")]


def test_a_decision_that_still_holds_is_appended_again(store):
    bays = Overtaking(store, [CarParked("beetle")], [CarLeft("beetle")])
    handled = handle(bays, 1, Park("zoe"), rule=at_most(2), retry=retry_if_unchanged())
    assert (handled.events, handled.position) == ((PARKED,), store.position())


def test_a_decision_that_no_longer_holds_is_not_appended(store):
    with pytest.raises(ConcurrencyConflict):
        handle(
            Overtaking(store, [CarParked("beetle")]),
            *(1, Park("zoe")),
            rule=at_most(1),
            retry=retry_if_unchanged(),
        )


def test_deciding_again_may_end_in_a_refusal_by_the_rule(store):
    refusals: list[object] = []
    bays = Overtaking(store, [CarParked("beetle")])
    with pytest.raises(Refused, match="room for 1 cars"):
        handle(bays, 1, Park("zoe"), rule=at_most(1), retry=decide_again(), on_refusal=refusals.append)
    assert [refusal.refused.rule for refusal in refusals] == ["the cinema has room for 1 cars"]


def test_a_version_conflict_is_retried_under_a_rule_too(store):
    class SameBay(Overtaking):
        def save(self, id_, events, expected_version, **options):
            if self.others:
                self.store.append("bay-1", self.others.pop(0))  # no tag: only the version notices it
            return super().save(id_, events, expected_version, **options)

    bays = SameBay(store)
    bays.others = [[CarParked("beetle"), CarLeft("beetle")]]
    assert handle(bays, 1, Park("zoe"), rule=at_most(1), retry=decide_again()).version == 3


def test_what_the_rule_is_not_about_does_not_disturb(store):
    bays = Overtaking(store, [CarParked("beetle")])
    assert handle(bays, 1, Park("zoe"), rule=at_most(1, tag="zoo")).version == 1


class Interrupted:
    """A store in which a rival acts once, just after a method has read."""

    def __init__(self, store, method: str, rival) -> None:
        self.store, self.method, self.rivals = store, method, [rival]

    def __getattr__(self, name: str):
        def read(*args, **options):
            result = real(*args, **options)
            result = result if isinstance(result, int) else [*result]
            if self.rivals:
                self.rivals.pop()()
            return result

        real = getattr(self.store, name)
        return read if name == self.method else real


@pytest.mark.parametrize(("method", "lost"), [("position", 0), ("read", 1)])
def test_what_is_recorded_while_the_rule_reads_is_known_or_noticed(store, method, lost):
    conflicts = []

    def again(number, conflict):
        conflicts.append(conflict)
        return True

    rival = Overtaking(store)
    interrupted = Interrupted(store, method, lambda: rival.save(9, [CarParked("beetle")], 0))
    with pytest.raises(Refused, match="room for 1 cars"):
        handle(Overtaking(interrupted), 1, Park("zoe"), rule=at_most(1), retry=again)
    assert len(conflicts) == lost
    assert events_in(store) == [CarParked("beetle")]


def test_what_the_rule_has_read_is_no_conflict(store):
    rival = Overtaking(store)
    interrupted = Interrupted(store, "position", lambda: rival.save(9, [CarParked("beetle")], 0))
    assert handle(Overtaking(interrupted), 1, Park("zoe"), rule=at_most(2)).position == store.position()


@pytest.mark.parametrize("rule", [None, at_most(1)])
def test_a_version_that_never_was_is_not_a_lost_race(store, rule):
    wrong = Repository(store, BAY, "bay", lambda store, stream: (BAY.initial, 5))
    with pytest.raises(WrongExpectedVersion, match="no such version was ever there"):
        handle(wrong, 1, Park("zoe"), rule=rule, retry=decide_again())


def test_sixteen_threads_keep_the_rule(store):
    bays, results = Overtaking(store), []

    def park(number: int) -> None:
        try:
            results.append(
                handle(bays, number, Park(f"car {number}"), rule=at_most(3), retry=decide_again(99))
            )
        except Refused as refused:
            results.append(refused)

    threads = [Thread(target=park, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 16
    assert len([each for each in results if not isinstance(each, Refused)]) == 3
    assert len(cars(events_in(store))) == 3


def test_a_store_without_conditions_says_so(nats_servers):
    older = fresh(nats_servers.address(program_of("system"), 1))
    with opened(older) as store, pytest.raises(NotSupported, match=r"needs nats-server 2\.12"):
        handle(Repository(store, BAY, "bay"), 1, Close(), rule=at_most(1))
