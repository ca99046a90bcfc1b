"""Given these events, when this command, then those events: a rule of the domain, written as a test.

There is no database in it and no mock: an aggregate is asked what it would decide. `given` takes a decider,
or any function from a history and a command to events; so one specification judges the functional and the
object-oriented flavour (`aggregate.py`, to be read next) and whatever stands behind a store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from workshop_lib.events import WorkshopError, shortened
from workshop_lib.modeling.decider import Decider, Refused, decision, fold
from workshop_lib.modeling.timeline import Row, as_markdown, as_plain_text, as_rows, compare, in_words

Subject = Decider[Any, Any, Any] | Callable[[Sequence[Any], Any], Iterable[Any]]
"""What can be specified: a decider, or a function from a history and a command to events."""


class NotAsSpecified(WorkshopError, AssertionError):
    """What came is not what the specification says; shows both as one timeline."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = tuple(rows)
        super().__init__("The rule does not hold.\n" + as_plain_text(rows))

    def _repr_markdown_(self) -> str:
        return f"**The rule does not hold.**\n\n{as_markdown(self.rows)}"


class EvolveRefused(WorkshopError):
    """`evolve` refused what has happened already."""

    def __init__(self, refusal: Refused) -> None:
        self.refusal = refusal
        super().__init__(
            f"You asked what follows from a history, but evolve refuses it: {refusal.rule}. What happened, "
            "happened: have decide refuse, and let evolve return a state for every event."
        )


class EventsInAList(WorkshopError):
    """A whole list was given where one event is expected."""

    def __init__(self, events: list[object]) -> None:
        self.events = events
        super().__init__(
            f"You gave {shortened(events)} as an event, but it is a list. Events stand one by one: put a "
            "star before it, as in given(decider, *history) and then(*expected)."
        )


def given(subject: Subject, *events: object) -> Given:
    """Begin a specification: the subject, and what has happened to it before."""
    return Given(subject, _one_by_one(events))


@dataclass(frozen=True)
class Given:
    """A subject with a history."""

    subject: Subject
    events: tuple[object, ...]

    def when(self, command: object) -> Decided:
        """Ask what follows from a command; nothing is recorded."""
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
    """What came of a command: events, or an error. A test goes on with `then` or `then_refused`."""

    events: tuple[object, ...]
    command: object
    came: tuple[object, ...] | Exception

    def then(self, *expected: object) -> Decided:
        """Expect exactly these events in this order; none: that nothing happens. Raises `NotAsSpecified`."""
        __tracebackhide__ = True  # pytest shows the line of the test
        _one_by_one(expected)
        if isinstance(self.came, Exception):
            missing = as_rows(compare((), expected))
            raise NotAsSpecified([*self._story(), *missing, *self._answer()]) from self.came
        if list(self.came) != list(expected):
            raise NotAsSpecified([*self._story(), *as_rows(compare(self.came, expected))])
        return self

    def then_refused(self, because: str | type[Exception] = Refused) -> Decided:
        """Expect a refusal: one with these words in it, or an error of this type. Raises
        `NotAsSpecified`.
        """
        __tracebackhide__ = True
        words, wanted = (because, Refused) if isinstance(because, str) else ("", because)
        error = self.came if isinstance(self.came, Exception) else None
        if isinstance(error, wanted) and words.lower() in getattr(error, "rule", str(error)).lower():
            return self
        missing = Row("Then", "–", "missing", f"refused: {words or wanted.__name__}")
        raise NotAsSpecified([*self._story(), missing, *self._answer()]) from error

    @property
    def rows(self) -> tuple[Row, ...]:
        """What was given, what was asked and what came, as a timeline."""
        return (*self._story(), *self._answer())

    def _story(self) -> list[Row]:
        before = [Row("Given", "", "", in_words(event)) for event in self.events]
        return [*(before or [Row("Given", "", "", "nothing")]), Row("When", "", "", in_words(self.command))]

    def _answer(self) -> list[Row]:
        if isinstance(self.came, Refused):
            return [Row("Then", "✗", "came", f"refused: {self.came.rule}")]
        if isinstance(self.came, Exception):
            return [Row("Then", "✗", "came", f"an error, {type(self.came).__name__}: {self.came}")]
        rows = [Row("Then", "+", "came", in_words(event)) for event in self.came]
        return rows or [Row("Then", "", "came", "nothing")]

    def _unjudged(self) -> list[Row]:
        return [row._replace(mark="", remark="") for row in self.rows]

    def __repr__(self) -> str:
        return as_plain_text(self._unjudged())

    def _repr_markdown_(self) -> str:
        return as_markdown(self._unjudged())


def _one_by_one(events: tuple[object, ...]) -> tuple[object, ...]:
    for event in events:
        if isinstance(event, list):
            raise EventsInAList(event)
    return events
