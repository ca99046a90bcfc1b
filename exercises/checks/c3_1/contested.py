"""A use case on a contested socket, as its checks see it: one call after another, and what each caller gets.

Read `c3_1/checks.py` next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from workbench.classroom.attempt import Attempt, Raised, name_of
from workbench.scenarios.contested import Contested, Sockets
from workbench.simulation.power import Failpoint, PowerFailure
from workshop_lib.modeling import Refused
from workshop_lib.modeling.application import ConcurrencyConflict
from workshop_lib.store.errors import WrongExpectedVersion
from workshop_lib.store.port import Append, AppendResult

HERE, THERE = "zoo-1", "zoo-2"
PATIENCE = 50
"""After so many appends a loop counts as endless."""


class Endless(BaseException):
    """A use case that never gives up. Not an `Exception`, so that no handler of its own catches it."""


class Counted(Contested):
    """A contested store that counts the appends. Raises `Endless` when there are too many."""

    tried = 0

    def append_batch(self, appends: Iterable[Append]) -> list[AppendResult]:
        """Append, unless there were too many attempts."""
        self.tried += 1
        if self.tried > PATIENCE:
            raise Endless
        return super().append_batch(appends)


class Told(NamedTuple):
    """How a call ended for its caller."""

    outcome: str
    words: str = ""


DONE, REFUSED, OVERTAKEN, DEAD = "done", "refused", "overtaken", "dead"


class Evening:
    """A use case and one contested socket. Each call comes from a program that was just started."""

    def __init__(self, attempt: Attempt, use_case: Callable[..., Any], store: Counted) -> None:
        self.attempt, self.use_case, self.store = attempt, use_case, store

    def ask(self, *args: object, socket: str = HERE) -> Told:
        """Call the use case; returns how the call ended."""
        try:
            self.attempt.call(self.use_case, Sockets(self.store), socket, *args, may_be_none=True)
        except Raised as raised:
            return self._told(raised)
        return Told(DONE)

    def _told(self, raised: Raised) -> Told:
        match raised.__cause__:
            case Refused() as refused:
                return Told(REFUSED, refused.rule)
            case WrongExpectedVersion() | ConcurrencyConflict() as overtaken:
                return Told(OVERTAKEN, type(overtaken).__name__)
            case PowerFailure():
                self.store.failpoint = Failpoint()
                return Told(DEAD)
            case Endless():
                self.attempt.refuse(
                    f"`{name_of(self.use_case)}` tried {PATIENCE} times and would go on for ever.",
                    "Who waits for an answer that never comes presses again, and then two are waiting.",
                    "Does each round load anew? And how many lost races are enough?",
                )
        raise raised

    def happened(self, *events: object, socket: str = HERE) -> None:
        """Record events without the use case."""
        self.store.lay(f"socket-{socket}", events)

    def story(self, socket: str = HERE) -> list[object]:
        """The events of a socket."""
        return [seen.event for seen in self.store.read() if seen.stream == f"socket-{socket}"]
