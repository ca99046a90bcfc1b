"""The other judges of chapter 2.3: one specification for every form of the socket, and power failures.

Each function ends the check with a finding, or returns. Read `c2_3/checks.py` for which task asks what.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from exercises.checks.c2_3 import cases
from workbench.classroom.attempt import Attempt, Raised
from workbench.classroom.plain import shown
from workbench.scenarios.evening import CROWDED_EVENING
from workbench.scenarios.office import Office, history_of
from workbench.scenarios.reservable_socket import (
    SOCKET,
    Free,
    PlugIn,
    Release,
    Reserve,
    State,
    Unplug,
)
from workbench.simulation.power import Failpoint, PowerFailure
from workshop_lib.modeling import Refused, fold
from workshop_lib.modeling.aggregate import Aggregate
from workshop_lib.modeling.timeline import Row, in_words

Answer = Callable[[Sequence[object], object], Iterable[object]]
"""What stands behind a specification: a function from a history and a command to events."""

FROM_THE_ROW = "Where does your state come from? The events of last week are in an archive; the row is here."


def follows_the_rules(attempt: Attempt, answer: Answer, look: str = "") -> None:
    """Every rule of the socket holds, whatever stands behind it."""
    look = look or "Which case of `decide` is missing, or not asked in time?"
    for rule in cases.RULES:
        came = _came(attempt, answer, rule)
        if rule.then is None:
            attempt.expect(
                came is None,
                seen=f"The rule is: {rule.words}. `{in_words(rule.when)}` was not refused.",
                why="The rules did not change with the form: what the decider refuses, this refuses too.",
                look=look,
            )
        elif came is None:
            _refused_without_a_reason(attempt, rule)
        else:
            attempt.same_events(
                came,
                list(rule.then),
                seen=f"The rule is: {rule.words}. What came of `{in_words(rule.when)}` is not that.",
                why="One specification judges every form of the aggregate, by its events.",
                look="What does `decide` return here, and what have you made of it?",
            )


def _came(attempt: Attempt, answer: Answer, rule: cases.Rule) -> list[object] | None:
    """The events that came, or None for a refusal."""
    try:
        return list(answer(rule.given, rule.when))
    except Raised as raised:
        if isinstance(raised.__cause__, Refused):
            return None
        raise


def _refused_without_a_reason(attempt: Attempt, rule: cases.Rule) -> None:
    attempt.refuse(
        f"The rule is: {rule.words}. `{in_words(rule.when)}` was refused.",
        "Who is turned away without a reason rings the hotline, or drives to the competition.",
        "Which of your conditions is too strict here? Compare with the cases of `decide`.",
        _told(rule.given, rule.when),
    )


def _told(history: Sequence[object], command: object) -> tuple[Row, ...]:
    given = [in_words(event) for event in history] or ["nothing"]
    rows = [Row("Given", "·", "given", words) for words in given]
    return (*rows, Row("When", "▸", "when", in_words(command)))


def of_object(attempt: Attempt, cls: type) -> Answer:
    """An object for each story: it takes in the history, gets a command, and tells what is pending."""

    def answer(history: Sequence[object], command: object) -> list[object]:
        made = attempt.call(cls)
        life = _life(attempt, made)
        life.load(history)
        state = life.state
        method, arguments = _method(command)
        try:
            attempt.call(_of(attempt, made, method), *arguments, may_be_none=True)
        except Raised:
            _nothing_pends(attempt, method, life)
            raise
        _tells_what_changed(attempt, method, state, life)
        return list(life.pending)

    return answer


def _life(attempt: Attempt, made: object) -> Any:
    if isinstance(made, Aggregate):
        attempt.expect(
            hasattr(made, "pending"),
            seen=f"A `{type(made).__name__}` is made without the `__init__` of `Aggregate`.",
            why="There begin its `evolve`, its first state, and the list of what is to be appended.",
            look="Leave `__init__` out, or call `super().__init__(…)` in it before anything else.",
        )
        return made
    for part in vars(made).values():
        if isinstance(part, Aggregate):
            return part
    attempt.refuse(
        f"A `{type(made).__name__}` has no `Aggregate`, and is none.",
        "Somebody has to take in the history, and to remember what is to be appended.",
        "`class ReservableSocket(Aggregate):` and `super().__init__(evolve, Free())` in its `__init__`.",
    )


def _method(command: object) -> tuple[str, tuple[str, ...]]:
    match command:
        case Reserve(driver, at, until):
            return "reserve", (driver, at, until)
        case Release(driver):
            return "release", (driver,)
        case PlugIn(driver, at):
            return "plug_in", (driver, at)
        case Unplug(driver):
            return "unplug", (driver,)
    raise AssertionError(command)


def _of(attempt: Attempt, made: object, method: str) -> Callable[..., Any]:
    found = getattr(made, method, None)
    attempt.expect(
        callable(found),
        seen=f"A `{type(made).__name__}` has no method `{method}`.",
        why="An object has a method for each command; their names are those of the exercise.",
        look=f"`def {method}(self, …):`",
    )
    return found  # type: ignore[return-value]


def _nothing_pends(attempt: Attempt, method: str, life: Aggregate[Any]) -> None:
    attempt.expect(
        not life.pending,
        seen=f"`{method}` refused, and `{shown(life.pending, 80)}` is to be appended all the same.",
        why="A refusal means that nothing happened; whoever saves the object would record it.",
        look="Refusals first, then `record`.",
    )


def _tells_what_changed(attempt: Attempt, method: str, before: object, life: Aggregate[Any]) -> None:
    told = fold(SOCKET, [*history_of(before), *life.pending])
    attempt.expect(
        life.state == told,
        seen=f"After `{method}` the state is `{shown(life.state, 60)}`; its events say `{shown(told, 60)}`.",
        why="What no event tells is gone when the object is loaded again.",
        look="Change the state by `self.record(event)` alone; `record` calls `evolve`.",
    )


# State and events in one transaction


def archived(attempt: Attempt, handle: Callable[..., Any]) -> Answer:
    """The history is in an archive: an office with its row, and no events before the command."""

    def answer(history: Sequence[object], command: object) -> list[object]:
        office = Office(fold(SOCKET, history))
        before = office.row
        try:
            attempt.call(handle, office, command, may_be_none=True)
        except Raised as raised:
            if isinstance(raised.__cause__, Refused):
                _nothing_written(attempt, office, before, command)
            raise
        _agrees(attempt, office, before, f"After `{in_words(command)}`")
        return office.emitted

    return answer


def _nothing_written(attempt: Attempt, office: Office, before: State, command: object) -> None:
    attempt.expect(
        office.row == before and not office.emitted,
        seen=f"`{in_words(command)}` was refused, and something was written all the same.",
        why="A refusal means that nothing happened: neither in the table nor for those who listen.",
        look="Decide before the first write, and let the refusal leave the `with` block.",
    )


def _agrees(attempt: Attempt, office: Office, before: State, when: str) -> None:
    told = fold(SOCKET, [*history_of(before), *office.emitted])
    attempt.expect(
        office.row == told,
        seen=f"{when} the row says `{shown(office.row, 60)}`, and the events tell of `{shown(told, 60)}`.",
        why="Two places that know different things: each reader believes another one.",
        look="Is the row what `evolve` makes of the events, and are both written in one transaction?",
    )


def whole_evening(attempt: Attempt, handle: Callable[..., Any]) -> None:
    """After command upon command the row is what the events tell."""
    office = Office()
    for command in CROWDED_EVENING:
        try:
            attempt.call(handle, office, command, may_be_none=True)
        except Raised as raised:
            if not isinstance(raised.__cause__, Refused):
                raise
        _agrees(attempt, office, Free(), f"In the course of an evening, after `{in_words(command)}`,")


def overtaken(attempt: Attempt, handle: Callable[..., Any]) -> None:
    """A rival who comes between a look and a write finds the door closed."""
    office = Office(rival=Reserve("bob", "18:00", "18:30"))
    attempt.calling = "handle, while Bob asks for the same socket"
    try:
        attempt.call(handle, office, PlugIn("ada", "18:00"), may_be_none=True)
    except Raised as raised:
        if not isinstance(raised.__cause__, Refused):
            raise
    drivers = [event.driver for event in office.emitted]  # type: ignore[attr-defined]
    attempt.expect(
        len(set(drivers)) == 1,
        seen="Between your look and your write Bob got the socket, and Ada plugged in all the same.",
        why="What was read before the transaction may be old in it: the decision rests on nothing.",
        look="`office.load()` belongs inside of `with office.transaction():`.",
    )


def crashes(attempt: Attempt, handle: Callable[..., Any]) -> None:
    """Whenever the power fails, row and events agree."""
    for number in range(1, 6):
        failpoint = Failpoint(number)
        office = Office(failpoint=failpoint)
        try:
            attempt.call(handle, office, Reserve("ada", "18:00", "18:15"), may_be_none=True)
        except Raised as raised:
            if not isinstance(raised.__cause__, PowerFailure):
                raise
        when = f"The power failed {failpoint.moment}:" if failpoint.moment else "At the end"
        _agrees(attempt, office, Free(), when)
