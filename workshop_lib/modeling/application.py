"""The application layer: a use case loads, decides and appends. It holds no rule of the domain.

    def start_charging(sessions, session, token, click):
        return handle(sessions, session, StartCharging(token), command_id=click, retry=retry_if_unchanged())

What it adds is what goes wrong between two programs. Somebody else is faster: the policy of the use case says
whether to decide again; it gets the `Conflict`, which says whether the decision still holds. A driver
clicks twice, or a program dies before it hears the answer: a command id makes a command count once, because
the ids of its events follow from it. Read `workshop_lib.store.conflict` next.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count, takewhile
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from workshop_lib.events import Metadata, RecordedEvent, WorkshopError, shortened
from workshop_lib.modeling.decider import decision, fold
from workshop_lib.modeling.repository import Repository
from workshop_lib.store.arguments import checked_id
from workshop_lib.store.conflict import Conflict, Decision, NothingWon
from workshop_lib.store.errors import EventIdTaken, WrongExpectedVersion

Retry = Callable[[int, Conflict], bool]
"""Whether to decide again after so many lost races, the last one as explained. A decision of the business:
who lost the race for a connector wants to be told, who lost the race to note a reading does not care.
"""


def no_retry(lost: int, conflict: Conflict) -> bool:
    """Tell whoever asked that somebody was faster."""
    return False


def retry_if_unchanged(times: int = 10) -> Retry:
    """Append again as long as the very same events would be decided."""
    return lambda lost, conflict: lost <= times and conflict.still_holds


def decide_again(times: int = 10) -> Retry:
    """Take whatever is decided upon the new state, be it a refusal."""
    return lambda lost, conflict: lost <= times


class ConcurrencyConflict(WorkshopError):
    """Somebody was faster, and the policy of the use case is not to decide again."""

    def __init__(self, command: object, lost: int, conflict: Conflict) -> None:
        self.command, self.lost, self.conflict = command, lost, conflict
        times = "once" if lost == 1 else f"{lost} times"
        super().__init__(
            f"You asked for {shortened(command)}, but somebody was faster, {times}, and this use case does "
            f"not decide again by itself. Look at what came in between and ask again if you still want it.\n"
            f"{conflict}"
        )


class CommandIdTaken(WorkshopError):
    """A command came with the id of another one: to answer it with what came of that one would mislead."""

    def __init__(self, command: object, command_id: UUID, before: Sequence[RecordedEvent]) -> None:
        self.command, self.command_id, self.before = command, command_id, tuple(before)
        told = ", ".join(shortened(each.event) for each in before)
        super().__init__(
            f"You asked for {shortened(command)} with the command id {command_id}, but another command had "
            f"that id: {told} came of it, version {before[-1].version} of {before[-1].stream}, and this one "
            "would not have come to that. Nothing was recorded; give each command an id of its own, and "
            "repeat a command word for word."
        )


class Handled(NamedTuple):
    """What came of a command: its events, the stream's version after them, and whether this very command
    was found recorded before.
    """

    events: tuple[Any, ...]
    version: int
    repeated: bool = False


def handle(
    repository: Repository[Any, Any, Any],
    id_: object,
    command: object,
    *,
    command_id: UUID | str | None = None,
    retry: Retry = no_retry,
    occurred_at: datetime | None = None,
    tags: Sequence[str] = (),
    metadata: Metadata | None = None,
    correlation_id: UUID | None = None,
    causation_id: UUID | None = None,
) -> Handled:
    """Have an aggregate decide upon a command and record what it decides.

    With a command id the command counts once, however often it is sent; its events name it as their cause
    unless another one is given (`**caused_by(recorded)`). Make a new id for each command: who uses one
    again for something else on the same aggregate is told so. The log keeps events and no commands, so a
    repeated command is known by deciding it again upon what stood there then: one that comes to the very
    same events counts as the same, and one that came to no event leaves no trace. Raises what `decide`
    raises, `ConcurrencyConflict`, and `CommandIdTaken`. The other keywords are those of `append`.
    """
    command_id = checked_id("command_id", command_id)
    options = {
        "occurred_at": occurred_at,
        "tags": tags,
        "metadata": metadata,
        "correlation_id": correlation_id or command_id,
        "causation_id": causation_id or command_id,
    }
    return _Handling(repository, id_, command, command_id, retry, options).outcome()


@dataclass(frozen=True)
class _Handling:
    """One command on its way through the application."""

    repository: Repository[Any, Any, Any]
    id_: object
    command: object
    command_id: UUID | None
    retry: Retry
    options: dict[str, Any]

    def outcome(self) -> Handled:
        decided, version = self._decided()
        for lost in count(1):
            if isinstance(decided, Exception) or not decided:
                break
            try:
                return self._append(decided, version)
            except EventIdTaken as taken:
                decided = taken
            except WrongExpectedVersion as refused:
                conflict = self._conflict(refused, decided, version)
                if not self.retry(lost, conflict):
                    raise ConcurrencyConflict(self.command, lost, conflict) from refused
                decided, version = conflict.decision_now, conflict.now
        return self._nothing_new(decided, version)

    def _decided(self) -> tuple[Decision, int]:
        state, version = self.repository.load(self.id_)
        try:
            return tuple(decision(self.repository.decider, state, self.command)), version
        except Exception as refusal:
            return refusal, version

    def _conflict(self, refused: WrongExpectedVersion, decided: Decision, version: int) -> Conflict:
        """What came in between, and what is decided now. Raises `NothingWon`."""
        if not refused.retry_is_sensible:
            raise NothingWon(refused)
        decided_now, now = self._decided()
        stream = self.repository.store.read_stream(refused.stream)
        since = tuple(seen for seen in stream if version < seen.version <= now)
        return Conflict(refused.stream, "version", version, now, since, decided, decided_now)

    def _append(self, events: tuple[object, ...], version: int) -> Handled:
        ids = [self._event_id(number) for number in range(len(events))] if self.command_id else None
        result = self.repository.save(self.id_, events, version, event_ids=ids, **self.options)
        if ids and result.version != version + len(events):  # the store knew them and recorded nothing
            return self._nothing_new((), result.version)
        return Handled(events, result.version)

    def _nothing_new(self, decided: Decision, version: int) -> Handled:
        """What a command comes to that cannot be recorded now: perhaps it was, when it came before."""
        if before := self._recorded_before():
            return Handled(tuple(each.event for each in before), before[-1].version, repeated=True)
        if isinstance(decided, Exception):
            raise decided
        return Handled((), version)

    def _recorded_before(self) -> list[RecordedEvent]:
        """The events of this command, one behind the other, if it was handled before. Raises
        `CommandIdTaken`.
        """
        if self.command_id is None:
            return []
        history = [*self.repository.store.read_stream(self.repository.stream_of(self.id_))]
        known = [*takewhile(lambda each: each.event_id != self._event_id(0), history)]
        since = enumerate(history[len(known) :])
        ours = [recorded for number, recorded in since if recorded.event_id == self._event_id(number)]
        if ours and not self._comes_to(ours, known):
            raise CommandIdTaken(self.command, self.command_id, ours)
        return ours

    def _comes_to(self, events: list[RecordedEvent], known: list[RecordedEvent]) -> bool:
        """Whether this command leads from the one to the other: `decide` looks at nothing else."""
        try:
            decider = self.repository.decider
            decided = decision(decider, fold(decider, [each.event for each in known]), self.command)
        except Exception:
            return False
        return decided == [each.event for each in events]

    def _event_id(self, number: int) -> UUID:
        """Which id the events of a command have follows from the command: the same in every program."""
        assert self.command_id is not None
        return uuid5(self.command_id, f"{self.repository.stream_of(self.id_)}/{number}")
