"""The application layer: a use case loads, decides and appends. It contains no rule of the domain.

    def start_charging(sessions, session, token, click):
        return handle(sessions, session, StartCharging(token), command_id=click, retry=retry_if_unchanged())

It handles what goes wrong between two programs. If somebody else appends first, the retry policy of the use
case decides whether to try again; the `Conflict` shows whether the decision still holds. If a driver clicks
twice, or a program crashes before it gets the answer, a command id makes the command count once, because the
ids of its events are derived from it. A rule over several streams is passed along (`rule.py`). Read
`workshop_lib.store.conflict` next.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count, dropwhile
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID, uuid5

from workshop_lib.events import Metadata, RecordedEvent, WorkshopError, shortened
from workshop_lib.modeling.decider import Refused, decision
from workshop_lib.modeling.repository import Repository
from workshop_lib.modeling.rule import Rule
from workshop_lib.store.arguments import checked_id
from workshop_lib.store.conflict import Conflict, Decision, query_in_words
from workshop_lib.store.errors import AppendConditionFailed, EventIdTaken, WrongExpectedVersion
from workshop_lib.store.port import AppendCondition, AppendOptions

Command = TypeVar("Command")
Event = TypeVar("Event")

Retry = Callable[[int, Conflict], bool]
"""Whether to try again, given the number of lost races and the last conflict. The business decides this: a
driver who lost the race for a connector wants to know; a lost race to record a meter reading is tried again.
"""


def no_retry(lost: int, conflict: Conflict) -> bool:
    """Do not try again: raise `ConcurrencyConflict`."""
    return False


def retry_if_unchanged(times: int = 10) -> Retry:
    """Append again as long as the decision is exactly the same."""
    return lambda lost, conflict: lost <= times and conflict.still_holds


def decide_again(times: int = 10) -> Retry:
    """Retry and accept the new decision, even a refusal."""
    return lambda lost, conflict: lost <= times


class ConcurrencyConflict(WorkshopError):
    """Somebody else appended first, and the use case does not try again."""

    def __init__(self, command: object, lost: int, conflict: Conflict) -> None:
        self.command, self.lost, self.conflict = command, lost, conflict
        times = "once" if lost == 1 else f"{lost} times"
        super().__init__(
            f"You asked for {shortened(command)}, but somebody was faster, {times}, and this use case does "
            f"not decide again by itself. Look at what came in between and ask again if you still want it.\n"
            f"{conflict}"
        )


class Handled(NamedTuple, Generic[Event]):
    """The result of a command: its events, the stream's version after them, the position that a read model
    must have reached to show them, and whether the command had been recorded before.
    """

    events: tuple[Event, ...]
    version: int
    position: int
    repeated: bool = False


class Refusal(NamedTuple):
    """A command that was refused, the stream it was meant for, and the rule that forbids it."""

    stream: str
    command: object
    refused: Refused
    command_id: UUID | None


def handle(
    repository: Repository[Command, Any, Event],
    id_: object,
    command: Command,
    *,
    command_id: UUID | str | None = None,
    rule: Rule | None = None,
    retry: Retry = no_retry,
    on_refusal: Callable[[Refusal], object] | None = None,
    occurred_at: datetime | None = None,
    tags: Sequence[str] = (),
    metadata: Metadata | None = None,
    correlation_id: UUID | None = None,
    causation_id: UUID | None = None,
) -> Handled[Event]:
    """Load an aggregate, decide a command and append the events.

    With a command id the command counts once, however often it is sent: a repetition gets the events that
    were recorded the first time. They name the command as their cause unless another cause is given
    (`**caused_by(recorded)`). Make a new id for each command. A refused command leaves no event: it may be
    sent again with its id, and `on_refusal` may record the refusal in a stream of its own. A `rule` is about
    several streams: the append fails if anything that it is about was recorded since. Raises what `decide`
    and the rule raise, and `ConcurrencyConflict`. The other keywords are those of `append`.
    """
    command_id = checked_id("command_id", command_id)
    options = AppendOptions(
        occurred_at=occurred_at,
        tags=tags,
        metadata=metadata,
        correlation_id=correlation_id or command_id,
        causation_id=causation_id or command_id,
    )
    return _Handling(repository, id_, command, command_id, rule, retry, on_refusal, options).outcome()


class _Look(NamedTuple):
    """A decision and what it rests on: the version of its stream, and what its rule has read."""

    decided: Decision
    version: int
    known: Sequence[RecordedEvent]
    condition: AppendCondition | None


@dataclass(frozen=True)
class _Handling(Generic[Command, Event]):
    """One call of `handle`."""

    repository: Repository[Command, Any, Event]
    id_: object
    command: Command
    command_id: UUID | None
    rule: Rule | None
    retry: Retry
    on_refusal: Callable[[Refusal], object] | None
    options: AppendOptions

    def outcome(self) -> Handled[Event]:
        look = self._look()
        for lost in count(1):
            if isinstance(look.decided, Exception) or not look.decided:
                break
            try:
                return self._append(look.decided, look)
            except EventIdTaken as taken:
                look = look._replace(decided=taken)
            except (WrongExpectedVersion, AppendConditionFailed) as error:
                now = self._look()
                conflict = self._conflict(error, look, now)
                if not self.retry(lost, conflict):
                    raise ConcurrencyConflict(self.command, lost, conflict) from error
                look = now
        return self._nothing_new(look.decided, look.version)

    def _look(self) -> _Look:
        known, condition = self.rule.read(self.repository.store) if self.rule else ([], None)
        state, version = self.repository.load(self.id_)
        try:
            decided: Decision = tuple(decision(self.repository.decider, state, self.command))
            if self.rule and decided:
                self.rule.check([recorded.event for recorded in known])
        except Exception as refusal:
            decided = refusal
        return _Look(decided, version, known, condition)

    def _conflict(self, error: Exception, before: _Look, now: _Look) -> Conflict:
        """Return what was appended in between. Raises the given error if nothing was."""
        if isinstance(error, AppendConditionFailed) and before.condition and now.condition:
            upon, place = query_in_words(before.condition.query), "position"
            first, last, history = before.condition.after, now.condition.after, now.known
        elif isinstance(error, WrongExpectedVersion) and error.retry_is_sensible:
            upon, place, first, last = error.stream, "version", before.version, now.version
            history = [*self.repository.store.read_stream(upon)]
        else:
            raise error
        since = tuple(recorded for recorded in history if first < getattr(recorded, place) <= last)
        return Conflict(upon, place, first, last, since, before.decided, now.decided)

    def _append(self, events: tuple[Any, ...], look: _Look) -> Handled[Event]:
        ids = [self._event_id(number) for number in range(len(events))] if self.command_id else None
        options: AppendOptions = {**self.options, "event_ids": ids, "condition": look.condition}
        result = self.repository.save(self.id_, events, look.version, **options)
        if ids and result.version != look.version + len(events):  # they were in the store already
            return self._nothing_new((), result.version)
        return Handled(events, result.version, max(getattr(result, "positions", ()), default=0))

    def _nothing_new(self, decided: Decision, version: int) -> Handled[Event]:
        """Return the earlier result of this command, if any; else raise the error or return no events."""
        if self.command_id and (before := self._recorded_before()):
            events = tuple(recorded.event for recorded in before)
            return Handled(events, before[-1].version, before[-1].position, repeated=True)
        if isinstance(decided, Refused) and self.on_refusal:
            stream = self.repository.stream_of(self.id_)
            self.on_refusal(Refusal(stream, self.command, decided, self.command_id))
        if isinstance(decided, Exception):
            raise decided
        return Handled((), version, self.repository.store.position())

    def _recorded_before(self) -> list[RecordedEvent]:
        """Return the events of this command, in order, if it was handled before."""
        history = self.repository.store.read_stream(self.repository.stream_of(self.id_))
        since = dropwhile(lambda recorded: recorded.event_id != self._event_id(0), history)
        return [each for number, each in enumerate(since) if each.event_id == self._event_id(number)]

    def _event_id(self, number: int) -> UUID:
        """Derive the id of an event from its command, so that it is the same in every program."""
        assert self.command_id is not None
        return uuid5(self.command_id, f"{self.repository.stream_of(self.id_)}/{number}")
