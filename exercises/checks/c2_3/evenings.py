"""Compare the forms of the socket with the decider on generated evenings, through power failures and rivals.

An evening is a list of commands for two sockets. A form says how a socket with a history is made and how a
command is handled: `adapters.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from exercises.checks.c2_3 import generated
from exercises.checks.c2_3.generated import Evening, Trouble
from exercises.checks.c2_3.timelines import Decision, difference, same_decision
from exercises.checks.small_logs import history
from workbench.classroom.agreement import agrees
from workbench.classroom.attempt import Attempt, Raised
from workbench.classroom.plain import shown
from workbench.scenarios.office import Office, history_of
from workbench.scenarios.reservable_socket import SOCKET, State
from workbench.simulation.power import Failpoint, PowerFailure
from workshop_lib.modeling import Refused, fold, given
from workshop_lib.modeling.timeline import in_words

ALONE = "On its own this works. What do your sockets share, or remember besides their state?"


class Handled(NamedTuple):
    """What a command led to, and the state after it."""

    decision: Decision
    state: object


class Form(NamedTuple):
    """How a socket with a history is made, and how it handles a command."""

    make: Callable[[list[object]], Any]
    handle: Callable[[Any, object], Handled]


def same_evenings(attempt: Attempt, form: Form, look: str) -> None:
    """Check each command in each state, and then each command of an evening at two sockets."""
    for state, command in generated.EACH:
        happened = history_of(state)
        got, right = form.handle(form.make(happened), command), _by_the_rules(list(happened), command)
        if not _same(got, right):
            _refuse(attempt, happened, command, got, right, look)

    def differs(evening: Evening, got: list[Handled]) -> None:
        before: tuple[list[object], list[object]] = [], []
        for (place, command), one, right in zip(evening.steps, got, ours(evening), strict=True):
            if not _same(one, right):
                alone = form.handle(form.make(list(before[place])), command)
                _refuse(attempt, before[place], command, one, right, ALONE if _same(alone, right) else look)
            before[place].extend(() if isinstance(right.decision, Refused) else right.decision)

    def ours(evening: Evening) -> list[Handled]:
        return _played(evening, Form(list, _by_the_rules))

    def same(got: list[Handled], right: list[Handled]) -> bool:
        return all(map(_same, got, right))

    def yours(evening: Evening) -> list[Handled]:
        return _played(evening, form)

    agrees(attempt, generated.EVENINGS, yours, ours, differs, same=same, each=2)


def _played(evening: Evening, form: Form) -> list[Handled]:
    """Return what each command led to; its socket is loaded anew with what ours led to before."""
    happened: tuple[list[object], list[object]] = [], []
    sockets, handled = [form.make([]), form.make([])], list[Handled]()
    for place, command in evening.steps:
        if evening.anew:
            sockets[place] = form.make(list(happened[place]))
        handled.append(form.handle(sockets[place], command))
        _by_the_rules(happened[place], command)
    return handled


def _by_the_rules(happened: list[object], command: object) -> Handled:
    """Handle a command as the decider does; its events are added to what happened."""
    new = given(SOCKET, *happened).when(command).actual
    assert isinstance(new, (tuple, Refused)), new
    happened += () if isinstance(new, Refused) else new
    return Handled(new, fold(SOCKET, happened))


def _same(got: Handled, right: Handled) -> bool:
    return same_decision(got.decision, right.decision) and got.state == right.state


def _refuse(
    attempt: Attempt, before: list[object], command: object, got: Handled, right: Handled, look: str
) -> None:
    why = "Every form of the aggregate has to meet the same specification, event for event."
    story = f"At a socket with {history(before)}" if before else "At a socket to which nothing has happened"
    if not same_decision(got.decision, right.decision):
        ended = _ENDED[isinstance(got.decision, Refused), isinstance(right.decision, Refused)]
        rows = difference(before, command, got.decision, right.decision)
        attempt.refuse(f"{story}, `{in_words(command)}` {ended}.", why, look, rows)
    attempt.refuse(
        f"{story}, `{in_words(command)}` was decided as it should, but then the state is "
        f"`{shown(got.state, 60)}`.",
        "State and events contradict each other: some readers trust the one, some the other.",
        look,
    )


_ENDED = {
    (True, False): "was refused",
    (False, True): "was not refused",
    (False, False): "led to other events",
}


class End(NamedTuple):
    """The row and the events of an office in the end."""

    row: State
    emitted: tuple[object, ...]


def same_in_trouble(attempt: Attempt, handle: Callable[..., Any]) -> None:
    """Check that row and events agree when the power fails at any write, or a rival has a command too."""

    def yours(trouble: Trouble) -> End:
        failpoint = Failpoint(trouble.write)
        office = Office(trouble.state, failpoint, trouble.rival)
        try:
            attempt.call(handle, office, trouble.command, may_be_none=True)
        except Raised as raised:
            if not isinstance(raised.__cause__, (Refused, PowerFailure)):
                raise
        return End(office.row, tuple(office.emitted))

    def differs(trouble: Trouble, got: End) -> None:
        met = "the power fails" if trouble.write else f"a rival has `{in_words(trouble.rival)}`"
        attempt.refuse(
            f"The row says `{shown(trouble.state, 60)}`. While you handle "
            f"`{in_words(trouble.command)}`, {met}. In the end the row says `{shown(got.row, 60)}`, and "
            f"{_listed(got.emitted)}.",
            "Either a command takes place as a whole, or it does not: in the row and in the events.",
            "Load, decide and write inside one `with office.transaction():`.",
        )

    agrees(attempt, generated.troubles(), yours, _ends, differs, same=lambda got, right: got in right)


def _ends(trouble: Trouble) -> list[End]:
    """Return how it may end: with the command alone, with the rival before or after it, or with nothing."""
    ways = [[trouble.command]]
    if trouble.write:
        ways.append([])
    if trouble.rival:
        ways += [[trouble.command, trouble.rival], [trouble.rival, trouble.command]]
    return [_end(trouble.state, commands) for commands in ways]


def _end(before: State, commands: list[object]) -> End:
    happened = history_of(before)
    known = len(happened)
    for command in commands:
        _by_the_rules(happened, command)
    return End(fold(SOCKET, happened), tuple(happened[known:]))


def _listed(events: tuple[object, ...]) -> str:
    return f"the events are {history(events)}" if events else "there is no event"
