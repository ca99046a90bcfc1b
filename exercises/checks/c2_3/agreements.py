"""Compare the functions of chapter 2.3 with ours on generated cases.

Each function returns, or ends the check with the smallest case that differs. Read `evenings.py` next: the
sockets.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from exercises.checks.c2_3 import generated
from exercises.checks.c2_3.deciders import CommandRefused, accepts_the_fact, decided_by
from exercises.checks.c2_3.timelines import Decision, difference, given_rows, same_decision
from exercises.checks.small_logs import counted, history
from workbench.classroom.agreement import agrees
from workbench.classroom.attempt import Attempt
from workbench.classroom.plain import shown
from workshop_lib.charging import session
from workshop_lib.charging.session import MeterRead
from workshop_lib.modeling import Decider, Refused, given
from workshop_lib.modeling.timeline import in_words

Function = Callable[..., Any]


def same_facts(attempt: Attempt, facts_of: Function) -> None:
    """Check the events behind two saves of a row."""

    def differs(save: tuple[Any, Any], got: list[object]) -> None:
        before, after = save
        right = generated.facts_of(before, after)
        look = WHICH_FIELDS if list(map(type, got)) == list(map(type, right)) else WHICH_FACTS
        attempt.same_events(got, right, seen=_saved(before, after), why=NO_ROWS, look=look)

    def yours(save: tuple[Any, Any]) -> list[object]:
        return list(attempt.call(facts_of, *save, returns=(list, tuple)))

    agrees(attempt, generated.saves(), yours, lambda save: generated.facts_of(*save), differs)


NO_ROWS = "A later reader of the log has no rows to compare. The events have to say what happened."
WHICH_FIELDS = "Each field is a value of the new row. Which of yours comes from somewhere else?"
WHICH_FACTS = "A reading is new if its `seq_no` is higher; a phase matters only when it changes."


def _saved(before: Any, after: Any) -> str:
    if before is None:
        return f"For the first row `{shown(after, 250)}` these are not the right events."
    changes = [
        f"`{name}` from {before[name]} to {after[name]}" for name in after if before[name] != after[name]
    ]
    what = ", ".join(changes) or "nothing"
    return f"A row that was `{before['phase']}` changed {what}: these are not the right events."


def same_decisions_on_readings(
    attempt: Attempt, decide: Function, check: Callable[[int, Any, bool], None]
) -> None:
    """Check which readings are refused, and that the others are recorded as they were entered."""

    def yours(entry: tuple[int, Any]) -> list[object] | None:
        register, command = entry
        with suppress(CommandRefused):
            return list(decided_by(attempt, decide, command, register))
        return None

    def ours(entry: tuple[int, Any]) -> list[object] | None:
        return generated.readings_entered(*entry)

    agrees(
        attempt, generated.entries(), yours, ours, lambda entry, got: check(*entry, ours(entry) is not None)
    )


def shows_the_last_reading(attempt: Attempt, evolve: Function, look: str) -> None:
    """Check that a register shows the last reading of any log."""

    def yours(readings: Sequence[MeterRead]) -> object:
        register = 0
        for reading in readings:
            register = accepts_the_fact(attempt, evolve, register, reading, returns=int)
        return register

    def differs(readings: Sequence[MeterRead], got: object) -> None:
        attempt.refuse(
            f"After {history(readings)} your register stands at {shown(got, 40)}.",
            "A recorded reading is a fact, however odd it looks.",
            look,
        )

    agrees(attempt, generated.READINGS, yours, lambda readings: readings[-1].energy_wh, differs)


FIELDS = ("phase", "meter_wh", "seq_no")


def folds_alike(attempt: Attempt, evolve: Function, initial: object) -> None:
    """Check the state after any events of a session."""

    def yours(events: Sequence[object]) -> list[object]:
        state = initial
        for event in events:
            state = accepts_the_fact(attempt, evolve, state, event)
        return [getattr(state, name, None) for name in FIELDS]

    def ours(events: Sequence[object]) -> list[object]:
        state = session.initial
        for event in events:
            state = session.evolve(state, event)
        return [getattr(state, name) for name in FIELDS]

    def differs(events: Sequence[object], got: list[object]) -> None:
        pairs = zip(FIELDS, got, ours(events), strict=True)
        name, value = next((name, value) for name, value, right in pairs if value != right)
        attempt.refuse(
            f"After {counted(len(events), 'event')} the `{name}` is `{shown(value, 40)}`.",
            "Messages arrive late and twice. A fold accepts them all, and ignores what is out of date.",
            "Follow the timeline. In which phases does its last event change something, and which fields?",
            given_rows(events),
        )

    agrees(attempt, generated.histories(), yours, ours, differs)


def decides_alike(attempt: Attempt, decider: Decider[Any, Any, Any]) -> None:
    """Check the decision on each command of a story; between them, readings are recorded."""

    def yours(story: Sequence[object]) -> list[Decision]:
        state, decisions = decider.initial, list[Decision]()
        for step, right in _decided(story):
            got = right if isinstance(step, MeterRead) else _decision(attempt, decider.decide, step, state)
            decisions.append(got)
            for event in () if isinstance(right, Refused) else right:
                state = accepts_the_fact(attempt, decider.evolve, state, event)
        return decisions

    def ours(story: Sequence[object]) -> list[Decision]:
        return [right for _, right in _decided(story)]

    def differs(story: Sequence[object], got: list[Decision]) -> None:
        happened: list[object] = []
        for number, ((step, right), decision) in enumerate(zip(_decided(story), got, strict=True), 1):
            if not same_decision(decision, right):
                attempt.refuse(
                    f"A story takes {counted(number, 'step')}, and you decide differently from the rules: "
                    f"`{in_words(step)}`.",
                    "Nobody wrote this test: a machine tried all kinds of stories and shortened this one.",
                    "Compare the command with your event, field by field, and with the rules for this phase.",
                    difference(happened, step, decision, right),
                )
            happened += () if isinstance(right, Refused) else right

    agrees(attempt, generated.stories(), yours, ours, differs, same=_same_decisions)


def _decided(story: Sequence[object]) -> list[tuple[object, Decision]]:
    """Return each step of a story with what it leads to by the rules; a reading is a fact."""
    happened: list[object] = []
    decided: list[tuple[object, Decision]] = []
    for step in story:
        new = (step,) if isinstance(step, MeterRead) else given(session.decider, *happened).when(step).actual
        assert isinstance(new, (tuple, Refused)), new
        decided.append((step, new))
        happened += () if isinstance(new, Refused) else new
    return decided


def _decision(attempt: Attempt, decide: Function, command: object, state: object) -> Decision:
    try:
        return tuple(decided_by(attempt, decide, command, state))
    except CommandRefused as refused:
        return Refused(str(refused))


def _same_decisions(got: Sequence[Decision], right: Sequence[Decision]) -> bool:
    return all(map(same_decision, got, right))
