"""The application layer: a use case loads, decides and appends. It contains no rule of the domain.

    def start_charging(sessions, session, token, click):
        return handle(sessions, session, StartCharging(token), command_id=click, retry=retry_if_unchanged())

It handles what goes wrong between two programs. If somebody else appends first, the retry policy of the use
case decides whether to try again; the `Conflict` shows whether the decision still holds. If a driver clicks
twice, or a program crashes before it gets the answer, a command id makes the command count once, because the
ids of its events are derived from it. Read `workshop_lib.store.conflict` next.
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


class CommandIdTaken(WorkshopError):
    """The id of a command was already used by a different command."""

    def __init__(self, command: object, command_id: UUID, before: Sequence[RecordedEvent]) -> None:
        self.command, self.command_id, self.before = command, command_id, tuple(before)
        recorded = ", ".join(shortened(each.event) for each in before)
        super().__init__(
            f"You asked for {shortened(command)} with the command id {command_id}, but another command had "
            f"that id: it recorded {recorded} (version {before[-1].version} of {before[-1].stream}), and "
            "this one would have decided something else. Nothing was recorded. Give each command an id of "
            "its own, and do not change a command when you repeat it."
        )


class Handled(NamedTuple):
    """The result of a command: its events, the stream's version after them, and whether the command had
    been recorded before.
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
    """Load an aggregate, decide a command and append the events.

    With a command id the command counts once, however often it is sent; its events name it as their cause
    unless another cause is given (`**caused_by(recorded)`). Make a new id for each command: an id that is
    used again for something else on the same aggregate raises `CommandIdTaken`. The log stores events and no
    commands, so a repeated command is recognised by deciding it again on the state of that time: if the
    events are the same, so is the command. A command without events leaves no trace. Raises what `decide`
    raises, and `ConcurrencyConflict`. The other keywords are those of `append`.
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
    """One call of `handle`."""

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
            except WrongExpectedVersion as error:
                conflict = self._conflict(error, decided, version)
                if not self.retry(lost, conflict):
                    raise ConcurrencyConflict(self.command, lost, conflict) from error
                decided, version = conflict.decision_now, conflict.now
        return self._nothing_new(decided, version)

    def _decided(self) -> tuple[Decision, int]:
        state, version = self.repository.load(self.id_)
        try:
            return tuple(decision(self.repository.decider, state, self.command)), version
        except Exception as refusal:
            return refusal, version

    def _conflict(self, error: WrongExpectedVersion, decided: Decision, version: int) -> Conflict:
        """Read what was appended in between and decide again. Raises `NothingWon`."""
        if not error.retry_is_sensible:
            raise NothingWon(error)
        decided_now, now = self._decided()
        stream = self.repository.store.read_stream(error.stream)
        since = tuple(seen for seen in stream if version < seen.version <= now)
        return Conflict(error.stream, "version", version, now, since, decided, decided_now)

    def _append(self, events: tuple[object, ...], version: int) -> Handled:
        ids = [self._event_id(number) for number in range(len(events))] if self.command_id else None
        result = self.repository.save(self.id_, events, version, event_ids=ids, **self.options)
        if ids and result.version != version + len(events):  # they were in the store already
            return self._nothing_new((), result.version)
        return Handled(events, result.version)

    def _nothing_new(self, decided: Decision, version: int) -> Handled:
        """Return the earlier result of this command, if any; else raise the error or return no events."""
        if before := self._recorded_before():
            return Handled(tuple(each.event for each in before), before[-1].version, repeated=True)
        if isinstance(decided, Exception):
            raise decided
        return Handled((), version)

    def _recorded_before(self) -> list[RecordedEvent]:
        """Return this command's events in order, if it was handled before. Raises `CommandIdTaken`."""
        if self.command_id is None:
            return []
        history = [*self.repository.store.read_stream(self.repository.stream_of(self.id_))]
        known = [*takewhile(lambda each: each.event_id != self._event_id(0), history)]
        since = enumerate(history[len(known) :])
        ours = [recorded for number, recorded in since if recorded.event_id == self._event_id(number)]
        if ours and not self._decides(ours, known):
            raise CommandIdTaken(self.command, self.command_id, ours)
        return ours

    def _decides(self, events: list[RecordedEvent], known: list[RecordedEvent]) -> bool:
        """Whether this command, decided after the known events, leads to exactly these events."""
        try:
            decider = self.repository.decider
            decided = decision(decider, fold(decider, [each.event for each in known]), self.command)
        except Exception:
            return False
        return decided == [each.event for each in events]

    def _event_id(self, number: int) -> UUID:
        """Derive the id of an event from its command, so that it is the same in every program."""
        assert self.command_id is not None
        return uuid5(self.command_id, f"{self.repository.stream_of(self.id_)}/{number}")
