"""Compare the use cases and policies of chapter 3.1 with ours on generated days and lost races.

Read `c3_1/checks.py` next.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from hypothesis.strategies import SearchStrategy

from exercises.checks.c3_1 import cases, generated
from exercises.checks.c3_1.contested import CONFLICT, CRASHED, DONE, REFUSED, Counted, Evening, Result
from exercises.checks.c3_1.generated import NAMES, Step
from exercises.checks.small_logs import history
from workbench.classroom.agreement import agrees
from workbench.classroom.attempt import Attempt
from workshop_lib.modeling.timeline import in_words


class Ended(NamedTuple):
    """How a step ended, and the events of every socket after it."""

    outcome: str
    stories: tuple[tuple[object, ...], ...]


def same_days(
    attempt: Attempt,
    use_case: Callable[..., Any],
    ours: Callable[..., Any],
    days: SearchStrategy[list[Step]],
    why: str,
    look: str,
) -> None:
    """Check that each call of the use case ends like ours, and leaves the same events in every stream."""

    def played(day: list[Step], asked: Attempt, called: Callable[..., Any]) -> list[Ended]:
        evening = Evening(asked, called, Counted())
        return [Ended(_played(evening, step).outcome, _stories(evening)) for step in day]

    def differs(day: list[Step], got: list[Ended]) -> None:
        right = played(day, Attempt(), ours)
        at = next(number for number, one in enumerate(got) if one != right[number])
        _refuse(attempt, day[: at + 1], got[at], right[at], why, look)

    agrees(
        attempt,
        days,
        lambda day: played(day, attempt, use_case),
        lambda day: played(day, Attempt(), ours),
        differs,
    )


def _played(evening: Evening, step: Step) -> Result:
    if step.call is None:
        evening.happened(*step.events, socket=step.socket)
        return Result(DONE)
    evening.store.tried = 0
    evening.store.rivals, evening.store.moment = list(step.rivals), step.moment
    result = evening.call(*step.call, socket=step.socket)
    for late in evening.store.rivals:  # those who were not there in time
        evening.happened(*late, socket=step.socket)
    evening.store.rivals = []
    return result


def _stories(evening: Evening) -> tuple[tuple[object, ...], ...]:
    return tuple(tuple(evening.story(name)) for name in NAMES)


def _refuse(
    attempt: Attempt,
    day: Sequence[Step],
    got: Ended,
    right: Ended,
    why: str,
    look: str,
) -> None:
    ended = (
        f"It ended {_ENDED[got.outcome]}" if got.outcome != right.outcome else "The call ended as it should"
    )
    seen = " ".join([*(_in_words(step) for step in day), ended])
    for name, story, wanted in zip(NAMES, got.stories, right.stories, strict=True):
        if story != wanted:
            attempt.same_events(
                story, wanted, seen=f"{seen}, and {name} has other events.", why=why, look=look
            )
    attempt.refuse(f"{seen}.", why, look)


_ENDED = {
    DONE: "as if all were well",
    REFUSED: "with a refusal",
    CONFLICT: "with a lost race",
    CRASHED: "with the program",
}


def _in_words(step: Step) -> str:
    if step.call is None:
        return f"At {step.socket} there is {_listed(step.events)}."
    rivals = ""
    if step.rivals:
        times = "once" if len(step.rivals) == 1 else f"{len(step.rivals)} times"
        rivals = f"; somebody was faster {times} ({_listed(step.rivals[0])}), {step.moment}"
    return f"You are called for {step.socket} with {_listed(step.call)}{rivals}."


def _listed(facts: Sequence[object]) -> str:
    return ", ".join(f"`{str(fact)[:8] if isinstance(fact, UUID) else in_words(fact)}`" for fact in facts)


# Policies


def decides_on(attempt: Attempt, retry: Callable[..., Any], name: str, case: cases.Lost) -> None:
    """Check what a policy says to one lost race."""
    conflict = cases.conflict(case.command, case.before, case.since)
    again = attempt.call(retry, case.lost, conflict, may_be_none=True, copied=False)
    often = "once" if case.lost == 1 else f"{case.lost} times, the last time"
    attempt.expect(
        bool(again) == case.again,
        seen=f"`{name}`: somebody was faster {often}: {case.words}. "
        f"Your policy {'tries again' if again else 'gives up'}.",
        why="Too many tries record what nobody wants any more; too few leave a driver without an answer.",
        look="Read the sentence of this use case again: when, and how often?",
    )


def decide_like_ours(attempt: Attempt, policies: dict[str, Any]) -> None:
    """Check the policies on generated lost races."""

    def yours(race: generated.LostRace) -> bool:
        lost = cases.conflict(race.command, race.before, race.since)
        return bool(attempt.call(policies[race.name], race.lost, lost, may_be_none=True, copied=False))

    def ours(race: generated.LostRace) -> bool:
        return generated.tries_again(race, cases.conflict(race.command, race.before, race.since))

    def differs(race: generated.LostRace, again: bool) -> None:
        words = f"at a socket with {history(race.before)}, in between came {history(race.since)}"
        case = cases.Lost(words, race.lost, race.command, race.before, race.since, not again)
        decides_on(attempt, policies[race.name], race.name, case)

    agrees(attempt, generated.lost_races(), yours, ours, differs)
