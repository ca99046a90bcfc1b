"""Boundaries: what a decision looks at, and what it costs when too many decisions look at the same.

A boundary says for each command upon which part of the log it is decided: a stream (the aggregate's own),
or a query (whatever carries these tags). That part is read, decided upon and guarded: the append is refused
if somebody was faster there. `rush` lets clients do so in simulated time, against a real store; conflicts
are the store's own refusals. Whether the log that comes out keeps the rules is not for this module to say:
`workbench/scenarios/invariants.py` does, which knows nothing of clients and boundaries.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any, Protocol

import simpy
from msgspec import structs

from workshop_lib.events import WorkshopError
from workshop_lib.store.errors import AppendConditionFailed, WrongExpectedVersion
from workshop_lib.store.port import Append, AppendCondition, EventStore, Query

THINKING = (2.0, 8.0)
"""How long people look at the page before they press the button, in seconds."""


class SimulatedCommand(Protocol):
    """What somebody wants: the stream in which it is recorded if a query guards it, and the tags."""

    @property
    def stream(self) -> str: ...

    @property
    def tags(self) -> Sequence[str]: ...


Boundary = Callable[[Any], str | Query]
"""From a command to the part of the log that it is decided upon: the name of a stream, or a query."""

Decide = Callable[[Sequence[Any], Any], Sequence[object]]
"""From the events of that part and the command to new events; it refuses by raising a `WorkshopError`."""

Decision = tuple[object, ...] | None
"""The events that were decided, or None for a refusal."""

Wish = tuple[SimulatedCommand, str | Query]
"""A command and the part of the log that it is decided upon."""

Life = Generator[simpy.Event, Any, None]
Try = Generator[simpy.Event, Any, bool]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class NoBoundary(WorkshopError):
    """A boundary that is neither the name of a stream nor a query."""

    def __init__(self, command: object, found: object) -> None:
        self.command, self.found = command, found
        super().__init__(
            f"You asked for the boundary of {command!r} and got {found!r}, which is no part of a log. "
            'Return the name of a stream, such as "station-zoo", or a Query.'
        )


class Client(Protocol):
    """One client: what it wants and when, and what it wants after having had it for a while."""

    @property
    def at(self) -> datetime: ...

    @property
    def first(self) -> SimulatedCommand: ...

    @property
    def stays(self) -> timedelta: ...

    @property
    def then(self) -> SimulatedCommand: ...


@dataclass(frozen=True)
class Errand:
    """How one command fared: how often somebody was faster, and how much longer it took because of that."""

    command: Any
    accepted: bool
    conflicts: int
    needless: int
    waited: float
    looked_at: int


@dataclass
class RushResult:
    """What came of a rush: the log, and how each command fared."""

    log: EventStore
    errands: list[Errand] = field(default_factory=list)

    @property
    def conflicts(self) -> int:
        """How often an append was refused because somebody was faster."""
        return sum(errand.conflicts for errand in self.errands)

    @property
    def needless(self) -> int:
        """After how many of these conflicts the very same was decided again."""
        return sum(errand.needless for errand in self.errands)

    @property
    def refused(self) -> int:
        """How many commands the rules did not allow."""
        return sum(not errand.accepted for errand in self.errands)

    @property
    def waited(self) -> float:
        """The seconds that one command in twenty waited, or more, because of conflicts."""
        waits = sorted(errand.waited for errand in self.errands)
        return waits[len(waits) * 19 // 20] if waits else 0.0

    @property
    def longest_stream(self) -> int:
        """The number of events in the longest stream."""
        return max(Counter(recorded.stream for recorded in self.log.read()).values(), default=0)


def rush(
    visits: Iterable[Client], boundary: Boundary, decide: Decide, store: EventStore, seed: int = 1
) -> RushResult:
    """Let these clients look, decide and append, each in its own time, and say how they fared.

    Whoever meets a conflict looks again, thinks again and decides again. The same arguments give the same
    outcome. Raises `NoBoundary`.
    """
    ordered = sorted(visits, key=lambda visit: visit.at)
    desk = _Desk(store, decide, simpy.Environment(), ordered[0].at if ordered else EPOCH)
    for number, visit in enumerate(ordered):
        # Asked before the world runs: SimPy makes a raised error anew, from its class and its text alone.
        wishes = [(wish, _part(boundary, wish)) for wish in (visit.first, visit.then)]
        desk.world.process(desk.client(visit, wishes, Random(seed * 1_000_003 + number)))
    desk.world.run()
    return RushResult(store, desk.errands)


def _part(boundary: Boundary, command: SimulatedCommand) -> str | Query:
    part = boundary(command)
    if not isinstance(part, str | Query):
        raise NoBoundary(command, part)
    return part


class _Desk:
    """Where all clients go: it looks into the log for them and appends what was decided."""

    def __init__(
        self, store: EventStore, decide: Decide, world: simpy.Environment, opening: datetime
    ) -> None:
        self.world, self.errands = world, list[Errand]()
        self._store, self._decide, self._opening = store, decide, opening

    def client(self, visit: Client, wishes: Sequence[Wish], chance: Random) -> Life:
        """The life of a client: it comes, wants something, stays for a while, and is done with it."""
        first, then = wishes
        yield self.world.timeout((visit.at - self._opening).total_seconds())
        accepted = yield from self._errand(*first, chance)
        if accepted:
            yield self.world.timeout(visit.stays.total_seconds())
            yield from self._errand(*then, chance)

    def _errand(self, command: SimulatedCommand, part: str | Query, chance: Random) -> Try:
        """Look, think, append; and once more from the start as long as somebody else was faster."""
        decided: list[Decision] = []
        first_answer = 0.0
        while True:
            history, append = self._look(command, part)
            decided.append(self._decision(history, command))
            yield self.world.timeout(chance.uniform(*THINKING))
            first_answer = first_answer or self.world.now
            if self._appended(command, decided[-1], append):
                break
        needless = sum(before == after for before, after in pairwise(decided))
        waited = self.world.now - first_answer
        accepted = decided[-1] is not None
        self.errands.append(Errand(command, accepted, len(decided) - 1, needless, waited, len(history)))
        return accepted

    def _look(self, command: SimulatedCommand, part: str | Query) -> tuple[list[object], Append]:
        """What the command is decided upon, and the append that holds only if that stays so."""
        if isinstance(part, str):
            history = [recorded.event for recorded in self._store.read_stream(part)]
            return history, Append(part, (), len(history), tags=command.tags)
        condition = AppendCondition(part, self._store.position())
        history = [recorded.event for recorded in self._store.read(query=part)]
        return history, Append(command.stream, (), condition=condition, tags=command.tags)

    def _decision(self, history: Sequence[object], command: SimulatedCommand) -> Decision:
        try:
            return tuple(self._decide(history, command))
        except WorkshopError:
            return None

    def _appended(self, command: SimulatedCommand, decision: Decision, append: Append) -> bool:
        """Whether nobody was faster; what was refused, or came to nothing, needs no append."""
        if not decision:
            return True
        now = self._opening + timedelta(seconds=self.world.now)
        try:
            self._store.append_batch([structs.replace(append, events=decision, occurred_at=now)])
        except (WrongExpectedVersion, AppendConditionFailed):
            return False
        return True
