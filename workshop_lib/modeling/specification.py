"""Given these events, when this command, then those events: a rule of the domain, written as a test.

There is no database and no mock: only the decision of an aggregate is checked. `given` takes a decider, or
any function from a history and a command to events, so one specification tests the functional flavour, the
object-oriented one (`aggregate.py`, read it next) and one that uses a store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from workshop_lib.events import WorkshopError, shortened
from workshop_lib.modeling.decider import Decider, Refused, decision, fold
from workshop_lib.modeling.timeline import Row, as_markdown, as_plain_text, as_rows, compare, in_words

Subject = Decider[Any, Any, Any] | Callable[[Sequence[Any], Any], Iterable[Any]]
"""What a specification tests: a decider, or a function from a history and a command to events."""


class NotAsSpecified(WorkshopError, AssertionError):
    """The actual result differs from the expected one; the message shows both as one timeline."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = tuple(rows)
        super().__init__("The rule does not hold.\n" + as_plain_text(rows))

    def _repr_markdown_(self) -> str:
        return f"**The rule does not hold.**\n\n{as_markdown(self.rows)}"


class EvolveRefused(WorkshopError):
    """`evolve` refused an event."""

    def __init__(self, refusal: Refused) -> None:
        self.refusal = refusal
        super().__init__(
            f"You asked what follows from a history, but evolve refuses it: {refusal.rule}. An event has "
            "already happened: let decide refuse, and let evolve return a state for every event."
        )


class EventsInAList(WorkshopError):
    """A list was given where an event is expected."""

    def __init__(self, events: list[object]) -> None:
        self.events = events
        super().__init__(
            f"You gave {shortened(events)} as an event, but it is a list. Pass events one by one: put a "
            "star before it, as in given(decider, *history) and then(*expected)."
        )


def given(subject: Subject, *events: object) -> Given:
    """Begin a specification with a subject and the events before the command."""
    return Given(subject, _one_by_one(events))


@dataclass(frozen=True)
class Given:
    """A subject with a history."""

    subject: Subject
    events: tuple[object, ...]

    def when(self, command: object) -> Decided:
        """Decide a command without recording anything."""
        try:
            return Decided(self.events, command, tuple(self._decided(command)))
        except Exception as refusal:
            return Decided(self.events, command, refusal)

    def _decided(self, command: object) -> Iterable[object]:
        if not isinstance(self.subject, Decider):
            return self.subject(self.events, command)
        try:
            state = fold(self.subject, self.events)
        except Refused as refusal:
            raise EvolveRefused(refusal) from refusal
        return decision(self.subject, state, command)


@dataclass(frozen=True, repr=False)
class Decided:
    """The result of a command: events, or an error. A test continues with `then` or `then_refused`."""

    events: tuple[object, ...]
    command: object
    actual: tuple[object, ...] | Exception

    def then(self, *expected: object) -> Decided:
        """Expect exactly these events in this order; `then()` expects none. Raises `NotAsSpecified`."""
        __tracebackhide__ = True  # pytest shows the line of the test
        _one_by_one(expected)
        if isinstance(self.actual, Exception):
            missing = as_rows(compare((), expected))
            raise NotAsSpecified([*self._story(), *missing, *self._answer()]) from self.actual
        if list(self.actual) != list(expected):
            raise NotAsSpecified([*self._story(), *as_rows(compare(self.actual, expected))])
        return self

    def then_refused(self, because: str | type[Exception] = Refused) -> Decided:
        """Expect a refusal that contains these words, or an error of this type. Raises `NotAsSpecified`."""
        __tracebackhide__ = True
        words, wanted = (because, Refused) if isinstance(because, str) else ("", because)
        error = self.actual if isinstance(self.actual, Exception) else None
        if isinstance(error, wanted) and words.lower() in getattr(error, "rule", str(error)).lower():
            return self
        missing = Row("Then", "–", "missing", f"refused: {words or wanted.__name__}")
        raise NotAsSpecified([*self._story(), missing, *self._answer()]) from error

    @property
    def rows(self) -> tuple[Row, ...]:
        """The history, the command and the result as a timeline."""
        return (*self._story(), *self._answer())

    def _story(self) -> list[Row]:
        before = [Row("Given", "", "", in_words(event)) for event in self.events]
        return [*(before or [Row("Given", "", "", "nothing")]), Row("When", "", "", in_words(self.command))]

    def _answer(self) -> list[Row]:
        if isinstance(self.actual, Refused):
            return [Row("Then", "✗", "actual", f"refused: {self.actual.rule}")]
        if isinstance(self.actual, Exception):
            return [Row("Then", "✗", "actual", f"an error, {type(self.actual).__name__}: {self.actual}")]
        rows = [Row("Then", "+", "actual", in_words(event)) for event in self.actual]
        return rows or [Row("Then", "", "actual", "nothing")]

    def _without_marks(self) -> list[Row]:
        return [row._replace(mark="", remark="") for row in self.rows]

    def __repr__(self) -> str:
        return as_plain_text(self._without_marks())

    def _repr_markdown_(self) -> str:
        return as_markdown(self._without_marks())


def _one_by_one(events: tuple[object, ...]) -> tuple[object, ...]:
    for event in events:
        if isinstance(event, list):
            raise EventsInAList(event)
    return events
