"""Boundaries: which part of the log a decision depends on, and what it costs when many decisions share one.

A boundary returns for each command the part of the log that it depends on: a stream (of an aggregate), or a
query (all events with these tags). That part is read, and the append is rejected if it has grown meanwhile.
`rush` simulates clients that do so, in simulated time and against a real store; conflicts are the store's
own errors. `workbench/scenarios/invariants.py` checks separately whether the resulting log keeps the rules.
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
"""The time for which people look at the page before they press the button, in seconds."""


class SimulatedCommand(Protocol):
    """A command of a client: its tags, and the stream of its events if the boundary is a query."""

    @property
    def stream(self) -> str: ...

    @property
    def tags(self) -> Sequence[str]: ...


Boundary = Callable[[Any], str | Query]
"""A function from a command to the part of the log that it depends on: the name of a stream, or a query."""

Decide = Callable[[Sequence[Any], Any], Sequence[object]]
"""A function from the events of that part and a command to new events; raises `WorkshopError` to refuse."""

Decision = tuple[object, ...] | None
"""The events that were decided, or None for a refusal."""

Wish = tuple[SimulatedCommand, str | Query]
"""A command and the part of the log that it depends on."""

Life = Generator[simpy.Event, Any, None]
Try = Generator[simpy.Event, Any, bool]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class NoBoundary(WorkshopError):
    """Raised if a boundary returns neither the name of a stream nor a query."""

    def __init__(self, command: object, found: object) -> None:
        self.command, self.found = command, found
        super().__init__(
            f"The boundary of {command!r} is {found!r}, which is neither a stream nor a query. "
            'Return the name of a stream, such as "station-zoo", or a Query.'
        )


class Client(Protocol):
    """One client: when it comes, its first command, how long it stays, and its second command."""

    @property
    def at(self) -> datetime: ...

    @property
    def first(self) -> SimulatedCommand: ...

    @property
    def stays(self) -> timedelta: ...

    @property
    def then(self) -> SimulatedCommand: ...


@dataclass(frozen=True)
class CommandResult:
    """The result of one command: how often somebody was faster, and how long it waited because of that."""

    command: Any
    accepted: bool
    conflicts: int
    needless: int
    waited: float
    looked_at: int


@dataclass
class RushResult:
    """The result of a rush: the log, and the result of each command."""

    log: EventStore
    results: list[CommandResult] = field(default_factory=list)

    @property
    def conflicts(self) -> int:
        """The number of appends that were rejected because somebody was faster."""
        return sum(result.conflicts for result in self.results)

    @property
    def needless(self) -> int:
        """The number of conflicts after which the decision was the same as before."""
        return sum(result.needless for result in self.results)

    @property
    def refused(self) -> int:
        """The number of commands that the rules did not allow."""
        return sum(not result.accepted for result in self.results)

    @property
    def waited(self) -> float:
        """The seconds that one command in twenty waited, or longer, because of conflicts."""
        waits = sorted(result.waited for result in self.results)
        return waits[len(waits) * 19 // 20] if waits else 0.0

    @property
    def longest_stream(self) -> int:
        """The number of events in the longest stream."""
        return max(Counter(recorded.stream for recorded in self.log.read()).values(), default=0)


def rush(
    visits: Iterable[Client], boundary: Boundary, decide: Decide, store: EventStore, seed: int = 1
) -> RushResult:
    """Simulate clients that read, decide and append, each at its own time, and return the result.

    After a conflict a client reads, thinks and decides again. The same arguments give the same result. Raises
    `NoBoundary`.
    """
    ordered = sorted(visits, key=lambda visit: visit.at)
    simulation = _Rush(store, decide, simpy.Environment(), ordered[0].at if ordered else EPOCH)
    for number, visit in enumerate(ordered):
        # Before the simulation runs, because SimPy recreates an error from its class and text alone.
        wishes = [(wish, _part(boundary, wish)) for wish in (visit.first, visit.then)]
        simulation.world.process(simulation.client(visit, wishes, Random(seed * 1_000_003 + number)))
    simulation.world.run()
    return RushResult(store, simulation.results)


def _part(boundary: Boundary, command: SimulatedCommand) -> str | Query:
    part = boundary(command)
    if not isinstance(part, str | Query):
        raise NoBoundary(command, part)
    return part


class _Rush:
    """A running simulation: its clients read the same store and append to it."""

    def __init__(
        self, store: EventStore, decide: Decide, world: simpy.Environment, opening: datetime
    ) -> None:
        self.world, self.results = world, list[CommandResult]()
        self._store, self._decide, self._opening = store, decide, opening

    def client(self, visit: Client, wishes: Sequence[Wish], chance: Random) -> Life:
        """Simulate a client: it comes, sends its first command, stays for a while, sends its second one."""
        first, then = wishes
        yield self.world.timeout((visit.at - self._opening).total_seconds())
        accepted = yield from self._errand(*first, chance)
        if accepted:
            yield self.world.timeout(visit.stays.total_seconds())
            yield from self._errand(*then, chance)

    def _errand(self, command: SimulatedCommand, part: str | Query, chance: Random) -> Try:
        """Read, think and append; start again as long as somebody else was faster."""
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
        self.results.append(
            CommandResult(command, accepted, len(decided) - 1, needless, waited, len(history))
        )
        return accepted

    def _look(self, command: SimulatedCommand, part: str | Query) -> tuple[list[object], Append]:
        """Return the events that the command depends on, and an append that is rejected if there are more."""
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
        """Append the decision and return whether there was no conflict; append nothing without events."""
        if not decision:
            return True
        now = self._opening + timedelta(seconds=self.world.now)
        try:
            self._store.append_batch([structs.replace(append, events=decision, occurred_at=now)])
        except (WrongExpectedVersion, AppendConditionFailed):
            return False
        return True
