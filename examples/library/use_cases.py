"""The use cases: which aggregate gets a command, under which rule, and what happens in a race."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID

from examples.library import copies, members, queues
from examples.library.copies import COPY, CopyLent, CopyReturned, Lend
from examples.library.members import MEMBER, Standing
from examples.library.queues import QUEUE, Leave
from workshop_lib import (
    EventStore,
    Query,
    Refused,
    Repository,
    Rule,
    decide_again,
    event_type,
    fold,
    handle,
    retry_if_unchanged,
)
from workshop_lib.modeling.application import Handled, Refusal, Retry

MOST_LOANS = 3
AGAIN = decide_again()

C = TypeVar("C")
E = TypeVar("E")

Command = copies.Command | members.Command | queues.Command


@event_type("CommandRefused")
class CommandRefused:
    """Somebody wanted what a rule forbids. It happened to no aggregate, so it has a stream of its own."""

    command: str
    rule: str


def may_borrow(copy: str, member: str) -> Rule:
    """Return the rule of a loan: a member in good standing, three loans at most, nobody first in line."""

    def check(events: Sequence[object]) -> None:
        standing = fold(MEMBER, [event for event in events if isinstance(event, members.Event)])
        if standing is not Standing.MEMBER:
            raise Refused(f"{member} {standing.value}")
        loans = [type(event) for event in events if getattr(event, "member", None) == member]
        if loans.count(CopyLent) - loans.count(CopyReturned) >= MOST_LOANS:
            raise Refused(f"{member} has {MOST_LOANS} loans, and nobody has more")
        line = [event for event in events if isinstance(event, queues.Event) and event.copy == copy]
        if (queue := fold(QUEUE, line)) and queue[0] != member:
            raise Refused(f"{queue[0]} is first in line for {copy}")

    return Rule(Query(tags=[f"member-{member}"]) | Query(tags=[f"copy-{copy}"]), check)


def tags_of(event: object) -> list[str]:
    """Return the tags by which a rule finds an event: its copy and its member."""
    return [f"{name}-{getattr(event, name)}" for name in ("copy", "member") if hasattr(event, name)]


class Library:
    """The library's use cases on a store."""

    def __init__(self, store: EventStore) -> None:
        self.store = store
        self.copies = Repository(store, COPY, "copy", tags_of=tags_of)
        self.members = Repository(store, MEMBER, "member", tags_of=tags_of)
        self.queues = Repository(store, QUEUE, "queue", tags_of=tags_of)

    def do(self, command: Command, command_id: UUID | None = None) -> Handled[Any]:
        """Handle a command once, however often it is sent with its id.

        Raises `Refused`, and `ConcurrencyConflict` if somebody was faster and it makes a difference.
        """
        match command:
            case Lend():
                return self._lend(command, command_id)
            case copies.Buy() | copies.TakeBack():
                return self._handle(self.copies, command.copy, command, command_id)
            case members.Join() | members.Bar():
                return self._handle(self.members, command.member, command, command_id)
            case queues.Reserve() | queues.Leave():
                return self._handle(self.queues, command.copy, command, command_id)

    def _lend(self, lend: Lend, command_id: UUID | None) -> Handled[Any]:
        """Lend a copy and end the reservation; if the program dies in between, a repetition does the rest."""
        rule, retry = may_borrow(lend.copy, lend.member), retry_if_unchanged()
        lent = self._handle(self.copies, lend.copy, lend, command_id, rule, retry)
        line = Repository(self.store.as_of(position=lent.position), QUEUE, "queue").load(lend.copy).state
        if lend.member not in line:  # a late repetition does not end a reservation made after the loan
            return lent
        left = self._handle(self.queues, lend.copy, Leave(lend.copy, lend.member), command_id)
        return lent._replace(position=max(lent.position, left.position))

    def _handle(
        self,
        repository: Repository[C, Any, E],
        id_: str,
        command: C,
        command_id: UUID | None,
        rule: Rule | None = None,
        retry: Retry = AGAIN,
    ) -> Handled[E]:
        return handle(
            repository, id_, command, command_id=command_id, rule=rule, retry=retry, on_refusal=self._record
        )

    def _record(self, refusal: Refusal) -> None:
        event = CommandRefused(repr(refusal.command), refusal.refused.rule)
        self.store.append(f"refusals-{refusal.stream}", [event], causation_id=refusal.command_id)
