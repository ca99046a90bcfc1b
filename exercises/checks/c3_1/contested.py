"""Run a participant's use case on a contested socket, call by call, and say how each call ended.

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
MOST_APPENDS = 50
"""A use case with more appends than this counts as an endless loop."""


class Endless(BaseException):
    """Raised in an endless loop. Not an `Exception`, so that the use case does not catch it."""


class Counted(Contested):
    """A contested store that counts the appends. Raises `Endless` when there are too many."""

    tried = 0

    def append_batch(self, appends: Iterable[Append]) -> list[AppendResult]:
        """Append. Raises `Endless` after too many attempts."""
        self.tried += 1
        if self.tried > MOST_APPENDS:
            raise Endless
        return super().append_batch(appends)


class Result(NamedTuple):
    """How a call ended for its caller."""

    outcome: str
    words: str = ""


DONE, REFUSED, CONFLICT, CRASHED = "done", "refused", "conflict", "crashed"


class Evening:
    """A use case and one contested socket. Each call comes from a program that has just started."""

    def __init__(self, attempt: Attempt, use_case: Callable[..., Any], store: Counted) -> None:
        self.attempt, self.use_case, self.store = attempt, use_case, store

    def call(self, *args: object, socket: str = HERE) -> Result:
        """Call the use case; returns how the call ended."""
        try:
            self.attempt.call(self.use_case, Sockets(self.store), socket, *args, may_be_none=True)
        except Raised as raised:
            return self._ended(raised)
        return Result(DONE)

    def _ended(self, raised: Raised) -> Result:
        match raised.__cause__:
            case Refused() as refused:
                return Result(REFUSED, refused.rule)
            case WrongExpectedVersion() | ConcurrencyConflict() as conflict:
                return Result(CONFLICT, type(conflict).__name__)
            case PowerFailure():
                self.store.failpoint = Failpoint()
                return Result(CRASHED)
            case Endless():
                self.attempt.refuse(
                    f"`{name_of(self.use_case)}` tried {MOST_APPENDS} times and would go on for ever.",
                    "A driver who gets no answer presses again, and then two calls are waiting.",
                    "Does each round load again? After how many lost races does it give up?",
                )
        raise raised

    def happened(self, *events: object, socket: str = HERE) -> None:
        """Append events without the use case."""
        self.store.lay(f"socket-{socket}", events)

    def story(self, socket: str = HERE) -> list[object]:
        """Return the events of a socket."""
        return [seen.event for seen in self.store.read() if seen.stream == f"socket-{socket}"]
