"""Explain a conflict: which events were appended first, and whether the decision would be the same.

A conflict means that a decision was based on a history that has since grown. Pass `explain` the error, the
store and the function that decided. It decides twice, on the history as it was and as it is now, and compares
the results. It appends nothing; it returns the version at which the caller can append. It uses only the
methods of `port.py`, so it works on every store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import cast

from workshop_lib.events import RecordedEvent, shortened
from workshop_lib.store.errors import AppendConditionFailed, StoreError, WrongExpectedVersion
from workshop_lib.store.port import Query, Reading

Decide = Callable[[list[object]], Iterable[object]]
"""Maps the events of a history to the events of a decision; raises to refuse."""

Decision = tuple[object, ...] | Exception
"""The decided events, or the exception raised to refuse."""

SHOWN = 5
"""How many of the later events are listed."""


class NothingWon(StoreError):
    """The error to explain was not caused by another append."""

    def __init__(self, refused: WrongExpectedVersion) -> None:
        self.refused = refused
        super().__init__(
            f"You asked who was faster at {refused.stream}, but nobody was: the stream never had the "
            f"expected version; it has version {refused.actual}. Check where the expected version came from."
        )


@dataclass(frozen=True, repr=False)
class Conflict:
    """The history a rejected append was based on, the events since, and what would be decided now."""

    upon: str
    """The history of the decision, in words."""
    place: str
    """The unit of that history: `version` (of its stream) or `position` (in the log)."""
    before: int
    """The version (or position) up to which the caller had read the history."""
    now: int
    """The version (or position) that `decision_now` is based on: expect it when you append."""
    events_since: tuple[RecordedEvent, ...]
    decision_before: Decision
    decision_now: Decision

    @property
    def still_holds(self) -> bool:
        """Whether the same events would be decided on the current history."""
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
            return "That function would have refused from the start. Pass the one that made the decision."
        if isinstance(self.decision_now, Exception):
            return (
                f"The decision no longer holds; now it is {_shown(self.decision_now)}. "
                "Do not append it; report this to the caller."
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
    """Return which events were appended since the caller's read, and whether the decision still holds.

    `decide` is called twice with events of the stream (or, for a condition, the events its query matches):
    first those the caller had read, then all of them. Raises `NothingWon` if no event came in between.
    """
    if isinstance(refused, AppendConditionFailed):
        query, end = cast(Query, refused.query), store.position()
        history = list(store.read(query=query))
        now = max([end, *(recorded.position for recorded in history[-1:])])
        return _compared(query_in_words(query), "position", refused.after, now, history, decide)
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
    except Exception as error:
        return error


def _shown(decision: Decision) -> str:
    if isinstance(decision, Exception):
        return f"refused ({type(decision).__name__}: {decision})"
    return ", ".join(map(shortened, decision)) or "nothing to record"


def query_in_words(query: Query) -> str:
    """Return what a query selects: `the events of type CopyLent tagged member-ada`."""
    return ", or ".join(map(_in_words, query.each()))


def _in_words(query: Query) -> str:
    kinds = f"the events of type {' or '.join(query.types)}" if query.types else "the events of all types"
    return f"{kinds} tagged {' and '.join(query.tags)}" if query.tags else kinds
