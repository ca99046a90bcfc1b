"""Checks of chapter 2.3 that run one specification on every form of the socket, also through power failures.

Each function returns, or ends the check with a finding. `c2_3/checks.py` says which task uses which.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from exercises.checks.c2_3 import cases
from exercises.checks.c2_3.deciders import gives_a_reason
from exercises.checks.c2_3.evenings import Form, Handled
from exercises.checks.c2_3.timelines import given_rows
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
"""A form of the socket: a function from a history and a command to events."""

EACH_CASE = "Compare the method with the cases of `decide` for its command, in their order."
FROM_DECIDE = "What does `decide` return here, and what does your code do with it?"
FROM_THE_ROW = "Where does your state come from? The old events are in an archive; only the row is at hand."


def follows_the_rules(attempt: Attempt, answer: Answer, look: str = "") -> None:
    """Check every rule of the socket."""
    look = look or "Which case of `decide` is missing, or tested too late?"
    for rule in cases.RULES:
        events = _events(attempt, answer, rule)
        if rule.then is None:
            attempt.expect(
                events is None,
                seen=f"The rule is: {rule.words}. `{in_words(rule.when)}` was not refused.",
                why="The form is new, the rules are not: what the decider refuses must be refused here too.",
                look=look,
            )
        elif events is None:
            _refused_without_a_reason(attempt, rule)
        else:
            attempt.same_events(
                events,
                list(rule.then),
                seen=f"The rule is: {rule.words}. `{in_words(rule.when)}` led to other events.",
                why="Every form of the aggregate has to meet the same specification, event for event.",
                look=FROM_DECIDE,
            )


def _events(attempt: Attempt, answer: Answer, rule: cases.Rule) -> list[object] | None:
    """Return the events that the answer gives, None for a refusal."""
    try:
        return list(answer(rule.given, rule.when))
    except Raised as raised:
        if isinstance(raised.__cause__, Refused):
            gives_a_reason(attempt, raised.call, raised.__cause__)
            return None
        raise


def _refused_without_a_reason(attempt: Attempt, rule: cases.Rule) -> None:
    attempt.refuse(
        f"The rule is: {rule.words}. `{in_words(rule.when)}` was refused.",
        "A driver who is turned away without a reason rings the hotline, or drives to the competition.",
        "Which of your conditions is too strict here? Compare it with the cases of `decide`.",
        _given_and_when(rule.given, rule.when),
    )


def _given_and_when(history: Sequence[object], command: object) -> tuple[Row, ...]:
    return (*given_rows(history), Row("When", "▸", "when", in_words(command)))


def of_object(attempt: Attempt, cls: type) -> Answer:
    """Return a form that loads the history into an object, calls a method, and reads the pending events."""

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
        _changes_by_events_alone(attempt, method, state, life)
        return list(life.pending)

    return answer


def objects(attempt: Attempt, cls: type) -> Form:
    """Return the form whose sockets are objects of a class; each handles several commands."""

    def make(history: Sequence[object]) -> Any:
        made = attempt.call(cls)
        _life(attempt, made).load(history)
        return made

    def handle(made: Any, command: object) -> Handled:
        life, (method, arguments) = _life(attempt, made), _method(command)
        pending = list(life.pending)
        decision = _refused(attempt, _of(attempt, made, method), *arguments)
        new = tuple(life.pending[len(pending) :])
        return Handled(decision if decision and not new else new, life.state)

    return Form(make, handle)


def _refused(attempt: Attempt, function: Callable[..., Any], *arguments: object) -> Refused | None:
    """Call the function and return its refusal, if there is one."""
    try:
        attempt.call(function, *arguments, may_be_none=True)
    except Raised as raised:
        if not isinstance(raised.__cause__, Refused):
            raise
        gives_a_reason(attempt, raised.call, raised.__cause__)
        return raised.__cause__
    return None


def _life(attempt: Attempt, made: object) -> Any:
    if isinstance(made, Aggregate):
        attempt.expect(
            hasattr(made, "pending"),
            seen=f"A `{type(made).__name__}` is made without the `__init__` of `Aggregate`.",
            why="`Aggregate.__init__` sets its `evolve`, its first state and the list of pending events.",
            look="Leave `__init__` out, or call `super().__init__(…)` in it before anything else.",
        )
        return made
    for part in vars(made).values():
        if isinstance(part, Aggregate):
            return part
    attempt.refuse(
        f"A `{type(made).__name__}` is not an `Aggregate` and has no `Aggregate` as an attribute.",
        "An `Aggregate` loads the history and keeps the events that are still to be appended.",
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
        why="Callers expect one method for each command, under the names in the exercise.",
        look=f"`def {method}(self, …):`",
    )
    return found  # type: ignore[return-value]


def _nothing_pends(attempt: Attempt, method: str, life: Aggregate[Any]) -> None:
    attempt.expect(
        not life.pending,
        seen=f"`{method}` refused, but `{shown(life.pending, 80)}` is pending all the same.",
        why="A refusal means that nothing happened. Saving this object would record an event.",
        look="Put the refusals first, then `record`.",
    )


def _changes_by_events_alone(attempt: Attempt, method: str, before: object, life: Aggregate[Any]) -> None:
    folded = fold(SOCKET, [*history_of(before), *life.pending])
    attempt.expect(
        life.state == folded,
        seen=f"After `{method}` the state is `{shown(life.state, 60)}`, but "
        f"its events say `{shown(folded, 60)}`.",
        why="An object is loaded from its events. A change without an event is lost at the next load.",
        look="Change the state only through `self.record(event)`; `record` calls `evolve`.",
    )


# State and events in one transaction


def archived(attempt: Attempt, handle: Callable[..., Any]) -> Answer:
    """Return a form that gets an office with a row, and no events from before the command."""

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


def offices(attempt: Attempt, handle: Callable[..., Any]) -> Form:
    """Return the form whose sockets are offices; one made with a history has its row, and no events."""

    def handled(office: Office, command: object) -> Handled:
        known = len(office.emitted)
        decision = _refused(attempt, handle, office, command)
        new = tuple(office.emitted[known:])
        return Handled(decision if decision and not new else new, office.row)

    return Form(lambda history: Office(fold(SOCKET, history)), handled)


def _nothing_written(attempt: Attempt, office: Office, before: State, command: object) -> None:
    attempt.expect(
        office.row == before and not office.emitted,
        seen=f"`{in_words(command)}` was refused, but something was written all the same.",
        why="A refusal means that nothing happened: no change in the table, and no event for listeners.",
        look="Decide before the first write, and do not catch the refusal inside the `with` block.",
    )


def _agrees(attempt: Attempt, office: Office, before: State, when: str) -> None:
    folded = fold(SOCKET, [*history_of(before), *office.emitted])
    attempt.expect(
        office.row == folded,
        seen=f"{when} the row says `{shown(office.row, 60)}`, but the events say `{shown(folded, 60)}`.",
        why="Two places contradict each other: some readers trust the row, others the events.",
        look="Is the row what `evolve` makes of the events? Are both written in one transaction?",
    )


def whole_evening(attempt: Attempt, handle: Callable[..., Any]) -> None:
    """Check after each command of an evening that the row agrees with the events."""
    office = Office()
    for command in CROWDED_EVENING:
        try:
            attempt.call(handle, office, command, may_be_none=True)
        except Raised as raised:
            if not isinstance(raised.__cause__, Refused):
                raise
        _agrees(attempt, office, Free(), f"During an evening, after `{in_words(command)}`,")


def loses_to_a_rival(attempt: Attempt, handle: Callable[..., Any]) -> None:
    """Check that no rival can write between the load and the save."""
    office = Office(rival=Reserve("bob", "18:00", "18:30"))
    attempt.calling = "handle, while Bob reserves the same socket"
    try:
        attempt.call(handle, office, PlugIn("ada", "18:00"), may_be_none=True)
    except Raised as raised:
        if not isinstance(raised.__cause__, Refused):
            raise
    drivers = [event.driver for event in office.emitted]  # type: ignore[attr-defined]
    attempt.expect(
        len(set(drivers)) == 1,
        seen="Between your load and your save Bob got the socket, and Ada plugged in all the same.",
        why="State that was read before the transaction may be out of date, and so is the decision.",
        look="`office.load()` belongs inside `with office.transaction():`.",
    )


def crashes(attempt: Attempt, handle: Callable[..., Any]) -> None:
    """Check that row and events agree whenever the power fails."""
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
