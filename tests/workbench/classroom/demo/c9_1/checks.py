"""A small chapter for the classroom's tests; it is not shipped."""

from dataclasses import dataclass

from workbench.classroom.patterns import changes_nothing, never_refuses, reads_nothing_else, same_twice
from workbench.classroom.task import Attempt, task

HINTS = ("Look at the events.", "A fold.", "`match event:`")
WHY = "A state is what all events say together."
LOOK = "Which event does your fold not mention?"


@dataclass(frozen=True)
class Started:
    connector: str


@dataclass(frozen=True)
class Stopped:
    connector: str
    energy_wh: int


@task(title="Status is a fold", hints=HINTS)
def status_in_the_demo(attempt: Attempt, answer: object) -> None:
    status_of = attempt.function(answer, "status_of", parameters=1)
    for events, status in [
        ([], "available"),
        (["started"], "charging"),
        (["started", "stopped"], "available"),
    ]:
        got = attempt.call(status_of, events, returns=str)
        attempt.expect(got == status, seen=f"After {len(events)} events you say `{got}`.", why=WHY, look=LOOK)
    same_twice(attempt, status_of, ["started"])
    changes_nothing(attempt, status_of, ["started"])
    reads_nothing_else(attempt, status_of, ["started"])


@task(title="A session ends once", hints=HINTS)
def session_ends_once(attempt: Attempt, answer: object) -> None:
    decide = attempt.function(answer, "decide", parameters=1)
    got = attempt.call(decide, "socket-7", returns=(list, tuple))
    attempt.same_events(got, [Started("socket-7"), Stopped("socket-7", 9000)])


@task(title="Energy of a session", hints=HINTS)
def energy_of_a_session(attempt: Attempt, energy_wh: object) -> None:
    energy = attempt.value(energy_wh, int, "The energy")
    attempt.expect(energy == 9000, seen=f"You found `{energy}` Wh.", why=WHY, look=LOOK)


@task(title="A decider in two functions", hints=HINTS, methods=("start", "decide", "evolve"))
def decider_in_two(attempt: Attempt, decide: object, evolve: object) -> None:
    never_refuses(attempt, attempt.function(evolve, "evolve", 2), [("idle", "started"), ("idle", "stopped")])
    refused = attempt.raises(attempt.function(decide, "decide", 1), "stop", of=ValueError, why=WHY, look=LOOK)
    attempt.expect(str(refused), seen="The refusal has no sentence.", why=WHY, look=LOOK)


@task(title="An endless task", hints=HINTS, seconds=0.3)
def ends_in_time(attempt: Attempt, answer: object) -> None:
    attempt.call(attempt.function(answer, "count", 0), returns=int)


@task(title="A task with a mistake of ours", hints=HINTS)
def stumbles(attempt: Attempt, answer: object) -> None:
    attempt.call(attempt.function(answer, "anything", 0))
    raise KeyError("ours")
