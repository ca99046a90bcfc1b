"""A token charges at one place at a time: a rule that no single stream can keep.

Why it exists: each session has its own stream, so two sessions that start at the same moment do not conflict.
Here the rule is broken once and kept twice. `start_naively` reads first and then appends, and somebody else
may do the same in between. `start_on_condition` appends only if no session of this token has started since it
read: the tags draw a boundary around all sessions of one token. `start` leaves this to the library, with
`one_place` as its rule. `OnePlace` allows the violation and repairs it: a process that follows the
log and stops every session but the first (OCPP: DeAuthorized). `clashing` finds the violations from the log
alone. Read `workshop_lib/charging/policies.py` for policies without state.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, get_args

from workshop_lib.charging import session as sessions
from workshop_lib.charging.session import ChargingStarted, ChargingStopped, StartCharging, StopCharging
from workshop_lib.events import RecordedEvent
from workshop_lib.modeling import Refused
from workshop_lib.modeling.application import decide_again, handle
from workshop_lib.modeling.repository import Repository
from workshop_lib.modeling.rule import Rule
from workshop_lib.store.errors import NO_STREAM, WrongExpectedVersion
from workshop_lib.store.port import AppendCondition, EventStore, Query, Reading

RUNNING = (sessions.Phase.CHARGING, sessions.Phase.SUSPENDED)


class ChargesElsewhere(Refused):
    """The token is charging at another place (OCPP: ConcurrentTx)."""

    def __init__(self, command: StartCharging, running: Iterable[int]) -> None:
        self.token, self.running = command.token, tuple(sorted(running))
        there = ", ".join(f"session {number}" for number in self.running)
        super().__init__(
            f"a token charges at one place at a time, and {command.token} is charging in {there}",
            f"to start session {command.session}",
            "Stop it first.",
        )


class Seen(NamedTuple):
    """The running sessions of a token, and the position up to which the log was read."""

    running: frozenset[int]
    position: int


def tag(token: str) -> str:
    """Return the tag of all sessions of a token."""
    return f"token-{token}"


def look(store: Reading, token: str) -> Seen:
    """Return the running sessions of a token."""
    position = store.position()
    recorded = store.as_of(position=position).read(query=starts_and_stops(token))
    return Seen(running_in(seen.event for seen in recorded), position)


def starts_and_stops(token: str) -> Query:
    """Select the events that show where a token is charging."""
    return Query(["ChargingStarted", "ChargingStopped"], [tag(token)])


def running_in(events: Iterable[object]) -> frozenset[int]:
    """Return the sessions that were started and not stopped."""
    running = set[int]()
    for event in events:
        match event:
            case ChargingStarted(session=session):
                running.add(session)
            case ChargingStopped(session=session):
                running.discard(session)
    return frozenset(running)


# The naive way, and the append condition


def start_naively(store: EventStore, command: StartCharging, seen: Seen) -> None:
    """Start a session unless one was running in `seen`; later starts go unnoticed. Raises `Refused`."""
    _append_start(store, command, seen, None)


def start_on_condition(store: EventStore, command: StartCharging, seen: Seen) -> None:
    """Start a session unless one of this token was running in `seen` or has started since.

    Raises `Refused`, or `AppendConditionFailed` if the caller has to look again.
    """
    others = Query(["ChargingStarted"], [tag(command.token)])
    _append_start(store, command, seen, AppendCondition(others, after=seen.position))


def one_place(command: StartCharging) -> Rule:
    """Return the rule for a session that is to start."""

    def check(events: Iterable[object]) -> None:
        if running := running_in(events):
            raise ChargesElsewhere(command, running)

    return Rule(starts_and_stops(command.token), check)


def start(store: EventStore, command: StartCharging) -> None:
    """Start a session; decide again if somebody else was faster. Raises `Refused`."""
    handle(
        _sessions(store),
        command.session,
        command,
        rule=one_place(command),
        tags=[tag(command.token)],
        retry=decide_again(1_000),
    )


def stop(store: EventStore, command: StopCharging) -> None:
    """Stop a session. Raises `Refused`, or `WrongExpectedVersion` if its stream has grown meanwhile."""
    repository = _sessions(store)
    state, version = repository.load(command.session)
    decided = sessions.decide(command, state)
    repository.save(command.session, decided, version, tags=[tag(state.token or "")])


def _append_start(
    store: EventStore, command: StartCharging, seen: Seen, condition: AppendCondition | None
) -> None:
    if seen.running:
        raise ChargesElsewhere(command, seen.running)
    decided = sessions.decide(command, sessions.initial)
    tags = [tag(command.token)]
    _sessions(store).save(command.session, decided, NO_STREAM, condition=condition, tags=tags)


def _sessions(store: EventStore) -> Repository[sessions.Command, sessions.Session, sessions.Event]:
    return Repository(store, sessions.decider, "session")


# The process, with compensation

WATCHED = Query([fact.__name__ for fact in get_args(sessions.Event)])


@dataclass(frozen=True)
class OnePlace:
    """The state of the process: every session, in the order of their starts."""

    sessions: Mapping[int, sessions.Session] = field(default_factory=dict)


class Checkpoint(NamedTuple):
    """The state of a process, and the position up to which it has read."""

    process: OnePlace = OnePlace()
    position: int = 0


def evolve(process: OnePlace, event: sessions.Event) -> OnePlace:
    """Return the state of the process after one more event."""
    before = process.sessions.get(event.session, sessions.initial)
    return OnePlace({**process.sessions, event.session: sessions.evolve(before, event)})


def due(process: OnePlace) -> list[StopCharging]:
    """Return the commands that are still to be sent: stop each token's running sessions but the first."""
    first: set[str | None] = set()
    commands = []
    for number, session in process.sessions.items():
        if session.phase in RUNNING and session.token in first:
            commands.append(StopCharging(number, session.meter_wh, sessions.StopReason.DEAUTHORIZED))
        elif session.phase in RUNNING:
            first.add(session.token)
    return commands


def run_process(store: EventStore, since: Checkpoint = Checkpoint()) -> Checkpoint:  # noqa: B008 (it is frozen)
    """Read on, and send commands until none is left. It may be killed anywhere, or run twice at once.

    If a command comes too late, the log has grown, and the commands are computed again. If the log has not
    grown, as with a session that is recorded in a stream of another name, a refused command is sent again by
    the next run.
    """
    process, position = since
    refused: list[StopCharging] = []
    while True:
        before = position
        for recorded in store.read(after=position, query=WATCHED):
            process, position = evolve(process, recorded.event), recorded.position
        commands = due(process)
        if not commands or (commands == refused and position == before):
            return Checkpoint(process, position)
        refused = []
        for command in commands:
            try:
                stop(store, command)
            except WrongExpectedVersion:
                continue
            except Refused:
                refused.append(command)


# The violations, from the log alone


def clashing(log: Iterable[RecordedEvent]) -> Iterator[tuple[int, frozenset[str]]]:
    """Yield each position with the tokens that are charging at more than one place."""
    token_of: dict[int, str] = {}
    places: dict[str, set[int]] = {}
    for recorded in log:
        match recorded.event:
            case ChargingStarted(session=session, token=token):
                token_of[session] = token
                places.setdefault(token, set()).add(session)
            case ChargingStopped(session=session):
                places.get(token_of.get(session, ""), set()).discard(session)
        yield recorded.position, frozenset(token for token, there in places.items() if len(there) > 1)
