"""A socket that several want at once: the stage on which the use cases of chapter 3.1 are tried.

The store is the list, with two hooks: somebody else appends at the moment that hurts most, and the power
fails before or after an append. `Witness` is a repository that notes down what is asked of it, for pictures.
Read `c3_1/checks.py` next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from exercises.checks.c1_1.crashes import Fuse, PowerFailure
from workbench.classroom.attempt import Attempt, Raised, name_of
from workshop_lib.charging.reserving import SOCKET, State
from workshop_lib.clock import SimulatedClock, seeded_ids
from workshop_lib.events import RecordedEvent
from workshop_lib.modeling import Refused
from workshop_lib.modeling.application import Overtaken
from workshop_lib.modeling.repository import Loaded, Repository
from workshop_lib.store.errors import WrongExpectedVersion
from workshop_lib.store.memory import MemoryStore
from workshop_lib.store.port import Append, AppendResult

HERE, THERE = "zoo-1", "zoo-2"
AFTER_THE_LOOK, BEFORE_THE_APPEND = "just after you looked", "just before you appended"
PATIENCE = 50
"""After so many appends a loop is taken for an endless one."""


class Step(NamedTuple):
    """Something that was asked of a repository: who asked, the kind of note, its heading and its text."""

    who: str
    kind: str
    heading: str
    text: str


class Endless(BaseException):
    """A use case that never gives up. Not an Exception: no handler of its own may catch it."""


class Contested(MemoryStore):
    """The list; each time somebody looks, or appends, Bob is faster, as long as there are `rivals`: each
    the events of one visit of his. What he does is noted down in `steps`.
    """

    def __init__(
        self,
        *rivals: Sequence[object],
        moment: str = BEFORE_THE_APPEND,
        steps: list[Step] | None = None,
    ) -> None:
        super().__init__(SimulatedClock("2026-03-02T18:00"), seeded_ids(1))
        self.rivals, self.moment, self.fuse, self.tried = list(rivals), moment, Fuse(), 0
        self.steps: list[Step] = [] if steps is None else steps

    def read_stream(self, stream: str, *bounds: Any, **more: Any) -> Iterator[RecordedEvent]:
        """The stream as it is now; then, perhaps, a rival appends to it."""
        seen = list(super().read_stream(stream, *bounds, **more))
        if self.moment == AFTER_THE_LOOK:
            self._strike(stream)
        return iter(seen)

    def append_batch(self, appends: Iterable[Append]) -> list[AppendResult]:
        """Append, if there is power and nobody was faster."""
        several = list(appends)
        self.tried += 1
        if self.tried > PATIENCE:
            raise Endless
        if self.moment == BEFORE_THE_APPEND and several:
            self._strike(several[0].stream)
        self.fuse.before("the append")
        results = super().append_batch(several)
        self.fuse.done("the append")
        return results

    def lay(self, stream: str, events: Sequence[object]) -> None:
        """Append behind everybody's back."""
        super().append_batch([Append(stream, events)])

    def _strike(self, stream: str) -> None:
        if self.rivals:
            visit = self.rivals.pop(0)
            self.lay(stream, visit)
            self.steps.append(_appended("Bob", visit, self.stream_version(stream)))


class Sockets(Repository[object, State, object]):
    """The sockets of a store."""

    def __init__(self, store: Any) -> None:
        super().__init__(store, SOCKET, "socket")

    def __repr__(self) -> str:
        return "sockets"


class Witness(Sockets):
    """Sockets as one person uses them; each look and each append is noted down in `steps`."""

    def __init__(self, store: Any, who: str, steps: list[Step]) -> None:
        super().__init__(store)
        self.who, self.steps = who, steps

    def load(self, id_: object) -> Loaded[State]:
        """Load, and note down what was seen."""
        loaded = super().load(id_)
        seen = f"{type(loaded.state).__name__}\nat version {loaded.version}"
        self.steps.append(Step(self.who, "read model", "load", seen))
        return loaded

    def save(
        self, id_: object, events: Sequence[object], expected_version: Any, **what_else: Any
    ) -> AppendResult:
        """Append, and note down what came of it."""
        try:
            result = super().save(id_, events, expected_version, **what_else)
        except WrongExpectedVersion as late:
            text = f"expected version {late.expected},\nit is {late.actual}"
            self.steps.append(Step(self.who, "hot spot", "append refused", text))
            raise
        self.steps.append(_appended(self.who, events, result.version))
        return result


def _appended(who: str, events: Sequence[object], version: int) -> Step:
    names = "\n".join(type(event).__name__ for event in events) or "nothing"
    return Step(who, "event", "append", f"{names}\nversion {version}")


class Told(NamedTuple):
    """What came of a call, in the eyes of who made it."""

    outcome: str
    words: str = ""


DONE, REFUSED, OVERTAKEN, DEAD = "done", "refused", "overtaken", "dead"


class Evening:
    """A use case and one contested socket. Each call comes from a program that has just been started."""

    def __init__(self, attempt: Attempt, use_case: Callable[..., Any], store: Contested) -> None:
        self.attempt, self.use_case, self.store = attempt, use_case, store

    def ask(self, *args: object, socket: str = HERE) -> Told:
        """Call the use case; what its caller is told."""
        try:
            self.attempt.call(self.use_case, Sockets(self.store), socket, *args, may_be_none=True)
        except Raised as raised:
            return self._told(raised)
        return Told(DONE)

    def _told(self, raised: Raised) -> Told:
        match raised.__cause__:
            case Refused() as refused:
                return Told(REFUSED, refused.rule)
            case WrongExpectedVersion() | Overtaken() as overtaken:
                return Told(OVERTAKEN, type(overtaken).__name__)
            case PowerFailure():
                self.store.fuse = Fuse()
                return Told(DEAD)
            case Endless():
                self.attempt.refuse(
                    f"`{name_of(self.use_case)}` tried {PATIENCE} times and would go on for ever.",
                    "Who waits for an answer that never comes presses again, and then two are waiting.",
                    "Does each round load anew? And how many lost races are enough?",
                )
        raise raised

    def happened(self, *events: object, socket: str = HERE) -> None:
        """Let something happen without the use case."""
        self.store.lay(f"socket-{socket}", events)

    def story(self, socket: str = HERE) -> list[object]:
        """What the stream of a socket tells."""
        return [seen.event for seen in self.store.read() if seen.stream == f"socket-{socket}"]
