"""The conflict explainer: who was faster, and would the decision still be the same?

A refused append is no failure. It says that the decision rested on a history that has since gone on. Give
`explain` the refusal, the store and the function that decided: it decides again, once upon the history as it
was and once upon the history as it is, and compares. Nothing is appended; that is for the caller to do, who
now knows at which version. It asks only what `port.py` promises, so it works on every store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import cast

from workshop_lib.events import RecordedEvent, shortened
from workshop_lib.store.errors import AppendConditionFailed, StoreError, WrongExpectedVersion
from workshop_lib.store.port import Query, Reading

Decide = Callable[[list[object]], Iterable[object]]
"""From the events of a history to the events of a decision; it may refuse by raising."""

Decision = tuple[object, ...] | Exception
"""The events that were decided, or the refusal."""

SHOWN = 5
"""How many of the events since are shown in words."""


class NothingWon(StoreError):
    """An explanation was asked of a refusal that no other append has caused."""

    def __init__(self, refused: WrongExpectedVersion) -> None:
        self.refused = refused
        super().__init__(
            f"You asked who was faster at {refused.stream}, but nobody was: what the append expected was "
            f"never true of it; it had version {refused.actual}. Check where the expected version came from."
        )


@dataclass(frozen=True, repr=False)
class Conflict:
    """What a refused append was decided upon, what came in between, and what would be decided now."""

    upon: str
    """The history that was decided upon, in words."""
    place: str
    """How that history counts: in versions of its stream, or in positions of the log."""
    before: int
    """The version (or position) up to which the caller knew the history."""
    now: int
    """The version (or position) that `decision_now` rests on: expect this one when you append it."""
    events_since: tuple[RecordedEvent, ...]
    decision_before: Decision
    decision_now: Decision

    @property
    def still_holds(self) -> bool:
        """Whether the same events would be decided upon the history as it is now."""
        return not isinstance(self.decision_now, Exception) and self.decision_now == self.decision_before

    def __str__(self) -> str:
        decided = (
            f"You decided upon {self.upon} as of {self.place} {self.before}: {_shown(self.decision_before)}."
        )
        return "\n".join([decided, *self._since(), self._verdict()])

    __repr__ = __str__

    def _since(self) -> list[str]:
        shown = [f"  {self._place_of(recorded)}" for recorded in self.events_since[:SHOWN]]
        more = len(self.events_since) - SHOWN
        return ["Since then came:", *shown, *([f"  … and {more} more"] if more > 0 else [])]

    def _place_of(self, recorded: RecordedEvent) -> str:
        return f"{self.place} {getattr(recorded, self.place)}, {recorded.stream}: {shortened(recorded.event)}"

    def _verdict(self) -> str:
        again = f"at {self.place} {self.now}"
        if self.still_holds:
            return f"The decision still holds. Append it again {again}."
        if isinstance(self.decision_before, Exception):
            return "That function had refused from the start. Explain with the one that made the decision."
        if isinstance(self.decision_now, Exception):
            return (
                f"The decision no longer holds; now it is {_shown(self.decision_now)}. "
                "Do not append it: tell whoever asked for it."
            )
        if not self.decision_now:
            return "The decision no longer holds; now there is nothing left to record. Append nothing."
        return (
            f"The decision no longer holds; now it is {_shown(self.decision_now)}. "
            f"If that is still wanted, append it {again}."
        )


def explain(
    refused: WrongExpectedVersion | AppendConditionFailed, store: Reading, decide: Decide
) -> Conflict:
    """Say which events won since the caller's read, and whether the decision would still hold.

    `decide` is called twice, with the events of the stream (or, for a condition, with the events that its
    query finds): those the caller knew, and all there are. Raises `NothingWon` if no event came in between.
    """
    if isinstance(refused, AppendConditionFailed):
        query, end = cast(Query, refused.query), store.position()
        history = list(store.read(query=query))
        words = ", or ".join(map(_in_words, query.each()))
        now = max([end, *(recorded.position for recorded in history[-1:])])
        return _compared(words, "position", refused.after, now, history, decide)
    if not refused.retry_is_sensible:
        raise NothingWon(refused)
    history = list(store.read_stream(refused.stream))
    return _compared(refused.stream, "version", cast(int, refused.expected), len(history), history, decide)


def _compared(
    upon: str, place: str, before: int, now: int, history: list[RecordedEvent], decide: Decide
) -> Conflict:
    known = [recorded for recorded in history if getattr(recorded, place) <= before]
    since = tuple(history[len(known) :])
    return Conflict(upon, place, before, now, since, _decision(decide, known), _decision(decide, history))


def _decision(decide: Decide, history: Sequence[RecordedEvent]) -> Decision:
    try:
        return tuple(decide([recorded.event for recorded in history]))
    except Exception as refusal:
        return refusal


def _shown(decision: Decision) -> str:
    if isinstance(decision, Exception):
        return f"refused ({type(decision).__name__}: {decision})"
    return ", ".join(map(shortened, decision)) or "nothing to record"


def _in_words(query: Query) -> str:
    kinds = f"the events of type {' or '.join(query.types)}" if query.types else "the events of all types"
    return f"{kinds} tagged {' and '.join(query.tags)}" if query.tags else kinds
