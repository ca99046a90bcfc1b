"""A socket that several drivers want at once: for the use cases of chapter 3.1.

`Contested` is a store in memory to which somebody else appends at the worst moment, and whose process can die
before or after an append. `RecordedSockets` is a repository that records every load and every append as a
`Step`, for pictures. The aggregate is in `reservable_socket.py`; read `evening.py` next.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from workbench.scenarios.reservable_socket import SOCKET, State
from workbench.simulation.power import Failpoint
from workshop_lib.clock import SimulatedClock, seeded_ids
from workshop_lib.events import Events
from workshop_lib.modeling.repository import Loaded, Repository
from workshop_lib.store.errors import WrongExpectedVersion
from workshop_lib.store.memory import MemoryStore
from workshop_lib.store.port import Append, AppendResult

AFTER_THE_LOOK, BEFORE_THE_APPEND = "just after you looked", "just before you appended"


class Step(NamedTuple):
    """One call of a repository as a note in a picture: the caller, the kind of note, its heading and text."""

    who: str
    kind: str
    heading: str
    text: str


class Contested(MemoryStore):
    """A store in memory in which Bob is faster: at each load or append (`moment`) he first appends the events
    of the next of the `rivals`, as long as any are left. His appends are recorded in `steps`.
    """

    def __init__(
        self,
        *rivals: Sequence[object],
        moment: str = BEFORE_THE_APPEND,
        steps: list[Step] | None = None,
    ) -> None:
        super().__init__(SimulatedClock("2026-03-02T18:00"), seeded_ids(1))
        self.rivals, self.moment, self.failpoint = list(rivals), moment, Failpoint()
        self.steps: list[Step] = [] if steps is None else steps

    def read_stream(self, stream: str, *bounds: Any, **more: Any) -> Events:
        """Return the stream as it is now; after that, a rival may append to it."""
        seen = list(super().read_stream(stream, *bounds, **more))
        if self.moment == AFTER_THE_LOOK:
            self._strike(stream)
        return Events(seen)

    def append_batch(self, appends: Iterable[Append]) -> list[AppendResult]:
        """Append; a rival may append first. Raises `PowerFailure` at the failpoint."""
        several = list(appends)
        if self.moment == BEFORE_THE_APPEND and several:
            self._strike(several[0].stream)
        self.failpoint.before("the append")
        results = super().append_batch(several)
        self.failpoint.done("the append")
        return results

    def lay(self, stream: str, events: Sequence[object]) -> None:
        """Append without rivals and without a failpoint."""
        super().append_batch([Append(stream, events)])

    def _strike(self, stream: str) -> None:
        if self.rivals:
            visit = self.rivals.pop(0)
            self.lay(stream, visit)
            self.steps.append(_appended("Bob", visit, self.stream_version(stream)))


class Sockets(Repository[object, State, object]):
    """The repository of the sockets in a store."""

    def __init__(self, store: Any) -> None:
        super().__init__(store, SOCKET, "socket")

    def __repr__(self) -> str:
        return "sockets"


class RecordedSockets(Sockets):
    """A repository that one person uses; each load and each append is recorded in `steps`."""

    def __init__(self, store: Any, who: str, steps: list[Step]) -> None:
        super().__init__(store)
        self.who, self.steps = who, steps

    def load(self, id_: object) -> Loaded[State]:
        """Load, and record what was loaded."""
        loaded = super().load(id_)
        seen = f"{type(loaded.state).__name__}\nat version {loaded.version}"
        self.steps.append(Step(self.who, "read model", "load", seen))
        return loaded

    def save(
        self, id_: object, events: Sequence[object], expected_version: Any, **options: Any
    ) -> AppendResult:
        """Append, and record the result."""
        try:
            result = super().save(id_, events, expected_version, **options)
        except WrongExpectedVersion as late:
            text = f"expected version {late.expected},\nit is {late.actual}"
            self.steps.append(Step(self.who, "hot spot", "append refused", text))
            raise
        self.steps.append(_appended(self.who, events, result.version))
        return result


def _appended(who: str, events: Sequence[object], version: int) -> Step:
    names = "\n".join(type(event).__name__ for event in events) or "nothing"
    return Step(who, "event", "append", f"{names}\nversion {version}")
